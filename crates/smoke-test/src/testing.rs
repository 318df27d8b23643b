//! What this crate's unit tests share.

use http_client::{HeaderMap, HeaderName, Response, StatusCode, Timings};
use pipeline_config::{ConfigFile, Section};
use serde::de::DeserializeOwned;

use crate::{
    compile::compile,
    plan::{Check, Form, Plan},
    policy::Policy,
    rule::Rule,
    seen::Answered,
    strict::Strict,
    suite::Files,
    target::Target,
    variables::Variables,
    world::World,
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
        tls: None,
    }
}

/// An answer as rules look at it, come at the beginning of 1970.
pub(crate) fn answered(response: Response) -> Answered {
    Answered {
        size: response.body.len() as u64,
        class: http_client::Class::Done,
        now: jiff::Timestamp::UNIX_EPOCH,
        response,
    }
}

/// The rules of an `expect` mapping.
pub(crate) fn rules(expect: &str) -> Vec<Rule> {
    check(
        &plan(&format!("checks: [{{path: /, expect: {expect}}}]")),
        0,
    )
    .rules
    .clone()
}

/// A check of a plan that uses no captures.
pub(crate) fn check(plan: &Plan, index: usize) -> &Check {
    match &plan.steps().nth(index).unwrap().form {
        Form::Ready(check) => check,
        Form::Open(_) => panic!("it uses captures"),
    }
}

/// The surroundings of every test.
pub(crate) fn world(target: &str) -> World {
    World {
        target: Target::parse(target).unwrap(),
        folder: env!("CARGO_MANIFEST_DIR").into(),
    }
}

/// The plan of a `smoke` section.
pub(crate) fn plan(text: &str) -> Plan {
    compiled(text).unwrap().unwrap()
}

/// What is wrong with a `smoke` section, one line each.
pub(crate) fn mistakes(text: &str) -> String {
    match compiled(text) {
        Ok(Ok(_)) => "no mistake".to_owned(),
        Ok(Err(problems)) => problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
        Err(error) => error,
    }
}

fn compiled(text: &str) -> Result<Result<Plan, Vec<gate::Problem>>, String> {
    let world = world("https://app.example");
    let (files, secrets) = (Files::default(), Variables::default());
    section(text).map(|section| compile(&section, &files, &[], &secrets, &world))
}
