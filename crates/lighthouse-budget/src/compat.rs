//! `compat: lhci`: what `lhci assert` gives for its own config file, number by number, and its result files beside the
//! reports. Only no report at all stays an error here, where lighthouse-ci passes.

use std::path::PathBuf;

use gate::{Context, Draft, Error, Problem, Report};
use verdict::{Conclusion, Evidence, Figure, Finding, Table};

use crate::extended::Extended;
use crate::lhci::{
    Entry, ManifestEntry, assertion_results, by_final_url, failed, manifest, results, wanted,
};
use crate::reading;
use crate::report::{Lhr, Wanted};
use crate::representative::representative;
use crate::rules::Level;

/// Where lighthouse-ci keeps its files.
pub(crate) const FOLDER: &str = ".lighthouseci";

/// What it calls its reports.
pub(crate) const REPORTS: &str = ".lighthouseci/lhr-*.json";

/// The most rows of the table.
const MAX_ROWS: usize = 200;

/// Judges the reports.
pub(crate) fn run(
    extended: &[Extended],
    reports: &[PathBuf],
    context: &Context,
) -> Result<Report, Error> {
    let Some(file) = extended.first() else {
        return Err(Error::usage("`compat: lhci` needs a lighthouserc"));
    };
    let needed = file
        .options
        .as_ref()
        .map_or_else(|| Wanted::new([]), |options| wanted(&options.sets));
    let (mut lhrs, mut evidence, mut problems) = (Vec::new(), Vec::<Evidence>::new(), Vec::new());
    for path in reports {
        match reading::report(path, &needed, context) {
            Ok((lhr, read)) => {
                lhrs.push(lhr);
                evidence.push(read);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Undecided(problems));
    }
    let runs: Vec<&Lhr> = lhrs.iter().collect();
    let entries = match (&file.options, &file.thrown) {
        (Some(options), _) => results(options, &runs),
        (None, thrown) => Err(thrown.clone().unwrap_or_default()),
    };
    write(
        context,
        "manifest.json",
        &manifest(&listed(reports, &runs, context)),
    )?;
    let entries = match entries {
        Ok(entries) => entries,
        Err(message) => {
            let finding = Finding::error("lhci", format!("lighthouse-ci stops here: {message}"));
            let draft = Draft::new(Conclusion::Fail, format!("lighthouse-ci stops: {message}"));
            return Ok(Report::new(
                draft.findings(vec![finding]).evidence(evidence),
            ));
        }
    };
    write(
        context,
        "assertion-results.json",
        &assertion_results(&entries),
    )?;
    let findings: Vec<Finding> = entries
        .iter()
        .filter(|entry| !entry.outcome.passed)
        .map(|entry| finding(entry, file))
        .collect();
    let errors = entries
        .iter()
        .filter(|entry| !entry.outcome.passed && entry.level == Level::Error)
        .count();
    let conclusion = match (failed(&entries), findings.is_empty()) {
        (true, _) => Conclusion::Fail,
        (false, false) => Conclusion::Warn,
        (false, true) => Conclusion::Pass,
    };
    let title = match conclusion {
        Conclusion::Fail => format!("{errors} assertions of {} failed", file.path),
        Conclusion::Warn => format!("{} assertions of {} warn", findings.len(), file.path),
        _ => format!(
            "all assertions of {} passed on {} reports",
            file.path,
            runs.len()
        ),
    };
    let draft = Draft::new(conclusion, title)
        .findings(findings)
        .figures(vec![table(&entries)])
        .evidence(evidence);
    let shown: Vec<String> = reports.iter().map(|path| context.display(path)).collect();
    Ok(Report::new(draft).output("reports", shown.join("\n")))
}

fn write(context: &Context, name: &str, content: &str) -> Result<(), Error> {
    let folder = context.path(FOLDER);
    let path = folder.join(name);
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, content))
        .map_err(|error| {
            Error::Undecided(vec![Problem::new(format!(
                "write {}: {error}",
                context.display(&path)
            ))])
        })
}

/// The reports, those that stand for their pages last.
fn listed<'a>(reports: &[PathBuf], runs: &[&'a Lhr], context: &Context) -> Vec<ManifestEntry<'a>> {
    let chosen: Vec<&Lhr> = by_final_url(runs)
        .iter()
        .filter_map(|(_, page)| representative(page))
        .collect();
    let mut entries: Vec<ManifestEntry<'a>> = runs
        .iter()
        .zip(reports)
        .map(|(lhr, path)| {
            let path = context.path(path);
            let html = path.with_extension("html");
            ManifestEntry {
                lhr,
                representative: chosen.iter().any(|one| std::ptr::eq(*one, *lhr)),
                json_path: path.display().to_string(),
                html_path: if html.is_file() {
                    html.display().to_string()
                } else {
                    String::new()
                },
            }
        })
        .collect();
    entries.sort_by_key(|entry| entry.representative);
    entries
}

fn property(entry: &Entry) -> String {
    let property = entry
        .outcome
        .property
        .as_ref()
        .map_or(String::new(), |property| format!(".{property}"));
    format!("{}{property}", entry.audit)
}

fn finding(entry: &Entry, file: &Extended) -> Finding {
    let outcome = &entry.outcome;
    let values: Vec<String> = outcome.values.iter().map(|value| short(*value)).collect();
    let message = format!(
        "{}: {} {}: expected {} {}, found {} (all values: {}){}",
        entry.url,
        property(entry),
        outcome.check.as_str(),
        outcome.check.operator(),
        short(outcome.expected),
        short(outcome.actual),
        values.join(", "),
        outcome
            .message
            .as_ref()
            .map_or(String::new(), |message| format!(": {message}")),
    );
    let finding = if entry.level == Level::Error {
        Finding::error(entry.audit.clone(), message)
    } else {
        Finding::warning(entry.audit.clone(), message)
    };
    let key = outcome.property.as_ref().map_or_else(
        || entry.audit.clone(),
        |_| property(entry).replace('.', ":"),
    );
    finding.at(file.place(&key))
}

fn table(entries: &[Entry]) -> Figure {
    let title = if entries.len() > MAX_ROWS {
        format!("Assertions: the first {MAX_ROWS} of {}", entries.len())
    } else {
        "Assertions".to_owned()
    };
    let mut table = Table::new(
        title,
        ["page", "audit", "check", "#found", "#expected", "result"],
    );
    table.rows = entries
        .iter()
        .take(MAX_ROWS)
        .map(|entry| {
            let result = match (entry.outcome.passed, &entry.level) {
                (true, _) => "passed",
                (false, Level::Error) => "failed",
                (false, _) => "warning",
            };
            vec![
                entry.url.clone(),
                property(entry),
                entry.outcome.check.as_str().to_owned(),
                short(entry.outcome.actual),
                format!(
                    "{} {}",
                    entry.outcome.check.operator(),
                    short(entry.outcome.expected)
                ),
                result.to_owned(),
            ]
        })
        .collect();
    Figure::Table(table)
}

fn short(value: f64) -> String {
    if value.is_nan() {
        return "none".to_owned();
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
