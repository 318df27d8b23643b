//! A sandbox with one open pull request and a run, and a client that speaks to it as different people.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use sandbox::github::{ChangedFile, GitHub, Identity, Member, NewPull, Reviewer, Role, RunSpec};
use sandbox::{Options, Sandbox};
use serde_json::Value;

pub(crate) const BASE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const HEAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
pub(crate) const MERGE: &str = "cccccccccccccccccccccccccccccccccccccccc";
pub(crate) const RUN: u64 = 7_001;

/// What the tests play with.
pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) github: GitHub,
    pub(crate) client: Client,
}

impl Play {
    pub(crate) async fn start() -> Self {
        // Fails when another test was first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(Options::default()).await.expect("starts");
        let github = sandbox.github.clone();
        github.open_pull_request(NewPull {
            title: "Add a tour page".to_owned(),
            head_ref: "tour".to_owned(),
            base_sha: BASE.to_owned(),
            files: vec![ChangedFile {
                path: "app/tour/page.tsx".to_owned(),
                status: "added".to_owned(),
                additions: 12,
                deletions: 0,
                patch: Some("@@ -0,0 +1 @@\n+export {}".to_owned()),
            }],
            ..NewPull::new(1, HEAD)
        });
        github.start_run(run("author"));
        let reviewers = [
            Reviewer::User("release-manager".to_owned()),
            Reviewer::Team("release".to_owned()),
        ];
        github.add_environment("production", reviewers, true);
        github.add_environment("staging", [], false);
        github.set_team(
            "release",
            vec![member("reviewer", true), member("newcomer", false)],
        );
        github.set_role("admin", Role::Admin);
        let client = Client::builder()
            .user_agent("stagegate-tests")
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            sandbox,
            github,
            client,
        }
    }

    /// A request to the repository as the workflow's token.
    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.ask_as(&Identity::Actions, method, path)
    }

    /// A request to the repository as somebody.
    pub(crate) fn ask_as(&self, who: &Identity, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/repos/stagegate/setlist{path}", self.github.api_url());
        self.client.request(method, url).bearer_auth(who.token())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        expect(self.ask(Method::GET, path), StatusCode::OK).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        expect(
            self.ask(Method::POST, path).json(&body),
            StatusCode::CREATED,
        )
        .await
    }
}

pub(crate) fn run(actor: &str) -> RunSpec {
    RunSpec {
        actor: actor.to_owned(),
        ..RunSpec::release(RUN, HEAD)
    }
}

pub(crate) fn member(login: &str, active: bool) -> Member {
    Member {
        login: login.to_owned(),
        maintainer: false,
        active,
    }
}

/// Sends and insists on a status; the body as JSON.
pub(crate) async fn expect(request: RequestBuilder, status: StatusCode) -> Value {
    let response = request.send().await.expect("an answer");
    let got = response.status();
    let body = response.text().await.expect("a body");
    assert_eq!(got, status, "{body}");
    serde_json::from_str(&body).unwrap_or(Value::Null)
}

pub(crate) fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The fields named in an error document.
pub(crate) fn fields(document: &Value) -> Vec<String> {
    let errors = document["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .filter_map(|error| error["field"].as_str().map(str::to_owned))
        .collect()
}
