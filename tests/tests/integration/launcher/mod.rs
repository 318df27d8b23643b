//! `launcher/run.sh` is the only shell between a workflow and a gate. It runs here as a step runs it, in
//! an emptied environment, because whatever it lets slip runs with the job's secrets.

mod install;
mod kit;
mod server;
mod trust;

use std::fs;

use kit::{Launcher, STAND_IN};

#[test]
fn a_binary_of_ones_own_is_used_as_it_is() {
    let mut launcher = Launcher::new();
    let binary = launcher.program("my bin/stagegate", STAND_IN);
    launcher
        .set("STAGEGATE_BIN", &binary)
        .set("STAGEGATE_INPUTS", r#"{"url":"a 'b' $(c)"}"#);
    let outcome = launcher.run(&["smoke-test"]);
    outcome.started("smoke-test");
    assert!(
        outcome
            .stdout
            .contains("\nSTAGEGATE_INPUTS={\"url\":\"a 'b' $(c)\"}\n"),
        "inputs travel untouched: {outcome:#?}"
    );
    assert_eq!(outcome.stderr, "");
}

#[test]
fn the_suite_names_the_gate_by_variable() {
    let mut launcher = Launcher::new();
    let binary = launcher.program("stagegate", STAND_IN);
    launcher
        .set("STAGEGATE_BIN", &binary)
        .set("STAGEGATE_GATE", "bundle-budget");
    launcher.run(&[]).started("bundle-budget");
}

#[test]
fn a_binary_without_a_slash_is_a_file_and_no_command_of_the_path() {
    let mut launcher = Launcher::new();
    launcher.program("env", STAND_IN);
    launcher.set("STAGEGATE_BIN", "env");
    launcher.run(&["smoke-test"]).started("smoke-test");
}

#[test]
fn the_gates_exit_code_is_the_steps() {
    let mut launcher = Launcher::new();
    for code in [0, 1, 2, 3] {
        let binary = launcher.program("stagegate", &format!("#!/bin/sh\nexit {code}\n"));
        launcher.set("STAGEGATE_BIN", &binary);
        let outcome = launcher.run(&["smoke-test"]);
        assert_eq!(outcome.code, Some(code));
        assert_eq!(outcome.outputs, "", "outputs are the gate's own");
    }
}

/// Variables, arguments, and why that cannot be.
type Refusal = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
    &'static str,
);

#[test]
fn what_cannot_be_started_is_refused_by_name() {
    let cases: &[Refusal] = &[
        (&[], &[], "no gate was named"),
        (&[], &["--version"], "`--version` is no name of a gate"),
        (&[("STAGEGATE_GATE", "a b")], &[], "`a b` is no name"),
        (
            &[("STAGEGATE_BIN", "nothing/here")],
            &["smoke-test"],
            "STAGEGATE_BIN is nothing/here, which is no executable file",
        ),
        (
            &[("STAGEGATE_BIN", "suite/launcher/install.lock")],
            &["smoke-test"],
            "no executable file",
        ),
        (
            &[("STAGEGATE_BIN", "suite")],
            &["smoke-test"],
            "STAGEGATE_BIN is suite, which is no executable file",
        ),
        (
            &[("STAGEGATE_BUILD", "other")],
            &["smoke-test"],
            "STAGEGATE_BUILD is other: only `source` is known",
        ),
        (
            &[("RUNNER_OS", "Plan9"), ("RUNNER_ARCH", "X64")],
            &["smoke-test"],
            "no binary for system Plan9",
        ),
        (
            &[("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X86")],
            &["smoke-test"],
            "no binary for architecture X86",
        ),
    ];
    for (variables, arguments, why) in cases {
        let mut launcher = Launcher::new();
        for (name, value) in *variables {
            launcher.set(name, value);
        }
        launcher.run(arguments).refused(why);
    }
}

#[test]
fn a_binary_of_another_machine_is_refused_by_name() {
    let mut launcher = Launcher::new();
    let binary = launcher.program("stagegate", "\u{7f}ELF\0\0\0");
    launcher.set("STAGEGATE_BIN", &binary);
    launcher
        .run(&["smoke-test"])
        .refused("cannot be started on this machine");
}

