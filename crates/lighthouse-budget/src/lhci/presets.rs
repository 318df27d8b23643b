//! The presets of lighthouse-ci 0.15.1, from a table of names and levels.

use super::js::Js;

/// One line per audit: its name, its level in `all` and in `recommended`; `:0` is `maxLength: 0`. Printed by
/// `data/presets.mjs`.
const TABLE: &str = include_str!("../../data/presets.txt");

/// What `no-pwa` takes away from `recommended`.
const PWA: [&str; 2] = ["is-on-https", "viewport"];

/// The assertions of a preset, in order; `None` when there is no such preset.
pub(crate) fn assertions(name: &str) -> Option<Js> {
    let column = match name {
        "all" => 1,
        "recommended" | "no-pwa" => 2,
        _ => return None,
    };
    let entries = TABLE.lines().filter_map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let audit = *words.first()?;
        if name == "no-pwa" && PWA.contains(&audit) {
            return Some((audit.to_owned(), Js::Text("off".to_owned())));
        }
        let (level, limits) = match words.get(column)?.split_once(':') {
            Some((level, length)) => {
                let length = Js::Number(length.parse().ok()?);
                (level, vec![("maxLength".to_owned(), length)])
            }
            None => (*words.get(column)?, Vec::new()),
        };
        let value = Js::Array(vec![Js::Text(level.to_owned()), Js::Object(limits)]);
        Some((audit.to_owned(), value))
    });
    Some(Js::Object(entries.collect()))
}

/// Whether lighthouse-ci knows an audit of this name.
pub(crate) fn is_known_audit(name: &str) -> bool {
    TABLE
        .lines()
        .any(|line| line.split(' ').next() == Some(name))
}
