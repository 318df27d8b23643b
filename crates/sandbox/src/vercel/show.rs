//! The state as the API writes it. One function per resource, so that a field has one name everywhere.

use serde_json::{Value, json};

use super::{
    Inner, ORG, PROJECT, Protection,
    deployment::{Deployment, ReadyState, Target},
    state::{Alias, Environment, State},
};

/// Whose deployments these are; the account behind the token.
pub(super) fn creator() -> Value {
    json!({ "uid": "usr_sandbox", "username": "release-manager", "email": "release-manager@example.com" })
}

/// A deployment, as `GET /v13/deployments/{id}` writes it.
pub(super) fn deployment(inner: &Inner, state: &State, deployment: &Deployment) -> Value {
    let domains: Vec<&String> = state
        .aliases
        .iter()
        .filter(|(_, alias)| alias.deployment == deployment.id)
        .map(|(domain, _)| domain)
        .collect();
    let environment = match &deployment.target {
        Target::Custom(slug) => state
            .environments
            .iter()
            .find(|e| e.slug == *slug)
            .map(environment),
        _ => None,
    };
    let alias_check = match (&deployment.alias_error, deployment.alias_assigned) {
        (Some(_), _) => "failed",
        (None, Some(_)) => "succeeded",
        (None, None) => "pending",
    };
    json!({
        "id": deployment.id,
        "name": deployment.name,
        "url": deployment.url,
        "version": 2,
        "type": "LAMBDAS",
        "source": "cli",
        "public": false,
        "regions": ["iad1"],
        "readyState": deployment.state,
        "status": deployment.state,
        "readySubstate": deployment.substate,
        "target": deployment.target.as_str().filter(|_| deployment.target == Target::Production),
        "customEnvironment": environment,
        "meta": deployment.meta,
        "gitMetadata": deployment.git,
        "alias": domains,
        "aliasAssigned": deployment.alias_assigned.is_some(),
        "aliasAssignedAt": deployment.alias_assigned,
        "build": { "env": [] },
        "env": [],
        "plan": "pro",
        "projectSettings": {},
        "aliasError": deployment.alias_error.as_ref().map(|m| json!({ "code": "alias_failed", "message": m })),
        "checks": { "deployment-alias": { "state": alias_check, "startedAt": deployment.ready,
            "completedAt": deployment.alias_assigned } },
        "errorCode": deployment.error.as_ref().map(|_| "BUILD_FAILED"),
        "errorMessage": deployment.error,
        "project": { "id": PROJECT, "name": inner.project_name, "framework": null },
        "projectId": PROJECT,
        "ownerId": ORG,
        "team": { "id": ORG, "name": inner.team_slug, "slug": inner.team_slug },
        "creator": { "uid": "usr_sandbox", "username": "release-manager" },
        "inspectorUrl": format!("{}/inspect/{}", inner.api_url(), deployment.id),
        "originalDeploymentId": deployment.rebuilt_from,
        "createdAt": deployment.created,
        "buildingAt": deployment.created,
        "ready": deployment.ready,
    })
}

/// A deployment as lists write it.
pub(super) fn listed(inner: &Inner, state: &State, item: &Deployment) -> Value {
    let mut value = deployment(inner, state, item);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("uid".to_owned(), json!(item.id));
        fields.insert("state".to_owned(), json!(item.state));
        fields.insert("created".to_owned(), json!(item.created));
        fields.insert(
            "isRollbackCandidate".to_owned(),
            json!(state.is_rollback_candidate(item)),
        );
        for absent in [
            "id",
            "version",
            "alias",
            "regions",
            "team",
            "checks",
            "gitMetadata",
            "status",
            "public",
            "ownerId",
            "project",
            "aliasAssignedAt",
            "build",
            "env",
            "plan",
        ] {
            fields.remove(absent);
        }
        if let Some(environment) = fields.get_mut("customEnvironment")
            && environment.is_object()
        {
            *environment = json!({ "id": environment["id"], "slug": environment["slug"] });
        }
    }
    value
}

/// A deployment as its project writes it.
fn of_project(inner: &Inner, state: &State, item: &Deployment) -> Value {
    let mut value = deployment(inner, state, item);
    if let Some(fields) = value.as_object_mut() {
        for absent in [
            "aliasAssignedAt",
            "build",
            "checks",
            "customEnvironment",
            "env",
            "inspectorUrl",
            "ownerId",
            "project",
            "projectId",
            "projectSettings",
            "public",
            "ready",
            "regions",
            "source",
            "status",
            "team",
            "version",
        ] {
            fields.remove(absent);
        }
    }
    value
}

