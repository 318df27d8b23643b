//! Reads SARIF 2.1.0, as tools write it: with byte order marks, missing levels, rules in extensions and
//! absolute addresses.
//!
//! A run that says it failed, and one without a `results` list, proves nothing about what it does not
//! list: the report is degraded, and what it does list still counts.

mod location;
mod model;

use std::collections::BTreeSet;

use gate::foreign_text;

use self::location::place;
use self::model::{Log, Message, Reporting, RuleProperties, SarifResult, SarifRun, Suppression};
use super::ReadError;
use crate::issue::{Identity, Issue, Rule, ScanReport, ToolRun};
use crate::redact::{is_secret, without_tokens};
use crate::severity::Severity;

pub(super) fn read(bytes: &[u8], allow_empty: bool) -> Result<ScanReport, ReadError> {
    let invalid = |reason: String| ReadError::Format {
        format: "SARIF 2.1.0 report",
        reason,
    };
    let log: Log<'_> = serde_json::from_slice(bytes).map_err(|error| invalid(error.to_string()))?;
    match log.version.as_deref() {
        Some("2.1.0") => {}
        Some(other) => {
            return Err(invalid(format!(
                "its version is {}, not 2.1.0",
                foreign_text(other)
            )));
        }
        None => return Err(invalid("it has no `version`".to_owned())),
    }
    if log.runs.is_empty() && !allow_empty {
        return Err(ReadError::Failed("it has no run".to_owned()));
    }
    let mut report = ScanReport::default();
    for run in &log.runs {
        report.degraded = report.degraded.or_else(|| failure(run));
        report.runs.push(tool_run(run));
    }
    Ok(report)
}

/// Why a run does not prove that nothing else is there.
fn failure(run: &SarifRun<'_>) -> Option<String> {
    let tool = foreign_text(&run.tool.driver.name);
    if run.results.is_none() {
        return Some(format!("{tool} did not list results, so it did not scan"));
    }
    for invocation in &run.invocations {
        if invocation.execution_successful == Some(false) {
            return Some(format!("{tool} says that it did not run successfully"));
        }
        let notifications = invocation
            .tool_execution_notifications
            .iter()
            .chain(&invocation.tool_configuration_notifications);
        let mut errors =
            notifications.filter(|notification| notification.level.as_deref() == Some("error"));
        if let Some(error) = errors.next() {
            let text = error
                .message
                .as_ref()
                .and_then(|message| message.text.as_deref());
            let text = without_tokens(text.unwrap_or("an error without words"));
            return Some(foreign_text(&format!("{tool} met an error: {text}")));
        }
    }
    None
}

fn tool_run(run: &SarifRun<'_>) -> ToolRun {
    let driver = &run.tool.driver;
    let version = driver
        .semantic_version
        .as_deref()
        .or(driver.version.as_deref());
    let mut read = ToolRun {
        tool: foreign_text(&driver.name),
        version: version.map(foreign_text),
        ..ToolRun::default()
    };
    for result in run.results.iter().flatten() {
        let concerns = !matches!(
            result.kind.as_deref(),
            Some("pass" | "notApplicable" | "informational")
        );
        if concerns && result.baseline_state.as_deref() != Some("absent") {
            let (id, rule) = rule(run, result);
            let issue = issue(run, result, &id, rule);
            let known = rule.map_or_else(Rule::default, |rule| known_rule(rule, &issue));
            read.rules.entry(id).or_insert(known);
            read.issues.push(issue);
        }
    }
    read
}

/// A result's rule: by place in the list it names, else by id; `a/b` is a part of rule `a`.
fn rule<'r>(
    run: &'r SarifRun<'_>,
    result: &SarifResult<'_>,
) -> (String, Option<&'r Reporting<'r>>) {
    let reference = result.rule.as_ref();
    let id = result.rule_id.as_deref();
    let id = id.or_else(|| reference?.id.as_deref());
    let extension = reference.and_then(|reference| reference.tool_component.as_ref()?.index);
    let rules = match extension {
        Some(extension) => run.tool.extensions.get(extension as usize),
        None => Some(&run.tool.driver),
    }
    .map_or(&[][..], |component| component.rules.as_slice());
    let index = result.rule_index.or_else(|| reference?.index);
    let by_index = index.and_then(|index| rules.get(index as usize));
    let all = || {
        let extensions = run
            .tool
            .extensions
            .iter()
            .flat_map(|extension| &extension.rules);
        run.tool.driver.rules.iter().chain(extensions)
    };
    let named = |id: &str| all().find(|rule| rule.id.as_deref() == Some(id));
    let by_id = || {
        let id = id?;
        named(id).or_else(|| named(id.rsplit_once('/')?.0))
    };
    let found = by_index.or_else(by_id);
    let id = id
        .or_else(|| found?.id.as_deref())
        .unwrap_or("unnamed-rule");
    (foreign_text(id), found)
}

