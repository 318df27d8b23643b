//! The part of SARIF 2.1.0 that is read. Everything a tool may leave out is optional.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::super::lenient;

type Text<'a> = Option<Cow<'a, str>>;

#[derive(Deserialize)]
pub(super) struct Log<'a> {
    #[serde(borrow, default)]
    pub version: Text<'a>,
    #[serde(borrow)]
    pub runs: Vec<SarifRun<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifRun<'a> {
    #[serde(borrow)]
    pub tool: Tool<'a>,
    /// Absent or null: the tool did not scan.
    #[serde(borrow, default)]
    pub results: Option<Vec<SarifResult<'a>>>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub invocations: Vec<Invocation<'a>>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub artifacts: Vec<Artifact<'a>>,
    #[serde(borrow, default)]
    pub original_uri_base_ids: Option<BTreeMap<Cow<'a, str>, ArtifactLocation<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Tool<'a> {
    #[serde(borrow)]
    pub driver: Component<'a>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub extensions: Vec<Component<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow, default)]
    pub version: Text<'a>,
    #[serde(borrow, default)]
    pub semantic_version: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub rules: Vec<Reporting<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reporting<'a> {
    #[serde(borrow, default)]
    pub id: Text<'a>,
    #[serde(borrow, default)]
    pub name: Text<'a>,
    #[serde(borrow, default)]
    pub short_description: Option<Message<'a>>,
    #[serde(borrow, default)]
    pub full_description: Option<Message<'a>>,
    #[serde(borrow, default)]
    pub help_uri: Text<'a>,
    #[serde(borrow, default)]
    pub default_configuration: Option<Configuration<'a>>,
    #[serde(borrow, default)]
    pub message_strings: Option<BTreeMap<Cow<'a, str>, Message<'a>>>,
    #[serde(borrow, default)]
    pub properties: Option<RuleProperties<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Configuration<'a> {
    #[serde(borrow, default)]
    pub level: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct RuleProperties<'a> {
    #[serde(
        rename = "security-severity",
        default,
        deserialize_with = "lenient::score"
    )]
    pub security_severity: Option<f64>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub tags: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct ResultProperties {
    #[serde(
        rename = "security-severity",
        default,
        deserialize_with = "lenient::score"
    )]
    pub security_severity: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult<'a> {
    #[serde(borrow, default)]
    pub rule_id: Text<'a>,
    #[serde(default, deserialize_with = "lenient::index")]
    pub rule_index: Option<u32>,
    #[serde(borrow, default)]
    pub rule: Option<Reference<'a>>,
    #[serde(borrow, default)]
    pub kind: Text<'a>,
    #[serde(borrow, default)]
    pub level: Text<'a>,
    #[serde(borrow, default)]
    pub message: Option<Message<'a>>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub locations: Vec<Location<'a>>,
    #[serde(borrow, default)]
    pub suppressions: Option<Vec<Suppression<'a>>>,
    #[serde(borrow, default)]
    pub baseline_state: Text<'a>,
    #[serde(borrow, default)]
    pub partial_fingerprints: Option<Fingerprints<'a>>,
    #[serde(default)]
    pub properties: Option<ResultProperties>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reference<'a> {
    #[serde(borrow, default)]
    pub id: Text<'a>,
    #[serde(default, deserialize_with = "lenient::index")]
    pub index: Option<u32>,
    #[serde(default)]
    pub tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
pub(super) struct ComponentReference {
    #[serde(default, deserialize_with = "lenient::index")]
    pub index: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow, default)]
    pub text: Text<'a>,
    #[serde(borrow, default)]
    pub id: Text<'a>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub arguments: Vec<Cow<'a, str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(borrow, default)]
    pub physical_location: Option<PhysicalLocation<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation<'a> {
    #[serde(borrow, default)]
    pub artifact_location: Option<ArtifactLocation<'a>>,
    #[serde(default)]
    pub region: Option<Region>,
}

#[derive(Deserialize)]
pub(super) struct Artifact<'a> {
    #[serde(borrow, default)]
    pub location: Option<ArtifactLocation<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation<'a> {
    #[serde(borrow, default)]
    pub uri: Text<'a>,
    #[serde(borrow, default)]
    pub uri_base_id: Text<'a>,
    #[serde(default, deserialize_with = "lenient::index")]
    pub index: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    #[serde(default, deserialize_with = "lenient::position")]
    pub start_line: Option<u32>,
    #[serde(default, deserialize_with = "lenient::position")]
    pub start_column: Option<u32>,
    #[serde(default, deserialize_with = "lenient::position")]
    pub end_line: Option<u32>,
    #[serde(default, deserialize_with = "lenient::position")]
    pub end_column: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Suppression<'a> {
    #[serde(borrow, default)]
    pub status: Text<'a>,
}

#[derive(Deserialize)]
pub(super) struct Fingerprints<'a> {
    #[serde(rename = "primaryLocationLineHash", borrow, default)]
    pub line_hash: Text<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    #[serde(default)]
    pub execution_successful: Option<bool>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub tool_execution_notifications: Vec<Notification<'a>>,
    #[serde(borrow, default, deserialize_with = "or_empty")]
    pub tool_configuration_notifications: Vec<Notification<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Notification<'a> {
    #[serde(borrow, default)]
    pub level: Text<'a>,
    #[serde(borrow, default)]
    pub message: Option<Message<'a>>,
}

/// Some writers put `null` where the standard has a list.
fn or_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(deserializer).map(Option::unwrap_or_default)
}
