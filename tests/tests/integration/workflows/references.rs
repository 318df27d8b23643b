//! An expression that names a job, a step, an output, an input or a secret that does not exist is an
//! empty text and no error: here it is one.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::Value;

use super::{Workflow, all, gate, texts};
use crate::repository::keys;

/// Outputs of other people's actions that we read.
const FOREIGN: [(&str, &str); 2] = [
    ("actions/cache@", "cache-hit"),
    ("actions/setup-node@", "node-version"),
];

fn expressions<'a>(value: &'a Value, pattern: &str) -> Vec<(&'a str, &'a str)> {
    let pattern = Regex::new(pattern).unwrap();
    let mut found = Vec::new();
    texts(value, &mut found);
    let captures = found.into_iter().flat_map(|text| {
        let all: Vec<_> = pattern.captures_iter(text).collect();
        all
    });
    captures
        .map(|captures| {
            let first = captures.get(1).unwrap().as_str();
            (first, captures.get(2).map_or("", |group| group.as_str()))
        })
        .collect()
}

fn needs(job: &Value) -> BTreeSet<&str> {
    match &job["needs"] {
        Value::String(one) => BTreeSet::from([one.as_str()]),
        Value::Array(list) => list.iter().map(|one| one.as_str().unwrap()).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn jobs_read_only_jobs_they_wait_for() {
    for workflow in all() {
        let jobs = &workflow.yaml["jobs"];
        for (name, job) in workflow.jobs() {
            let at = format!("{} {name}", workflow.path);
            let needs = needs(job);
            for need in &needs {
                assert!(jobs[need].is_object(), "{at} needs {need}");
            }
            for (other, what) in expressions(job, r"needs\.([\w-]+)\.(\w+)") {
                assert!(needs.contains(other), "{at} reads {other} without need");
                assert!(
                    ["outputs", "result"].contains(&what),
                    "{at}: {other}.{what}"
                );
            }
            for (other, output) in expressions(job, r"needs\.([\w-]+)\.outputs\.([\w-]+)") {
                let outputs = keys(&jobs[other]["outputs"]);
                assert!(outputs.contains(&output), "{at}: {other} has no {output}");
            }
        }
    }
}

#[test]
fn steps_read_only_steps_before_them() {
    for workflow in all() {
        for (name, job) in workflow.jobs() {
            let at = format!("{} {name}", workflow.path);
            let mut before: Vec<&Value> = Vec::new();
            for step in Workflow::job_steps(job) {
                for (id, output) in expressions(step, r"steps\.([\w-]+)\.outputs\.([\w-]+)") {
                    gives(&before, id, output, &at);
                }
                before.push(step);
            }
            for (id, output) in expressions(&job["outputs"], r"steps\.([\w-]+)\.outputs\.([\w-]+)")
            {
                gives(&before, id, output, &at);
            }
        }
    }
}

#[track_caller]
fn gives(steps: &[&Value], id: &str, output: &str, at: &str) {
    let step = steps.iter().find(|step| step["id"] == id);
    let step = step.unwrap_or_else(|| panic!("{at}: no step `{id}` before"));
    let known = match gate(step) {
        Some(name) => {
            let gates = stagegate::gates();
            let entry = gates.iter().find(|entry| entry.name == name).unwrap();
            let outputs = (entry.metadata)().outputs;
            outputs.iter().any(|spec| spec.name == output)
        }
        None => {
            let uses = step["uses"].as_str().unwrap_or_default();
            FOREIGN
                .iter()
                .any(|(action, name)| uses.starts_with(action) && *name == output)
        }
    };
    assert!(known, "{at}: step `{id}` gives no `{output}`");
}

#[test]
fn inputs_and_secrets_are_declared_by_every_trigger_that_can_bring_them() {
    for workflow in all() {
        let on = &workflow.yaml["on"];
        let jobs = &workflow.yaml;
        for (input, _) in expressions(jobs, r"(?:^|[^\w.-])inputs\.([\w-]+)") {
            for trigger in ["workflow_call", "workflow_dispatch"] {
                let declared = &on[trigger];
                if on.as_object().unwrap().contains_key(trigger) {
                    assert!(
                        keys(&declared["inputs"]).contains(&input),
                        "{} {trigger}: {input}",
                        workflow.path
                    );
                }
            }
        }
        for (secret, _) in expressions(jobs, r"secrets\.(\w+)") {
            let declared = keys(&on["workflow_call"]["secrets"]);
            assert!(declared.contains(&secret), "{}: {secret}", workflow.path);
        }
    }
}

#[test]
fn environment_variables_in_expressions_are_set() {
    for workflow in all() {
        let of_workflow = keys(&workflow.yaml["env"]);
        for (name, job) in workflow.jobs() {
            for (variable, _) in expressions(job, r"(?:^|[^\w.])env\.(\w+)") {
                assert!(
                    of_workflow.contains(&variable) || keys(&job["env"]).contains(&variable),
                    "{} {name}: {variable}",
                    workflow.path
                );
            }
        }
    }
}
