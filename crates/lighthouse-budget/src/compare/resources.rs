//! What a page loads, of base and head: totals by type, and which file grew.

use std::collections::BTreeMap;

use url::Url;

use super::median;
use crate::report::{Number, Row, Run};

/// So many files are named.
const NAMED: usize = 3;

fn rows<'a>(run: &'a Run, audit: &str) -> impl Iterator<Item = &'a Row> {
    let audit = run.lhr.audits.get(audit);
    audit
        .and_then(|audit| audit.rows.as_deref())
        .unwrap_or_default()
        .iter()
}

/// Bytes and requests by type that both sides have: what, unit, base, head.
pub(super) fn totals(base: &[&Run], head: &[&Run]) -> Vec<(String, &'static str, f64, f64)> {
    let sums = |runs: &[&Run]| {
        let mut values: BTreeMap<(String, &'static str), Vec<f64>> = BTreeMap::new();
        for run in runs {
            for row in rows(run, "resource-summary") {
                let kind = row.resource_type.clone().unwrap_or_default();
                let numbers: [(&'static str, Number); 2] =
                    [("bytes", row.transfer_size), ("count", row.request_count)];
                for (unit, number) in numbers {
                    if let Some(value) = number.finite() {
                        values.entry((kind.clone(), unit)).or_default().push(value);
                    }
                }
            }
        }
        values
    };
    let (base, head) = (sums(base), sums(head));
    let both = head.into_iter().filter_map(|((kind, unit), values)| {
        // Without one request of a type there is no row; that is nothing, and known.
        let before = base
            .get(&(kind.clone(), unit))
            .map_or(0.0, |values| median(values));
        let name = if unit == "bytes" {
            format!("{kind} size")
        } else {
            format!("{kind} requests")
        };
        (!base.is_empty()).then(|| (name, unit, before, median(&values)))
    });
    both.collect()
}

/// The files that grew or are new, the largest growth first, in words.
pub(super) fn grown(base: &[&Run], head: &[&Run]) -> Vec<String> {
    let sizes = |runs: &[&Run]| {
        let mut files: BTreeMap<String, f64> = BTreeMap::new();
        // Sizes are the same in every run; one is enough.
        for row in runs
            .first()
            .into_iter()
            .flat_map(|run| rows(run, "network-requests"))
        {
            let (Some(url), Some(size)) = (&row.url, row.transfer_size.finite()) else {
                continue;
            };
            *files.entry(without_hash(url)).or_default() += size;
        }
        files
    };
    let (base, head) = (sizes(base), sizes(head));
    let mut growth: Vec<(f64, String)> = head
        .into_iter()
        .filter_map(|(file, size)| {
            let before = base.get(&file).copied();
            let by = size - before.unwrap_or_default();
            let words = match before {
                Some(before) => format!("{file} grew from {} to {}", shown(before), shown(size)),
                None => format!("{file} is new with {}", shown(size)),
            };
            (by >= 1000.0).then_some((by, words))
        })
        .collect();
    growth.sort_by(|one, other| other.0.total_cmp(&one.0));
    growth
        .into_iter()
        .take(NAMED)
        .map(|(_, words)| words)
        .collect()
}

fn shown(bytes: f64) -> String {
    format!("{:.1} kB", bytes / 1000.0)
}

/// The path of a file, without the part that changes with every build: a word of 8 or more letters and digits that has
/// both.
fn without_hash(url: &str) -> String {
    let path = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned());
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let words: Vec<&str> = name.split_inclusive(['-', '.', '_']).collect();
    let kept: String = words
        .into_iter()
        .map(|word| {
            let core = word.trim_end_matches(['-', '.', '_']);
            let mixed = core.chars().any(|letter| letter.is_ascii_digit())
                && core.chars().all(|letter| letter.is_ascii_alphanumeric());
            if core.len() >= 8 && mixed {
                word.replace(core, "*")
            } else {
                word.to_owned()
            }
        })
        .collect();
    format!("{folder}/{kept}")
}

#[cfg(test)]
mod tests {
    use super::without_hash;

    #[test]
    fn files_are_known_across_builds() {
        for (url, expected) in [
            (
                "https://a.example/_next/static/chunks/main-3fa9c1d2e4b5a6f7.js",
                "/_next/static/chunks/main-*.js",
            ),
            (
                "https://a.example/assets/index.4f9a81bc.css?x=1",
                "/assets/index.*.css",
            ),
            (
                "https://a.example/fonts/inter-latin.woff2",
                "/fonts/inter-latin.woff2",
            ),
            ("https://a.example/", "/"),
        ] {
            assert_eq!(without_hash(url), expected);
        }
    }
}
