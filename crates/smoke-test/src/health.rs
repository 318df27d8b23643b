//! Reads a health document service by service. An overall status is often a constant, or computed from promises nobody
//! awaited, so it never vouches for the services; only they do.
//!
//! Understood: members `services`, `checks`, `components`, `dependencies` or `details`, each an object by name or a list;
//! a service is a word, a boolean, or an object with `status`, `state`, `healthy` or `ok`; objects may nest (Spring Boot)
//! and hold lists (the health+json draft).

use http_client::Redactor;
use serde_json::Value;

use crate::{quote::quote, rule::Mismatch};

/// Members whose values are services.
const CONTAINERS: [&str; 5] = [
    "services",
    "checks",
    "components",
    "dependencies",
    "details",
];
/// Members that say how a service is.
const STATES: [&str; 4] = ["status", "state", "healthy", "ok"];
/// Words for a service that works.
const UP: [&str; 13] = [
    "ok",
    "okay",
    "pass",
    "passing",
    "healthy",
    "up",
    "operational",
    "alive",
    "ready",
    "connected",
    "available",
    "running",
    "success",
];
/// Words for a service that works less well.
const DEGRADED: [&str; 3] = ["warn", "warning", "degraded"];
/// Deeper nesting is not read; nobody writes it, and it bounds the recursion.
const DEEPEST: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Up,
    Degraded,
    Down,
}

/// What is wrong with a health document.
pub(crate) fn judge(document: &Value, redactor: &Redactor) -> Vec<Mismatch> {
    let mut services = Vec::new();
    collect(document, "", 0, &mut services);
    let overall = STATES
        .iter()
        .find_map(|key| document.get(key))
        .and_then(state);
    let claim = match &overall {
        Some((State::Up, word)) => format!(", though the whole says {}", quote(redactor, word)),
        _ => String::new(),
    };
    let mut found = Vec::new();
    for (name, value) in &services {
        let name = quote(redactor, name);
        found.extend(match state(value) {
            Some((State::Up, _)) => None,
            Some((State::Degraded, word)) => Some(
                Mismatch::error(
                    "health",
                    format!("service {name} is {}", quote(redactor, &word)),
                )
                .warn(),
            ),
            Some((State::Down, word)) => Some(Mismatch::error(
                "health",
                format!("service {name} is {}{claim}", quote(redactor, &word)),
            )),
            None => Some(Mismatch::error(
                "health",
                format!("service {name} does not say how it is"),
            )),
        });
    }
    if services.is_empty() {
        let message = format!(
            "no service says how it is: {} are read",
            CONTAINERS.join(", ")
        );
        found.push(Mismatch::error("health", message));
    }
    match overall {
        Some((State::Down, word)) => {
            found.push(Mismatch::error(
                "health",
                format!("the whole is {}", quote(redactor, &word)),
            ));
        }
        Some((State::Degraded, word)) if found.is_empty() => {
            found.push(
                Mismatch::error("health", format!("the whole is {}", quote(redactor, &word)))
                    .warn(),
            );
        }
        _ => {}
    }
    found
}

/// The services of a document or of a service that has some itself.
fn collect<'a>(
    value: &'a Value,
    path: &str,
    depth: usize,
    services: &mut Vec<(String, &'a Value)>,
) {
    let Value::Object(members) = value else {
        return;
    };
    for key in CONTAINERS {
        match members.get(key) {
            // Under a service, `details` are its numbers and not services.
            Some(inner) if depth == 0 || key != "details" => each(inner, path, depth, services),
            _ => {}
        }
    }
}

fn each<'a>(value: &'a Value, path: &str, depth: usize, services: &mut Vec<(String, &'a Value)>) {
    if depth >= DEEPEST {
        services.push((path.to_owned(), &Value::Null));
        return;
    }
    let named: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, value)| (name_of(index, value), value))
            .collect(),
        _ => return,
    };
    for (name, service) in named {
        let path = if path.is_empty() {
            name
        } else {
            format!("{path}.{name}")
        };
        if service.is_array() {
            each(service, &path, depth + 1, services);
            continue;
        }
        let before = services.len();
        collect(service, &path, depth + 1, services);
        // A group without a state of its own is judged by its members.
        if services.len() == before || STATES.iter().any(|key| service.get(key).is_some()) {
            services.push((path, service));
        }
    }
}

/// An element of a list by its own name, else by its number.
fn name_of(index: usize, service: &Value) -> String {
    ["name", "id", "service", "componentId"]
        .iter()
        .find_map(|key| service.get(key)?.as_str())
        .map_or_else(|| index.to_string(), str::to_owned)
}

