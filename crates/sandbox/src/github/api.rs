//! The REST API: one table of routes, one file per resource.

mod artifacts;
mod check_shape;
mod checks;
mod comments;
mod commit_statuses;
mod commits;
mod compare;
mod contents;
mod deployment_statuses;
mod deployments;
mod environments;
mod people;
mod pull_shape;
mod pulls;
mod repository;
mod reviews;
mod runs;

use http::Method;
use serde_json::json;

use super::call::{Answer, Call, Outcome, Refusal};
use super::identity::Identity;
use super::state::{Role, State};

/// Answers a request by its method and decoded path segments; GitHub says 404 to what it does not know.
///
/// # Errors
/// The refusal to send.
pub(super) fn answer(
    state: &mut State,
    call: &Call<'_>,
    method: &Method,
    path: &[String],
) -> Outcome {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (method.as_str(), path.as_slice()) {
        ("GET", ["user"]) => people::user(call),
        ("GET", ["versions"]) => Ok(Answer::ok(json!([super::server::API_VERSION]))),
        ("GET", ["orgs", org, "teams", slug, "members"]) => {
            people::team_members(state, call, org, slug)
        }
        ("GET", ["orgs", org, "teams", slug, "memberships", login]) => {
            people::team_membership(state, call, org, slug, login)
        }
        (method, ["repos", owner, name, rest @ ..])
            if owner.eq_ignore_ascii_case(&call.links.owner)
                && name.eq_ignore_ascii_case(&call.links.name) =>
        {
            in_repository(state, call, method, rest)
        }
        _ => Err(Refusal::not_found()),
    }
}

fn in_repository(state: &mut State, call: &Call<'_>, method: &str, path: &[&str]) -> Outcome {
    match (method, path) {
        ("GET", []) => repository::get(state, call),

        ("GET", ["pulls"]) => pulls::list(state, call),
        ("GET", ["pulls", number]) => pulls::get(state, call, id(number)?),
        ("GET", ["pulls", number, "commits"]) => pulls::commits(state, call, id(number)?),
        ("GET", ["pulls", number, "files"]) => pulls::files(state, call, id(number)?),
        ("GET", ["pulls", number, "reviews"]) => pulls::reviews(state, call, id(number)?),

        ("GET", ["commits"]) => commits::list(state, call),
        ("GET", ["commits", sha, "pulls"]) => pulls::of_commit(state, call, sha),
        // A ref may hold slashes, encoded or not.
        ("GET", ["commits", reference @ .., "check-runs"]) => {
            checks::of_ref(state, call, &reference.join("/"))
        }
        ("GET", ["commits", reference @ .., "status"]) => {
            commit_statuses::combined(state, call, &reference.join("/"))
        }
        ("GET", ["commits", reference @ .., "statuses"]) => {
            commit_statuses::list(state, call, &reference.join("/"))
        }
        ("GET", ["commits", reference @ ..]) if !reference.is_empty() => {
            commits::get(state, call, &reference.join("/"))
        }
        ("GET", ["compare", basehead @ ..]) => compare::get(state, call, &basehead.join("/")),
        ("POST", ["statuses", sha]) => commit_statuses::create(state, call, sha),

        ("GET", ["issues", "comments", number]) => comments::get(state, call, id(number)?),
        // GitHub takes POST where clients lack PATCH, and octocrab counts on it here.
        ("PATCH" | "POST", ["issues", "comments", number]) => {
            comments::update(state, call, id(number)?)
        }
        ("DELETE", ["issues", "comments", number]) => comments::delete(state, call, id(number)?),
        ("GET", ["issues", number, "comments"]) => comments::list(state, call, id(number)?),
        ("POST", ["issues", number, "comments"]) => comments::create(state, call, id(number)?),

        ("POST", ["check-runs"]) => checks::create(state, call),
        ("GET", ["check-runs", number]) => checks::get(state, call, id(number)?),
        ("PATCH", ["check-runs", number]) => checks::update(state, call, id(number)?),
        ("GET", ["check-runs", number, "annotations"]) => {
            checks::annotations(state, call, id(number)?)
        }

        ("GET", ["deployments"]) => deployments::list(state, call),
        ("POST", ["deployments"]) => deployments::create(state, call),
        ("GET", ["deployments", number]) => deployments::get(state, call, id(number)?),
        ("GET", ["deployments", number, "statuses"]) => {
            deployment_statuses::list(state, call, id(number)?)
        }
        ("POST", ["deployments", number, "statuses"]) => {
            deployment_statuses::create(state, call, id(number)?)
        }
        ("GET", ["deployments", number, "statuses", status]) => {
            deployment_statuses::get(state, call, id(number)?, id(status)?)
        }

        ("GET", ["environments"]) => environments::list(state, call),
        ("GET", ["environments", name]) => environments::get(state, call, name),

        ("GET", ["actions", "runs"]) => runs::list(state, call, None),
        ("GET", ["actions", "workflows", workflow, "runs"]) => {
            runs::list(state, call, Some(workflow))
        }
        ("GET", ["actions", "runs", number]) => runs::get(state, call, id(number)?),
        ("GET", ["actions", "runs", number, "jobs"]) => runs::jobs(state, call, id(number)?),
        ("GET", ["actions", "runs", number, "artifacts"]) => {
            artifacts::of_run(state, call, id(number)?)
        }
        ("GET", ["actions", "runs", number, "pending_deployments"]) => {
            reviews::pending(state, call, id(number)?)
        }
        ("POST", ["actions", "runs", number, "pending_deployments"]) => {
            reviews::decide(state, call, id(number)?)
        }
        ("GET", ["actions", "runs", number, "approvals"]) => {
            reviews::approvals(state, call, id(number)?)
        }
        ("GET", ["actions", "artifacts"]) => Ok(artifacts::list(state, call)),
        ("GET", ["actions", "artifacts", number]) => artifacts::get(state, call, id(number)?),
        ("GET", ["actions", "artifacts", number, "zip"]) => {
            artifacts::download(state, call, id(number)?)
        }

        ("GET", ["collaborators"]) => people::collaborators(state, call),
        ("GET", ["collaborators", login]) => people::is_collaborator(state, login),
        ("GET", ["collaborators", login, "permission"]) => people::permission(state, call, login),

        ("GET", ["contents", path @ ..]) => contents::get(state, call, &path.join("/")),
        _ => Err(Refusal::not_found()),
    }
}

fn id(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}

/// Lets only identities through that may write to the repository.
fn need_write(state: &State, call: &Call<'_>) -> Result<(), Refusal> {
    let may = match call.who {
        Identity::Actions => true,
        Identity::ReadOnly => false,
        Identity::Person(login) => state.role(login) >= Role::Write,
    };
    if may {
        Ok(())
    } else {
        Err(Refusal::forbidden(call.who))
    }
}