/// A custom environment.
pub(super) fn environment(environment: &Environment) -> Value {
    json!({
        "id": environment.id,
        "slug": environment.slug,
        "type": "preview",
        "description": environment.description,
        "domains": [{ "name": environment.domain, "verified": true, "projectId": PROJECT }],
        "createdAt": environment.created,
        "updatedAt": environment.created,
    })
}

/// A domain of the project; `environment` is the custom environment it belongs to.
pub(super) fn domain(state: &State, name: &str, environment: Option<&Environment>) -> Value {
    json!({
        "name": name,
        "apexName": name,
        "projectId": PROJECT,
        "redirect": null,
        "redirectStatusCode": null,
        "gitBranch": null,
        "customEnvironmentId": environment.map(|environment| environment.id.clone()),
        "verified": true,
        "createdAt": state.created,
        "updatedAt": state.created,
    })
}

/// A domain and where it points.
pub(super) fn alias(state: &State, name: &str, alias: &Alias) -> Value {
    let url = state.find(&alias.deployment).map(|found| &found.url);
    json!({
        "uid": alias.uid,
        "alias": name,
        "deploymentId": alias.deployment,
        "deployment": { "id": alias.deployment, "url": url },
        "projectId": PROJECT,
        "creator": creator(),
        "redirect": null,
        "created": timestamp(alias.created),
        "createdAt": alias.created,
        "updatedAt": alias.updated,
    })
}

/// As a JavaScript `Date` is written.
pub(super) fn timestamp(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// A domain of the team's own.
pub(super) fn team_domain(name: &str, created: i64) -> Value {
    json!({
        "id": name,
        "name": name,
        "verified": true,
        "nameservers": ["ns1.vercel-dns.com", "ns2.vercel-dns.com"],
        "intendedNameservers": ["ns1.vercel-dns.com", "ns2.vercel-dns.com"],
        "customNameservers": [],
        "serviceType": "zeit.world",
        "echMode": "auto",
        "userId": "usr_sandbox",
        "teamId": ORG,
        "creator": { "id": "usr_sandbox", "username": "release-manager", "email": "release-manager@example.com" },
        "boughtAt": null,
        "expiresAt": null,
        "renew": false,
        "createdAt": created,
    })
}

/// The project. `targets.production` is the deployment behind the production domain.
pub(super) fn project(inner: &Inner, state: &State) -> Value {
    let production = state
        .production()
        .and_then(|id| state.find(id))
        .map(|found| of_project(inner, state, found));
    let newest = state
        .deployments
        .iter()
        .rev()
        .take(10)
        .map(|found| of_project(inner, state, found));
    let rolled_back_to = state
        .last_alias_request
        .as_ref()
        .filter(|request| request.kind == super::Kind::Rollback)
        .map(|request| request.to_deployment_id.clone());
    let wall = match state.protection {
        Protection::None => Value::Null,
        Protection::Previews => {
            json!({ "deploymentType": "prod_deployment_urls_and_all_previews" })
        }
        Protection::All => json!({ "deploymentType": "all" }),
    };
    json!({
        "id": PROJECT,
        "name": inner.project_name,
        "accountId": ORG,
        "alias": [],
        "defaultResourceConfig": { "functionDefaultRegions": ["iad1"] },
        "deploymentExpiration": {},
        "resourceConfig": { "functionDefaultRegions": ["iad1"] },
        "framework": null,
        "nodeVersion": "22.x",
        "live": production.as_ref().is_some_and(|found| found["readyState"] == json!(ReadyState::Ready)),
        "autoAssignCustomDomains": state.auto_assign,
        "lastAliasRequest": state.last_alias_request,
        "lastRollbackTarget": rolled_back_to,
        "targets": production.map_or(json!({}), |found| json!({ "production": found })),
        "latestDeployments": newest.collect::<Vec<_>>(),
        "customEnvironments": state.environments.iter().map(environment).collect::<Vec<_>>(),
        "ssoProtection": wall,
        "protectionBypass": bypasses(state),
        "rollingRelease": state.rolling,
        "createdAt": state.created,
        "updatedAt": state.created,
    })
}

/// The secrets that open the wall, by secret.
pub(super) fn bypasses(state: &State) -> Value {
    let entry = |(index, bypass): (usize, &super::state::Bypass)| {
        let value = json!({ "createdAt": bypass.created, "createdBy": "usr_sandbox", "scope": "automation-bypass",
            "note": bypass.note, "isEnvVar": index == 0 });
        (bypass.secret.clone(), value)
    };
    state
        .bypasses
        .iter()
        .enumerate()
        .map(entry)
        .collect::<serde_json::Map<_, _>>()
        .into()
}
