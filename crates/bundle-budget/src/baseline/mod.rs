//! The baseline: what an earlier build weighed, in one small file. It is written on request, travels as an artifact or in
//! a cache, and also spares the work: the sizes of a content that did not change are taken from it.

mod lookup;
mod names;
mod pair;
mod sketch;
mod stored;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

pub(crate) use names::Names;
pub(crate) use pair::{Change, Now, changes};
pub(crate) use sketch::{Sketch, features};
pub(crate) use stored::{Baseline, StoredApp, StoredContent, StoredRoute};

use crate::policy::Compression;
use crate::size::{ContentId, KnownSizes, Sizes};

/// What the baseline says about one app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Base {
    /// First loads by route; only those whose files all have a size.
    pub routes: BTreeMap<String, Sizes>,
    /// Modules in the first load, by route and name, in bytes as they were measured there.
    pub modules: BTreeMap<String, BTreeMap<String, u64>>,
    /// Every file that was measured.
    pub files: BTreeMap<String, BaseFile>,
    /// What the sizes hold; a compression that is not in here cannot be compared.
    pub compressions: Vec<Compression>,
}

/// A file of the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseFile {
    /// What was in it.
    pub id: ContentId,
    /// How large it was.
    pub sizes: Sizes,
    /// What it looked like.
    pub sketch: Option<Sketch>,
}

/// A baseline that was asked for.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nobody asked.
    NotAsked,
    /// There is no such file, or it cannot be used, because.
    Unusable {
        /// As people know it.
        place: String,
        /// Why.
        reason: String,
    },
    /// Here.
    Here {
        /// As people know it.
        place: String,
        /// What it says.
        baseline: Box<Baseline>,
        /// Of its bytes.
        evidence: verdict::Evidence,
    },
}

/// No baseline of any size we write is larger.
const LIMIT: u64 = 64 << 20;

/// Where a baseline may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places<'a> {
    /// A file; it wins when it is there.
    pub file: Option<&'a Path>,
    /// The artifact of an earlier run.
    pub artifact: Option<&'a str>,
}

/// Reads a baseline. A missing or broken one is no error: it is said, and nothing is compared.
pub(crate) async fn find(places: Places<'_>, context: &gate::Context) -> Found {
    let file = places
        .file
        .map(|path| of_file(&context.path(path), context));
    match (file, places.artifact) {
        (Some(found @ Found::Here { .. }), _) | (Some(found), None) => found,
        (_, Some(name)) => of_artifact(name, context).await,
        (None, None) => Found::NotAsked,
    }
}

fn of_file(path: &Path, context: &gate::Context) -> Found {
    let shown = context.display(path);
    match context.read(path, LIMIT) {
        Ok((bytes, evidence)) => Found::parsed(shown, &bytes, evidence),
        Err(gate::ReadFileError::Missing { .. }) => Found::Unusable {
            place: shown,
            reason: "it does not exist".to_owned(),
        },
        Err(error) => Found::Unusable {
            place: shown,
            reason: error.to_string(),
        },
    }
}

async fn of_artifact(name: &str, context: &gate::Context) -> Found {
    let place = format!("the artifact `{name}`");
    match lookup::fetch(name, context).await {
        Ok(kept) => Found::parsed(place, &kept.bytes, kept.evidence),
        Err(reason) => Found::Unusable { place, reason },
    }
}

impl Found {
    fn parsed(place: String, bytes: &[u8], evidence: verdict::Evidence) -> Self {
        match Baseline::parse(bytes) {
            Ok(baseline) => Self::Here {
                place,
                baseline: Box::new(baseline),
                evidence,
            },
            Err(reason) => Self::Unusable { place, reason },
        }
    }

    /// What is known about contents.
    pub(crate) fn known(&self) -> HashMap<ContentId, KnownSizes> {
        match self {
            Self::Here { baseline, .. } => baseline.known(),
            Self::NotAsked | Self::Unusable { .. } => HashMap::new(),
        }
    }

    /// What it says about an app.
    pub(crate) fn of(&self, app: &str) -> Option<Base> {
        match self {
            Self::Here { baseline, .. } => baseline.base(app),
            Self::NotAsked | Self::Unusable { .. } => None,
        }
    }
}

/// Writes a baseline, and the folders it lies in.
pub(crate) fn write(path: &Path, baseline: &Baseline) -> Result<(), std::io::Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut bytes = serde_json::to_vec(baseline)?;
    bytes.push(b'\n');
    // Whole or not at all: a half-written file would be no baseline for the next run.
    let half = path.with_extension("part");
    std::fs::write(&half, bytes)?;
    std::fs::rename(&half, path)
}
