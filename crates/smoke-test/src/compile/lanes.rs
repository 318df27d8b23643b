//! The lanes of a section: each check by itself, each scenario with its steps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gate::Problem;
use pipeline_config::Located;
use serde_json::Value;
use verdict::Place;

use super::{
    Compiler,
    check::{check as plain_check, keep_private, place_of},
    compiler,
    fill::Filler,
};
use crate::{
    expectations::Scalar,
    hurl::Document,
    plan::{Check, Form, Lane, Plan, Step},
    policy::{CheckPolicy, ScenarioPolicy},
    strict::Strict,
    suite::SuiteSection,
    template::{Source, Template},
    variables::{Variables, is_name},
    world::World,
};

/// Stands in for captures while a suite is read: it is a text, a number and a part of a path.
const STAND_IN: &str = "0";

/// Where lanes go, and what all of them share.
pub(super) struct Lanes<'a> {
    pub(super) base: &'a SuiteSection,
    pub(super) secrets: &'a Variables,
    pub(super) world: &'a World,
    pub(super) names: BTreeSet<String>,
    pub(super) plan: &'a mut Plan,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Lanes<'_> {
    /// The values a file starts with: secrets, those of the config file, its own.
    fn variables(&mut self, section: Option<&SuiteSection>) -> Variables {
        let mut variables = self.secrets.clone();
        let address = self.world.target.url().as_str().trim_end_matches('/');
        variables.set("url", Value::from(address));
        written(&self.base.values.variables, &mut variables, None);
        if let Some(section) = section {
            let mut compiler = compiler(section, self.problems);
            written(
                &section.values.variables,
                &mut variables,
                Some(&mut compiler),
            );
        }
        variables
    }

    /// Adds a section's lanes.
    pub(super) fn section(&mut self, section: &SuiteSection) {
        let variables = Arc::new(self.variables(Some(section)));
        let mut maker = Maker {
            variables: Arc::clone(&variables),
            world: self.world,
            names: &mut self.names,
            compiler: compiler(section, self.problems),
        };
        let lanes = section.values.checks.iter().map(|policy| {
            if policy.always || !policy.captures.is_empty() {
                let message =
                    "`always` and `captures` belong to a step of `scenarios`: a check stands alone";
                maker.compiler.refuse(&place_of(policy), message);
            }
            let step = maker.step(None, policy, &mut BTreeSet::new());
            (policy.tags.clone(), vec![step], false)
        });
        let mut lanes: Vec<_> = lanes.collect();
        for scenario in &section.values.scenarios {
            lanes.push((scenario.tags.clone(), maker.scenario(scenario), true));
        }
        for (tags, steps, linked) in lanes {
            self.plan.lanes.push(Lane {
                tags,
                steps,
                variables: Arc::clone(&variables),
                linked,
            });
        }
    }

    /// Adds the lane of a `.hurl` file.
    pub(super) fn hurl(&mut self, file: &str, document: &Document) {
        let variables = self.variables(None);
        let mut stand_ins = variables.clone();
        let mut captured = BTreeSet::new();
        let mut steps = Vec::new();
        for entry in &document.entries {
            let mut name = format!("{file}: {}", entry.request());
            if !self.names.insert(name.clone()) {
                name = format!("{name} (line {})", entry.line());
                self.names.insert(name.clone());
            }
            let template = Template {
                name: name.clone(),
                file: Some(file.to_owned()),
                source: Source::Hurl(Box::new(entry.clone())),
            };
            let known = addressed(&stand_ins, entry.address(), &captured, "/0");
            let mut open = false;
            let made = template.make(self.world, &known, &mut |name| {
                open |= captured.contains(name)
            });
            let form = match made {
                Ok(check) if !open => Form::Ready(Arc::new(check)),
                Ok(_) => Form::Open(Arc::new(template)),
                Err(found) => {
                    self.problems.extend(found);
                    Form::Open(Arc::new(template))
                }
            };
            for name in entry.captured() {
                stand_ins.set(name, Value::from(STAND_IN));
                captured.insert(name.to_owned());
            }
            steps.push(Step {
                name,
                place: Some(Place::line(file, entry.line())),
                request: entry.request(),
                max_time: None,
                safe: entry.method().is_safe(),
                always: false,
                form,
            });
        }
        self.plan.lanes.push(Lane {
            tags: document.tags.clone(),
            linked: steps.len() > 1,
            steps,
            variables: Arc::new(variables),
        });
    }
}

/// The values where an address starts with one that is only captured: that one is a whole address.
fn addressed(
    known: &Variables,
    address: &str,
    captured: &BTreeSet<String>,
    whole: &str,
) -> Variables {
    let mut known = known.clone();
    let name = address
        .strip_prefix("{{")
        .and_then(|rest| rest.split_once("}}"));
    if let Some((name, _)) = name.filter(|(name, _)| captured.contains(name.trim())) {
        known.set(name.trim(), Value::from(whole));
    }
    known
}

