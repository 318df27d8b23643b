//! `mode: warm`, `mode: alias` and `mode: status`.

use sandbox::faults::{Fault, Mishap, Side};

use crate::support::Play;

/// A site whose sitemap names a page, an asset and, by mistake, something gone.
async fn site(pages: &[&str]) -> Play {
    let play = Play::start().await;
    play.runner
        .write(".vercel/output/static/docs/index.html", "docs");
    let pages: String = pages
        .iter()
        .map(|path| format!("<url><loc>https://setlist.example{path}</loc></url>"))
        .collect();
    play.runner.write(
        ".vercel/output/static/sitemap.xml",
        &format!("<urlset>{pages}</urlset>"),
    );
    play.second_version().await;
    play
}

#[tokio::test]
async fn the_second_answer_comes_from_the_cache() {
    let play = site(&["/", "/docs"]).await;
    let before = play.snapshot().edge_requests.len();
    let arguments = [
        "--mode",
        "warm",
        "--paths",
        "/assets/1.js",
        "--sitemap",
        "/sitemap.xml",
    ];
    let outcome = play.run(&arguments).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(
        (outcome.output("hit-rate"), outcome.output("region")),
        ("1.000", "loc1")
    );
    let requests = play.snapshot().edge_requests.split_off(before);
    assert_eq!(
        requests.len(),
        1 + 3 * 2,
        "the sitemap, and three paths twice: {requests:?}"
    );
    assert!(
        requests.iter().all(|request| !request.path.contains('?')),
        "no pins"
    );
    let shown = serde_json::to_string(&outcome.verdict.figures).unwrap();
    assert!(shown.contains("MISS") && shown.contains("HIT"), "{shown}");
    let again = play.run(&arguments).await;
    assert_eq!(again.code, 0, "{again:?}");
}

#[tokio::test]
async fn what_does_not_answer_or_is_not_kept_is_told_apart() {
    let play = site(&["/", "/gone"]).await;
    let outcome = play
        .run(&["--mode", "warm", "--sitemap", "/sitemap.xml"])
        .await;
    assert_eq!(
        (outcome.code, outcome.rules()),
        (1, vec!["warm-broken"]),
        "{outcome:?}"
    );
    assert_eq!(outcome.output("hit-rate"), "0.500");

    play.runner.write(
        ".vercel/output/config.json",
        r#"{"version":3,"routes":[{"src":"/docs","headers":{"cache-control":"no-store"},"continue":true},{"handle":"filesystem"}]}"#,
    );
    let staged = play.stage().await;
    assert_eq!(play.promote(&staged).await.code, 0);
    let warm = ["--mode", "warm", "--paths", "/docs", "--paths", "/"];
    let strict = play.run(&warm).await;
    assert_eq!(
        (strict.code, strict.rules()),
        (1, vec!["not-cached"]),
        "{strict:?}"
    );
    let lenient = play
        .run(&[&warm[..], &["--min-hit-rate", "50 %"]].concat())
        .await;
    assert_eq!(
        (lenient.code, lenient.output("conclusion")),
        (0, "warn"),
        "{lenient:?}"
    );

    let nowhere = play
        .run(&["--mode", "warm", "--sitemap", "/nowhere.xml"])
        .await;
    nowhere.assert(3, "cannot read /nowhere.xml");
    let cut = play.run(&[&warm[..], &["--max-paths", "1"]].concat()).await;
    assert!(cut.rules().contains(&"warm-cut"), "{cut:?}");
}

#[tokio::test]
async fn a_dry_run_asks_no_page() {
    let play = site(&["/"]).await;
    let before = play.snapshot().edge_requests.len();
    let outcome = play
        .run(&["--mode", "warm", "--dry-run", "--sitemap", "/sitemap.xml"])
        .await;
    assert!(
        outcome.verdict.title.starts_with("dry run: would ask "),
        "{outcome:?}"
    );
    assert_eq!(play.snapshot().edge_requests.len(), before);
}

#[tokio::test]
async fn a_domain_is_pointed_at_a_deployment_and_production_is_not() {
    let play = Play::start().await;
    let preview = play.run(&[]).await.output("deployment-id").to_owned();
    let alias = async |domain: &str, more: &[&str]| {
        let mode = [
            "--mode",
            "alias",
            "--deployment",
            &preview,
            "--domains",
            domain,
        ];
        play.run(&[&mode[..], more].concat()).await
    };
    let domain = play.sandbox.vercel.production_domain();
    let refused = alias(&domain, &[]).await;
    refused.assert(2, "serves production");
    let before = play.snapshot().aliases;
    let dry = alias("127.0.0.1:9", &["--dry-run"]).await;
    assert_eq!(
        dry.verdict.title,
        format!("dry run: would point 127.0.0.1:9 at {preview}")
    );
    assert_eq!(play.snapshot().aliases, before);
    // Nobody listens there, so that a visit is silent: a warning, and the alias is the proof.
    let outcome = alias("127.0.0.1:9", &[]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(play.snapshot().aliases["127.0.0.1:9"], preview);
    let again = alias("127.0.0.1:9", &[]).await;
    assert_eq!(
        (again.code, play.asked("POST", "/aliases")),
        (0, 1),
        "{again:?}"
    );
    let fault = Fault::on(Side::Vercel, "POST", "/v2/deployments/*/aliases").status(403);
    play.sandbox.vercel.add_fault(fault);
    let forbidden = alias("127.0.0.1:10", &[]).await;
    forbidden.assert(3, "may not do this");
}

#[tokio::test]
async fn status_says_what_production_does_and_changes_nothing() {
    let play = Play::start().await;
    let (first, second) = play.second_version().await;
    let serving = play.run(&["--mode", "status"]).await;
    assert_eq!(
        (serving.code, serving.output("state")),
        (0, "serving"),
        "{serving:?}"
    );
    assert_eq!(serving.output("production-deployment-id"), second);
    let other = play
        .run(&["--mode", "status", "--deployment", &first])
        .await;
    other.assert(1, "production does not serve");
    let writes = play.asked("POST", "");
    play.build("third");
    let third = play.stage().await;
    play.sandbox.vercel.add_mishap(Mishap::AliasError);
    assert_eq!(play.promote(&third).await.code, 1);
    let failed = play.run(&["--mode", "status"]).await;
    assert_eq!(
        (failed.output("state"), failed.output("conclusion")),
        ("failed", "warn")
    );
    assert!(play.asked("POST", "") > writes);
    let writes = play.asked("POST", "");
    assert_eq!(play.run(&["--mode", "rollback"]).await.code, 0);
    assert_eq!(play.asked("POST", ""), writes + 1);
    let back = play.run(&["--mode", "status"]).await;
    assert!(back.rules().contains(&"auto-assign-off"), "{back:?}");
    assert_eq!(play.asked("POST", ""), writes + 1, "status only asks");
}
