//! A token of another team, a project that is not there, a file that cannot be read: refused with the way out, in every mode.

use crate::support::{Play, SHA};

/// Every mode that asks Vercel anything, with what it needs.
fn modes<'a>(deployment: &'a str, record: &'a str) -> Vec<Vec<&'a str>> {
    let named = |mode| vec!["--mode", mode, "--deployment", deployment];
    let with = |mode, more: [&'a str; 2]| [&named(mode)[..], &more].concat();
    vec![
        vec![],
        vec!["--environment", "production", "--staged"],
        with("promote", ["--record", record]),
        with("rolling", ["--record", record]),
        named("rollback"),
        with("alias", ["--domains", "127.0.0.1:9"]),
        vec!["--mode", "warm"],
        vec!["--mode", "status"],
    ]
}

#[tokio::test]
async fn what_is_not_ours_is_refused_with_the_way_out() {
    let play = Play::start().await;
    let staged = play.stage().await;
    let record = play.record(SHA, "production");
    let before = play.snapshot();
    for (variable, value, advice) in [
        (
            "VERCEL_ORG_ID",
            "team_other",
            "may not do this in VERCEL_ORG_ID",
        ),
        ("VERCEL_PROJECT_ID", "prj_other", "check VERCEL_PROJECT_ID"),
    ] {
        for mode in modes(&staged, &record) {
            // A deployment is its team's; that it is of another project shows with the first request about the project.
            let mut command = play.command(&mode);
            command.env(variable, value);
            let outcome = play.finish(command).await;
            let case = format!("{variable}={value} {mode:?}: {outcome:?}");
            assert_eq!(outcome.code, 3, "{case}");
            assert!(outcome.words().contains(advice), "{case}");
        }
    }
    let after = play.snapshot();
    assert_eq!(after.deployments.len(), before.deployments.len());
    assert_eq!(after.aliases, before.aliases);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_before_anything_is_sent() {
    use std::{
        fs::{self, Permissions},
        os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    };

    let play = Play::start().await;
    let file = play.output().join("static/assets/3.js");
    fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let asked = play.snapshot().asked;
    let mut command = play.command(&[]);
    if fs::read(&file).is_ok() {
        // Nothing is closed to root, so another user runs it: with everything of the workspace but this file, and the program.
        let program = play.runner.path("vercel-deploy");
        fs::copy(env!("CARGO_BIN_EXE_vercel-deploy"), &program).unwrap();
        open(play.runner.root().parent().unwrap());
        fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
        let mut other = std::process::Command::new(program);
        other.env_clear();
        other.envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        other.current_dir(play.runner.root());
        command = other;
        command.uid(65_534).gid(65_534);
    }
    let outcome = play.finish(command).await;
    outcome.assert(3, "3.js: Permission denied");
    assert!(
        outcome.words().contains("let this user read it"),
        "{outcome:?}"
    );
    assert_eq!(play.snapshot().asked, asked, "nothing was sent");
}

/// Lets everybody do everything below a folder, and pass through the folders it lies in.
#[cfg(unix)]
fn open(folder: &std::path::Path) {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            open(&path);
        } else {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        }
    }
}
