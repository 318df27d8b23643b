//! `mode: deploy` of other things than a build output, and as an archive.

use sandbox::vercel::{Build, Outcome, Quota, Timings};

use crate::support::Play;

#[tokio::test]
async fn a_plain_folder_is_deployed_as_it_is() {
    let play = Play::start().await;
    play.runner.write("public/index.html", "<h1>plain</h1>");
    play.runner.write("public/docs/a.html", "a");
    play.runner
        .write("site.json", r#"{"version":3,"cleanUrls":true}"#);
    let arguments = ["--static-dir", "public", "--static-config", "site.json"];
    let outcome = play
        .run(&[&arguments[..], &["--environment", "production"]].concat())
        .await;
    assert_eq!(
        (outcome.code, outcome.output("files-total")),
        (0, "3"),
        "{outcome:?}"
    );
    assert_eq!(play.front_page().await, "<h1>plain</h1>");
    let deployment = play
        .snapshot()
        .deployment(&play.production())
        .unwrap()
        .clone();
    let paths: Vec<&str> = deployment.files.iter().map(|file| &*file.path).collect();
    let expected = [
        ".vercel/output/config.json",
        ".vercel/output/static/docs/a.html",
        ".vercel/output/static/index.html",
    ];
    assert_eq!(paths, expected);
    // The digest is the one that `mode: digest` says, with which staging and production are compared.
    let digest = play
        .run(&[&["--mode", "digest"][..], &arguments].concat())
        .await;
    assert_eq!(digest.output("digest"), deployment.meta["stagegateDigest"]);
    let wrong = play.run(&["--output-dir", "public"]).await;
    wrong.assert(3, "name it by the input `static-dir`");
}

#[tokio::test]
async fn an_archive_is_the_same_bytes_the_second_time() {
    let play = Play::start().await;
    let archive = ["--archive", "always"];
    let first = play.run(&archive).await;
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(
        (first.output("archived"), first.output("files-uploaded")),
        ("true", "1")
    );
    let id = first.output("deployment-id");
    let deployment = play.snapshot().deployment(id).unwrap().clone();
    assert!(
        deployment.archived && deployment.files.len() == 8,
        "{deployment:?}"
    );
    let again = play.run(&archive).await;
    assert_eq!(
        (again.output("files-uploaded"), again.output("requests")),
        ("0", "2"),
        "{again:?}"
    );
}

#[tokio::test]
async fn too_many_missing_files_become_one_archive() {
    let play = Play::start().await;
    for number in 0..2_501 {
        let name = format!(".vercel/output/static/many/{number}.txt");
        play.runner.write(&name, &number.to_string());
    }
    // The files one by one would lock this account.
    play.sandbox.vercel.set_quota(Quota {
        uploads: 100,
        deployments: 100,
    });
    let outcome = play.run(&[]).await;
    assert_eq!(
        (outcome.code, outcome.output("archived")),
        (0, "true"),
        "{outcome:?}"
    );
    assert_eq!(
        outcome.output("requests"),
        "5",
        "two orders of files and archive, an upload, an order, a poll"
    );
    let single = play.run(&["--archive", "never"]).await;
    assert_eq!(single.code, 3, "{single:?}");
    assert!(single.words().contains("locked until then"), "{single:?}");
}

#[tokio::test]
async fn sources_are_built_and_their_log_is_shown_as_foreign_text() {
    let play = Play::start().await;
    let built = play.runner.path("elsewhere");
    play.runner
        .write("elsewhere/config.json", r#"{"version":3}"#);
    play.runner.write("elsewhere/static/index.html", "built");
    play.runner.write("app/package.json", "{}");
    play.runner.write("app/page.tsx", "export default 1");
    play.runner.write("app/node_modules/a.js", "x");
    play.runner.write("app/.vercelignore", "drafts\n");
    play.runner.write("app/drafts/a.md", "x");
    let log = [
        "installing",
        "::error::injected ##[error]too",
        "\u{1b}[31mdone",
    ];
    play.sandbox
        .vercel
        .script_build(Some(Build {
            log: log.map(str::to_owned).to_vec(),
            outcome: Outcome::Output(built),
        }))
        .unwrap();
    play.sandbox.vercel.set_timings(Timings {
        building: 2,
        ..Timings::instant()
    });
    let outcome = play
        .run(&["--source-dir", "app", "--root-directory", "apps/web"])
        .await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(
        outcome.output("files-total"),
        "3",
        "page, package and ignore file"
    );
    assert!(outcome.rules().contains(&"built-by-vercel"));
    for line in ["| installing", "| ::error::injected", "| done"] {
        let found = outcome.stderr.lines().any(|shown| shown.contains(line));
        assert!(found, "{line}: {}", outcome.stderr);
    }
    let commands = outcome.stderr.lines().chain(outcome.stdout.lines());
    let mut commands =
        commands.filter(|line| line.starts_with("::error::inj") || line.contains("##[error]"));
    assert_eq!(commands.next(), None, "nothing of it is a command");
}