/// How a service is, and the word it says it with. A word nobody knows is down: it cannot be said to be up.
fn state(service: &Value) -> Option<(State, String)> {
    match service {
        Value::Bool(true) => Some((State::Up, "true".to_owned())),
        Value::Bool(false) => Some((State::Down, "false".to_owned())),
        Value::String(word) => {
            let lower = word.trim().to_ascii_lowercase();
            let state = if UP.contains(&lower.as_str()) {
                State::Up
            } else if DEGRADED.contains(&lower.as_str()) {
                State::Degraded
            } else {
                State::Down
            };
            Some((state, word.clone()))
        }
        // The worst of several: `{"status": "ok", "healthy": false}` is not well.
        Value::Object(members) => STATES
            .iter()
            .filter_map(|key| members.get(*key))
            .filter(|value| !value.is_object())
            .filter_map(state)
            .max_by_key(|(state, _)| *state as u8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http_client::Redactor;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use verdict::Level;

    use super::judge;

    fn faults(document: &Value) -> Vec<String> {
        judge(document, &Redactor::default())
            .into_iter()
            .map(|mismatch| format!("{}: {}", mismatch.level.as_str(), mismatch.message))
            .collect()
    }

    #[test]
    fn healthy_documents_of_many_kinds() {
        for document in [
            json!({"status": "healthy", "services": {"db": {"status": "healthy"}, "cache": {"status": "OK"}}}),
            json!({"services": [{"name": "db", "state": "up"}, {"name": "mail", "healthy": true}]}),
            json!({"checks": {"db": "ok", "queue": true}}),
            json!({"status": "pass", "checks": {"db:connections": [{"componentId": "a", "status": "pass"}]}}),
            json!({"status": "UP", "components": {"db": {"status": "UP", "details": {"database": "PostgreSQL"}},
                "all": {"components": {"one": {"status": "UP"}}}}}),
        ] {
            assert_eq!(faults(&document), Vec::<String>::new(), "{document}");
        }
    }

    #[test]
    fn a_constant_healthy_does_not_cover_for_a_service() {
        let document = json!({"status": "healthy", "services": {"db": {"status": "unhealthy"}, "cache": {"status": "healthy"}}});
        assert_eq!(
            faults(&document),
            ["error: service `db` is `unhealthy`, though the whole says `healthy`"]
        );
    }

    #[test]
    fn unhealthy_documents() {
        for (document, expected) in [
            (json!({"status": "healthy"}), "no service says"),
            (
                json!({"status": "healthy", "services": {}}),
                "no service says",
            ),
            (json!({"services": "fine"}), "no service says"),
            (json!([]), "no service says"),
            (
                json!({"services": {"db": {"latency": 3}}}),
                "`db` does not say",
            ),
            (json!({"services": {"db": null}}), "`db` does not say"),
            (
                json!({"services": {"db": "rejected"}}),
                "`db` is `rejected`",
            ),
            (
                json!({"services": {"db": "splendid"}}),
                "`db` is `splendid`",
            ),
            (
                json!({"services": {"db": {"status": "ok", "healthy": false}}}),
                "`db` is `false`",
            ),
            (
                json!({"status": "down", "services": {"db": "ok"}}),
                "the whole is `down`",
            ),
            (
                json!({"components": {"all": {"status": "UP", "components": {"one": {"status": "DOWN"}}}}}),
                "`all.one` is `DOWN`",
            ),
            (
                json!({"checks": {"db": [{"status": "pass"}, {"status": "fail"}]}}),
                "`db.1` is `fail`",
            ),
            (
                json!({"checks": {"db": "ok"}, "services": {"mail": "down"}}),
                "`mail` is `down`",
            ),
        ] {
            let faults = faults(&document);
            assert!(
                faults
                    .iter()
                    .any(|fault| fault.starts_with("error") && fault.contains(expected)),
                "{document}: {faults:?}"
            );
        }
    }

    #[test]
    fn degraded_is_a_warning() {
        let document = json!({"status": "degraded", "services": {"db": "ok", "search": {"status": "degraded"}}});
        assert_eq!(
            faults(&document),
            ["warning: service `search` is `degraded`"]
        );
        assert_eq!(
            faults(&json!({"status": "warn", "checks": {"db": "pass"}})),
            ["warning: the whole is `warn`"]
        );
    }

    proptest! {
        #[test]
        fn one_failing_service_among_many_is_never_missed(up in 0usize..6, word in "[a-z]{1,8}", listed: bool) {
            prop_assume!(!super::UP.contains(&word.as_str()) && !super::DEGRADED.contains(&word.as_str()));
            let mut services: Vec<Value> = (0..up).map(|index| json!({"name": format!("s{index}"), "status": "ok"})).collect();
            services.push(json!({"name": "last", "status": word}));
            let services = if listed {
                Value::from(services)
            } else {
                services.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one.clone())).collect::<serde_json::Map<_, _>>().into()
            };
            let found = judge(&json!({"status": "healthy", "services": services}), &Redactor::default());
            prop_assert!(found.iter().any(|mismatch| mismatch.level == Level::Error));
        }
    }
}
