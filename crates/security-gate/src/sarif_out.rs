//! Writes the merged result as SARIF 2.1.0, for code scanning and other readers. Pure, and the same
//! bytes for the same issues.
//!
//! One run per tool that has a whole report, also when it found nothing: code scanning takes an absent
//! alert for a fixed one, so a tool whose report is broken must not have a run at all.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use verdict::{Finding, Place};

use crate::issue::Rule;
use crate::merge::{Merged, MergedIssue};

/// Where the schema of SARIF 2.1.0 is kept.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What code scanning takes in one upload: runs, and results per run.
const LIMITS: (usize, usize) = (20, 25_000);

/// The document, with a final newline.
///
/// # Errors
/// Never in practice: the document is made of texts and numbers.
pub(crate) fn document(merged: &Merged) -> Result<String, serde_json::Error> {
    let runs: Vec<Value> = merged.tools.keys().map(|tool| run(merged, tool)).collect();
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": runs });
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

/// Why code scanning would refuse the document.
pub(crate) fn over_limit(merged: &Merged) -> Option<String> {
    let (runs, results) = LIMITS;
    if merged.tools.len() > runs {
        return Some(format!(
            "{} tools, and code scanning takes {runs} runs",
            merged.tools.len()
        ));
    }
    let most = merged
        .tools
        .keys()
        .map(|tool| of_tool(merged, tool).count())
        .max()?;
    (most > results)
        .then(|| format!("{most} results of one tool, and code scanning takes {results}"))
}

fn of_tool<'a>(merged: &'a Merged, tool: &'a str) -> impl Iterator<Item = &'a MergedIssue> {
    let shown = move |issue: &&MergedIssue| issue.tool.as_deref() == Some(tool);
    merged.issues.iter().filter(shown)
}

fn run(merged: &Merged, tool: &str) -> Value {
    let known = &merged.tools[tool];
    // Rules without a result are left out: they are many, and say nothing here.
    let mut rules: BTreeMap<&str, Rule> = BTreeMap::new();
    for merged in of_tool(merged, tool) {
        let id = merged.issue.rule.as_str();
        let rule = known.rules.get(id).cloned().unwrap_or_default();
        rules.entry(id).or_insert(rule);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(n, id)| (*id, n)).collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = of_tool(merged, tool)
        .map(|issue| result(issue, &index, &mut seen))
        .collect();
    let mut driver = Map::new();
    driver.insert("name".to_owned(), tool.into());
    if let Some(version) = &known.version {
        driver.insert("version".to_owned(), version.as_str().into());
    }
    let rules: Vec<Value> = rules.iter().map(|(id, known)| rule(id, known)).collect();
    driver.insert("rules".to_owned(), rules.into());
    json!({
        "tool": { "driver": driver },
        "automationDetails": { "id": format!("stagegate/{tool}/") },
        "results": results,
    })
}

fn rule(id: &str, rule: &Rule) -> Value {
    let summary = if rule.summary.is_empty() {
        id
    } else {
        &rule.summary
    };
    let mut value = json!({
        "id": id,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": { "text": rule.help_url.as_deref().unwrap_or(summary) },
    });
    if let Some(name) = &rule.name {
        value["name"] = name.as_str().into();
    }
    if let Some(url) = &rule.help_url {
        value["helpUri"] = url.as_str().into();
    }
    // Code scanning keeps 10 tags of a rule and refuses a file with more than 20.
    let tags: Vec<&String> = rule.tags.iter().take(10).collect();
    let mut properties = Map::new();
    if let Some(score) = &rule.score {
        properties.insert("security-severity".to_owned(), score.as_str().into());
    }
    if !tags.is_empty() {
        properties.insert("tags".to_owned(), json!(tags));
    }
    if !properties.is_empty() {
        value["properties"] = properties.into();
    }
    value
}

fn result(
    merged: &MergedIssue,
    index: &BTreeMap<&str, usize>,
    seen: &mut BTreeMap<String, usize>,
) -> Value {
    let issue = &merged.issue;
    let hash = issue.line_hash.clone().unwrap_or_else(|| {
        let finding = Finding::error(&issue.rule, &issue.message);
        let finding = match &issue.place {
            Some(place) => finding.at(place.clone()),
            None => finding,
        };
        // The same words twice in a file are told apart by their order, as code scanning does it.
        let number = seen.entry(finding.fingerprint.clone()).or_default();
        *number += 1;
        format!("{}:{number}", finding.fingerprint)
    });
    let mut value = json!({
        "ruleId": issue.rule,
        "ruleIndex": index.get(issue.rule.as_str()).copied().unwrap_or_default(),
        "level": issue.severity.level(),
        "message": { "text": issue.message },
        "locations": issue.place.iter().map(location).collect::<Vec<_>>(),
        "partialFingerprints": { "primaryLocationLineHash": hash },
        "properties": { "severity": issue.severity.as_str(), "seenBy": merged.seen_by },
    });
    if issue.severity == crate::severity::Severity::Info {
        // The standard has level `none` only for what is no failure.
        value["kind"] = "informational".into();
    }
    if issue.suppressed {
        value["suppressions"] = json!([{ "kind": "external" }]);
    }
    value
}

fn location(place: &Place) -> Value {
    let mut region = Map::new();
    let numbers = [
        ("startLine", Some(place.line.unwrap_or(1))),
        ("startColumn", place.column),
        ("endLine", place.end_line),
        ("endColumn", place.end_column),
    ];
    for (name, number) in numbers {
        if let Some(number) = number {
            region.insert(name.to_owned(), number.into());
        }
    }
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": percent_encoded(&place.path), "uriBaseId": "%SRCROOT%" },
            "region": region,
        }
    })
}

/// A path as a relative address.
fn percent_encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@+,()!$&'*=".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn a_path_becomes_an_address() {
        let cases = [
            (
                "src/app/(shop)/[slug]/page.tsx",
                "src/app/(shop)/%5Bslug%5D/page.tsx",
            ),
            ("a b:c#d?e%f", "a%20b%3Ac%23d%3Fe%25f"),
            ("ä", "%C3%A4"),
        ];
        for (path, expected) in cases {
            assert_eq!(percent_encoded(path), expected);
        }
    }
}
