//! JSON values against the schemas of an OpenAPI 3.0 description, stricter than the description itself: a
//! field that it does not name is a mistake too, though it says `additionalProperties: false` nowhere.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// What is wrong with a value; empty when nothing is.
pub(crate) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let schema = json_schema(schema);
    let mut problems: Vec<String> = validator(&schema)
        .iter_errors(value)
        .map(|error| format!("{}: {error:.300}", error.instance_path()))
        .collect();
    undescribed(&[&schema], value, "", &mut problems);
    problems
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(schema)
        .expect("a schema")
}

/// Keywords of OpenAPI that JSON Schema does not know, or that only explain.
const LEFT_OUT: [&str; 6] = [
    "nullable",
    "example",
    "examples",
    "description",
    "discriminator",
    "externalDocs",
];

/// Formats whose meaning both sides share; the description also has its own, such as `repo.nwo`.
const FORMATS: [&str; 2] = ["date-time", "uri"];

/// OpenAPI 3.0 as JSON Schema: `nullable` becomes a choice of types.
fn json_schema(schema: &Value) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.clone();
    };
    let mut out = Map::new();
    for (key, value) in map {
        let value = match (key.as_str(), value) {
            (key, _) if LEFT_OUT.contains(&key) => continue,
            ("format", Value::String(format)) if !FORMATS.contains(&format.as_str()) => continue,
            // An address that is not said is an empty text, by the description's own default.
            ("format", _) if map.get("default") == Some(&json!("")) => continue,
            // Below `properties`, a key is a field's name and never a keyword.
            ("properties", Value::Object(fields)) => fields
                .iter()
                .map(|(name, field)| (name.clone(), json_schema(field)))
                .collect(),
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => {
                all.iter().map(json_schema).collect()
            }
            ("items" | "additionalProperties" | "not", value) => json_schema(value),
            (_, value) => value.clone(),
        };
        out.insert(key.clone(), value);
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        return json!({ "anyOf": [{ "type": "null" }, out] });
    }
    Value::Object(out)
}

/// Fields that none of the schemas which apply to the value names.
fn undescribed(schemas: &[&Value], value: &Value, place: &str, out: &mut Vec<String>) {
    let mut applying = Vec::new();
    for schema in schemas {
        flatten(schema, value, &mut applying);
    }
    match value {
        Value::Object(fields) => {
            if applying.iter().all(|schema| schema["properties"].is_null()) {
                return free_form(&applying, fields, place, out);
            }
            for (key, value) in fields {
                let named: Vec<&Value> = applying
                    .iter()
                    .filter_map(|schema| schema["properties"].get(key))
                    .collect();
                let place = format!("{place}/{key}");
                if named.is_empty() {
                    out.push(format!("{place}: the description names no such field"));
                } else {
                    undescribed(&named, value, &place, out);
                }
            }
        }
        Value::Array(items) => {
            let described: Vec<&Value> = applying
                .iter()
                .filter_map(|schema| schema.get("items"))
                .collect();
            for (at, item) in items.iter().enumerate() {
                undescribed(&described, item, &format!("{place}/{at}"), out);
            }
        }
        _ => {}
    }
}

/// An object whose fields are its writer's own, such as a deployment's payload; their values may be described.
fn free_form(applying: &[&Value], fields: &Map<String, Value>, place: &str, out: &mut Vec<String>) {
    let values: Vec<&Value> = applying
        .iter()
        .filter_map(|schema| schema.get("additionalProperties"))
        .filter(|schema| schema.is_object())
        .collect();
    for (key, value) in fields {
        undescribed(&values, value, &format!("{place}/{key}"), out);
    }
}

/// The schema and those of its parts that hold for the value: all of `allOf`, the fitting ones of a choice.
fn flatten<'s>(schema: &'s Value, value: &Value, out: &mut Vec<&'s Value>) {
    if !schema.is_object() {
        return;
    }
    out.push(schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        flatten(part, value, out);
    }
    for key in ["anyOf", "oneOf"] {
        for part in schema[key].as_array().into_iter().flatten() {
            if validator(part).is_valid(value) {
                flatten(part, value, out);
            }
        }
    }
}

#[test]
fn mistakes_are_found_in_every_corner() {
    let text = json!({ "type": "string" });
    let schema = json!({
        "allOf": [
            { "type": "object", "properties": { "id": { "type": "integer" } }, "required": ["id"] },
            { "type": "object", "properties": {
                "format": text, "example": text,
                "when": { "type": "string", "format": "date-time", "nullable": true },
                "who": { "oneOf": [
                    { "type": "object", "properties": { "login": text }, "required": ["login"] },
                    { "type": "object", "properties": { "name": text }, "required": ["name"] },
                ] },
                "files": { "type": "object", "additionalProperties": {
                    "type": "object", "properties": { "bytes": { "type": "integer" } },
                } },
                "list": { "type": "array", "items": { "type": "object", "properties": { "a": text } } },
            } },
        ],
    });
    for (value, mistakes) in [
        (
            json!({ "id": 1, "format": "x", "example": "y", "when": null }),
            0,
        ),
        (json!({ "id": 1, "when": "2026-01-02T03:04:05Z" }), 0),
        (json!({ "id": 1, "when": "yesterday" }), 1),
        (json!({}), 1),
        (json!({ "id": "1" }), 1),
        (json!({ "id": 1, "other": 1 }), 1),
        (json!({ "id": 1, "who": { "login": "a" } }), 0),
        (json!({ "id": 1, "who": { "login": "a", "nam": "b" } }), 1),
        (json!({ "id": 1, "files": { "any": { "bytes": 1 } } }), 0),
        (json!({ "id": 1, "files": { "any": { "bites": 1 } } }), 1),
        (json!({ "id": 1, "list": [{ "a": "" }, { "b": "" }] }), 1),
    ] {
        let found = problems(&schema, &value);
        assert_eq!(found.len(), mistakes, "{value}: {found:?}");
    }
}
