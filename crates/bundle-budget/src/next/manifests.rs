//! The shapes of Next.js's own files, as far as they are used. They are written by a build and not by people, so unknown
//! keys are skipped.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `build-manifest.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuildManifest {
    /// Pages router: page to chunks.
    #[serde(default)]
    pub pages: BTreeMap<String, Vec<String>>,
    /// App router: what every page loads.
    #[serde(default)]
    pub root_main_files: Vec<String>,
    /// Only for browsers without modules.
    #[serde(default)]
    pub polyfill_files: Vec<String>,
    /// Loaded when the page is idle.
    #[serde(default)]
    pub low_priority_files: Vec<String>,
}

/// One entry of `diagnostics/route-bundle-stats.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RouteStats {
    pub route: String,
    pub first_load_chunk_paths: Vec<String>,
}

/// `app-path-routes-manifest.json`: `/artists/[slug]/page` to `/artists/[slug]`.
pub(super) type AppPathRoutes = BTreeMap<String, String>;

/// `prerender-manifest.json`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PrerenderManifest {
    #[serde(default)]
    pub routes: BTreeMap<String, Prerendered>,
}

/// One prerendered page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Prerendered {
    /// The route it was made from, when the route is dynamic or of the app router.
    #[serde(default)]
    pub src_route: Option<String>,
}

/// `react-loadable-manifest.json` of a page: what is loaded later.
pub(super) type Loadable = BTreeMap<String, LoadableModule>;

/// One dynamic import.
#[derive(Debug, Deserialize)]
pub(super) struct LoadableModule {
    #[serde(default)]
    pub files: Vec<String>,
}

/// `diagnostics/framework.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Framework {
    #[serde(default)]
    pub version: Option<String>,
}

/// `images-manifest.json`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ImagesManifest {
    #[serde(default)]
    pub images: Images,
}

/// How images are served.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Images {
    #[serde(default)]
    pub device_sizes: Vec<u64>,
    #[serde(default)]
    pub formats: Vec<String>,
    #[serde(default)]
    pub unoptimized: bool,
    #[serde(default)]
    pub loader: Option<String>,
}

/// `server/subresource-integrity-manifest.json`: file to its `integrity`.
pub(super) type Integrity = BTreeMap<String, String>;
