//! The section `deploy` of stagegate.yml.

use std::collections::BTreeMap;

use pipeline_config::{Located, Millis, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::inputs::Archive;

/// How builds are deployed. Inputs of the same meaning win.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Deploy {
    /// Vercel's slugs of custom environments that are called otherwise here, such as `staging: qa`.
    pub environment_slugs: BTreeMap<String, String>,
    /// Domains that must serve a promoted deployment; default: the project's production domains.
    pub domains: Vec<Located<String>>,
    /// Time for everything together; default: 10 min.
    pub timeout: Option<Millis>,
    /// When files are sent as one archive; default: auto.
    pub archive: Option<Archive>,
    /// Rolling releases.
    pub rolling: Rolling,
    /// Filling the edge's cache.
    pub warm: Warm,
}

/// What is warmed after a promote.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Warm {
    /// Paths, such as `[/, /pricing]`; default: /.
    pub paths: Vec<Located<String>>,
    /// Sitemap whose pages are warmed too, such as `/sitemap.xml`.
    pub sitemap: Option<Located<String>>,
    /// The most paths to warm; default: 200.
    pub max_paths: Option<Located<u32>>,
    /// Share of the paths whose second answer must come from the cache; default: 100 %.
    pub min_hit_rate: Option<Percent>,
}

/// How a rolling release is judged.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rolling {
    /// The shares that the project must be set to, such as `[10 %, 50 %, 100 %]`; default: whatever it is set to.
    pub stages: Option<Located<Vec<Percent>>>,
    /// Requests per stage; default: 20.
    pub samples: Option<Located<u32>>,
    /// Failed requests that a stage may have; default: 0 %.
    pub max_error_rate: Option<Percent>,
    /// Time within which 95 of 100 requests to the canary are answered; default: no limit.
    pub max_p95: Option<Millis>,
    /// Program and arguments that judge each stage after the requests, by exit code.
    pub command: Option<Located<Vec<String>>>,
    /// Path that is requested; default: /.
    pub path: Option<Located<String>>,
    /// Time over which a stage's requests are spread; default: none.
    pub bake: Option<Millis>,
}
