//! `assertion-results.json` and `manifest.json`, byte for byte as JavaScript writes them.

use std::fmt::Write as _;

use crate::evaluate::Outcome;
use crate::report::{Audit, Lhr};
use crate::rules::{Level, Rule};

/// One result of `lhci assert`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The comparison.
    pub outcome: Outcome,
    /// The audit.
    pub audit: String,
    /// As it was written.
    pub level: Level,
    /// The page, by its final URL.
    pub url: String,
    /// Of the audit.
    pub title: Option<String>,
    /// Of the audit.
    pub link: Option<String>,
}

impl Entry {
    /// A result, with the title of the first run whose audit is not perfect.
    pub(crate) fn new(outcome: Outcome, rule: &Rule, runs: &[&Lhr], url: &str) -> Self {
        let name = rule.subject.audit();
        let audits: Vec<&Audit> = runs.iter().filter_map(|lhr| lhr.audits.get(name)).collect();
        let shown = audits
            .iter()
            .find(|audit| audit.score != Some(1.0))
            .or_else(|| audits.first());
        Self {
            outcome,
            audit: name.to_owned(),
            level: rule.level.clone(),
            url: url.to_owned(),
            title: shown
                .and_then(|audit| audit.title.clone())
                .filter(|title| !title.is_empty()),
            link: shown.and_then(|audit| audit.link.clone()),
        }
    }
}

/// The content of `assertion-results.json`.
pub(crate) fn assertion_results(entries: &[Entry]) -> String {
    let objects: Vec<String> = entries.iter().map(object).collect();
    list(&objects, "")
}

fn object(entry: &Entry) -> String {
    let Entry { outcome, .. } = entry;
    let values: Vec<String> = outcome.values.iter().map(|value| number(*value)).collect();
    let mut fields = vec![
        ("name", text(outcome.check.as_str())),
        ("expected", number(outcome.expected)),
        ("actual", number(outcome.actual)),
        ("values", list(&values, "    ")),
        ("operator", text(outcome.check.operator())),
        ("passed", outcome.passed.to_string()),
    ];
    let optional = |fields: &mut Vec<_>, name, value: Option<&str>| {
        fields.extend(value.map(|value| (name, text(value))))
    };
    optional(&mut fields, "message", outcome.message.as_deref());
    optional(&mut fields, "auditProperty", outcome.property.as_deref());
    optional(&mut fields, "auditId", Some(&entry.audit));
    optional(&mut fields, "level", Some(entry.level.as_str()));
    optional(&mut fields, "url", Some(&entry.url));
    optional(&mut fields, "auditTitle", entry.title.as_deref());
    optional(&mut fields, "auditDocumentationLink", entry.link.as_deref());
    lines(&fields, "  ")
}

/// One report of a manifest.
#[derive(Clone, Debug)]
pub(crate) struct ManifestEntry<'a> {
    /// The report.
    pub lhr: &'a Lhr,
    /// Whether it stands for its page.
    pub representative: bool,
    /// Where it is.
    pub json_path: String,
    /// Where it is for people; empty when there is none.
    pub html_path: String,
}

/// The content of `manifest.json`.
pub(crate) fn manifest(entries: &[ManifestEntry<'_>]) -> String {
    let objects: Vec<String> = entries
        .iter()
        .map(|entry| {
            let scores: Vec<(&str, String)> = entry
                .lhr
                .categories
                .iter()
                .map(|(name, score)| {
                    (
                        name.as_str(),
                        score.map_or_else(|| "null".to_owned(), number),
                    )
                })
                .collect();
            let fields = [
                (
                    "url",
                    text(entry.lhr.requested_url.as_deref().unwrap_or_default()),
                ),
                ("isRepresentativeRun", entry.representative.to_string()),
                ("htmlPath", text(&entry.html_path)),
                ("jsonPath", text(&entry.json_path)),
                ("summary", lines(&scores, "    ")),
            ];
            lines(&fields, "  ")
        })
        .collect();
    list(&objects, "")
}

/// `JSON.stringify(array, null, 2)` of items that are written already.
fn list(items: &[String], indent: &str) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let inner: Vec<String> = items
        .iter()
        .map(|item| format!("{indent}  {item}"))
        .collect();
    format!("[\n{}\n{indent}]", inner.join(",\n"))
}

fn lines(fields: &[(&str, String)], indent: &str) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let mut object = String::from("{");
    for (index, (name, value)) in fields.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a text cannot fail.
        let _ = write!(object, "{comma}\n{indent}  {}: {value}", text(name));
    }
    let _ = write!(object, "\n{indent}}}");
    object
}

fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A number as JavaScript writes it; what JSON cannot hold is `null`.
pub(super) fn number(value: f64) -> String {
    if value.is_finite() {
        ryu_js::Buffer::new().format_finite(value).to_owned()
    } else {
        "null".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_written_as_javascript_does() {
        for (value, expected) in [
            (2500.0, "2500"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (1.5e-7, "1.5e-7"),
            (f64::NAN, "null"),
            (f64::INFINITY, "null"),
        ] {
            assert_eq!(number(value), expected);
        }
    }
}
