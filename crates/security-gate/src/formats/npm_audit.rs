//! Reads `npm audit --json` of npm 7 and later (report version 2).
//!
//! An advisory stands in the `via` list of the package it is about; every package that depends on it is
//! listed too, with a name in its `via`. One advisory of one package is one issue. When the audit
//! service does not answer, npm prints an error document with the same ending.

use std::borrow::Cow;
use std::collections::BTreeMap;

use gate::foreign_text;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use verdict::Place;

use super::{ReadError, lenient};
use crate::issue::{Identity, Issue, Rule, ScanReport, ToolRun};
use crate::severity::Severity;

const FORMAT: &str = "npm audit report of npm 7 and later";

/// Where npm's findings are shown: what decides which versions are installed.
const LOCKFILE: &str = "package-lock.json";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    audit_report_version: Option<u64>,
    #[serde(borrow)]
    vulnerabilities: Option<BTreeMap<String, Vulnerability<'a>>>,
    metadata: Option<Metadata>,
    message: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability<'a> {
    #[serde(borrow)]
    via: Vec<&'a RawValue>,
    #[serde(default)]
    nodes: Vec<String>,
    #[serde(default)]
    fix_available: Option<Value>,
}

#[derive(Deserialize)]
struct Advisory<'a> {
    #[serde(default)]
    source: Option<u64>,
    #[serde(borrow, default)]
    dependency: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
    #[serde(borrow, default)]
    range: Option<Cow<'a, str>>,
    #[serde(default)]
    cwe: Vec<String>,
    #[serde(default)]
    cvss: Option<Cvss>,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(default, deserialize_with = "lenient::score")]
    score: Option<f64>,
}

#[derive(Deserialize)]
struct Metadata {
    vulnerabilities: Totals,
    dependencies: Option<Dependencies>,
}

#[derive(Deserialize)]
struct Totals {
    total: usize,
}

#[derive(Deserialize)]
struct Dependencies {
    total: Option<u64>,
}

pub(super) fn read(bytes: &[u8]) -> Result<ScanReport, ReadError> {
    let invalid = |reason: String| ReadError::Format {
        format: FORMAT,
        reason,
    };
    let report: Report<'_> =
        serde_json::from_slice(bytes).map_err(|error| invalid(error.to_string()))?;
    if report.audit_report_version.is_none() && (report.error.is_some() || report.message.is_some())
    {
        return Err(ReadError::Failed(failure(&report)));
    }
    match report.audit_report_version {
        Some(2) => {}
        Some(other) => return Err(invalid(format!("its version is {other}, not 2"))),
        None => return Err(invalid("it has no `auditReportVersion`".to_owned())),
    }
    let (Some(vulnerabilities), Some(metadata)) = (&report.vulnerabilities, &report.metadata)
    else {
        return Err(invalid(
            "`vulnerabilities` or `metadata` is missing".to_owned(),
        ));
    };
    let listed = vulnerabilities.len();
    let claimed = metadata.vulnerabilities.total;
    if claimed != listed {
        return Err(invalid(format!(
            "it claims {claimed} vulnerable packages and lists {listed}"
        )));
    }
    if metadata.dependencies.as_ref().and_then(|all| all.total) == Some(0) {
        return Err(ReadError::Failed("it audited no package".to_owned()));
    }
    let mut run = ToolRun {
        tool: "npm audit".to_owned(),
        ..ToolRun::default()
    };
    for (package, vulnerability) in vulnerabilities {
        for via in &vulnerability.via {
            // A name: this package is vulnerable only through another one, which has its own entry.
            if via.get().starts_with('"') {
                continue;
            }
            let advisory: Advisory<'_> = serde_json::from_str(via.get()).map_err(|error| {
                invalid(format!("an advisory of {}: {error}", foreign_text(package)))
            })?;
            add(&mut run, package, vulnerability, &advisory);
        }
    }
    if listed > 0 && run.issues.is_empty() {
        return Err(invalid(
            "it lists vulnerable packages and no advisory".to_owned(),
        ));
    }
    Ok(ScanReport {
        runs: vec![run],
        degraded: None,
    })
}

fn failure(report: &Report<'_>) -> String {
    let text = |value: &Option<Value>| {
        let value = value.as_ref()?;
        let text = value.as_str().or_else(|| value.get("summary")?.as_str())?;
        Some(text.to_owned()).filter(|text| !text.trim().is_empty())
    };
    let words = text(&report.message).or_else(|| text(&report.error));
    foreign_text(&words.unwrap_or_else(|| "npm gives no reason".to_owned()))
}

