//! First-load budgets of routes.

use std::cmp::Reverse;

use pipeline_config::{ByteSize, Located, Section};
use verdict::{Finding, Metric};

use super::{Part, number, size};
use crate::facts::RouteFacts;
use crate::pattern::RoutePattern;
use crate::policy::{Compression, Policy, RouteRule};

/// A prerendered page may differ from the list by so many bytes: a layout that only the server runs is listed and not
/// loaded.
const HTML_TOLERANCE: u64 = 1000;

/// The rules whose pattern covers a route, in the order of the file.
fn rules_for<'a>(route: &str, policy: &'a Policy) -> impl Iterator<Item = &'a RouteRule> {
    policy.routes.iter().filter(move |rule| {
        RoutePattern::new(&rule.route.value).is_ok_and(|pattern| pattern.matches(route))
    })
}

/// The limit of a route: the first matching rule that names one.
fn limit_of<'a>(route: &str, policy: &'a Policy) -> Option<&'a Located<ByteSize>> {
    rules_for(route, policy).find_map(|rule| rule.first_load_js.as_ref())
}

/// Metrics largest first: all of the gated compression, then all of the other.
pub(super) fn decide(routes: &[RouteFacts], section: &Section<Policy>) -> Part {
    let gated = section.values.gate;
    let other = match gated {
        Compression::Gzip => Compression::Raw,
        Compression::Raw => Compression::Gzip,
    };
    let mut part = Part::default();
    for compression in [gated, other] {
        let mut sized: Vec<_> = routes
            .iter()
            .filter_map(|route| route.sizes.map(|sizes| (sizes.of(compression), route)))
            .collect();
        sized.sort_by_key(|(bytes, route)| (Reverse(*bytes), &route.name));
        for (bytes, route) in sized {
            let name = format!("first-load-{} {}", compression.as_str(), route.name);
            let metric = Metric::new(name, number(bytes), "bytes");
            let limit = limit_of(&route.name, &section.values).filter(|_| compression == gated);
            let Some(limit) = limit else {
                part.metrics.push(metric);
                continue;
            };
            part.metrics
                .push(metric.at_most(number(limit.value.bytes())));
            if bytes > limit.value.bytes() {
                part.findings.push(over(route, bytes, limit, section));
            }
        }
    }
    part.findings.extend(routes.iter().filter_map(disagreement));
    part.findings.extend(unused(routes, section));
    part
}

fn over(
    route: &RouteFacts,
    bytes: u64,
    limit: &Located<ByteSize>,
    section: &Section<Policy>,
) -> Finding {
    let message = format!(
        "{} loads {} of JavaScript first ({}), {} over its limit of {}",
        route.name,
        size(bytes),
        section.values.gate.as_str(),
        size(bytes - limit.value.bytes()),
        size(limit.value.bytes()),
    );
    let finding = Finding::error("first-load-js", message)
        .fix("load what the first view does not need by `next/dynamic` or `import()`, or raise the limit");
    match section.place(limit) {
        Some(place) => finding.at(place),
        None => finding,
    }
}

fn disagreement(route: &RouteFacts) -> Option<Finding> {
    let check = route.html.as_ref()?;
    (check.difference.gzip > HTML_TOLERANCE).then(|| {
        Finding::warning(
            "html-disagrees",
            format!(
                "{}: {} and the scripts of {} differ by {} gzip; the first load may be another than shown",
                route.name,
                route.source.as_str(),
                check.page,
                size(check.difference.gzip),
            ),
        )
    })
}

/// A rule that matches nothing guards nothing, most often by a typing mistake.
fn unused<'a>(
    routes: &'a [RouteFacts],
    section: &'a Section<Policy>,
) -> impl Iterator<Item = Finding> + 'a {
    let matches_none = |rule: &&RouteRule| {
        RoutePattern::new(&rule.route.value)
            .is_ok_and(|pattern| !routes.iter().any(|route| pattern.matches(&route.name)))
    };
    section
        .values
        .routes
        .iter()
        .filter(matches_none)
        .map(|rule| {
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
            match section.place(&rule.route) {
                Some(place) => finding.at(place),
                None => finding,
            }
        })
}
