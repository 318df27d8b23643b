//! First-load budgets of routes, absolute and against the baseline.

use std::cmp::Reverse;

use verdict::{Finding, Metric};

use super::growth::{self, Change, Held};
use super::{Part, broken, delta, held, number, size};
use crate::facts::{Facts, RouteFacts};
use crate::pattern::RoutePattern;
use crate::policy::{Compression, RouteRule};
use crate::terms::{RouteBudget, Terms};

/// A prerendered page may differ from the list by so many bytes: a layout that only the server runs is listed and not
/// loaded.
const HTML_TOLERANCE: u64 = 1000;
/// So many of the modules that were added are named.
const NAMED: usize = 3;

/// The budget of a route: the first that matches and names a limit.
pub(super) fn limit_of<'a>(route: &str, terms: &'a Terms<'_>) -> Option<&'a RouteBudget> {
    terms
        .routes
        .iter()
        .find(|budget| budget.limit.is_some() && budget.pattern.matches(route))
}

/// Metrics largest first: all of the gated compression, then all of the others.
pub(super) fn decide(facts: &Facts, terms: &Terms<'_>) -> Part {
    let mut part = Part::default();
    let others = facts
        .compressions
        .iter()
        .filter(|compression| **compression != terms.gate);
    for compression in [terms.gate].into_iter().chain(others.copied()) {
        let mut sized: Vec<_> = facts
            .routes
            .iter()
            .filter_map(|route| route.sizes.map(|sizes| (sizes.of(compression), route)))
            .collect();
        sized.sort_by_key(|(bytes, route)| (Reverse(*bytes), &route.name));
        for (bytes, route) in sized {
            part.append(judge(route, bytes, compression, facts, terms));
        }
    }
    part.findings
        .extend(facts.routes.iter().filter_map(disagreement));
    part.findings.extend(unused(&facts.routes, terms));
    part
}

fn judge(
    route: &RouteFacts,
    bytes: u64,
    compression: Compression,
    facts: &Facts,
    terms: &Terms<'_>,
) -> Part {
    let mut part = Part::default();
    let name = format!("first-load-{} {}", compression.as_str(), route.name);
    let mut metric = Metric::new(name, number(bytes), "bytes");
    let before = before(route, compression, facts);
    if let Some(before) = before {
        metric = metric.baseline(number(before));
    }
    if let Some(budget) = limit_of(&route.name, terms)
        && let Some((limit, place)) = &budget.limit
        && budget.compression == compression
    {
        metric = held(metric, *limit, budget.mode);
        if bytes > *limit {
            let message = format!(
                "{} loads {} of JavaScript first ({}), {} over its limit of {}{}",
                route.name,
                size(bytes),
                compression.as_str(),
                size(bytes - limit),
                size(*limit),
                why(route, facts),
            );
            part.findings.push(
                broken(budget.mode, "first-load-js", message, place.as_ref())
                    .fix("load what the first view does not need by a dynamic `import()`, or raise the limit"),
            );
        }
    }
    part.metrics.push(metric);
    let grows = terms
        .routes
        .iter()
        .find(|budget| budget.growth.is_some() && budget.pattern.matches(&route.name));
    if let (Some(budget), Some(before)) = (grows, before)
        && budget.compression == compression
    {
        let change = Change { now: bytes, before };
        let held = Held {
            budget: &budget.growth,
            mode: budget.mode,
            compression,
            noise: terms.noise,
        };
        part.findings
            .extend(growth::judge(&route.name, change, held, &why(route, facts)));
    }
    part
}

/// What the first load of a route weighed, when the baseline says so in this compression.
pub(super) fn before(route: &RouteFacts, compression: Compression, facts: &Facts) -> Option<u64> {
    let base = facts
        .base
        .as_ref()
        .filter(|base| base.compressions.contains(&compression))?;
    base.routes
        .get(&route.name)
        .map(|sizes| sizes.of(compression))
}

/// The modules that grew most since the baseline, raw: what to look at first.
pub(super) fn grown_modules<'a>(route: &'a RouteFacts, facts: &Facts) -> Vec<(&'a str, u64, u64)> {
    let Some(then) = facts
        .base
        .as_ref()
        .and_then(|base| base.modules.get(&route.name))
        .filter(|then| !then.is_empty())
    else {
        return Vec::new();
    };
    let mut grown: Vec<(&str, u64, u64)> = route
        .parts
        .iter()
        .map(|(name, now)| {
            (
                name.as_str(),
                *now,
                then.get(name).copied().unwrap_or_default(),
            )
        })
        .filter(|(_, now, before)| now > before)
        .collect();
    grown.sort_by_key(|(name, now, before)| (Reverse(now - before), *name));
    grown
}

fn why(route: &RouteFacts, facts: &Facts) -> String {
    let grown = grown_modules(route, facts);
    if grown.is_empty() {
        return String::new();
    }
    let named = grown
        .iter()
        .take(NAMED)
        .map(|(name, now, before)| format!("{name} {}", delta(*now, *before)));
    format!("; added: {} (raw)", named.collect::<Vec<_>>().join(", "))
}

fn disagreement(route: &RouteFacts) -> Option<Finding> {
    let check = route.html.as_ref()?;
    // In whatever was measured: gzip where it was, else raw.
    let (bytes, unit) = match check.difference.of(Compression::Gzip) {
        0 => (check.difference.raw(), "raw"),
        gzip => (gzip, "gzip"),
    };
    (bytes > HTML_TOLERANCE).then(|| {
        Finding::warning(
            "html-disagrees",
            format!(
                "{}: {} and the scripts of {} differ by {} {unit}; the first load may be another than shown",
                route.name,
                route.source.as_str(),
                check.page,
                size(bytes),
            ),
        )
    })
}

/// A rule that matches nothing guards nothing, most often by a typing mistake.
fn unused<'a>(
    routes: &'a [RouteFacts],
    terms: &'a Terms<'_>,
) -> impl Iterator<Item = Finding> + 'a {
    let matches_none = |rule: &&&RouteRule| {
        RoutePattern::new(&rule.route.value)
            .is_ok_and(|pattern| !routes.iter().any(|route| pattern.matches(&route.name)))
    };
    terms.rules.iter().filter(matches_none).map(|rule| {
        let names: Vec<&str> = routes
            .iter()
            .take(5)
            .map(|route| route.name.as_str())
            .collect();
        let finding = Finding::warning(
            "unused-budget",
            format!("`{}` matches no route", rule.route.value),
        )
        .fix(format!(
            "the routes are {}{}",
            names.join(", "),
            if routes.len() > 5 { ", …" } else { "" }
        ));
        match terms.section.place(&rule.route) {
            Some(place) => finding.at(place),
            None => finding,
        }
    })
}
