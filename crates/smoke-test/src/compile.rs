//! Turns the policy into a plan. Every mistake is found before the first request and reported together, each on its line.

mod body;
mod captures;
pub(crate) mod check;
mod fill;
mod lanes;
mod numbers;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use gate::Problem;
use pipeline_config::Located;
use serde_json_path::JsonPath;
use verdict::Place;

pub use lanes::check;
pub(crate) use settings::setting;

use self::{
    lanes::Lanes,
    numbers::{budgets, limits, load},
    settings::version_probe,
};
use crate::{
    edge,
    plan::Plan,
    suite::{Files, SuiteSection},
    variables::Variables,
    world::World,
};

/// Collects problems, each at the line of the value it is about.
pub(crate) struct Compiler<'a> {
    pub(crate) file: Option<&'a str>,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    pub(crate) fn place<V>(&self, at: &Located<V>) -> Option<Place> {
        let position = at.position?;
        Some(Place::line(self.file?, position.line).column(position.column))
    }

    fn refuse<V>(&mut self, at: &Located<V>, message: impl Into<String>) {
        let place = self.place(at);
        self.problems.push(Problem::new(message).at(place));
    }

    /// The value, or its problem.
    fn accept<V, T, E: std::fmt::Display>(
        &mut self,
        at: &Located<V>,
        what: &str,
        value: Result<T, E>,
    ) -> Option<T> {
        value
            .map_err(|error| self.refuse(at, format!("{what}: {}", first_line(&error.to_string()))))
            .ok()
    }

    /// A JSONPath, or its problem. The parser's own words name positions only.
    fn json_path<V>(&mut self, at: &Located<V>, text: &str) -> Option<JsonPath> {
        let path = JsonPath::parse(text).ok();
        if path.is_none() {
            self.refuse(at, format!("`{text}` is no JSONPath (RFC 9535); write it like `$.status` or `$.services[*].status`"));
        }
        path
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Makes the plan of a run out of `stagegate.yml` and the suite files. What a suite file sets wins over `stagegate.yml`.
///
/// # Errors
/// Every mistake in the sections, and a plan that checks nothing.
pub fn compile(
    base: &SuiteSection,
    files: &Files,
    tags: &[String],
    secrets: &Variables,
    world: &World,
) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut plan = Plan::default();
    let sections = &files.sections;
    if let Some((section, version)) = setting(
        base,
        sections,
        "version",
        |policy| policy.version.as_ref(),
        &mut problems,
    ) {
        plan.version = version_probe(
            version,
            &mut compiler(section, &mut problems),
            &world.target,
        );
    }
    if let Some((section, written)) = setting(
        base,
        sections,
        "watch",
        |policy| policy.watch.as_ref(),
        &mut problems,
    ) {
        (plan.limits, plan.watch_places) = limits(written, &mut compiler(section, &mut problems));
    }
    if let Some((section, written)) = setting(
        base,
        sections,
        "budgets",
        |policy| policy.budgets.as_ref(),
        &mut problems,
    ) {
        plan.budgets = budgets(written, &mut compiler(section, &mut problems));
    }
    if let Some((section, written)) = setting(
        base,
        sections,
        "load",
        |policy| policy.load.as_ref(),
        &mut problems,
    ) {
        plan.load = load(
            written,
            &mut compiler(section, &mut problems),
            &world.target,
        );
    }
    if let Some((section, written)) = setting(
        base,
        sections,
        "edge",
        |policy| policy.edge.as_ref(),
        &mut problems,
    ) {
        let mut compiler = compiler(section, &mut problems);
        plan.edge_place = compiler.place(written);
        plan.edge = edge::compile(&written.value, &mut compiler);
    }
    let asking = (!files.replace).then_some(base).into_iter().chain(sections);
    let mut lanes = Lanes {
        base,
        secrets,
        world,
        names: BTreeSet::new(),
        plan: &mut plan,
        problems: &mut problems,
    };
    for section in asking {
        lanes.section(section);
    }
    for (file, document) in &files.hurl {
        lanes.hurl(file, document);
    }
    if problems.is_empty() {
        problems.extend(select(&mut plan, tags));
    }
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(problems)
    }
}

fn compiler<'a>(section: &'a SuiteSection, problems: &'a mut Vec<Problem>) -> Compiler<'a> {
    Compiler {
        file: section.file.as_deref(),
        problems,
    }
}

/// Keeps the checks with one of the tags; a plan that checks nothing is a problem.
fn select(plan: &mut Plan, tags: &[String]) -> Option<Problem> {
    if plan.lanes.is_empty() {
        return Some(
            Problem::new("no check is written; a run without checks proves nothing").fix(
                "add `checks` or `scenarios` to the `smoke` section of stagegate.yml, or name files with `suite`",
            ),
        );
    }
    if tags.is_empty() {
        return None;
    }
    let known: BTreeSet<String> = plan
        .lanes
        .iter()
        .flat_map(|lane| lane.tags.iter().cloned())
        .collect();
    if let Some(unknown) = tags.iter().find(|tag| !known.contains(*tag)) {
        let known: Vec<_> = known.into_iter().collect();
        return Some(Problem::new(format!(
            "no check has the tag `{unknown}` (tags: {})",
            known.join(", ")
        )));
    }
    plan.lanes
        .retain(|lane| lane.tags.iter().any(|tag| tags.contains(tag)));
    None
}
