//! One request as it is written, and what of its answer is kept for later steps.

use std::collections::BTreeMap;

use pipeline_config::Located;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{ExpectPolicy, NO_RETRY};
use crate::{
    expectations::Scalar,
    strict::{RefusedWords, Refuses, Strict},
};

/// One request and what its answer must be. Texts may hold `{{name}}`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(extend("oneOf" = [{"required": ["path"]}, {"required": ["url"]}]))]
pub struct CheckPolicy {
    /// What reports call it; default: method and path.
    #[serde(default)]
    pub name: Option<Located<String>>,
    /// Path and query, starting with `/`, below the input `url`. This or `url`.
    #[serde(default)]
    pub path: Option<Located<String>>,
    /// A whole address, where it is not the tested deployment. The bypass secret does not go there.
    #[serde(default)]
    pub url: Option<Located<String>>,
    /// The HTTP method; default GET. POST and PATCH are not repeated once they may have taken effect.
    #[serde(default)]
    pub method: Option<Located<String>>,
    /// Query parameters, added to those of the path.
    #[serde(default)]
    pub query: BTreeMap<String, Located<Scalar>>,
    /// Request headers. No secrets: this file is public, so write `{{NAME}}` and list NAME under `secrets`.
    #[serde(default)]
    pub headers: BTreeMap<String, Located<String>>,
    /// Cookies, next to those that a scenario's earlier answers set.
    #[serde(default)]
    pub cookies: BTreeMap<String, Located<String>>,
    /// A user and a password.
    #[serde(default)]
    pub basic_auth: Option<Located<BasicAuth>>,
    /// A token for `Authorization: Bearer`.
    #[serde(default)]
    pub bearer: Option<Located<String>>,
    /// The request's body as text. At most one of `body`, `json`, `form` and `file`.
    #[serde(default)]
    pub body: Option<Located<String>>,
    /// The request's body as JSON.
    #[serde(default)]
    pub json: Option<Located<Value>>,
    /// The request's body as a form.
    #[serde(default)]
    pub form: BTreeMap<String, Located<Scalar>>,
    /// A file whose bytes are the request's body, from the working directory.
    #[serde(default)]
    pub file: Option<Located<String>>,
    /// Asks for a compressed answer; tests see it decoded.
    #[serde(default)]
    pub compressed: bool,
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
    /// What of the answer later steps of the scenario use as `{{name}}`.
    #[serde(default)]
    pub captures: BTreeMap<String, Located<CapturePolicy>>,
    /// Also asked when an earlier step of the scenario failed: for cleaning up.
    #[serde(default)]
    pub always: bool,
}

impl Refuses for CheckPolicy {
    const WORDS: RefusedWords = &[
        ("capture", "is called `captures` here"),
        ("store", "is called `captures` here"),
        ("always-run", "is called `always` here"),
        ("variables", "belong to the whole section"),
        ("steps", "belong to one of `scenarios`"),
        ("load", "belongs to the whole section"),
        ("tls", "is a part of `expect` here"),
        (
            "certificate",
            "is called `expect.tls.certificate-days` here",
        ),
        (
            "edge",
            "belongs to the whole section: write `smoke: {edge: …}`",
        ),
        ("retry", NO_RETRY),
        (
            "follow-redirects",
            "is not supported: redirects are asserted with `expect.redirect`, and their target by a check of its own",
        ),
        ("asserts", "is called `expect` here"),
        ("conditions", "is called `expect` here"),
    ];
}

/// A user and a password, for `Authorization: Basic`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BasicAuth {
    /// The user.
    pub user: String,
    /// The password, as `{{NAME}}` of a secret.
    pub password: String,
}

/// Where a value is found in an answer: exactly one of all but `redact`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CapturePolicy {
    /// The first node that a JSONPath finds.
    pub json: Option<String>,
    /// A response header.
    pub header: Option<String>,
    /// The value of a cookie that the answer sets.
    pub cookie: Option<String>,
    /// The first group of a regular expression in the body, or all it matches where it has no group.
    pub matches: Option<String>,
    /// The text of the first element that a CSS selector finds; `selector@attribute` for an attribute.
    pub selector: Option<String>,
    /// The text of the first node that an XPath finds, or what it computes.
    pub xpath: Option<String>,
    /// Whether the value is a secret, which is never shown.
    pub redact: bool,
}
