//! An annotation is one line and one command, read back as the runner reads it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use runner_protocol::Commands;
use verdict::{Level, Place};

fuzz_target!(|parts: (&str, &str, &str)| {
    let (title, message, path) = parts;
    let mut out = Vec::new();
    let place = Place::line(path, 7);
    if Commands::new(&mut out)
        .annotate(Level::Error, title, message, Some(&place))
        .is_err()
    {
        return;
    }
    let text = String::from_utf8(out).unwrap();
    let line = text.strip_suffix('\n').unwrap();
    assert!(!line.contains(['\n', '\r']), "{line:?}");
    let (head, data) = line
        .strip_prefix("::error ")
        .unwrap()
        .split_once("::")
        .unwrap();
    let unescape = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",");
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%")
    };
    let properties: Vec<(&str, String)> = head
        .split(',')
        .map(|property| property.split_once('=').unwrap())
        .map(|(name, value)| (name, unescape(value)))
        .collect();
    let property = |name: &str| {
        properties
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(property("file"), Some(path));
    assert_eq!(property("line"), Some("7"));
    assert_eq!(property("title").unwrap_or_default(), title);
    if message.chars().count() <= 4096 {
        let data = data
            .replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%");
        assert_eq!(data, message);
    }
});