fn add(run: &mut ToolRun, entry: &str, vulnerability: &Vulnerability<'_>, advisory: &Advisory<'_>) {
    let package = foreign_text(advisory.dependency.as_deref().unwrap_or(entry));
    let title = foreign_text(advisory.title.as_deref().unwrap_or("known vulnerability"));
    let severity = Severity::from_word(&advisory.severity);
    let url = advisory
        .url
        .as_deref()
        .filter(|url| url.starts_with("https://"));
    let rule = rule_id(advisory, url);
    let range = foreign_text(advisory.range.as_deref().unwrap_or("*"));
    let nodes = installed(&vulnerability.nodes);
    let score = advisory.cvss.as_ref().and_then(|cvss| cvss.score);
    let score = score.filter(|score| Severity::from_score(*score) == severity);
    let rule_entry = run.rules.entry(rule.clone()).or_insert_with(|| Rule {
        name: None,
        summary: title.clone(),
        help_url: url.map(foreign_text),
        score: Some(score.map_or_else(
            || severity.typical_score().to_owned(),
            |score| format!("{score:.1}"),
        )),
        tags: ["security".to_owned()].into(),
    });
    let tags = advisory
        .cwe
        .iter()
        .map(|cwe| format!("external/cwe/{}", foreign_text(cwe).to_ascii_lowercase()));
    rule_entry.tags.extend(tags);
    run.issues.push(Issue {
        identity: Identity::Package(package.clone()),
        message: foreign_text(&format!("{package} {range}: {title} ({rule}){nodes}")),
        rule,
        severity,
        fix: Some(fix(vulnerability.fix_available.as_ref())),
        url: url.map(foreign_text),
        place: Some(Place::file(LOCKFILE)),
        suppressed: false,
        line_hash: None,
    });
}

/// The GHSA id at the end of the address; npm's own number changes from run to run.
fn rule_id(advisory: &Advisory<'_>, url: Option<&str>) -> String {
    let last = url.and_then(|url| url.trim_end_matches('/').rsplit('/').next());
    match (last.filter(|id| id.starts_with("GHSA-")), advisory.source) {
        (Some(id), _) => foreign_text(id),
        (None, Some(number)) => format!("npm-{number}"),
        (None, None) => "npm-advisory".to_owned(),
    }
}

fn installed(nodes: &[String]) -> String {
    match nodes {
        [] => String::new(),
        [only] => format!(", at {only}"),
        [first, rest @ ..] => format!(", at {first} and {} more", rest.len()),
    }
}

fn fix(available: Option<&Value>) -> String {
    match available {
        Some(Value::Bool(true)) => "run `npm audit fix`".to_owned(),
        Some(Value::Object(target)) => {
            let word = |key| foreign_text(target.get(key).and_then(Value::as_str).unwrap_or("?"));
            let major = target.get("isSemVerMajor").and_then(Value::as_bool) == Some(true);
            let how = if major {
                ", which is a breaking change"
            } else {
                ""
            };
            format!("install {}@{}{how}", word("name"), word("version"))
        }
        _ => "no fixed version is known".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    const ADVISORY: &str = r#"{"source":1,"name":"p","dependency":"p","title":"t","url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","severity":"high","range":"<2","cwe":["CWE-79"],"cvss":{"score":7.5}}"#;

    fn report(vulnerabilities: &str, total: usize, packages: usize) -> String {
        format!(
            r#"{{"auditReportVersion":2,"vulnerabilities":{{{vulnerabilities}}},"metadata":{{"vulnerabilities":{{"total":{total}}},"dependencies":{{"total":{packages}}}}}}}"#
        )
    }

    #[test]
    fn an_advisory_is_one_issue_and_its_dependents_are_none() {
        let vulnerabilities = format!(
            r#""p":{{"via":[{ADVISORY}],"nodes":["node_modules/p","node_modules/q/node_modules/p"],"fixAvailable":true}},"q":{{"via":["p"],"nodes":[]}}"#
        );
        let read = read(report(&vulnerabilities, 2, 9).as_bytes()).unwrap();
        let [run] = read.runs.as_slice() else {
            panic!("one run")
        };
        let [issue] = run.issues.as_slice() else {
            panic!("one issue: {:?}", run.issues)
        };
        assert_eq!(
            issue.message,
            "p <2: t (GHSA-aaaa-bbbb-cccc), at node_modules/p and 1 more"
        );
        assert_eq!(issue.fix.as_deref(), Some("run `npm audit fix`"));
        let rule = &run.rules["GHSA-aaaa-bbbb-cccc"];
        assert_eq!(rule.score.as_deref(), Some("7.5"));
        assert!(rule.tags.contains("external/cwe/cwe-79"));
    }

    #[test]
    fn an_audit_that_did_not_happen_is_not_clean() {
        let cases = [
            (report("", 0, 0), "audited no package"),
            (report("", 3, 9), "claims 3"),
            (report(r#""p":{"via":["p"]}"#, 1, 9), "no advisory"),
            (report(r#""p":{"via":[{"title":"x"}]}"#, 1, 9), "severity"),
            (report("", 0, 9).replace(":2,", ":3,"), "version is 3"),
            (r#"{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile."}}"#.to_owned(), "existing lockfile"),
            (r#"{"auditReportVersion":2}"#.to_owned(), "missing"),
            (r#"{"message":"405","statusCode":405,"error":{}}"#.to_owned(), "405"),
        ];
        for (json, expected) in cases {
            let error = read(json.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{json}: {error}");
        }
        assert!(
            read(report("", 0, 9).as_bytes()).unwrap().runs[0]
                .issues
                .is_empty()
        );
    }
}
