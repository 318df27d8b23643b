//! What one deployment serves: its static files under the paths they answer on, its functions by name, its routes.
//! Built once when the deployment is created; requests only read it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    config::Config,
    content_type,
    prerender::{self, Prerender},
};
use crate::vercel::{blobs::Blobs, deployment::File};

const OUTPUT: &str = ".vercel/output/";
/// `S_IFLNK` in a mode, and the mask it is read with.
const LINK: u32 = 0o120_000;
const KIND: u32 = 0o170_000;

/// A deployment's static files, functions and routes.
#[derive(Debug)]
pub(crate) struct Site {
    pub(super) config: Config,
    /// By URL path without its leading slash.
    pub(super) assets: BTreeMap<String, Asset>,
    /// Names of `.func` folders: `api/health` for `functions/api/health.func`.
    pub(super) functions: BTreeSet<String>,
}

/// One static file.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    pub(crate) sha: String,
    pub(crate) content_type: String,
    /// Set when it stands in for a function.
    pub(crate) prerender: Option<Arc<Prerender>>,
}

impl Site {
    /// Reads the deployment's files. Prebuilt output is served by its `config.json`; anything else must be plain files,
    /// because the sandbox builds nothing. The error is a line for the build log.
    pub(crate) async fn build(
        files: &[File],
        prebuilt: bool,
        blobs: &Blobs,
    ) -> Result<Arc<Self>, String> {
        let has_output = files.iter().any(|file| file.path.starts_with(OUTPUT));
        if !has_output && !prebuilt {
            if Self::needs_build(files) {
                return Err("the sandbox builds nothing: deploy prebuilt output".to_owned());
            }
            return Self::assemble(Config::default(), files, "", blobs).await;
        }
        let config = files
            .iter()
            .find(|file| file.path.strip_prefix(OUTPUT) == Some("config.json"))
            .ok_or(".vercel/output/config.json is missing")?;
        let text = blobs
            .read(&config.sha)
            .await
            .map_err(|error| format!("config.json: {error}"))?;
        Self::assemble(Config::read(&text)?, files, ".vercel/output/static/", blobs).await
    }

    /// Whether these files are source, in any folder, that somebody would have to build.
    pub(crate) fn needs_build(files: &[File]) -> bool {
        let named = |file: &File, name: &str| {
            file.path
                .strip_suffix(name)
                .is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
        };
        files.iter().any(|file| named(file, "package.json"))
            && !files.iter().any(|file| file.path.starts_with(OUTPUT))
    }

    async fn assemble(
        config: Config,
        files: &[File],
        root: &str,
        blobs: &Blobs,
    ) -> Result<Arc<Self>, String> {
        let mut assets = BTreeMap::new();
        let mut links = Vec::new();
        let mut functions = BTreeSet::new();
        for file in files {
            if let Some((name, _)) = file
                .path
                .strip_prefix(".vercel/output/functions/")
                .and_then(|path| {
                    path.split_once(".func/")
                        .or_else(|| path.rsplit_once(".func"))
                })
            {
                functions.insert(name.to_owned());
            }
            let Some(path) = file.path.strip_prefix(root) else {
                continue;
            };
            if file.mode & KIND == LINK {
                links.push((path, file));
            } else {
                let asset = Asset {
                    sha: file.sha.clone(),
                    content_type: content_type::of(path),
                    prerender: None,
                };
                assets.insert(path.to_owned(), asset);
            }
        }
        for (path, link) in links {
            let text = blobs
                .read(&link.sha)
                .await
                .map_err(|error| format!("{path}: {error}"))?;
            let leads =
                String::from_utf8(text).map_err(|_| format!("{path}: the link is not UTF-8"))?;
            let target =
                follow(path, &leads).ok_or(format!("{path}: the link leaves the output"))?;
            let asset = assets
                .get(&target)
                .cloned()
                .ok_or(format!("{path}: the link leads nowhere: {leads}"))?;
            assets.insert(path.to_owned(), asset);
        }
        for (path, change) in &config.overrides {
            let Some(mut asset) = assets.remove(path) else {
                continue;
            };
            if let Some(content_type) = &change.content_type {
                asset.content_type.clone_from(content_type);
            }
            let path = change
                .path
                .as_deref()
                .map_or(path.as_str(), |path| path.trim_start_matches('/'));
            assets.insert(path.to_owned(), asset);
        }
        for (path, page) in prerender::pages(files, blobs).await? {
            functions.remove(&path);
            assets.entry(path).or_insert(page);
        }
        Ok(Arc::new(Self {
            config,
            assets,
            functions,
        }))
    }

    /// What a build log should warn of.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = String> + '_ {
        let functions = self
            .functions
            .iter()
            .map(|name| format!("function `{name}` is not run here: it answers 501"));
        self.config.left_out.iter().cloned().chain(functions)
    }

    /// The file that a URL path names: itself, or the index of the folder it is.
    pub(super) fn asset(&self, path: &str) -> Option<&Asset> {
        let path = path.trim_start_matches('/');
        let folder = path.trim_end_matches('/');
        let index = if folder.is_empty() {
            "index".to_owned()
        } else {
            format!("{folder}/index")
        };
        [path.to_owned(), format!("{index}.html"), index]
            .iter()
            .find_map(|name| self.assets.get(name))
    }

    /// Whether a URL path names a function.
    pub(super) fn function(&self, path: &str) -> Option<&str> {
        let name = path.trim_matches('/');
        let name = if name.is_empty() { "index" } else { name };
        self.functions.get(name).map(String::as_str)
    }
}

/// Where a relative link leads, inside the root.
fn follow(from: &str, leads: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in leads.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::follow;

    #[test]
    fn links_stay_inside() {
        assert_eq!(follow("a/b.html", "../c.html").as_deref(), Some("c.html"));
        assert_eq!(follow("a/b.html", "c.html").as_deref(), Some("a/c.html"));
        assert_eq!(follow("b.html", "../../etc/passwd"), None);
    }
}
