//! What is shipped and should not be: duplicates, and files that nobody names.

use verdict::{Finding, Metric};

use super::{Part, broken, count, held, number, size};
use crate::facts::{Facts, FileFacts};
use crate::policy::Mode;
use crate::terms::Terms;

/// So many are named.
const NAMED: usize = 5;

/// Both.
pub(super) fn decide(facts: &Facts, terms: &Terms<'_>) -> Part {
    let mut part = duplicates(facts, terms);
    part.findings.extend(orphans(&facts.orphans));
    part.findings.extend(no_base(facts, terms));
    part
}

fn duplicates(facts: &Facts, terms: &Terms<'_>) -> Part {
    let mut part = Part::default();
    let Some(rule) = terms.duplicates else {
        return part;
    };
    let wasted = facts
        .duplicates
        .iter()
        .map(|duplicate| duplicate.wasted)
        .fold(0, u64::saturating_add);
    let mode = rule.mode.unwrap_or(Mode::Warn);
    let limit = rule.max.as_ref().map_or(0, |max| max.value.bytes());
    let metric = Metric::new(
        format!("duplicates-{}", terms.gate.as_str()),
        number(wasted),
        "bytes",
    );
    part.metrics.push(held(metric, limit, mode));
    let place = rule.max.as_ref().and_then(|max| terms.section.place(max));
    let over = wasted > limit;
    for duplicate in facts.duplicates.iter().take(NAMED) {
        let mode = if over { mode } else { Mode::Info };
        let message = format!(
            "{} is in {} which a visit of {} may load: about {} {} wasted ({})",
            duplicate.what,
            count(duplicate.chunks.len(), "script"),
            duplicate.route,
            size(duplicate.wasted),
            terms.gate.as_str(),
            duplicate.chunks.join(", "),
        );
        part.findings.push(broken(mode, "duplicate", message, place.as_ref()).fix(
            "import it from one place, or let the bundler share it (`splitChunks`, `manualChunks`, one version of the package)",
        ));
    }
    part
}

fn orphans(orphans: &[FileFacts]) -> Option<Finding> {
    if orphans.is_empty() {
        return None;
    }
    let bytes: u64 = orphans.iter().map(|file| file.sizes.raw()).sum();
    let named: Vec<&str> = orphans
        .iter()
        .take(NAMED)
        .map(|file| file.path.as_str())
        .collect();
    let more = orphans.len().saturating_sub(NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some(
        Finding::notice(
            "orphan",
            format!(
                "{} ({}) of the build that nobody names: {}{more}",
                count(orphans.len(), "file"),
                size(bytes),
                named.join(", ")
            ),
        )
        .fix("build into an empty folder; a cache that mixes two builds leaves such files"),
    )
}

/// A budget that grows against nothing is said: it holds from the next baseline on.
fn no_base(facts: &Facts, terms: &Terms<'_>) -> Option<Finding> {
    let asked = terms.routes.iter().any(|budget| budget.growth.is_some())
        || terms.files.iter().any(|budget| budget.growth.is_some());
    (asked && facts.base.is_none()).then(|| {
        Finding::notice("no-baseline", "`max-increase` is set, and there is no baseline to compare with; nothing is held to it").fix(
            "write one on the main branch (`write-baseline: bundle-baseline.json`), keep it as an artifact, and name that as `baseline-artifact`",
        )
    })
}
