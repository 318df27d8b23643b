//! The run that stands for several, as lighthouse-ci chooses it. Lighthouse's own choice differs: it takes the true median
//! and breaks ties by TTI.

use crate::report::Lhr;

/// The run that stands for all: nearest to the medians of FCP and TTI, the first of equals. `None` without runs.
pub(crate) fn representative<'a>(runs: &[&'a Lhr]) -> Option<&'a Lhr> {
    let value = |lhr: &Lhr, audit: &str| {
        lhr.audits
            .get(audit)
            .and_then(|audit| audit.numeric.finite())
            .unwrap_or_default()
    };
    let median = |audit: &str| {
        let mut values: Vec<f64> = runs.iter().map(|lhr| value(lhr, audit)).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    let (fcp, tti) = (median("first-contentful-paint"), median("interactive"));
    let distance = |lhr: &Lhr| {
        (fcp - value(lhr, "first-contentful-paint")).powi(2)
            + (tti - value(lhr, "interactive")).powi(2)
    };
    runs.iter()
        .copied()
        .min_by(|one, other| distance(one).total_cmp(&distance(other)))
}
