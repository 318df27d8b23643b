//! Wrong use, and what needs no network.

use crate::support::Play;

#[tokio::test]
async fn what_is_missing_is_listed_at_once() {
    let play = Play::start().await;
    let mut command = play.command(&[]);
    for name in ["VERCEL_TOKEN", "VERCEL_ORG_ID"] {
        command.env_remove(name);
    }
    let outcome = play.finish(command).await;
    assert_eq!(outcome.code, 2, "{outcome:?}");
    for words in [
        "VERCEL_TOKEN is not set",
        "VERCEL_PROJECT_ID is set and VERCEL_ORG_ID is not",
    ] {
        assert!(outcome.words().contains(words), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_linked_folder_needs_no_ids() {
    let play = Play::start().await;
    let vercel = &play.sandbox.vercel;
    let link = format!(
        r#"{{"orgId":"{}","projectId":"{}"}}"#,
        vercel.org_id(),
        vercel.project_id()
    );
    play.runner.write(".vercel/project.json", &link);
    let mut command = play.command(&["--dry-run"]);
    command
        .env_remove("VERCEL_ORG_ID")
        .env_remove("VERCEL_PROJECT_ID");
    let outcome = play.finish(command).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[tokio::test]
async fn a_wrong_token_is_no_decision_and_is_not_shown() {
    let play = Play::start().await;
    let mut command = play.command(&["-v"]);
    command.env("VERCEL_TOKEN", "wrong-token-0123456789");
    let outcome = play.finish(command).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(
        outcome
            .words()
            .contains("the token in VERCEL_TOKEN may not do this"),
        "{outcome:?}"
    );
    let mask = "::add-mask::wrong-token-0123456789";
    let shown = outcome.everything().replace(mask, "");
    assert!(!shown.contains("wrong-token"), "{shown}");
}

#[tokio::test]
async fn a_digest_needs_neither_network_nor_token() {
    let play = Play::start().await;
    let mut command = play.command(&["--mode", "digest"]);
    command
        .env_remove("VERCEL_TOKEN")
        .env("VERCEL_API_URL", "http://127.0.0.1:9");
    let outcome = play.finish(command).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let digest = build_output::BuildOutput::open(play.output())
        .unwrap()
        .digest()
        .to_string();
    assert_eq!(outcome.output("digest"), digest);
    let same = play.run(&["--mode", "digest", "--digest", &digest]).await;
    assert_eq!(same.code, 0, "{same:?}");
    play.build("changed");
    let other = play.run(&["--mode", "digest", "--digest", &digest]).await;
    assert_eq!(
        (other.code, other.rules()),
        (1, vec!["wrong-bytes"]),
        "{other:?}"
    );
}
