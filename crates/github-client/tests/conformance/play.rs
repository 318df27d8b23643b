//! A sandbox in which everything exists once, so that every operation has something to answer.

use github_client::{Client, Options as ClientOptions};
use http_client::Secret;
use sandbox::github::{ChangedFile, GitHub, Identity, Member, NewPull, Reviewer, Role, RunSpec};
use sandbox::{Options, Sandbox};

pub(crate) const BASE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const HEAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
pub(crate) const RUN: u64 = 7_001;

/// Recording from its start.
pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) artifact: u64,
}

impl Play {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let github = &sandbox.github;
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
        github.start_run(RunSpec::release(RUN, HEAD));
        github.record_job(RUN, "build", Some("success")).unwrap();
        let artifact = github.add_artifact(RUN, "verdict-smoke", vec![1]).unwrap();
        github.put_content("app/page.tsx", "main", "x");
        github
            .review_pull_request(1, "reviewer", "APPROVED", HEAD)
            .unwrap();
        let reviewers = [
            Reviewer::User("release-manager".to_owned()),
            Reviewer::Team("release".to_owned()),
        ];
        github.add_environment("production", reviewers, true);
        github.add_environment("staging", [], false);
        github.request_deployment_review(RUN, "production").unwrap();
        let member = |login: &str, active| Member {
            login: login.to_owned(),
            maintainer: false,
            active,
        };
        github.set_team(
            "release",
            vec![member("reviewer", true), member("newcomer", false)],
        );
        github.set_role("admin", Role::Admin);
        github.record_exchanges();
        Self { sandbox, artifact }
    }

    pub(crate) fn github(&self) -> &GitHub {
        &self.sandbox.github
    }

    /// Our client, as somebody.
    pub(crate) fn client(&self, who: &Identity) -> Client {
        let token = Secret::new(who.token());
        let options = ClientOptions::new(&self.github().api_url(), "stagegate/setlist", token);
        Client::new(&options).unwrap()
    }
}
