//! The schema editors use says the same of a section as the gate does.

use serde_json::{Value, json};
use smoke_test::{policy::Policy, strict::Strict};

fn accepts(section: &Value) -> bool {
    let schema = schemars::schema_for!(Strict<Policy>);
    jsonschema::is_valid(schema.as_value(), section)
}

#[test]
fn accepts_every_form_of_an_expectation() {
    let section = json!({
        "version": {"html-meta": "release", "path": "/"},
        "checks": [
            {"path": "/", "expect": {"status": [200, "2xx"], "headers": {"a": "b", "c": {"contains": ["d"]}}}},
            {"path": "/", "health": true, "expect": {"status": "2xx", "json": {"$.a": 1, "$.b": {"matches": "c"}, "$.d": null}}},
            {"path": "/", "expect": {"redirect": "/en", "body": {"contains": "a", "not-contains": ["b"]}, "max-time": "2 s"}}
        ],
        "watch": {"window": "10 s", "max-error-rate": "1 %", "min-samples": 20}
    });
    assert!(accepts(&section));
}

#[test]
fn refuses_what_the_gate_refuses() {
    for section in [
        json!({"cheks": []}),
        json!({"checks": [{}]}),
        json!({"checks": [{"path": "/", "capture": {}}]}),
        json!({"checks": [{"path": "/", "expect": {"status": []}}]}),
        json!({"checks": [{"path": "/", "expect": {"status": "6xx"}}]}),
        json!({"checks": [{"path": "/", "expect": {"headers": {"a": {"containss": "b"}}}}]}),
        json!({"checks": [{"path": "/", "expect": {"json": {"$.a": {"equal": 1}}}}]}),
        json!({"watch": {"max-error-rate": "1"}}),
    ] {
        assert!(!accepts(&section), "{section}");
    }
}
