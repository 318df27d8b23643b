//! Which findings come first, wherever they are shown.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use verdict::{Finding, Verdict};

use crate::Diff;

/// Worst first; among equals what is new, else the gate's own order.
pub(crate) fn worst_first(verdict: &Verdict) -> Vec<&Finding> {
    let mut findings: Vec<_> = verdict.findings.iter().collect();
    findings.sort_by_key(|finding| (Reverse(finding.level), is_old(finding)));
    findings
}

/// What deserves an annotation first: new, in the diff, worst, and the first of each file before the second
/// of any.
pub(crate) fn deserving<'a>(verdict: &'a Verdict, diff: Option<&Diff>) -> Vec<&'a Finding> {
    let mut seen = BTreeSet::new();
    let mut ranked: Vec<_> = worst_first(verdict)
        .into_iter()
        .map(|finding| {
            let place = finding.place.as_ref();
            let repeated =
                place.is_some_and(|place| !seen.insert((finding.level, place.path.as_str())));
            let outside = diff.is_some_and(|diff| !place.is_some_and(|place| diff.touches(place)));
            let rank = (is_old(finding), outside, Reverse(finding.level), repeated);
            (rank, finding)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, finding)| finding).collect()
}

/// Verdicts, the worst first; among equals by name.
pub(crate) fn by_conclusion<'a>(verdicts: &[&'a Verdict]) -> Vec<&'a Verdict> {
    let mut sorted = verdicts.to_vec();
    sorted.sort_by_cached_key(|verdict| (Reverse(verdict.conclusion), verdict.display_name()));
    sorted
}

/// Whether it is known to be there already.
fn is_old(finding: &Finding) -> bool {
    finding.new == Some(false)
}
