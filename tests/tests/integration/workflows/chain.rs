//! The chain from gate to approval: what a step is given is an input of its gate, its verdict is kept
//! under the name others fetch it by, and what approval requires some job really produces.

use std::collections::BTreeSet;

use gate::{InputKind, Metadata};
use serde_json::Value;

use super::{Workflow, gate, shipped};
use crate::repository::yaml;

fn metadata(name: &str) -> Metadata {
    let gates = stagegate::gates();
    let entry = gates.iter().find(|entry| entry.name == name).unwrap();
    (entry.metadata)()
}

fn uses<'a>(step: &'a Value, action: &str) -> bool {
    let name: Option<&'a str> = step["uses"].as_str();
    name.is_some_and(|name| name.starts_with(action))
}

fn verdict_name(step: &Value) -> Option<String> {
    let gate = gate(step)?;
    Some(match step["with"]["instance"].as_str() {
        Some(instance) => format!("{gate}/{instance}"),
        None => gate.to_owned(),
    })
}

#[test]
fn what_a_step_is_given_is_an_input_of_its_gate() {
    for workflow in shipped() {
        for (name, job) in workflow.jobs() {
            for step in Workflow::job_steps(job) {
                let Some(gate) = gate(step) else { continue };
                let inputs = metadata(gate).inputs;
                for (key, value) in step["with"].as_object().into_iter().flatten() {
                    let at = format!("{} {name}: {gate} {key}", workflow.path);
                    let input = inputs.iter().find(|input| input.name == *key);
                    let input = input.unwrap_or_else(|| panic!("{at} is no input"));
                    let text = value
                        .as_str()
                        .unwrap_or_else(|| panic!("{at}: quote {value}"));
                    let literal = !text.contains("${{");
                    if literal && !input.accepted.is_empty() {
                        assert!(
                            input.accepted.iter().any(|known| known == text),
                            "{at}: {text}"
                        );
                    }
                    if literal && input.kind == InputKind::Switch {
                        assert!(["true", "false"].contains(&text), "{at}: {text}");
                    }
                }
            }
        }
    }
}

/// Modes of vercel-deploy that change nothing.
const READ_ONLY: [&str; 3] = ["digest", "status", "warm"];

#[test]
fn a_deploying_step_gets_the_token_and_the_right_to_record_it() {
    for workflow in shipped() {
        for (name, job) in workflow.jobs() {
            for step in Workflow::job_steps(job) {
                if gate(step) == Some("vercel-deploy") {
                    let at = format!("{} {name}", workflow.path);
                    let token = &step["env"]["VERCEL_TOKEN"];
                    assert_eq!(token, "${{ secrets.VERCEL_TOKEN }}", "{at}");
                    let mode = step["with"]["mode"].as_str().unwrap_or_default();
                    if !READ_ONLY.contains(&mode) {
                        assert_eq!(job["permissions"]["deployments"], "write", "{at}");
                    }
                }
            }
        }
    }
}

/// Only the approval's own verdict stands apart: it is not evidence for itself.
#[test]
fn verdicts_are_kept_on_every_path_under_the_gates_name() {
    for workflow in shipped() {
        for (name, job) in workflow.jobs() {
            let mut verdict = None;
            for step in Workflow::job_steps(job) {
                let at = format!("{} {name}", workflow.path);
                if let Some(found) = verdict_name(step).filter(|v| !v.starts_with("publish-report"))
                {
                    assert_eq!(verdict, None, "{at}: two verdicts in one job");
                    verdict = Some(found.replace('/', "-"));
                }
                let kept = step["with"]["name"].as_str().unwrap_or_default();
                if uses(step, "actions/upload-artifact@") && kept.starts_with("verdict-") {
                    assert_eq!(step["if"], "${{ !cancelled() }}", "{at}");
                    assert_eq!(step["with"]["include-hidden-files"], true, "{at}");
                    let gate = verdict.take();
                    assert_eq!(
                        Some(kept),
                        gate.map(|g| format!("verdict-{g}")).as_deref(),
                        "{at}"
                    );
                }
            }
            assert_eq!(verdict, None, "{} {name}: not kept", workflow.path);
        }
    }
}

#[test]
fn what_approval_requires_is_produced_before_it() {
    let mut produced = BTreeSet::new();
    for path in ["workflows/pull-request.yml", "workflows/release.yml"] {
        let workflow = Workflow::read(path.to_owned());
        for (_, job) in workflow.jobs() {
            produced.extend(Workflow::job_steps(job).iter().filter_map(verdict_name));
        }
    }
    let config = yaml("tests/apps/setlist/stagegate.yml");
    let required = config["approval"]["require"].as_array().unwrap();
    assert!(!required.is_empty());
    for name in required {
        let name = name.as_str().unwrap();
        assert!(produced.contains(name), "{name} is not of {produced:?}");
    }
}

/// A digest given to any gate of a release is the one of the bytes that went to staging.
#[test]
fn one_digest_goes_through_the_whole_release() {
    let workflow = Workflow::read("workflows/release.yml".to_owned());
    let mut bound = 0;
    for (name, job) in workflow.jobs() {
        for step in Workflow::job_steps(job) {
            let mode = step["with"]["mode"].as_str().unwrap_or_default();
            let Some(gate) = gate(step) else { continue };
            if name == "staging" || gate == "publish-report" || mode == "rollback" {
                continue;
            }
            bound += 1;
            let digest = &step["with"]["digest"];
            assert_eq!(digest, "${{ needs.staging.outputs.digest }}", "{name}");
            assert_eq!(step["with"]["sha"], "${{ env.HEAD_SHA }}", "{name}");
        }
    }
    assert_eq!(
        bound, 8,
        "staging twice, approval, production twice, promote, verify, warm"
    );
}
