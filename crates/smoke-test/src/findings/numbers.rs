//! Findings of numbers over their limits: budgets of the checks, of a load.

use verdict::Finding;

use super::placed;
use crate::{
    budget::{Budgets, Limit, Times, percentile, sorted},
    load::Load,
    loading::Loaded,
};

/// What of many answers is over its limit; `subject` says whose, such as `the checks`.
pub(crate) fn of_budgets(times: &Times, budgets: &Budgets, subject: &str) -> Vec<Finding> {
    let (total, ttfb) = (sorted(&times.total), sorted(&times.ttfb));
    let limits = [
        (
            "budget-p50",
            &total,
            50,
            &budgets.p50,
            "half of the answers took up to",
        ),
        (
            "budget-p95",
            &total,
            95,
            &budgets.p95,
            "95 % of the answers took up to",
        ),
        (
            "budget-p99",
            &total,
            99,
            &budgets.p99,
            "99 % of the answers took up to",
        ),
        (
            "budget-ttfb",
            &ttfb,
            95,
            &budgets.ttfb,
            "the headers of 95 % of the answers took up to",
        ),
    ];
    let mut findings = Vec::new();
    for (rule, values, percent, limit, words) in limits {
        match (percentile(values, percent), limit) {
            (Some(found), Some(Limit { most, place })) if found.round() > *most => {
                let message = format!("{words} {found:.0} ms in {subject}, more than {most:.0} ms");
                findings.push(placed(Finding::error(rule, message), place.as_ref()));
            }
            _ => {}
        }
    }
    if let (Some(rate), Some(Limit { most, place })) = (times.error_rate(), &budgets.error_rate)
        && rate > *most
    {
        let message = format!(
            "{:.1} % of the answers failed in {subject}, more than {:.1} %",
            rate * 100.0,
            most * 100.0
        );
        let finding = Finding::error("budget-error-rate", message);
        findings.push(placed(finding, place.as_ref()));
    }
    findings
}

/// What is wrong under load. The second value tells whether the load could not be put as it was asked for.
pub(crate) fn of_load(load: &Load, loaded: &Loaded) -> (Vec<Finding>, bool) {
    let mut findings = of_budgets(&loaded.times, &load.budgets, "the load");
    if loaded.drowned {
        let message = format!(
            "the deployment left 1000 requests unanswered at once: the load stopped after {} of {}",
            loaded.sent, loaded.planned
        );
        let finding = Finding::error("load-unanswered", message);
        findings.push(placed(finding, load.place.as_ref()));
    }
    let lagged = !loaded.kept_pace(load);
    if lagged {
        let message = format!(
            "{} requests took {:.1} s to leave, so the load was not {} requests a second",
            loaded.sent,
            loaded.sending.as_secs_f64(),
            load.rps
        );
        let finding = Finding::error("load-pace", message);
        let finding = placed(finding, load.place.as_ref());
        findings.push(finding.fix("lower `load.rps`, or use a machine with less to do"));
    }
    if let (Some(first), Some((name, failure))) = (findings.first_mut(), &loaded.last_failure) {
        let said = failure
            .mismatches
            .first()
            .map_or("", |mismatch| mismatch.message.as_str());
        first
            .message
            .push_str(&format!("; last failure: {name}: {said}"));
    }
    (findings, lagged)
}
