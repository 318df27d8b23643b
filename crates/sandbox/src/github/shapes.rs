//! The JSON of accounts, teams, apps and the repository, complete as GitHub's OpenAPI description demands.
//!
//! Typed clients fail on a missing `events_url` as they do on a missing id, so nothing mandatory is left out, however dull.

use serde_json::{Map, Value, json};

use super::identity::{ACTIONS_APP_ID, account_id, stable_id};
use super::links::Links;

/// When everything that has no history of its own was created.
pub(super) const EPOCH: &str = "2026-01-01T00:00:00Z";

/// A node id: opaque to clients, unique per kind and id.
pub(super) fn node_id(kind: &str, id: u64) -> String {
    format!("SB_{kind}_{id}")
}

/// A `simple-user`.
pub(super) fn account(links: &Links, login: &str) -> Value {
    let kind = if login.ends_with("[bot]") {
        "Bot"
    } else if login == links.owner {
        "Organization"
    } else {
        "User"
    };
    let id = account_id(login);
    let escaped = login.replace('[', "%5B").replace(']', "%5D");
    let url = format!("{}/users/{escaped}", links.api);
    json!({
        "login": login,
        "id": id,
        "node_id": node_id("U", id),
        "avatar_url": format!("{}/_sandbox/avatars/{id}", links.api),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{}/{escaped}", links.api),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": kind,
        "user_view_type": "public",
        "site_admin": false,
    })
}

/// A `team`.
pub(super) fn team(links: &Links, slug: &str) -> Value {
    let id = stable_id(slug);
    let url = format!("{}/orgs/{}/teams/{slug}", links.api, links.owner);
    json!({
        "id": id,
        "node_id": node_id("T", id),
        "name": slug,
        "slug": slug,
        "description": null,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "push",
        "url": url,
        "html_url": format!("{}/orgs/{}/teams/{slug}", links.api, links.owner),
        "members_url": format!("{url}/members{{/member}}"),
        "repositories_url": format!("{url}/repos"),
        "parent": null,
        "type": "organization",
        "organization_id": account_id(&links.owner),
    })
}

/// The app with a slug, as check runs carry it.
pub(super) fn app(links: &Links, slug: &str) -> Value {
    let id = app_id(slug);
    let mut owner = account(
        links,
        if slug == "github-actions" {
            "github"
        } else {
            slug
        },
    );
    // Where a check run is created, the description knows no such field of its app's owner.
    owner
        .as_object_mut()
        .map(|owner| owner.remove("user_view_type"));
    json!({
        "id": id,
        "slug": slug,
        "client_id": format!("Iv1.{id:016x}"),
        "node_id": node_id("A", id),
        "owner": owner,
        "name": if slug == "github-actions" { "GitHub Actions" } else { slug },
        "description": "",
        "external_url": "https://docs.github.com/actions",
        "html_url": format!("{}/apps/{slug}", links.api),
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "permissions": { "checks": "write", "contents": "read", "metadata": "read" },
        "events": ["check_run", "check_suite"],
    })
}

/// The id of an app.
pub(super) fn app_id(slug: &str) -> u64 {
    if slug == "github-actions" {
        ACTIONS_APP_ID
    } else {
        stable_id(slug)
    }
}

/// The id of the repository.
pub(super) fn repository_id(links: &Links) -> u64 {
    stable_id(&links.full_name())
}

/// Link fields of a repository and what follows its address.
const REPOSITORY_LINKS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

/// A `minimal-repository`.
pub(super) fn minimal_repository(links: &Links) -> Value {
    let mut repository = Map::new();
    let id = repository_id(links);
    repository.insert("id".to_owned(), id.into());
    repository.insert("node_id".to_owned(), node_id("R", id).into());
    repository.insert("name".to_owned(), links.name.clone().into());
    repository.insert("full_name".to_owned(), links.full_name().into());
    repository.insert("owner".to_owned(), account(links, &links.owner));
    repository.insert("private".to_owned(), false.into());
    repository.insert("html_url".to_owned(), links.html().into());
    repository.insert("description".to_owned(), Value::Null);
    repository.insert("fork".to_owned(), false.into());
    for (key, rest) in REPOSITORY_LINKS {
        repository.insert(key.to_owned(), format!("{}{rest}", links.repo()).into());
    }
    Value::Object(repository)
}

/// A `full-repository`, as asking for the repository has it.
pub(super) fn full_repository(links: &Links, default_branch: &str) -> Value {
    let mut repository = repository(links, default_branch);
    extend(
        &mut repository,
        json!({ "network_count": 0, "subscribers_count": 0 }),
    );
    repository
}

/// A `repository`, as pull requests carry it.
pub(super) fn repository(links: &Links, default_branch: &str) -> Value {
    let mut repository = minimal_repository(links);
    let html = links.html();
    let more = json!({
        "clone_url": format!("{html}.git"),
        "git_url": format!("{html}.git"),
        "ssh_url": format!("git@localhost:{}.git", links.full_name()),
        "svn_url": html,
        "mirror_url": null,
        "homepage": null,
        "language": "TypeScript",
        "license": null,
        "default_branch": default_branch,
        "forks": 0, "forks_count": 0,
        "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
        "open_issues": 0, "open_issues_count": 0,
        "size": 1,
        "has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false,
        "has_discussions": false, "has_downloads": false,
        "archived": false, "disabled": false, "visibility": "public",
        "pushed_at": EPOCH, "created_at": EPOCH, "updated_at": EPOCH,
    });
    extend(&mut repository, more);
    repository
}

/// Adds the fields of one object to another.
pub(super) fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
