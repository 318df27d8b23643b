//! The `smoke` section as a team writes it: where the version is read, what is asked and expected, how a watch is judged.
//! Names of expectations follow Hurl and Gatus where those have one.

use std::collections::BTreeMap;

use pipeline_config::{Located, Millis, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    expectations::{JsonTest, OneOrMore, TextTest},
    status::StatusSet,
    strict::{RefusedWords, Refuses, Strict},
};

const NO_CAPTURES: &str = "are not supported yet: each check stands alone, so write a fixed path";
const NO_VARIABLES: &str =
    "are not supported yet: write values out, and keep secrets in the environment";
const NO_SCENARIOS: &str = "are not supported yet: write each step as a check of its own";
const NO_LOAD: &str =
    "is not supported: a smoke test asks at most 5 times a second; use a load tester";
const NO_EDGE: &str = "checks are not supported yet: assert response headers with `expect.headers`";
const NO_TLS: &str =
    "checks are not supported yet; a certificate that is not trusted fails every check anyway";
const NO_RETRY: &str = "is not needed: every check is repeated until the shared `deadline`";

/// The `smoke` section.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Where the running version is read; compared with the input `expect-version`.
    pub version: Option<Located<VersionPolicy>>,
    /// What is asked, and what is expected of the answers.
    pub checks: Vec<Strict<CheckPolicy>>,
    /// How the answers of a watch are judged; the input `watch` says how long it lasts.
    pub watch: Option<WatchPolicy>,
    /// Time for all checks together, repetitions included; default 60 s.
    pub deadline: Option<Located<Millis>>,
    /// Passing answers in a row that each check needs; default 1.
    pub samples: Option<u32>,
}

impl Refuses for Policy {
    const WORDS: RefusedWords = &[
        ("captures", NO_CAPTURES),
        ("variables", NO_VARIABLES),
        ("scenarios", NO_SCENARIOS),
        ("scenario", NO_SCENARIOS),
        ("load", NO_LOAD),
        ("tls", NO_TLS),
        ("certificate", NO_TLS),
        ("edge", NO_EDGE),
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

/// One request and what its answer must be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckPolicy {
    /// What reports call it; default: method and path.
    #[serde(default)]
    pub name: Option<Located<String>>,
    /// Path and query, starting with `/`, below the input `url`.
    pub path: Located<String>,
    /// The HTTP method; default GET. POST and PATCH are not repeated once they may have taken effect.
    #[serde(default)]
    pub method: Option<Located<String>>,
    /// Request headers. No secrets: this file is public.
    #[serde(default)]
    pub headers: BTreeMap<String, Located<String>>,
    /// The request's body.
    #[serde(default)]
    pub body: Option<String>,
    /// Words the input `tags` selects it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Reads the state of each service (`services`, `checks`, `components` or `dependencies`): one that is not healthy fails
    /// the check, whatever the overall status says.
    #[serde(default)]
    pub health: bool,
    /// What the answer must be; without it, any 2xx.
    #[serde(default)]
    pub expect: Strict<ExpectPolicy>,
}

impl Refuses for CheckPolicy {
    const WORDS: RefusedWords = &[
        ("url", "is the whole run's input: write `path` here"),
        ("captures", NO_CAPTURES),
        ("capture", NO_CAPTURES),
        ("variables", NO_VARIABLES),
        ("steps", NO_SCENARIOS),
        ("load", NO_LOAD),
        ("tls", NO_TLS),
        ("certificate", NO_TLS),
        ("edge", NO_EDGE),
        ("retry", NO_RETRY),
        (
            "follow-redirects",
            "is not supported: redirects are asserted with `expect.redirect`, and their target by a check of its own",
        ),
        ("asserts", "is called `expect` here"),
        ("conditions", "is called `expect` here"),
    ];
}

/// What an answer must be. Everything that is written must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectPolicy {
    /// Accepted statuses, such as `[200, 204]` or `2xx`; default `2xx`, with `redirect` any redirect.
    pub status: Option<Located<StatusSet>>,
    /// Tests of response headers; a plain text means equality.
    pub headers: BTreeMap<String, Located<TextTest>>,
    /// Where it redirects to, as written, absolute, or as a path of the same host. Redirects are never followed.
    pub redirect: Option<Located<TextTest>>,
    /// Tests of the body.
    pub body: BodyPolicy,
    /// Tests of a JSON body by JSONPath (RFC 9535); a plain value means equality.
    pub json: BTreeMap<String, Located<JsonTest>>,
    /// The longest time from sending to the last byte.
    pub max_time: Option<Located<Millis>>,
}

impl Refuses for ExpectPolicy {
    const WORDS: RefusedWords = &[
        ("captures", NO_CAPTURES),
        ("certificate", NO_TLS),
        ("tls", NO_TLS),
        ("duration", "is called `max-time` here"),
        ("jsonpath", "is called `json` here"),
        (
            "xpath",
            "is not supported: use `body.contains` or `body.matches`",
        ),
        ("schema", "is not supported yet: test values with `json`"),
        ("cookies", "are not supported: test the `set-cookie` header"),
    ];
}

/// Tests of a body.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BodyPolicy {
    /// Texts that must all be in it.
    pub contains: Option<Located<OneOrMore>>,
    /// Texts none of which may be in it.
    pub not_contains: Option<Located<OneOrMore>>,
    /// A regular expression that must match somewhere.
    pub matches: Option<Located<String>>,
    /// The SHA-256 of its bytes, 64 hex digits.
    pub sha256: Option<Located<String>>,
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
