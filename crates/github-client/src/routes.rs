//! Every operation the suite asks of GitHub, in one table. A request can be built from here only, so the
//! table is complete: `cargo xtask conformance github-openapi` holds each entry, and what the client makes
//! of it, against GitHub's own description.

use http::Method;
use url::Url;

/// Declares the operations, and the list of them all.
macro_rules! routes {
    ($($name:ident: $method:ident $template:literal,)*) => {
        /// An operation by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Route {
            $($name,)*
        }

        impl Route {
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub(crate) fn method(self) -> Method {
                match self {
                    $(Self::$name => Method::$method,)*
                }
            }

            /// The path as GitHub's description writes it.
            fn template(self) -> &'static str {
                match self {
                    $(Self::$name => $template,)*
                }
            }
        }
    };
}

routes! {
    Comments: GET "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    CreateComment: POST "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    UpdateComment: PATCH "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    DeleteComment: DELETE "/repos/{owner}/{repo}/issues/comments/{comment_id}",

    CheckRunsOfCommit: GET "/repos/{owner}/{repo}/commits/{ref}/check-runs",
    CheckRun: GET "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    CreateCheckRun: POST "/repos/{owner}/{repo}/check-runs",
    UpdateCheckRun: PATCH "/repos/{owner}/{repo}/check-runs/{check_run_id}",

    Deployments: GET "/repos/{owner}/{repo}/deployments",
    CreateDeployment: POST "/repos/{owner}/{repo}/deployments",
    DeploymentStatuses: GET "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    CreateDeploymentStatus: POST "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",

    Environment: GET "/repos/{owner}/{repo}/environments/{environment_name}",
    Run: GET "/repos/{owner}/{repo}/actions/runs/{run_id}",
    Approvals: GET "/repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
    PendingDeployments: GET "/repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
    Artifacts: GET "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    ArtifactsOfRepository: GET "/repos/{owner}/{repo}/actions/artifacts",
    DownloadArtifact: GET "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",

    Commits: GET "/repos/{owner}/{repo}/commits",
    Commit: GET "/repos/{owner}/{repo}/commits/{ref}",
    Compare: GET "/repos/{owner}/{repo}/compare/{basehead}",
    PullsOfCommit: GET "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    Pulls: GET "/repos/{owner}/{repo}/pulls",
    Pull: GET "/repos/{owner}/{repo}/pulls/{pull_number}",
    PullCommits: GET "/repos/{owner}/{repo}/pulls/{pull_number}/commits",
    PullFiles: GET "/repos/{owner}/{repo}/pulls/{pull_number}/files",
    TeamMembers: GET "/orgs/{org}/teams/{team_slug}/members",
}

/// Every operation this crate can ask for: the method, and the path as GitHub's OpenAPI description writes it.
pub fn operations() -> impl Iterator<Item = (Method, &'static str)> {
    Route::ALL
        .iter()
        .map(|route| (route.method(), route.template()))
}

impl Route {
    /// The operation's address below the API's base, whose own path is kept. `values` fill the placeholders
    /// after owner and repository, in order; each stays one segment, whatever it holds.
    pub(crate) fn url(self, base: &Url, owner: &str, name: &str, values: &[&str]) -> Url {
        let mut url = base.clone();
        let mut values = values.iter().copied();
        // Fails only for addresses without a host, which the client refuses at its start.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            for segment in self.template().split('/').skip(1) {
                path.push(match segment {
                    "{owner}" | "{org}" => owner,
                    "{repo}" => name,
                    // Dots would be left out; an empty segment is nothing's address, and 404.
                    placeholder if placeholder.starts_with('{') => values
                        .next()
                        .filter(|value| !matches!(*value, "." | ".."))
                        .unwrap_or_default(),
                    literal => literal,
                });
            }
        }
        debug_assert_eq!(values.next(), None, "too many values for {self:?}");
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_the_bases_path_and_escape_every_value() {
        let url = |base: &str, route: Route, values: &[&str]| {
            let base = base.parse().unwrap();
            route.url(&base, "acme", "web", values).to_string()
        };
        assert_eq!(
            url("https://api.github.com", Route::Pull, &["7"]),
            "https://api.github.com/repos/acme/web/pulls/7"
        );
        for base in ["https://ghe.example/api/v3", "https://ghe.example/api/v3/"] {
            assert_eq!(
                url(base, Route::TeamMembers, &["release"]),
                "https://ghe.example/api/v3/orgs/acme/teams/release/members"
            );
        }
        assert_eq!(
            url("https://x", Route::Commit, &["../feature/a b?#%2F"]),
            "https://x/repos/acme/web/commits/..%2Ffeature%2Fa%20b%3F%23%252F"
        );
    }

    #[test]
    fn a_value_of_dots_leads_nowhere() {
        let base = "https://x/api/v3".parse().unwrap();
        for (dots, expected) in [
            ("..", "teams//members"),
            (".", "teams//members"),
            ("%2e%2e", "teams/%252e%252e/members"),
        ] {
            let url = Route::TeamMembers.url(&base, "acme", "web", &[dots]);
            assert_eq!(url.path(), format!("/api/v3/orgs/acme/{expected}"));
        }
    }

    #[test]
    fn every_operation_is_there_once() {
        let mut all: Vec<String> = operations()
            .map(|(method, template)| format!("{method} {template}"))
            .collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
