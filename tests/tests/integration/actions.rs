//! Every action file is one step that starts the launcher, and offers what its gate offers.

use std::collections::BTreeSet;

use serde_json::Value;
use stagegate::gates;

use crate::repository::{keys, names, yaml};

/// Folder of the action file and the gate it starts; the suite starts the one it is told.
fn actions() -> Vec<(String, Option<&'static str>)> {
    let gates = gates().map(|entry| (format!("actions/{}/", entry.name), Some(entry.name)));
    std::iter::once((String::new(), None))
        .chain(gates)
        .collect()
}

fn step(action: &Value) -> &Value {
    &action["runs"]["steps"][0]
}

#[test]
fn every_gate_has_an_action_and_every_action_a_gate() {
    let of_gates: BTreeSet<_> = gates().iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(BTreeSet::from_iter(names("actions")), of_gates);
}

#[test]
fn an_action_is_one_step_without_expressions_in_its_script() {
    for (folder, _) in actions() {
        let path = format!("{folder}action.yml");
        let action = yaml(&path);
        let runs = &action["runs"];
        assert_eq!(runs["using"], "composite", "{path}");
        assert_eq!(runs["steps"].as_array().unwrap().len(), 1, "{path}");
        let step = step(&action);
        assert_eq!(step["shell"], "bash", "{path}");
        assert_eq!(step["id"], "run", "{path}");
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{path}: {script}");
        assert_eq!(
            step["env"]["STAGEGATE_INPUTS"], "${{ toJSON(inputs) }}",
            "{path}"
        );
    }
}

#[test]
fn the_jobs_token_goes_to_the_gates_that_read_it_and_to_no_other() {
    for entry in gates() {
        let path = format!("actions/{}/action.yml", entry.name);
        let action = yaml(&path);
        let secrets = (entry.metadata)().secrets;
        let reads = secrets.iter().any(|secret| secret.name == "GITHUB_TOKEN");
        let expected: &[&str] = if reads {
            &["STAGEGATE_INPUTS", "GITHUB_TOKEN"]
        } else {
            &["STAGEGATE_INPUTS"]
        };
        assert_eq!(
            BTreeSet::from_iter(keys(&step(&action)["env"])),
            BTreeSet::from_iter(expected.iter().copied()),
            "{path}"
        );
    }
}

#[test]
fn inputs_and_outputs_are_the_gates_own() {
    for entry in gates() {
        let path = format!("actions/{}/action.yml", entry.name);
        let action = yaml(&path);
        let metadata = (entry.metadata)();
        let inputs: BTreeSet<_> = metadata.inputs.iter().map(|i| i.name.as_str()).collect();
        let outputs: BTreeSet<_> = metadata.outputs.iter().map(|o| o.name).collect();
        assert_eq!(
            BTreeSet::from_iter(keys(&action["inputs"])),
            inputs,
            "{path}"
        );
        assert_eq!(
            BTreeSet::from_iter(keys(&action["outputs"])),
            outputs,
            "{path}"
        );
        for (name, output) in action["outputs"].as_object().unwrap() {
            let value = format!("${{{{ steps.run.outputs.{name} }}}}");
            assert_eq!(output["value"], value, "{path}");
        }
    }
}

#[test]
fn the_suite_offers_what_all_gates_offer() {
    let suite = yaml("action.yml");
    let mut inputs = BTreeSet::from(["gate".to_owned()]);
    let mut outputs = BTreeSet::new();
    for entry in gates() {
        let metadata = (entry.metadata)();
        inputs.extend(metadata.inputs.into_iter().map(|input| input.name));
        outputs.extend(metadata.outputs.iter().map(|output| output.name));
        let gate = suite["inputs"]["gate"]["description"].as_str().unwrap();
        assert!(gate.contains(entry.name), "{gate}");
    }
    let owned = |value| keys(value).into_iter().map(str::to_owned).collect();
    let offered: BTreeSet<String> = owned(&suite["inputs"]);
    assert_eq!(offered, inputs);
    assert_eq!(BTreeSet::from_iter(keys(&suite["outputs"])), outputs);
    assert_eq!(step(&suite)["env"]["STAGEGATE_GATE"], "${{ inputs.gate }}");
}

/// The script is run as the runner runs it, with a binary that says what it was asked for.
#[cfg(unix)]
#[test]
fn the_script_of_an_action_starts_its_gate() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("stagegate");
    std::fs::write(&binary, "#!/bin/sh\nprintf '%s' \"$*\"\n").unwrap();
    std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (action, gate) in actions() {
        let metadata = yaml(&format!("{action}action.yml"));
        let script = step(&metadata)["run"].as_str().unwrap();
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env(
                "GITHUB_ACTION_PATH",
                crate::repository::root().join(&action),
            )
            .env("STAGEGATE_GATE", "named-by-input")
            .env("STAGEGATE_BIN", &binary)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let started = String::from_utf8(output.stdout).unwrap();
        assert_eq!(started, gate.unwrap_or("named-by-input"), "{action}");
    }
}
