//! The page in a real browser: it follows what happens by itself, and its buttons decide. Needs Chromium, by `CHROME_PATH`
//! or on the path; without one only the HTTP tests count. `STAGEGATE_SCREENSHOT=FILE.png` keeps a picture.

use headless::{Tab, find};
use serde_json::json;

use super::{HEAD, HOSTILE, Visit};

/// A promise for the page: true as soon as the condition holds, whenever the document changes.
fn until(condition: &str) -> String {
    format!(
        "new Promise((done) => {{ const look = () => ({condition}) && done(true); \
         new MutationObserver(look).observe(document, {{ childList: true, subtree: true }}); look(); }})"
    )
}

#[tokio::test]
async fn a_person_watches_and_approves() {
    let Some(chrome) = find() else {
        println!("no Chromium: set CHROME_PATH to test the page in a browser");
        return;
    };
    let visit = Visit::start().await;
    let github = visit.sandbox.github.clone();
    let mut tab = Tab::open(chrome).await;
    tab.visit(&github.page_url()).await;
    assert!(
        tab.evaluate("document.title")
            .await
            .as_str()
            .is_some_and(|title| title.contains("Tour"))
    );

    let body = format!(
        "## Stagegate\n\n{HOSTILE}\n\n| gate | result |\n|---|---|\n| smoke | pass |\n\n<details><summary>more</summary>\n\nfolded\n\n</details>"
    );
    visit
        .api("/issues/1/comments", json!({ "body": body }))
        .await;
    visit
        .api(
            "/check-runs",
            json!({
                "name": "Bundle budget", "head_sha": HEAD, "conclusion": "failure",
                "output": { "title": "1 route over", "summary": "`/tour` is **too large**", "annotations": [{
                    "path": "app/tour/page.tsx", "start_line": 3, "end_line": 3,
                    "annotation_level": "failure", "title": "Budget", "message": "184 kB of 170 kB",
                }] },
            }),
        )
        .await;
    let deployment = visit
        .api(
            "/deployments",
            json!({ "ref": HEAD, "auto_merge": false, "required_contexts": [], "environment": "staging" }),
        )
        .await;
    let status = json!({ "state": "success", "environment_url": "http://127.0.0.1:4000/" });
    visit
        .api(
            &format!("/deployments/{}/statuses", deployment["id"]),
            status,
        )
        .await;
    github
        .request_deployment_review(7, "production")
        .expect("waits");
    let shown = until(
        "document.querySelector('.comment h2') && document.querySelector('button[value=approved]')",
    );
    assert_eq!(
        tab.evaluate(&shown).await,
        true,
        "the page follows by itself"
    );
    assert_eq!(
        tab.evaluate("document.querySelectorAll('img, main script').length")
            .await,
        0
    );

    // A change while somebody writes must not lose what is written.
    tab.evaluate("document.querySelector('textarea').value = 'looks good'")
        .await;
    visit
        .api("/issues/1/comments", json!({ "body": "### later" }))
        .await;
    assert_eq!(
        tab.evaluate(&until("document.querySelector('.comment h3')"))
            .await,
        true
    );
    assert_eq!(
        tab.evaluate("document.querySelector('textarea').value")
            .await,
        "looks good"
    );
    if let Some(path) = std::env::var_os("STAGEGATE_SCREENSHOT") {
        std::fs::write(path, tab.screenshot().await).expect("written");
    }

    assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
    let outside = |url: &&str| !url.starts_with(&github.page_url()) && !url.starts_with("data:");
    let requests = tab.requests();
    assert!(
        requests.len() > 1 && !requests.iter().any(outside),
        "{requests:?}"
    );

    tab.evaluate("document.querySelector('button[value=approved]').click()")
        .await;
    let review = github.wait_for_review(7, "production").await;
    assert_eq!(
        (review.user.as_str(), review.comment.as_str()),
        ("release-manager", "looks good")
    );
    let decided = until("!document.querySelector('form') && document.querySelector('q')");
    // The click leads to a new document, so the promise may have to be asked again.
    while !holds(&mut tab, &decided).await {}
    assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());
}

async fn holds(tab: &mut Tab, condition: &str) -> bool {
    let question = json!({ "expression": condition, "awaitPromise": true, "returnByValue": true });
    tab.try_call("Runtime.evaluate", question)
        .await
        .is_ok_and(|answer| answer["result"]["value"] == true)
}
