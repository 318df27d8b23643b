//! The presets of lighthouse-ci 0.15.1, from a table of names and levels.

use super::js::Js;

/// One line per audit: its name, its level in `all` and in `recommended`; `:0` is `maxLength: 0`. Printed by
/// `data/presets.mjs`.
const TABLE: &str = include_str!("../../data/presets.txt");

/// What the table does not have, because it is of Lighthouse 12: audits of other majors, with those majors and the levels
/// in `all`, `recommended` and `no-pwa`. Printed by `data/presets-more.mjs`.
const MORE: &str = include_str!("../../data/presets-more.txt");

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

/// The audits that a preset has for some majors only: name, majors and level.
pub(crate) fn more(name: &str) -> impl Iterator<Item = (&'static str, Vec<u32>, &'static str)> {
    let column = match name {
        "all" => 2,
        "recommended" => 3,
        _ => 4,
    };
    MORE.lines().filter_map(move |line| {
        let words: Vec<&str> = line.split(' ').collect();
        let majors = words
            .get(1)?
            .split(',')
            .filter_map(|major| major.parse().ok());
        let level = *words.get(column)?;
        (level != "off").then_some((*words.first()?, majors.collect(), level))
    })
}

/// Whether lighthouse-ci knows an audit of this name.
pub(crate) fn is_known_audit(name: &str) -> bool {
    TABLE
        .lines()
        .any(|line| line.split(' ').next() == Some(name))
}
