//! The baseline as it is written: `stagegate/bundle-baseline/v1`.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{Base, BaseFile, Sketch};
use crate::policy::Compression;
use crate::size::{ContentId, KnownSizes, Sizes};

const SCHEMA: &str = "stagegate/bundle-baseline/v1";

/// Everything an earlier run measured.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Baseline {
    schema: String,
    /// The commit that was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// By compression: what measured it. A size by another tool or level is not taken.
    compressors: BTreeMap<String, String>,
    /// By app; an app without a name is `""`.
    pub apps: BTreeMap<String, StoredApp>,
    /// By content.
    pub contents: BTreeMap<String, StoredContent>,
}

/// An app.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredApp {
    /// Who made the build.
    pub made_by: String,
    /// By route.
    pub routes: BTreeMap<String, StoredRoute>,
    /// Path to content.
    pub files: BTreeMap<String, String>,
}

/// A route.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredRoute {
    /// Paths of what it loads first.
    pub first: Vec<String>,
    /// The largest modules in it, by name, in raw bytes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modules: BTreeMap<String, u64>,
}

/// A content.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredContent {
    /// By compression.
    pub sizes: BTreeMap<String, u64>,
    /// What it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sketch: Option<String>,
}

/// What measures each compression: tool and level.
fn compressors() -> BTreeMap<String, String> {
    let tool = |compression: Compression| match compression {
        Compression::Raw => "bytes",
        Compression::Gzip => "zlib-rs 9",
        Compression::Brotli => "brotli 5, window 22",
        Compression::Brotli11 => "brotli 11, window 22",
        Compression::Zstd => "ruzstd fastest",
    };
    Compression::ALL
        .into_iter()
        .map(|compression| {
            (
                compression.as_str().to_owned(),
                tool(compression).to_owned(),
            )
        })
        .collect()
}

impl Baseline {
    /// An empty one of this version.
    pub(crate) fn new(commit: Option<String>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            commit,
            compressors: compressors(),
            apps: BTreeMap::new(),
            contents: BTreeMap::new(),
        }
    }

    /// Reads one; the error says why it cannot be used.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let baseline: Self =
            serde_json::from_slice(bytes).map_err(|error| format!("it is no baseline: {error}"))?;
        if baseline.schema == SCHEMA {
            Ok(baseline)
        } else {
            Err(format!(
                "it is `{}`, and this version reads `{SCHEMA}`",
                baseline.schema
            ))
        }
    }

    /// The compressions that were measured as they are here.
    fn comparable(&self) -> Vec<Compression> {
        let ours = compressors();
        Compression::ALL
            .into_iter()
            .filter(|compression| {
                let name = compression.as_str();
                self.compressors
                    .get(name)
                    .is_some_and(|tool| Some(tool) == ours.get(name))
            })
            .collect()
    }

    /// Sizes by content.
    pub(super) fn known(&self) -> HashMap<ContentId, KnownSizes> {
        let comparable = self.comparable();
        let sizes = |content: &StoredContent| {
            let mut known: KnownSizes = [None; Compression::ALL.len()];
            for compression in &comparable {
                if let Some(slot) = known.get_mut(*compression as usize) {
                    *slot = content.sizes.get(compression.as_str()).copied();
                }
            }
            known
        };
        self.contents
            .iter()
            .filter_map(|(id, content)| Some((ContentId::parse(id)?, sizes(content))))
            .collect()
    }

    /// What it says about an app.
    pub(super) fn base(&self, app: &str) -> Option<Base> {
        let app = self.apps.get(app)?;
        let comparable = self.comparable();
        let files: BTreeMap<String, BaseFile> = app
            .files
            .iter()
            .filter_map(|(path, id)| {
                let content = self.contents.get(id)?;
                let sizes = comparable
                    .iter()
                    .fold(Sizes::default(), |sizes, compression| {
                        let bytes = content.sizes.get(compression.as_str()).copied();
                        sizes.with(*compression, bytes.unwrap_or_default())
                    });
                let file = BaseFile {
                    id: ContentId::parse(id)?,
                    sizes,
                    sketch: content.sketch.as_deref().and_then(Sketch::parse),
                };
                Some((path.clone(), file))
            })
            .collect();
        let measured = |compression: &Compression| {
            app.files
                .values()
                .filter_map(|id| self.contents.get(id))
                .all(|content| content.sizes.contains_key(compression.as_str()))
        };
        let routes = app.routes.iter().filter_map(|(name, route)| {
            let sizes: Option<Vec<Sizes>> = route
                .first
                .iter()
                .map(|path| files.get(path).map(|file| file.sizes))
                .collect();
            Some((name.clone(), sizes?.into_iter().sum()))
        });
        Some(Base {
            routes: routes.collect(),
            modules: app
                .routes
                .iter()
                .map(|(name, route)| (name.clone(), route.modules.clone()))
                .collect(),
            compressions: comparable.iter().copied().filter(measured).collect(),
            files,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Baseline, StoredApp, StoredContent, StoredRoute};
    use crate::policy::Compression;

    const ID: &str = "ba7816bf8f01cfea414140de5dae2223";

    fn baseline() -> Baseline {
        let mut baseline = Baseline::new(Some("c0ffee".to_owned()));
        let sizes = [("raw".to_owned(), 30), ("gzip".to_owned(), 10)].into();
        baseline.contents.insert(
            ID.to_owned(),
            StoredContent {
                sizes,
                sketch: None,
            },
        );
        let route = StoredRoute {
            first: vec!["static/a.js".to_owned()],
            ..StoredRoute::default()
        };
        let app = StoredApp {
            files: [("static/a.js".to_owned(), ID.to_owned())].into(),
            routes: [("/".to_owned(), route)].into(),
            ..StoredApp::default()
        };
        baseline.apps.insert(String::new(), app);
        baseline
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = serde_json::to_vec(&baseline()).unwrap();
        let base = Baseline::parse(&bytes).unwrap().base("").unwrap();
        assert_eq!(base.routes["/"].of(Compression::Gzip), 10);
        assert_eq!(base.compressions, [Compression::Raw, Compression::Gzip]);
        assert!(baseline().base("other").is_none());
    }

    #[test]
    fn sizes_by_another_tool_are_not_taken() {
        let mut other = baseline();
        other
            .compressors
            .insert("gzip".to_owned(), "zlib 6".to_owned());
        let base = other.base("").unwrap();
        assert_eq!(base.compressions, [Compression::Raw]);
        assert!(
            other
                .known()
                .values()
                .all(|sizes| sizes[Compression::Gzip as usize].is_none())
        );
    }

    #[test]
    fn a_route_whose_file_is_lost_has_no_base() {
        let mut broken = baseline();
        broken.contents.clear();
        assert!(broken.base("").unwrap().routes.is_empty());
    }

    #[test]
    fn another_version_is_refused_with_a_reason() {
        let mut next = baseline();
        next.schema = "stagegate/bundle-baseline/v9".to_owned();
        let reason = Baseline::parse(&serde_json::to_vec(&next).unwrap()).unwrap_err();
        assert!(reason.contains("v9"), "{reason}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Baseline::parse(&bytes);
        }
    }
}
