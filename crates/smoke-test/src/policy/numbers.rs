//! What numbers are held to: those of the checks together, of a watch, of a load.

use pipeline_config::{Located, Millis, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

/// What the answers to the checks are held to together, repetitions and samples included.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BudgetPolicy {
    /// The largest median of the time to the last byte.
    pub p50: Option<Located<Millis>>,
    /// The largest 95th percentile of it.
    pub p95: Option<Located<Millis>>,
    /// The largest 99th percentile of it.
    pub p99: Option<Located<Millis>>,
    /// The largest 95th percentile of the time to the headers.
    pub ttfb: Option<Located<Millis>>,
    /// The largest share of failed answers.
    pub error_rate: Option<Located<Percent>>,
}

/// How a watch is judged.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WatchPolicy {
    /// The length of a window; default 10 s.
    pub window: Option<Located<Millis>>,
    /// The largest share of failed answers, in a window and in all; default 1 %.
    pub max_error_rate: Option<Located<Percent>>,
    /// The largest 95th percentile of the time to the last byte, in a window and in all; default: no limit.
    pub max_p95: Option<Located<Millis>>,
    /// Fewer answers than this decide nothing; default 20.
    pub min_samples: Option<Located<u32>>,
    /// Windows in a row over a limit that end the watch at once; default 2.
    pub windows: Option<Located<u32>>,
}

/// How much load is put on a deployment, and what its answers are held to. It is started by the input `load` only, and only
/// against this machine or a host listed here.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LoadPolicy {
    /// Requests a second, 1 to 200. They leave on time however slow the answers are.
    pub rps: Located<u32>,
    /// How long, at most 10 min.
    pub duration: Located<Millis>,
    /// The most requests sent, at most 20000, which is the default.
    #[serde(default)]
    pub max_requests: Option<Located<u32>>,
    /// Hosts that may be loaded, as globs such as `*-staging.example.com`. Do not list production.
    #[serde(default)]
    pub hosts: Vec<Located<String>>,
    /// What the answers are held to; default: 1 % may fail.
    #[serde(default)]
    pub budgets: BudgetPolicy,
}
