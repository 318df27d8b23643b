//! The section `deploy` of stagegate.yml.

use std::collections::BTreeMap;

use pipeline_config::{Located, Millis, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

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
    /// Rolling releases.
    pub rolling: Rolling,
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
    /// Path that is requested; default: /.
    pub path: Option<Located<String>>,
    /// Time over which a stage's requests are spread; default: none.
    pub bake: Option<Millis>,
}
