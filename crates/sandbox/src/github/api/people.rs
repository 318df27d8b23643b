//! People: the token's own account, collaborators and their roles, teams of the owner.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::identity::Identity;
use super::super::paging;
use super::super::shapes::{EPOCH, account, extend};
use super::super::state::{Member, Role, State};

/// The account of a personal token; an installation token has none.
pub(super) fn user(call: &Call<'_>) -> Outcome {
    if call.who.is_app() {
        return Err(Refusal::forbidden(call.who));
    }
    let mut user = account(call.links, call.who.login());
    let more = json!({
        "name": null, "company": null, "blog": null, "location": null, "email": null,
        "hireable": null, "bio": null, "twitter_username": null,
        "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "private_gists": 0, "total_private_repos": 0, "owned_private_repos": 0,
        "disk_usage": 0, "collaborators": 0, "two_factor_authentication": true,
        "created_at": EPOCH, "updated_at": EPOCH,
    });
    extend(&mut user, more);
    Ok(Answer::ok(user))
}

/// Everybody with a role; `permission` filters by at least that role.
pub(super) fn collaborators(state: &State, call: &Call<'_>) -> Outcome {
    let least = match call.query("permission") {
        Some("triage") => Role::Triage,
        Some("push") => Role::Write,
        Some("maintain") => Role::Maintain,
        Some("admin") => Role::Admin,
        _ => Role::Read,
    };
    let people = state.collaborators.iter();
    let people = people.filter(|(_, role)| **role >= least).collect();
    Ok(paging::list(call, people, |(login, role)| {
        let mut person = account(call.links, login);
        person["permissions"] = permissions(*role);
        person["role_name"] = role_name(*role).into();
        person
    }))
}

/// 204 for a collaborator, 404 for anybody else.
pub(super) fn is_collaborator(state: &State, login: &str) -> Outcome {
    if state.collaborators.contains_key(login) {
        Ok(Answer::no_content())
    } else {
        Err(Refusal::not_found())
    }
}

/// The old four-word permission and the exact role.
pub(super) fn permission(state: &State, call: &Call<'_>, login: &str) -> Outcome {
    let role = state.role(login);
    let permission = match role {
        Role::Read | Role::Triage => "read",
        Role::Write | Role::Maintain => "write",
        Role::Admin => "admin",
    };
    let mut user = account(call.links, login);
    user["permissions"] = permissions(role);
    user["role_name"] = role_name(role).into();
    Ok(Answer::ok(json!({
        "permission": permission,
        "role_name": role_name(role),
        "user": user,
    })))
}

/// Active members of a team; a workflow's token may not ask.
pub(super) fn team_members(state: &State, call: &Call<'_>, org: &str, slug: &str) -> Outcome {
    let members = team(state, call, org, slug)?;
    let active = members.iter().filter(|member| member.active).collect();
    Ok(paging::list(call, active, |member: &Member| {
        account(call.links, &member.login)
    }))
}

/// One membership, pending ones included.
pub(super) fn team_membership(
    state: &State,
    call: &Call<'_>,
    org: &str,
    slug: &str,
    login: &str,
) -> Outcome {
    let mut members = team(state, call, org, slug)?.iter();
    let member = members.find(|member| member.login.eq_ignore_ascii_case(login));
    let member = member.ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(json!({
        "url": format!("{}/orgs/{org}/teams/{slug}/memberships/{login}", call.links.api),
        "role": if member.maintainer { "maintainer" } else { "member" },
        "state": if member.active { "active" } else { "pending" },
    })))
}

fn team<'s>(
    state: &'s State,
    call: &Call<'_>,
    org: &str,
    slug: &str,
) -> Result<&'s [Member], Refusal> {
    match call.who {
        Identity::Person(_) => {}
        Identity::Actions | Identity::ReadOnly => return Err(Refusal::forbidden(call.who)),
    }
    let known = org.eq_ignore_ascii_case(&call.links.owner);
    let team = state.teams.get(slug).filter(|_| known);
    team.map(Vec::as_slice).ok_or_else(Refusal::not_found)
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Read => "read",
        Role::Triage => "triage",
        Role::Write => "write",
        Role::Maintain => "maintain",
        Role::Admin => "admin",
    }
}

fn permissions(role: Role) -> Value {
    json!({
        "pull": true,
        "triage": role >= Role::Triage,
        "push": role >= Role::Write,
        "maintain": role >= Role::Maintain,
        "admin": role >= Role::Admin,
    })
}
