//! From facts to findings, numbers and a table. Pure.

mod cache;
mod headers;
mod rest;
#[cfg(test)]
mod tests;

pub(crate) use cache::served_from_cache;
use verdict::{Figure, Finding, Metric, Place};

use crate::{facts::Facts, plan::Plan};

/// What was found at the edge.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// The problems.
    pub findings: Vec<Finding>,
    /// The numbers.
    pub metrics: Vec<Metric>,
    /// The tests of the score.
    pub figures: Vec<Figure>,
}

/// Judges what a visit saw.
pub fn judge(plan: &Plan, facts: &Facts) -> Judged {
    let mut judged = Judged::default();
    match &facts.site {
        Ok(site) => headers::judge(plan, site, &mut judged),
        Err(why) => judged
            .findings
            .push(unseen("edge-headers", &plan.path, why, None)),
    }
    if let Some(tls) = &facts.tls {
        match tls {
            Ok(tls) => {
                rest::versions(plan, tls, &mut judged);
                rest::certificate(plan, tls, facts.now, &mut judged);
            }
            Err(why) => judged.findings.push(unseen(
                "edge-tls",
                "TLS",
                why,
                plan.min_version.place.as_ref(),
            )),
        }
    }
    for (rule, seen) in plan.cache.iter().zip(&facts.cache) {
        match seen {
            Ok(seen) => cache::judge(rule, seen, &mut judged),
            Err(why) => {
                judged
                    .findings
                    .push(unseen("edge-cache", &rule.path, why, rule.place.as_ref()))
            }
        }
    }
    for (path, seen) in plan.compression.iter().zip(&facts.compression) {
        match seen {
            Ok(seen) => rest::compression(path, seen, &mut judged),
            Err(why) => {
                judged.findings.push(unseen(
                    "edge-compression",
                    &path.value,
                    why,
                    path.place.as_ref(),
                ));
            }
        }
    }
    if let (Some(rule), Some(seen)) = (&plan.rate_limit, &facts.rate_limit) {
        match seen {
            Ok(seen) => rest::rate_limit(rule, *seen, &mut judged),
            Err(why) => judged.findings.push(unseen(
                "edge-rate-limit",
                &rule.path,
                why,
                rule.requests.place.as_ref(),
            )),
        }
    }
    judged
}

/// What could not be seen is never fine.
fn unseen(rule: &str, what: &str, why: &str, place: Option<&Place>) -> Finding {
    at(
        Finding::error(rule, format!("{what} could not be looked at: {why}")),
        place,
    )
}

/// The finding at a place, where there is one.
fn at(finding: Finding, place: Option<&Place>) -> Finding {
    match place {
        Some(place) => finding.at(place.clone()),
        None => finding,
    }
}
