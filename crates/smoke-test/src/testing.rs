//! What this crate's unit tests share.

use http_client::{HeaderMap, HeaderName, Response, StatusCode, Timings};
use pipeline_config::{ConfigFile, Section};
use serde::de::DeserializeOwned;

use crate::{
    compile::compile, plan::Plan, policy::Policy, rule::Rule, strict::Strict, target::Target,
};

/// Reads a value out of YAML by the way a config file is read.
pub(crate) fn yaml<T: DeserializeOwned + 'static>(text: &str) -> Result<T, String> {
    #[derive(serde::Deserialize)]
    struct Holder<T> {
        value: Option<T>,
    }
    impl<T> Default for Holder<T> {
        fn default() -> Self {
            Self { value: None }
        }
    }
    ConfigFile::from_text("stagegate.yml", format!("smoke:\n  value: {text}\n"))
        .section::<Holder<T>>("smoke")
        .map_err(|error| error.to_string())
        .map(|section| section.values.value.unwrap())
}

/// Reads a `smoke` section; the text is indented under it.
pub(crate) fn section(text: &str) -> Result<Section<Strict<Policy>>, String> {
    let body: String = text.lines().map(|line| format!("  {line}\n")).collect();
    ConfigFile::from_text("stagegate.yml", format!("smoke:\n{body}"))
        .section("smoke")
        .map_err(|error| error.to_string())
}

/// An answer that took no time.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    Response {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
        url: "https://app.example/".parse().unwrap(),
        body: body.as_bytes().to_vec(),
        timings: Timings::default(),
        tries: 1,
        gave_up: None,
    }
}

/// The rules of an `expect` mapping.
pub(crate) fn rules(expect: &str) -> Vec<Rule> {
    plan(&format!("checks: [{{path: /, expect: {expect}}}]"))
        .checks
        .remove(0)
        .rules
}

/// The plan of a `smoke` section.
pub(crate) fn plan(text: &str) -> Plan {
    let target = Target::parse("https://app.example").unwrap();
    compile(&section(text).unwrap(), &[], &[], &target).unwrap()
}

/// What is wrong with a `smoke` section, one line each.
pub(crate) fn mistakes(text: &str) -> String {
    let target = Target::parse("https://app.example").unwrap();
    match section(text).map(|section| compile(&section, &[], &[], &target)) {
        Ok(Ok(_)) => "no mistake".to_owned(),
        Ok(Err(problems)) => problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
        Err(error) => error,
    }
}
