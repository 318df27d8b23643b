//! The findings of a run. What identifies a finding (rule, check, what was expected) goes into its fingerprint; what the
//! answer happened to look like is added afterwards, so that the same failure is the same finding next time.

mod numbers;

pub(crate) use numbers::{of_budgets, of_load};

use verdict::{Finding, Place};

use crate::{
    facts::{CheckFacts, Facts, VersionEnd, VersionFacts},
    repeat::End,
    rule::Mismatch,
    sampling::Watched,
    wall::Wall,
    watch::{Breach, Ending},
};

/// The variable that carries the secret past deployment protection.
pub(crate) const BYPASS_VARIABLE: &str = "VERCEL_AUTOMATION_BYPASS_SECRET";

/// A wall: nothing behind it was seen.
pub(crate) fn of_wall(wall: Wall, bypass_sent: bool) -> Finding {
    let message = format!(
        "{} answers in place of the deployment, which was not seen at all",
        wall.name()
    );
    let fix = match (wall, bypass_sent) {
        (Wall::Protection, false) => format!(
            "set {BYPASS_VARIABLE} in the step's environment, from the project's Deployment Protection settings (Protection Bypass for Automation)"
        ),
        (Wall::Protection, true) => format!(
            "{BYPASS_VARIABLE} was sent and not accepted: it is another project's, or was replaced; copy the current one"
        ),
        (Wall::Challenge, false) => format!(
            "set {BYPASS_VARIABLE}, or let the runner pass by a bypass rule of the firewall"
        ),
        (Wall::Challenge, true) => {
            "let the runner pass by a bypass rule of the firewall".to_owned()
        }
    };
    Finding::error("protection-wall", message).fix(fix).url(
        "https://vercel.com/docs/deployment-protection/methods-to-bypass-deployment-protection/protection-bypass-automation",
    )
}

/// What is wrong with the version; `asked` tells whether a check was.
pub(crate) fn of_version(facts: &VersionFacts, asked: bool) -> Vec<Finding> {
    match &facts.end {
        VersionEnd::Failed(failure) => {
            let mut findings = Vec::new();
            for mismatch in &failure.mismatches {
                let mut finding = located(
                    Finding::error(mismatch.rule, &mismatch.message),
                    mismatch,
                    None,
                );
                if facts.flips > 0 {
                    finding.message.push_str(
                        "; it had answered before, so the edge flips or somebody moved the domain",
                    );
                } else if asked {
                    finding.message.push_str(", after it had before");
                } else {
                    finding.message.push_str("; no check was asked");
                }
                if let Some(exhibit) = &failure.exhibit {
                    finding.message.push_str(&format!("; {exhibit}"));
                }
                findings.push(match failure.fix {
                    Some(fix) => finding.fix(fix),
                    None => finding.fix("check that the deployment was promoted, or give the edge more time with `deadline`"),
                });
            }
            findings
        }
        VersionEnd::Seen if facts.flips > 0 => {
            let message = "another version answered after the expected one had; the checks were asked again until it was gone";
            vec![Finding::warning("version-flip", message)]
        }
        VersionEnd::Seen | VersionEnd::Walled(_) => Vec::new(),
    }
}

/// What is wrong with a check.
pub(crate) fn of_check(check: &CheckFacts) -> Vec<Finding> {
    let Some(settled) = &check.settled else {
        return Vec::new();
    };
    let (mismatches, exhibit, fix) = match &settled.end {
        End::Walled(_) => return Vec::new(),
        End::Passed(pass) => (&pass.warnings, None, None),
        End::Failed(failure) => (&failure.mismatches, failure.exhibit.as_deref(), failure.fix),
    };
    let mut findings: Vec<Finding> = mismatches
        .iter()
        .map(|mismatch| of_mismatch(check, mismatch))
        .collect();
    // Told once: the other findings are about the same answer.
    if let (End::Failed(_), Some(first)) = (&settled.end, findings.first_mut()) {
        let tries = if settled.tries == 1 {
            "1 try".to_owned()
        } else {
            format!("{} tries", settled.tries)
        };
        first
            .message
            .push_str(&format!("; {} after {tries}", check.request));
        if let Some(exhibit) = exhibit {
            first.message.push_str(&format!(" {exhibit}"));
        }
        first.fix = fix.map(str::to_owned);
    }
    findings
}

fn of_mismatch(check: &CheckFacts, mismatch: &Mismatch) -> Finding {
    let finding = Finding::new(
        mismatch.level,
        mismatch.rule,
        format!("{}: {}", check.name, mismatch.message),
    );
    located(finding, mismatch, check.place.as_ref())
}

/// What is wrong with a watch: at the limit that broke, or else at the check that failed last.
pub(crate) fn of_watch(watched: &Watched, facts: &Facts) -> Option<Finding> {
    let (limits, places) = (&facts.limits, &facts.watch_places);
    let breach = |breach: Breach, scope: String| match breach {
        Breach::ErrorRate(rate) => {
            let message = format!(
                "{:.1} % of the answers failed {scope}, more than {:.1} %",
                rate * 100.0,
                limits.max_error_rate * 100.0
            );
            let finding = Finding::error("watch-error-rate", message);
            placed(finding, places.error_rate.as_ref())
        }
        Breach::P95(p95) => {
            let message = format!(
                "95 % of the answers took up to {p95:.0} ms {scope}, more than {:.0} ms",
                limits.max_p95.unwrap_or_default()
            );
            placed(Finding::error("watch-p95", message), places.p95.as_ref())
        }
    };
    let mut finding = match watched.ending {
        Ending::Held => return None,
        Ending::BrokeInWindows(broken) => breach(
            broken,
            format!("in the last of {} bad windows in a row", limits.windows),
        ),
        Ending::BrokeInAll(broken) => breach(broken, "in the whole watch".to_owned()),
        Ending::TooFew => {
            let message = format!(
                "{} answers are fewer than the {} that decide",
                watched.samples.len(),
                limits.min_samples
            );
            let finding = Finding::error("watch-samples", message)
                .fix("watch longer, or lower `watch.min-samples`");
            placed(finding, places.samples.as_ref())
        }
    };
    if let Some((name, failure)) = &watched.last_failure {
        finding.place = finding
            .place
            .take()
            .or_else(|| facts.place(Some(name)).cloned());
        let said = failure
            .mismatches
            .first()
            .map_or("", |mismatch| mismatch.message.as_str());
        finding
            .message
            .push_str(&format!("; last failure: {name}: {said}"));
        if let Some(exhibit) = &failure.exhibit {
            finding.message.push_str(&format!(", {exhibit}"));
        }
    }
    Some(finding)
}

/// A finding of what does not hold, at its rule's place or else its check's.
fn located(finding: Finding, mismatch: &Mismatch, check: Option<&Place>) -> Finding {
    placed(finding, mismatch.place.as_ref().or(check))
}

/// The finding at this place, if there is one.
fn placed(finding: Finding, place: Option<&Place>) -> Finding {
    match place {
        Some(place) => finding.at(place.clone()),
        None => finding,
    }
}
