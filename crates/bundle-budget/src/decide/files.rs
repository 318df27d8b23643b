//! Budgets of files, absolute and against the baseline.

use std::cmp::Reverse;

use verdict::{Finding, Metric};

use super::growth::{self, Change, Held};
use super::{Part, broken, count, held, number, size};
use crate::facts::{Facts, FileFacts};
use crate::terms::{FileBudget, Terms};

/// So many files of one budget are named one by one.
const NAMED: usize = 20;

/// `facts.files` holds the matches of every budget, in the order of the budgets.
pub(super) fn decide(facts: &Facts, terms: &Terms<'_>) -> Part {
    let mut part = Part::default();
    for (budget, matched) in terms.files.iter().zip(&facts.files) {
        part.append(judge(budget, matched, facts, terms));
    }
    part
}

fn judge(budget: &FileBudget, matched: &[FileFacts], facts: &Facts, terms: &Terms<'_>) -> Part {
    let mut part = Part::default();
    let compression = budget.compression;
    let label = &budget.label;
    let sizes = matched.iter().map(|file| file.sizes.of(compression));
    let (what, value) = if budget.each {
        ("largest-file", sizes.max().unwrap_or_default())
    } else {
        ("files", sizes.sum())
    };
    let name = format!("{what}-{} {label}", compression.as_str());
    let mut metric = Metric::new(name, number(value), "bytes");
    let base = facts
        .base
        .as_ref()
        .filter(|base| base.compressions.contains(&compression));
    // The files of then, by the glob of now: what the glob means is asked once.
    let before = base.filter(|_| !budget.each).and_then(|base| {
        let mut then = base
            .files
            .iter()
            .filter(|(path, _)| budget.covers(path))
            .peekable();
        then.peek()?;
        Some(then.map(|(_, file)| file.sizes.of(compression)).sum())
    });
    if let Some(before) = before {
        metric = metric.baseline(number(before));
    }
    if let Some((limit, place)) = &budget.limit {
        metric = held(metric, *limit, budget.mode);
        let mut found = over(budget, matched, value, *limit)
            .into_iter()
            .map(|(what, bytes)| {
                let message = format!(
                    "{what}: {} ({}), {} over the limit of {}",
                    size(bytes),
                    compression.as_str(),
                    size(bytes - limit),
                    size(*limit),
                );
                broken(budget.mode, "file-size", message, place.as_ref())
            });
        part.findings.extend(found.by_ref().take(NAMED));
        let more = found.count();
        if more > 0 {
            part.findings.push(broken(
                budget.mode,
                "file-size",
                format!("{more} more files of `{label}` are over the limit"),
                place.as_ref(),
            ));
        }
    }
    part.metrics.push(metric);
    if budget.growth.is_some() && base.is_some() {
        part.findings
            .extend(grown(budget, matched, value, before, terms));
    }
    part
}

/// What is over the limit: the sum, or each file, the largest first.
fn over(budget: &FileBudget, matched: &[FileFacts], value: u64, limit: u64) -> Vec<(String, u64)> {
    if !budget.each {
        let what = format!("{} of `{}`", count(matched.len(), "file"), budget.label);
        return if value > limit {
            vec![(what, value)]
        } else {
            Vec::new()
        };
    }
    let mut large: Vec<_> = matched
        .iter()
        .map(|file| (file.path.clone(), file.sizes.of(budget.compression)))
        .filter(|(_, bytes)| *bytes > limit)
        .collect();
    large.sort_by_key(|(path, bytes)| (Reverse(*bytes), path.clone()));
    large
}

fn grown(
    budget: &FileBudget,
    matched: &[FileFacts],
    value: u64,
    before: Option<u64>,
    terms: &Terms<'_>,
) -> Vec<Finding> {
    let compression = budget.compression;
    let held = Held {
        budget: &budget.growth,
        mode: budget.mode,
        compression,
        noise: terms.noise,
    };
    let judge = |what: &str, now, before| growth::judge(what, Change { now, before }, held, "");
    if !budget.each {
        let what = format!("{} of `{}`", count(matched.len(), "file"), budget.label);
        return before
            .map(|before| judge(&what, value, before))
            .unwrap_or_default();
    }
    let known = matched.iter().filter_map(|file| Some((file, file.before?)));
    let found = known.flat_map(|(file, before)| {
        judge(
            &file.path,
            file.sizes.of(compression),
            before.of(compression),
        )
    });
    found.take(NAMED).collect()
}