fn issue(
    run: &SarifRun<'_>,
    result: &SarifResult<'_>,
    id: &str,
    rule: Option<&Reporting<'_>>,
) -> Issue {
    let properties = rule.and_then(|rule| rule.properties.as_ref());
    let score = result
        .properties
        .as_ref()
        .and_then(|properties| properties.security_severity)
        .or_else(|| properties?.security_severity);
    let severity = score.map_or_else(
        || Severity::from_level(level(result, rule)),
        Severity::from_score,
    );
    let tags = properties.map_or(&[][..], |properties| &properties.tags);
    let words = [id]
        .into_iter()
        .chain(rule.and_then(|rule| rule.name.as_deref()));
    let secret = is_secret(
        &run.tool.driver.name,
        words.chain(tags.iter().map(AsRef::as_ref)),
    );
    let message = if secret {
        format!("{}; the value is not shown", summary(rule, id))
    } else {
        without_tokens(&words_of(result, rule).unwrap_or_else(|| summary(rule, id)))
    };
    let prints = result.partial_fingerprints.as_ref();
    Issue {
        identity: Identity::Place,
        rule: id.to_owned(),
        severity,
        message: foreign_text(&message),
        fix: None,
        url: rule.and_then(help_url),
        place: result
            .locations
            .first()
            .and_then(|location| place(run, location)),
        suppressed: is_suppressed(result.suppressions.as_deref().unwrap_or_default()),
        line_hash: prints
            .and_then(|prints| prints.line_hash.as_deref())
            .map(foreign_text),
    }
}

/// A result's level, else its rule's; a result that is no failure has none.
fn level<'r>(result: &'r SarifResult<'_>, rule: Option<&'r Reporting<'_>>) -> Option<&'r str> {
    let of_rule = || rule?.default_configuration.as_ref()?.level.as_deref();
    result.level.as_deref().or_else(of_rule)
}

/// Suppressed when it is suppressed at all and nobody rejected that or has yet to look at it.
fn is_suppressed(suppressions: &[Suppression<'_>]) -> bool {
    let accepted = |suppression: &Suppression<'_>| {
        matches!(suppression.status.as_deref(), None | Some("accepted"))
    };
    !suppressions.is_empty() && suppressions.iter().all(accepted)
}

/// The result's own words, with the rule's text filled in where it only names one.
fn words_of(result: &SarifResult<'_>, rule: Option<&Reporting<'_>>) -> Option<String> {
    let message = result.message.as_ref()?;
    if let Some(text) = message.text.as_deref() {
        return Some(text.to_owned());
    }
    let strings = rule?.message_strings.as_ref()?;
    let text = strings.get(message.id.as_deref()?)?.text.as_deref()?;
    let mut text = text.to_owned();
    for (number, argument) in message.arguments.iter().enumerate() {
        text = text.replace(&format!("{{{number}}}"), argument);
    }
    Some(text)
}

fn summary(rule: Option<&Reporting<'_>>, id: &str) -> String {
    let text = |message: &Option<Message<'_>>| message.as_ref()?.text.as_deref().map(foreign_text);
    rule.and_then(|rule| {
        text(&rule.short_description)
            .or_else(|| text(&rule.full_description))
            .or_else(|| rule.name.as_deref().map(foreign_text))
    })
    .unwrap_or_else(|| id.to_owned())
}

fn help_url(rule: &Reporting<'_>) -> Option<String> {
    let url = rule.help_uri.as_deref()?;
    (url.starts_with("https://") && url.len() < 500).then(|| foreign_text(url))
}

fn known_rule(rule: &Reporting<'_>, issue: &Issue) -> Rule {
    let properties = rule.properties.as_ref();
    let score = properties.and_then(|properties: &RuleProperties<'_>| properties.security_severity);
    let tags: BTreeSet<String> = properties
        .into_iter()
        .flat_map(|properties| &properties.tags)
        .map(|tag| foreign_text(tag))
        .collect();
    Rule {
        name: rule.name.as_deref().map(foreign_text),
        summary: without_tokens(&summary(Some(rule), &issue.rule)),
        help_url: help_url(rule),
        score: score.map(|score| format!("{score:.1}")),
        tags,
    }
}

#[cfg(test)]
mod tests;
