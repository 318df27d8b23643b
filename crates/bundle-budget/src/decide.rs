//! The decision about one app: facts against terms. Pure.

mod code;
mod figures;
mod files;
mod growth;
mod images;
mod modules;
mod routes;
#[cfg(test)]
mod tests;

use gate::Draft;
use verdict::{Conclusion, Figure, Finding, Level, Metric, Place};

use crate::facts::Facts;
use crate::policy::{Compression, Mode};
use crate::terms::Terms;

/// The answer about an app, and the numbers of the outputs.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    pub findings: Vec<Finding>,
    pub metrics: Vec<Metric>,
    pub figures: Vec<Figure>,
    /// The evidence left a question open: the gate cannot say pass or fail.
    pub undecided: bool,
    /// How many routes there are.
    pub routes: usize,
    /// How many files budgets looked at.
    pub files: usize,
    /// The largest first load and its route, in the gated compression.
    pub first_load_max: Option<(u64, String)>,
    /// All JavaScript, in the gated compression.
    pub total_js: u64,
    /// The gated compression.
    pub gate: Compression,
    /// No budget is set at all.
    pub free: bool,
}

/// What one part of the decision adds.
#[derive(Debug, Default)]
struct Part {
    findings: Vec<Finding>,
    metrics: Vec<Metric>,
    /// The evidence left a question open: the gate cannot say pass or fail.
    undecided: bool,
}

impl Part {
    fn append(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.metrics.extend(other.metrics);
        self.undecided |= other.undecided;
    }
}

/// Holds the facts about an app to its terms.
pub(crate) fn decide(facts: &Facts, terms: &Terms<'_>) -> Decision {
    let gate = terms.gate;
    let mut part = Part::default();
    part.findings.extend(
        facts
            .broken
            .iter()
            .map(|broken| Finding::error("integrity", &broken.message).fix(broken.fix)),
    );
    // A size is withheld only for a chunk that `broken` names; should it not, the question stays open.
    part.undecided =
        facts.broken.is_empty() && facts.routes.iter().any(|route| route.sizes.is_none());
    part.append(routes::decide(facts, terms));
    part.append(modules::decide(&facts.routes, terms));
    part.append(files::decide(facts, terms));
    part.append(code::decide(facts, terms));
    if let Some(images) = &facts.images {
        part.append(images::decide(images, terms));
    }
    if !facts.routes.is_empty() {
        let name = format!("total-js-{}", gate.as_str());
        let metric = Metric::new(name, number(facts.total_js.of(gate)), "bytes");
        part.metrics.push(metric);
    }
    let largest = facts
        .routes
        .iter()
        .filter_map(|route| {
            route
                .sizes
                .map(|sizes| (sizes.of(gate), route.name.clone()))
        })
        .max();
    Decision {
        figures: figures::figures(facts, terms),
        findings: part.findings,
        metrics: part.metrics,
        undecided: part.undecided,
        routes: facts.routes.len(),
        files: facts.files.iter().map(Vec::len).sum(),
        first_load_max: largest,
        total_js: facts.total_js.of(gate),
        gate,
        free: terms.is_empty(),
    }
}

/// Puts the answers about all apps together; with more than one, each is called by its name.
pub(crate) fn together(decisions: Vec<(String, Decision)>) -> (Draft, Decision) {
    let mut all = Decision::default();
    let several = decisions.len() > 1;
    all.free = decisions.iter().all(|(_, decision)| decision.free);
    for (app, decision) in decisions {
        let named = |text: &str| {
            if several {
                format!("{app}: {text}")
            } else {
                text.to_owned()
            }
        };
        all.findings.extend(
            decision
                .findings
                .into_iter()
                .map(|finding| rename(finding, &named)),
        );
        all.metrics
            .extend(decision.metrics.into_iter().map(|metric| Metric {
                name: if several {
                    format!("{app} {}", metric.name)
                } else {
                    metric.name
                },
                ..metric
            }));
        all.figures.extend(
            decision
                .figures
                .into_iter()
                .map(|figure| retitle(figure, &named)),
        );
        all.undecided |= decision.undecided;
        all.routes += decision.routes;
        all.files += decision.files;
        all.total_js += decision.total_js;
        all.gate = decision.gate;
        let largest = decision
            .first_load_max
            .map(|(bytes, route)| (bytes, named(&route)));
        all.first_load_max = all.first_load_max.max(largest);
    }
    if all.free {
        all.findings.push(
            Finding::warning("no-budget", "no budget is set: everything is measured and nothing is held")
                .fix("add `bundle: { routes: [{ route: /**, first-load-js: 170 kB }] }` to stagegate.yml"),
        );
    }
    let conclusion = if all.undecided {
        Conclusion::Error
    } else {
        Draft::conclude(&all.findings, &all.metrics)
    };
    let draft = Draft::new(conclusion, title(&all, conclusion))
        .findings(std::mem::take(&mut all.findings))
        .metrics(std::mem::take(&mut all.metrics))
        .figures(std::mem::take(&mut all.figures));
    (draft, all)
}

