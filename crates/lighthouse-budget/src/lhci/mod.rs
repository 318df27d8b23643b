//! lighthouse-ci: its config files, its presets, its assertions and its result files, the same in every number.

mod budget;
mod js;
mod options;
mod presets;
mod rc;
mod results;

pub(crate) use budget::options as budget_options;
pub(crate) use js::{Js, alphanumeric_kebab_case};
pub(crate) use options::{Options, OptionsError, compile};
pub(crate) use presets::is_known_audit;
pub(crate) use rc::{RcError, extends, line_of, options as rc_options, parse as parse_rc};
pub(crate) use results::{Entry, ManifestEntry, assertion_results, manifest};

use crate::evaluate::evaluate;
use crate::report::{Lhr, Wanted, read_lhr};
use crate::representative::representative;
use crate::rules::{Level, RuleSet, Subject};

/// What `lhci assert` gives for some options and reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertions {
    /// The content of `assertion-results.json`.
    pub results: String,
    /// Whether it fails: an error is not passed. The exit code is 1 then and 0 otherwise.
    pub failed: bool,
}

/// Why `lhci assert` gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertError {
    /// It stops with these words too, and exits with 1.
    #[error("{0}")]
    Thrown(String),
    /// It would go on with something that cannot be meant; we refuse.
    #[error("{0}")]
    Refused(String),
    /// A report is none.
    #[error("report {0}: {1}")]
    Report(usize, String),
}

/// Does what `lhci assert` does: `rc` is a lighthouserc as JSON, `budgets` the content of its `budgetsFile`, `reports`
/// are Lighthouse reports.
///
/// # Errors
/// When lighthouse-ci stops with an error, or the config cannot be meant so.
pub fn assert(
    rc: &str,
    budgets: Option<&str>,
    reports: &[&[u8]],
) -> Result<Assertions, AssertError> {
    let refused = |error: RcError| AssertError::Refused(error.to_string());
    let json = parse_rc("lighthouserc.json", rc).map_err(refused)?;
    if let Some(base) = extends(&json) {
        return Err(AssertError::Refused(format!(
            "extends {base}: one file is read here"
        )));
    }
    let written = rc_options(vec![json]);
    let budgets = budgets
        .map(|text| parse_rc("budget.json", text).map_err(refused))
        .transpose()?;
    let options = effective(written, budgets.as_ref()).map_err(|error| match error {
        OptionsError::Thrown(message) => AssertError::Thrown(message),
        refused @ OptionsError::Refused { .. } => AssertError::Refused(refused.to_string()),
    })?;
    let wanted = wanted(&options.sets);
    let lhrs: Result<Vec<Lhr>, AssertError> = reports
        .iter()
        .enumerate()
        .map(|(index, report)| {
            read_lhr(report, &wanted).map_err(|error| AssertError::Report(index, error.to_string()))
        })
        .collect();
    let lhrs = lhrs?;
    let entries =
        results(&options, &lhrs.iter().collect::<Vec<_>>()).map_err(AssertError::Thrown)?;
    Ok(Assertions {
        results: assertion_results(&entries),
        failed: failed(&entries),
    })
}

/// What `lhci assert` takes of a file's options: assertions, or a budgets file in place of them.
pub(crate) fn effective(written: Js, budgets: Option<&Js>) -> Result<Options, OptionsError> {
    let has = |key: &str| match written.get(key) {
        // An empty mapping vanishes between the file and the command.
        Some(Js::Object(entries)) => !entries.is_empty(),
        value => value.is_some_and(Js::truthy),
    };
    let assertions = ["assertions", "assertMatrix", "preset"]
        .into_iter()
        .any(has);
    let thrown = |message: &str| OptionsError::Thrown(message.to_owned());
    match (assertions, budgets) {
        (false, None) => Err(thrown("No assertions to use")),
        (true, Some(_)) => Err(thrown("Cannot use both budgets AND assertions")),
        (false, Some(budgets)) => compile(&budget_options(budgets).map_err(OptionsError::Thrown)?),
        (true, None) => {
            let preset = written.get("preset").and_then(Js::text);
            let known = [
                "lighthouse:all",
                "lighthouse:recommended",
                "lighthouse:no-pwa",
            ];
            if preset.is_some_and(|preset| !known.contains(&preset)) {
                return Err(thrown("Invalid values: preset"));
            }
            compile(&written)
        }
    }
}

/// The audits that some rules need, and those that may stand for them in another version of Lighthouse.
pub(crate) fn wanted<'a>(sets: impl IntoIterator<Item = &'a RuleSet>) -> Wanted {
    let rules = sets.into_iter().flat_map(|set| {
        let more = set.more.iter().map(|(_, rule)| rule);
        set.rules.iter().chain(more)
    });
    let named = rules.filter(|rule| !matches!(rule.subject, Subject::Thrown(_)));
    Wanted::new(named.flat_map(|rule| {
        let audit = rule.subject.audit();
        let successor = crate::versions::successor(audit).map(str::to_owned);
        [Some(audit.to_owned()), successor].into_iter().flatten()
    }))
}

/// All results, page by page in the order of the reports.
///
/// # Errors
/// In lighthouse-ci's words, when it throws.
pub(crate) fn results(options: &Options, lhrs: &[&Lhr]) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for (url, page) in by_final_url(lhrs) {
        for set in &options.sets {
            let matches = match &set.pattern {
                None => true,
                Some((_, Ok(regex))) => regex.find(url).is_some(),
                Some((text, Err(error))) => {
                    return Err(format!("Invalid regular expression: /{text}/: {error}"));
                }
            };
            let Some(representative) = representative(&page).filter(|_| matches) else {
                continue;
            };
            for rule in &set.rules {
                for outcome in evaluate(rule, &page, representative)? {
                    entries.push(Entry::new(outcome, rule, &page, url));
                }
            }
        }
    }
    if !options.include_passed {
        entries.retain(|entry| !entry.outcome.passed);
    }
    Ok(entries)
}

/// Groups reports by their final URL, in the order of the first of each.
pub(crate) fn by_final_url<'a>(lhrs: &[&'a Lhr]) -> Vec<(&'a str, Vec<&'a Lhr>)> {
    let mut pages: Vec<(&str, Vec<&Lhr>)> = Vec::new();
    for lhr in lhrs {
        let url = lhr.final_url.as_deref().unwrap_or_default();
        match pages.iter_mut().find(|(known, _)| *known == url) {
            Some((_, page)) => page.push(lhr),
            None => pages.push((url, vec![lhr])),
        }
    }
    pages
}

/// Whether `lhci assert` exits with 1.
pub(crate) fn failed(entries: &[Entry]) -> bool {
    entries
        .iter()
        .any(|entry| !entry.outcome.passed && entry.level == Level::Error)
}
