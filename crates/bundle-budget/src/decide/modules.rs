//! Code splitting: `deny` and `lazy`.

use pipeline_config::Located;
use verdict::Finding;

use super::Part;
use crate::facts::{Presence, Proof, RouteFacts};
use crate::pattern::RoutePattern;
use crate::policy::RouteRule;
use crate::terms::Terms;

/// Every matching rule's lists apply to a route.
pub(super) fn decide(routes: &[RouteFacts], terms: &Terms<'_>) -> Part {
    let mut part = Part::default();
    for &rule in &terms.rules {
        for (list, modules) in [("deny", &rule.deny), ("lazy", &rule.lazy)] {
            for module in modules {
                part.append(judge(routes, rule, list, module, terms));
            }
        }
        for module in &rule.lazy {
            part.findings
                .extend(never_loaded(routes, rule, module, terms));
        }
        for module in rule.lazy.iter().chain(&rule.deny) {
            part.findings.extend(how(routes, rule, module, terms));
        }
    }
    part
}

/// One finding per route that loads the module first, and one for all routes where nobody can tell.
fn judge(
    routes: &[RouteFacts],
    rule: &RouteRule,
    list: &str,
    module: &Located<String>,
    terms: &Terms<'_>,
) -> Part {
    let mut part = Part::default();
    let name = &module.value;
    let mut unknown: Option<(&str, &str, usize)> = None;
    for (route, presence) in presences(routes, rule, module) {
        match presence {
            Some(Presence::FirstLoad { chunk, proof }) => {
                let message = format!(
                    "{name} is in the first load of {route}, in {chunk} (by {})",
                    proof.as_str()
                );
                let finding = Finding::error(list, message).fix(format!(
                    "import {name} by `next/dynamic` or `import()` where {route} needs it"
                ));
                part.findings.push(place(finding, module, terms));
            }
            Some(Presence::Later { .. } | Presence::Absent { .. }) => {}
            Some(Presence::Unknown { reason }) => {
                unknown.get_or_insert((route, reason, 0)).2 += 1;
            }
            None => unknown.get_or_insert((route, "it was not searched", 0)).2 += 1,
        }
    }
    if let Some((route, reason, routes)) = unknown {
        let others = match routes - 1 {
            0 => String::new(),
            others => format!(" and {}", super::count(others, "other route")),
        };
        let message =
            format!("cannot tell whether {name} is in the first load of {route}{others}: {reason}");
        let finding = Finding::error("module-unknown", message).fix(
            "set `productionBrowserSourceMaps: true` in next.config, build with `next build --analyze`, or run this gate where the packages are installed",
        );
        part.findings.push(place(finding, module, terms));
        part.undecided = true;
    }
    part
}

/// Where a module is, seen from each route of a rule; `None` where nobody searched it. A route with a missing chunk is
/// left out: it fails by `integrity`, and half a route proves nothing.
fn presences<'a>(
    routes: &'a [RouteFacts],
    rule: &'a RouteRule,
    module: &'a Located<String>,
) -> impl Iterator<Item = (&'a str, Option<&'a Presence>)> + 'a {
    let pattern = RoutePattern::new(&rule.route.value).ok();
    routes
        .iter()
        .filter(|route| route.sizes.is_some())
        .filter(move |route| {
            pattern
                .as_ref()
                .is_some_and(|pattern| pattern.matches(&route.name))
        })
        .map(|route| {
            let mut facts = route.modules.iter();
            let fact = facts.find(|fact| fact.name == module.value);
            (route.name.as_str(), fact.map(|fact| &fact.presence))
        })
}

/// `lazy` says that the module is loaded: one that is in no chunk at all proves nothing about splitting.
fn never_loaded(
    routes: &[RouteFacts],
    rule: &RouteRule,
    module: &Located<String>,
    terms: &Terms<'_>,
) -> Option<Finding> {
    let mut any = false;
    let nowhere = presences(routes, rule, module).all(|(_, presence)| {
        any = true;
        matches!(presence, Some(Presence::Absent { .. }))
    });
    (any && nowhere).then(|| {
        let name = &module.value;
        let finding = Finding::error(
            "lazy",
            format!("{name} is in no chunk of the build, so nothing loads it later"),
        )
        .fix(format!("correct the name, or move {name} to `deny`"));
        place(finding, module, terms)
    })
}

/// Says by what evidence a rule holds, once per rule.
fn how(
    routes: &[RouteFacts],
    rule: &RouteRule,
    module: &Located<String>,
    terms: &Terms<'_>,
) -> Option<Finding> {
    let mut weakest: Option<Proof> = None;
    let mut later = None;
    for (_, presence) in presences(routes, rule, module) {
        match presence? {
            Presence::Later { chunk, proof } => {
                weakest = weakest.max(Some(*proof));
                later = Some(chunk.as_str());
            }
            Presence::Absent { proof } => weakest = weakest.max(Some(*proof)),
            Presence::FirstLoad { .. } | Presence::Unknown { .. } => return None,
        }
    }
    let by = weakest?.as_str();
    let (name, route) = (&module.value, &rule.route.value);
    let message = match later {
        Some(chunk) => format!(
            "{name} stays out of the first load of {route}: it is in {chunk}, loaded later (by {by})"
        ),
        None => format!("{name} is in no chunk of the build (by {by})"),
    };
    Some(place(Finding::notice("split", message), module, terms))
}

fn place(finding: Finding, module: &Located<String>, terms: &Terms<'_>) -> Finding {
    match terms.section.place(module) {
        Some(place) => finding.at(place),
        None => finding,
    }
}
