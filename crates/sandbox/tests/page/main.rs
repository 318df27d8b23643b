//! The web page over HTTP: what it shows, how it protects its form, and that the form decides.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod browser;

use reqwest::{Client, StatusCode};
use sandbox::github::{Decision, Identity, NewPull, Reviewer, RunSpec};
use sandbox::{Options, Sandbox};
use serde_json::json;

const HEAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const HOSTILE: &str = "<script>alert(1)</script> <img src=x onerror=alert(2)>";

struct Visit {
    sandbox: Sandbox,
    client: Client,
}

impl Visit {
    async fn start() -> Self {
        // Fails when another test was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(Options::default()).await.expect("starts");
        let github = &sandbox.github;
        github.open_pull_request(NewPull {
            title: format!("Tour {HOSTILE}"),
            head_ref: "tour".to_owned(),
            base_sha: "a".repeat(40),
            ..NewPull::new(1, HEAD)
        });
        github.start_run(RunSpec::release(7, HEAD));
        let manager = Reviewer::User("release-manager".to_owned());
        github.add_environment("production", [manager], true);
        let client = Client::builder()
            .user_agent("stagegate-tests")
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { sandbox, client }
    }

    async fn page(&self) -> String {
        let response = self
            .client
            .get(self.sandbox.github.page_url())
            .send()
            .await
            .expect("a page");
        assert_eq!(response.status(), StatusCode::OK);
        response.text().await.expect("text")
    }

    async fn api(&self, path: &str, body: serde_json::Value) -> serde_json::Value {
        let url = format!(
            "{}/repos/stagegate/setlist{path}",
            self.sandbox.github.api_url()
        );
        let request = self
            .client
            .post(url)
            .bearer_auth(Identity::Actions.token())
            .json(&body);
        request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON")
    }

    async fn decide(&self, token: &str, decision: &str) -> StatusCode {
        let url = format!("{}_sandbox/review", self.sandbox.github.page_url());
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("run_id", "7")
            .append_pair("environment", "production")
            .append_pair("decision", decision)
            .append_pair("comment", "read & fine")
            .finish();
        let request = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        request.send().await.expect("an answer").status()
    }
}

/// The value of the form's hidden token.
fn token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a form");
    rest.split_once('"').expect("a value").0.to_owned()
}

#[tokio::test]
async fn the_page_shows_checks_annotations_comment_deployments_and_timeline() {
    let visit = Visit::start().await;
    visit.api("/issues/1/comments", json!({ "body": "<!-- key -->\n## Stagegate\n\n| gate | result |\n|---|---|\n| smoke | pass |" })).await;
    visit.api("/check-runs", json!({
        "name": "Bundle budget", "head_sha": HEAD, "conclusion": "failure",
        "output": { "title": "1 route over", "summary": "`/tour` is **too large**", "annotations": [{
            "path": "app/tour/page.tsx", "start_line": 3, "end_line": 3, "annotation_level": "failure",
            "message": "184 kB of 170 kB",
        }] },
    }))
    .await;
    let deployment = visit.api("/deployments", json!({ "ref": HEAD, "auto_merge": false, "required_contexts": [], "environment": "staging" })).await;
    visit
        .api(
            &format!("/deployments/{}/statuses", deployment["id"]),
            json!({ "state": "success", "environment_url": "http://127.0.0.1:4000/" }),
        )
        .await;
    let page = visit.page().await;
    for part in [
        "<h2>Stagegate</h2>",
        "<td>smoke</td>",
        "Bundle budget",
        "<strong>too large</strong>",
        "app/tour/page.tsx",
        "184 kB of 170 kB",
        "href=\"http://127.0.0.1:4000/\"",
        "Deployment to staging is success",
        "1 annotation<",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("&lt;!-- key"), "the marker is hidden");
}

#[tokio::test]
async fn foreign_text_is_never_markup_and_nothing_is_loaded() {
    let visit = Visit::start().await;
    visit
        .api("/issues/1/comments", json!({ "body": HOSTILE }))
        .await;
    visit.api("/check-runs", json!({
        "name": HOSTILE, "head_sha": HEAD, "conclusion": "failure", "details_url": "https://example.test/",
        "output": { "title": HOSTILE, "summary": HOSTILE, "text": HOSTILE, "annotations": [{
            "path": HOSTILE, "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": HOSTILE,
            "title": HOSTILE, "raw_details": HOSTILE,
        }] },
    }))
    .await;
    let page = visit.page().await;
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    for loading in ["src=", "url(", "@import", "<link rel=\"stylesheet"] {
        let escaped = page.replace("&lt;img src=x onerror=alert(2)&gt;", "");
        assert!(!escaped.contains(loading), "{loading}");
    }
    let response = visit
        .client
        .get(visit.sandbox.github.page_url())
        .send()
        .await
        .expect("a page");
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
}

#[tokio::test]
async fn the_form_approves_as_the_release_manager() {
    let visit = Visit::start().await;
    let github = &visit.sandbox.github;
    assert!(!visit.page().await.contains("<form"), "nothing waits");
    github
        .request_deployment_review(7, "production")
        .expect("waits");
    let page = visit.page().await;
    assert!(page.contains(">Approve</button>") && page.contains(">Reject</button>"));
    assert_eq!(
        visit.decide(&token(&page), "approved").await,
        StatusCode::SEE_OTHER
    );
    let review = github.wait_for_review(7, "production").await;
    assert_eq!(
        (review.user.as_str(), review.decision),
        ("release-manager", Decision::Approved)
    );
    assert_eq!(review.comment, "read & fine");
    let page = visit.page().await;
    assert!(!page.contains("<form") && page.contains("<q>read &amp; fine</q>"));
}

#[tokio::test]
async fn a_foreign_form_decides_nothing() {
    let visit = Visit::start().await;
    let github = &visit.sandbox.github;
    github
        .request_deployment_review(7, "production")
        .expect("waits");
    let token = token(&visit.page().await);
    assert_eq!(visit.decide("", "approved").await, StatusCode::FORBIDDEN);
    assert_eq!(
        visit.decide(&"0".repeat(token.len()), "approved").await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        visit.decide(&token, "perhaps").await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(github.snapshot().reviews.is_empty());
    assert_eq!(
        visit.decide(&token, "rejected").await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        visit.decide(&token, "approved").await,
        StatusCode::CONFLICT,
        "it no longer waits"
    );
    assert_eq!(github.snapshot().reviews.len(), 1);
}

#[tokio::test]
async fn the_version_moves_with_every_change() {
    let visit = Visit::start().await;
    let url = format!("{}_sandbox/version", visit.sandbox.github.page_url());
    let version = async || {
        visit
            .client
            .get(&url)
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text")
    };
    let before = version().await;
    assert_eq!(version().await, before);
    visit
        .api("/issues/1/comments", json!({ "body": "x" }))
        .await;
    assert_ne!(version().await, before);
}
