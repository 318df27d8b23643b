//! The `smoke` section as a team writes it: where the version is read, what is asked and expected, how numbers are judged.
//! Names of expectations follow Hurl and Gatus where those have one.

mod check;
mod expect;
mod numbers;

pub use check::{BasicAuth, CapturePolicy, CheckPolicy};
pub use expect::{BodyPolicy, ExpectPolicy, TlsPolicy};
pub use numbers::{BudgetPolicy, LoadPolicy, WatchPolicy};

use std::collections::BTreeMap;

use edge_checks::policy::EdgePolicy;
use pipeline_config::{Located, Millis};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    expectations::Scalar,
    strict::{RefusedWords, Refuses, Strict},
};

const NO_RETRY: &str = "is not needed: every check is repeated until the shared `deadline`";

/// The `smoke` section.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Files with more checks, as globs: `.yml` with a `smoke` section of their own, or `.hurl`. The input `suite` wins.
    pub suites: Vec<Located<String>>,
    /// Values for `{{name}}` in checks.
    pub variables: BTreeMap<String, Located<Scalar>>,
    /// Variables of the environment that checks may use as `{{NAME}}`. Their values are never shown.
    pub secrets: Vec<Located<String>>,
    /// Where the running version is read; compared with the input `expect-version`.
    pub version: Option<Located<VersionPolicy>>,
    /// What is asked, and what is expected of the answers. Each check stands alone.
    pub checks: Vec<Strict<CheckPolicy>>,
    /// Checks that follow one another and hand values on.
    pub scenarios: Vec<Strict<ScenarioPolicy>>,
    /// What the edge promises: security headers, TLS, caching, compression, a rate limit. Looked at once the checks passed.
    pub edge: Option<Located<EdgePolicy>>,
    /// What the answers to the checks are held to together.
    pub budgets: Option<BudgetPolicy>,
    /// How the answers of a watch are judged; the input `watch` says how long it lasts.
    pub watch: Option<Located<WatchPolicy>>,
    /// How much load the input `load` puts on the deployment.
    pub load: Option<Located<LoadPolicy>>,
    /// Time for all checks together, repetitions included; default 60 s.
    pub deadline: Option<Located<Millis>>,
    /// Passing answers in a row that each check needs; default 1.
    pub samples: Option<u32>,
    /// Requests under way at a time, 1 to 50; default 10.
    pub concurrency: Option<Located<u32>>,
}

impl Refuses for Policy {
    const WORDS: RefusedWords = &[
        ("captures", "belong to a step of `scenarios`"),
        ("scenario", "is called `scenarios` here, a list"),
        ("steps", "belong to one of `scenarios`"),
        (
            "tls",
            "belongs to a check: write `expect: {tls: {min-version: \"1.3\"}}`",
        ),
        (
            "certificate",
            "belongs to a check: write `expect: {tls: {certificate-days: 14}}`",
        ),
        ("retry", NO_RETRY),
    ];
}

/// Where the running version is read: exactly one of `header`, `json` and `html-meta`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionPolicy {
    /// The path whose answer carries the version; default `/`.
    pub path: Option<Located<String>>,
    /// A response header. Every other answer that carries it is held to it as well.
    pub header: Option<Located<String>>,
    /// A JSONPath into a JSON body.
    pub json: Option<Located<String>>,
    /// The name of a `<meta>` element of an HTML body.
    pub html_meta: Option<Located<String>>,
}

/// Steps in sequence: each sees the cookies and the captures of those before it, and the first that fails ends the scenario.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScenarioPolicy {
    /// What reports call it.
    pub name: Located<String>,
    /// Words the input `tags` selects it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The steps, first to last.
    pub steps: Vec<Strict<CheckPolicy>>,
}

impl Refuses for ScenarioPolicy {
    const WORDS: RefusedWords = &[
        ("endpoints", "is called `steps` here"),
        ("checks", "is called `steps` here"),
        (
            "always",
            "belongs to a step: give the clean-up step `always: true`",
        ),
        ("retry", NO_RETRY),
    ];
}