fn rename(finding: Finding, named: &impl Fn(&str) -> String) -> Finding {
    let renamed = Finding::new(finding.level, finding.rule, named(&finding.message));
    let renamed = match finding.place {
        Some(place) => renamed.at(place),
        None => renamed,
    };
    match finding.fix {
        Some(fix) => renamed.fix(fix),
        None => renamed,
    }
}

fn retitle(mut figure: Figure, named: &impl Fn(&str) -> String) -> Figure {
    match &mut figure {
        Figure::Table(table) => table.title = named(&table.title),
        Figure::Treemap(treemap) => treemap.title = named(&treemap.title),
        Figure::Dots(_) | Figure::Histogram(_) | Figure::Bars(_) => {}
    }
    figure
}

fn title(all: &Decision, conclusion: Conclusion) -> String {
    let largest = all
        .first_load_max
        .as_ref()
        .map_or(String::new(), |(bytes, route)| {
            format!(
                ", largest first load {} {} ({route})",
                size(*bytes),
                all.gate.as_str()
            )
        });
    let measured = match (all.routes, all.files) {
        (0, files) => count(files, "file"),
        (routes, 0) => count(routes, "route"),
        (routes, files) => format!("{} and {}", count(routes, "route"), count(files, "file")),
    };
    let errors: Vec<&Finding> = all
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .collect();
    match (conclusion, errors.as_slice()) {
        (Conclusion::Error, _) => format!("could not decide about all of {measured}"),
        (Conclusion::Fail, [only]) => only.message.clone(),
        (Conclusion::Fail, many) => {
            format!("{} in {measured}{largest}", count(many.len(), "problem"))
        }
        _ if all.free => format!("{measured} measured, no budget set{largest}"),
        _ => format!("{measured} within budget{largest}"),
    }
}

/// A broken budget, as bad as its mode says.
fn broken(mode: Mode, rule: &str, message: String, place: Option<&Place>) -> Finding {
    let level = match mode {
        Mode::Fail => Level::Error,
        Mode::Warn => Level::Warning,
        Mode::Info => Level::Notice,
    };
    let finding = Finding::new(level, rule, message);
    match place {
        Some(place) => finding.at(place.clone()),
        None => finding,
    }
}

/// A number held to a limit, as bad as the mode says when it is above.
fn held(metric: Metric, limit: u64, mode: Mode) -> Metric {
    let mut metric = metric.at_most(number(limit));
    if metric.conclusion == Conclusion::Fail {
        metric.conclusion = match mode {
            Mode::Fail => Conclusion::Fail,
            Mode::Warn => Conclusion::Warn,
            Mode::Info => Conclusion::Pass,
        };
    }
    metric
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Bytes as a metric has them. No build has the 2^53 bytes where floats stop to count.
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
const fn number(bytes: u64) -> f64 {
    bytes as f64
}

/// Bytes as people read them, kB = 1000.
fn size(bytes: u64) -> String {
    if bytes < 1000 {
        format!("{bytes} B")
    } else {
        format!("{:.1} kB", number(bytes) / 1000.0)
    }
}

/// A difference as people read it: `+1.2 kB`, `-300 B`, `±0`.
fn delta(now: u64, before: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Equal => "±0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", size(now - before)),
        std::cmp::Ordering::Less => format!("-{}", size(before - now)),
    }
}