fn written(
    written: &BTreeMap<String, Located<Scalar>>,
    variables: &mut Variables,
    mut compiler: Option<&mut Compiler<'_>>,
) {
    for (name, at) in written {
        if let Some(compiler) = compiler.as_mut().filter(|_| !is_name(name)) {
            let message = format!("`{name}` is no name: letters, digits, `_` and `-` make one");
            compiler.refuse(at, message);
        }
        variables.set(name.clone(), at.value.0.clone());
    }
}

struct Maker<'a> {
    variables: Arc<Variables>,
    world: &'a World,
    names: &'a mut BTreeSet<String>,
    compiler: Compiler<'a>,
}

impl Maker<'_> {
    /// The steps of a scenario.
    fn scenario(&mut self, scenario: &ScenarioPolicy) -> Vec<Step> {
        if scenario.steps.is_empty() {
            let message = "a scenario without steps proves nothing";
            self.compiler.refuse(&scenario.name, message);
        }
        let mut captured = BTreeSet::new();
        let mut steps = Vec::new();
        for policy in &scenario.steps {
            if !policy.tags.is_empty() {
                let message = "`tags` belong to the scenario: its steps are asked together";
                self.compiler.refuse(&place_of(policy), message);
            }
            steps.push(self.step(Some(&scenario.name.value), policy, &mut captured));
        }
        steps
    }

    /// A step; mistakes are with the compiler. `captured` are the names that earlier steps capture.
    fn step(
        &mut self,
        scenario: Option<&str>,
        policy: &Strict<CheckPolicy>,
        captured: &mut BTreeSet<String>,
    ) -> Step {
        let here = place_of(policy);
        let request = format!(
            "{} {}",
            policy.method.as_ref().map_or_else(
                || "GET".to_owned(),
                |at| at.value.trim().to_ascii_uppercase()
            ),
            here.value
        );
        let own = match &policy.name {
            Some(name) if !name.value.trim().is_empty() => name.value.trim(),
            _ => &request,
        };
        let name = scenario.map_or_else(|| own.to_owned(), |scenario| format!("{scenario}: {own}"));
        if !self.names.insert(name.clone()) {
            let at = policy.name.as_ref().unwrap_or(&here);
            let message = format!("two checks are called `{name}`: give them a `name` each");
            self.compiler.refuse(at, message);
        }
        let template = Template {
            name: name.clone(),
            file: self.compiler.file.map(str::to_owned),
            source: Source::Section(Box::new(policy.clone())),
        };
        let mut known = (*self.variables).clone();
        for name in captured.iter() {
            known.set(name.clone(), Value::from(STAND_IN));
        }
        let (address, whole) = match (&policy.path, &policy.url) {
            (Some(path), _) => (path.value.as_str(), "/0"),
            (None, Some(url)) => (url.value.as_str(), "https://stand-in.invalid/"),
            (None, None) => ("", ""),
        };
        let known = addressed(&known, address, captured, whole);
        let mut open = false;
        let mut used = |name: &str| open |= captured.contains(name);
        let made = make(
            policy,
            &template,
            self.world,
            &known,
            &mut used,
            &mut self.compiler,
        );
        captured.extend(policy.captures.keys().cloned());
        let safe = made.as_ref().is_some_and(|check| check.method.is_safe());
        let form = match made {
            Some(check) if !open => Form::Ready(Arc::new(check)),
            _ => Form::Open(Arc::new(template)),
        };
        Step {
            name,
            place: self.compiler.place(policy.name.as_ref().unwrap_or(&here)),
            request,
            max_time: policy.expect.max_time.as_ref().map(|at| at.value),
            safe,
            always: policy.always,
            form,
        }
    }
}

fn make(
    policy: &CheckPolicy,
    template: &Template,
    world: &World,
    variables: &Variables,
    used: &mut dyn FnMut(&str),
    compiler: &mut Compiler<'_>,
) -> Option<Check> {
    let before = compiler.problems.len();
    let mut secret = false;
    let filled = Filler {
        variables,
        used: &mut |name| {
            secret |= variables.is_secret(name);
            used(name);
        },
        compiler,
    }
    .check(policy);
    // A text that could not be filled in would only be complained of a second time.
    if compiler.problems.len() > before {
        return None;
    }
    let check = plain_check(template, &filled, compiler, world)?;
    keep_private(&check, secret, &place_of(policy), compiler).then_some(check)
}

/// The check of a policy with these values. Calls `used` with each name it uses.
///
/// # Errors
/// Every mistake in it, each at its line.
pub fn check(
    template: &Template,
    policy: &CheckPolicy,
    world: &World,
    variables: &Variables,
    used: &mut dyn FnMut(&str),
) -> Result<Check, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut compiler = Compiler {
        file: template.file.as_deref(),
        problems: &mut problems,
    };
    match make(policy, template, world, variables, used, &mut compiler) {
        Some(check) => Ok(check),
        None => Err(problems),
    }
}
