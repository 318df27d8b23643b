//! A config file from anywhere is read or refused, within bounded time and memory.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use pipeline_config::{ByteSize, ConfigFile, Located, Millis, Percent};
use serde::Deserialize;

/// One key of each kind that sections have.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[allow(dead_code, reason = "only reading is tested")]
struct Section {
    text: Option<Located<String>>,
    size: Option<ByteSize>,
    time: Option<Millis>,
    share: Option<Percent>,
    list: Vec<Section>,
    map: BTreeMap<String, Located<ByteSize>>,
}

fuzz_target!(|text: &str| {
    let file = ConfigFile::from_text("stagegate.yml", text);
    if let Err(error) = file.section::<Section>("bundle") {
        assert!(!error.to_string().is_empty());
    }
});