#[test]
fn a_message_cannot_become_a_command_of_its_own() {
    let mut launcher = Launcher::new();
    launcher.set("STAGEGATE_BIN", "50%\r\n::add-mask::x");
    let outcome = launcher.run(&["smoke-test"]);
    outcome.refused("no executable file");
    assert!(
        outcome.stdout.contains("50%25%0D%0A::add-mask::x, which"),
        "{outcome:#?}"
    );
}

#[test]
fn off_a_runner_there_is_neither_annotation_nor_output() {
    let mut launcher = Launcher::new();
    launcher.unset("GITHUB_ACTIONS").unset("GITHUB_OUTPUT");
    let outcome = launcher.run(&[]);
    assert_eq!(outcome.code, Some(3));
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.contains("no gate was named"), "{outcome:#?}");
}

#[test]
fn an_output_file_that_cannot_be_written_does_not_hide_the_code() {
    let mut launcher = Launcher::new();
    launcher.set("GITHUB_OUTPUT", "/nowhere/at/all");
    assert_eq!(launcher.run(&[]).code, Some(3));
}

#[test]
fn what_an_earlier_step_left_for_bash_changes_nothing() {
    let mut launcher = Launcher::new();
    let foreign = "cd() { echo foreign; return 1; }\nset -x\nalias printf=false\n";
    fs::write(launcher.path("foreign.sh"), foreign).unwrap();
    let foreign = launcher.path("foreign.sh");
    let binary = launcher.program("stagegate", STAND_IN);
    launcher
        .set("STAGEGATE_BIN", &binary)
        .set("BASH_ENV", foreign.to_str().unwrap())
        .set("BASH_FUNC_dirname%%", "() { echo /foreign; }")
        .set("SHELLOPTS", "noclobber:xtrace")
        .set("CDPATH", "/");
    let outcome = launcher.run(&["smoke-test"]);
    outcome.started("smoke-test");
    for gone in ["BASH_ENV=", "CDPATH="] {
        assert!(!outcome.stdout.contains(gone), "{gone} {outcome:#?}");
    }
}

/// Cargo reads `.cargo/config.toml` from where it is started: in a checkout that file is the pull request's.
#[test]
fn a_build_from_source_happens_in_the_actions_own_folder() {
    let mut launcher = Launcher::new();
    launcher.shadow(
        "cargo",
        "#!/bin/sh\nprintf '%s|%s|%s' \"$PWD\" \"${CARGO_BUILD_TARGET-unset}\" \"$*\" >\"$RUNNER_TEMP/cargo\"\n\
         mkdir -p \"$RUNNER_TEMP/stagegate-build/dist\"\ncp \"$RUNNER_TEMP/../stand-in\" \"$RUNNER_TEMP/stagegate-build/dist/stagegate\"\n",
    );
    launcher.program("stand-in", STAND_IN);
    launcher
        .set("STAGEGATE_BUILD", "source")
        .set("CARGO_BUILD_TARGET", "wasm32-wasip2");
    launcher.run(&["quality-gate"]).started("quality-gate");
    let called = fs::read_to_string(launcher.path("temp/cargo")).unwrap();
    let (folder, rest) = called.split_once('|').unwrap();
    assert_eq!(
        fs::canonicalize(folder).unwrap(),
        fs::canonicalize(launcher.path("suite")).unwrap()
    );
    assert!(
        rest.starts_with("unset|build --quiet --locked --profile dist --package stagegate "),
        "{rest}"
    );

    launcher.shadow(
        "cargo",
        "#!/bin/sh\necho 'error: no linker' >&2\nexit 101\n",
    );
    let outcome = launcher.run(&["quality-gate"]);
    outcome.refused("building from source failed");
    assert!(outcome.stderr.contains("no linker"), "{outcome:#?}");
}

#[test]
fn a_build_from_source_without_cargo_says_what_to_install() {
    let mut launcher = Launcher::new();
    launcher.only(&["bash", "dirname", "env", "uname"]);
    launcher.set("STAGEGATE_BUILD", "source");
    launcher
        .run(&["smoke-test"])
        .refused("cargo is not installed");
}
