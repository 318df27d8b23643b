//! The JSON Schema of `stagegate.yml`, put together from the gates' sections.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::gates;

/// The schema of the whole file, as checked in under `schema/` for editors.
pub fn config_schema() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let mut sections = Map::new();
    sections.insert("$schema".to_owned(), json!({"type": "string"}));
    for entry in gates() {
        let metadata = (entry.metadata)();
        let section: Schema = (metadata.config_schema)(&mut generator);
        sections.insert(metadata.section.to_owned(), section.to_value());
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stagegate.yml",
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
        "$defs": generator.take_definitions(true),
    })
}
