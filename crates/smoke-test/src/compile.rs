//! Turns the policy into a plan. Every mistake is found before the first request and reported together, each on its line.

mod check;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use gate::Problem;
use pipeline_config::Located;
use serde_json_path::JsonPath;

use self::{
    check::check,
    settings::{limits, version_probe},
};
use crate::{plan::Plan, policy::Policy, suite::SuiteSection, target::Target};

/// Collects problems, each at the line of the value it is about.
struct Compiler<'a> {
    section: &'a SuiteSection,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    fn refuse<V>(&mut self, at: &Located<V>, message: impl Into<String>) {
        let place = self.section.place(at);
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

/// Makes the plan of a run out of `stagegate.yml` and the suite files. Suite files replace the checks, and what else they
/// set wins over `stagegate.yml`.
///
/// # Errors
/// Every mistake in the sections, and a plan that checks nothing.
pub fn compile(
    base: &SuiteSection,
    files: &[SuiteSection],
    tags: &[String],
    target: &Target,
) -> Result<Plan, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut plan = Plan::default();
    if let Some((section, version)) = setting(
        base,
        files,
        "version",
        |policy| policy.version.as_ref(),
        &mut problems,
    ) {
        plan.version = version_probe(
            version,
            &mut Compiler {
                section,
                problems: &mut problems,
            },
            target,
        );
    }
    if let Some((section, watch)) = setting(
        base,
        files,
        "watch",
        |policy| policy.watch.as_ref(),
        &mut problems,
    ) {
        plan.limits = limits(
            watch,
            &mut Compiler {
                section,
                problems: &mut problems,
            },
        );
    }
    let sections = if files.is_empty() {
        std::slice::from_ref(base)
    } else {
        files
    };
    let mut names = BTreeSet::new();
    for section in sections {
        let mut compiler = Compiler {
            section,
            problems: &mut problems,
        };
        for policy in &section.values.checks {
            let Some(check) = check(policy, &mut compiler, target) else {
                continue;
            };
            if !names.insert(check.name.clone()) {
                let message = format!(
                    "two checks are called `{}`: give them a `name` each",
                    check.name
                );
                compiler.refuse(policy.name.as_ref().unwrap_or(&policy.path), message);
            }
            plan.checks.push(check);
        }
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

/// Keeps the checks with one of the tags; a plan that checks nothing is a problem.
fn select(plan: &mut Plan, tags: &[String]) -> Option<Problem> {
    if plan.checks.is_empty() {
        return Some(
            Problem::new("no check is written; a run without checks proves nothing").fix(
                "add `checks` to the `smoke` section of stagegate.yml, or name files with `suite`",
            ),
        );
    }
    if tags.is_empty() {
        return None;
    }
    let known: BTreeSet<String> = plan
        .checks
        .iter()
        .flat_map(|check| check.tags.iter().cloned())
        .collect();
    if let Some(unknown) = tags.iter().find(|tag| !known.contains(*tag)) {
        let known: Vec<_> = known.into_iter().collect();
        return Some(Problem::new(format!(
            "no check has the tag `{unknown}` (tags: {})",
            known.join(", ")
        )));
    }
    plan.checks
        .retain(|check| check.tags.iter().any(|tag| tags.contains(tag)));
    None
}

/// A value of which a run has one. Suite files win over the config file; two of them may not both set it.
pub(crate) fn setting<'a, T>(
    base: &'a SuiteSection,
    files: &'a [SuiteSection],
    key: &str,
    pick: impl Fn(&Policy) -> Option<&T>,
    problems: &mut Vec<Problem>,
) -> Option<(&'a SuiteSection, &'a T)>
where
    T: 'a,
{
    let mut set = files
        .iter()
        .filter_map(|section| Some((section, pick_in(section, &pick)?)));
    let first = set.next();
    if let (Some((one, _)), Some((two, _))) = (first, set.next()) {
        let name = |section: &SuiteSection| section.file.clone().unwrap_or_default();
        problems.push(Problem::new(format!(
            "both {} and {} set `{key}`; keep one",
            name(one),
            name(two)
        )));
    }
    first.or_else(|| Some((base, pick_in(base, &pick)?)))
}

fn pick_in<'a, T>(
    section: &'a SuiteSection,
    pick: impl Fn(&'a Policy) -> Option<&'a T>,
) -> Option<&'a T> {
    pick(&section.values)
}
