//! What an answer must be, as it is written.

use std::collections::BTreeMap;

use pipeline_config::{ByteSize, Located, Millis};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    expectations::{JsonTest, OneOrMore, SelectorTest, TextTest},
    status::StatusSet,
    strict::{RefusedWords, Refuses},
};

/// What an answer must be. Everything that is written must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExpectPolicy {
    /// Accepted statuses, such as `[200, 204]` or `2xx`; default `2xx`, with `redirect` any redirect.
    pub status: Option<Located<StatusSet>>,
    /// Tests of response headers; a plain text means equality.
    pub headers: BTreeMap<String, Located<TextTest>>,
    /// Tests of the cookies that the answer sets, by name; a plain text means an equal value.
    pub cookies: BTreeMap<String, Located<TextTest>>,
    /// Where it redirects to, as written, absolute, or as a path of the same host. Redirects are never followed.
    pub redirect: Option<Located<TextTest>>,
    /// Tests of the body.
    pub body: BodyPolicy,
    /// Tests of a JSON body by JSONPath (RFC 9535); a plain value means equality.
    pub json: BTreeMap<String, Located<JsonTest>>,
    /// A JSON Schema that the JSON body is valid by; a text is the path of a file with it.
    pub schema: Option<Located<Value>>,
    /// Tests of an HTML body by CSS selector; a plain text is the text of an element, `selector@attribute` asks for an
    /// attribute.
    pub selector: BTreeMap<String, Located<SelectorTest>>,
    /// Tests of an HTML or XML body by XPath 1.0; a plain text is the text of a node, or what the expression computes. `_` is
    /// the prefix of the default namespace.
    pub xpath: BTreeMap<String, Located<SelectorTest>>,
    /// The longest time from sending to the last byte.
    pub max_time: Option<Located<Millis>>,
    /// The longest time from sending to the answer's headers.
    pub max_ttfb: Option<Located<Millis>>,
    /// The largest body, as it was sent.
    pub max_size: Option<Located<ByteSize>>,
    /// How the connection is encrypted.
    pub tls: Option<Located<TlsPolicy>>,
}

impl Refuses for ExpectPolicy {
    const WORDS: RefusedWords = &[
        ("captures", "belong next to `expect`"),
        ("certificate", "is called `tls.certificate-days` here"),
        ("duration", "is called `max-time` here"),
        ("ttfb", "is called `max-ttfb` here"),
        ("size", "is called `max-size` here"),
        ("jsonpath", "is called `json` here"),
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

/// How a connection must be encrypted. A certificate that is not trusted fails every check anyway.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TlsPolicy {
    /// The oldest accepted protocol, `1.2` or `1.3`, in quotes.
    pub min_version: Option<Located<String>>,
    /// The certificate is valid for at least so many days more.
    pub certificate_days: Option<Located<u32>>,
}
