//! Rolling releases over HTTP: settings, state and the three moves.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner,
    answer::{Args, NoArgs, Refusal, Strict},
    now,
    project_api::known_project,
    rolling::{Advancement, Config, Release, Stage},
    state::State as Memory,
};

type Shared = State<Arc<Inner>>;

pub(super) async fn config(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    Ok(Json(
        json!({ "rollingRelease": show_config(inner.state().rolling.as_ref()) }),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ConfigBody {
    enabled: bool,
    advancement_type: Option<Advancement>,
    stages: Option<Vec<Stage>>,
}

pub(super) async fn configure(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<ConfigBody>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let rolling = match (body.enabled, body.advancement_type, body.stages) {
        (false, _, _) => None,
        (true, Some(advancement_type), Some(stages)) => {
            let config = Config {
                advancement_type,
                stages,
            };
            config.check()?;
            Some(config)
        }
        (true, _, _) => {
            return Err(Refusal::bad_request(
                "Invalid request: `advancementType` and `stages` are required",
            ));
        }
    };
    let mut state = inner.state();
    state.rolling = rolling;
    Ok(Json(
        json!({ "rollingRelease": show_config(state.rolling.as_ref()) }),
    ))
}

pub(super) async fn switch_off(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    inner.state().rolling = None;
    Ok(Json(json!({ "rollingRelease": null })))
}

pub(super) async fn billing(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let body = json!({ "availableSlots": "unlimited", "reason": "unlimited_slots" });
    Ok(Json(body))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateArgs {
    state: Option<String>,
}

pub(super) async fn state(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(args): Args<StateArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    state.poll_release(now());
    let shown = show(&state);
    if let Some(wanted) = &args.state {
        if !["ACTIVE", "COMPLETE", "ABORTED"].contains(&wanted.as_str()) {
            return Err(Refusal::bad_request(
                "Invalid request: `state` is ACTIVE, COMPLETE or ABORTED",
            ));
        }
        if shown["state"] != json!(wanted) {
            return Ok(Json(json!({ "rollingRelease": null })));
        }
    }
    Ok(Json(json!({ "rollingRelease": shown })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CanaryBody {
    canary_deployment_id: String,
}

/// Starts a release for a staged deployment; asked again for the same one it changes nothing.
pub(super) async fn start(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<CanaryBody>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    if state.rolling.is_none() {
        return Err(Refusal::bad_request(
            "Rolling releases are not enabled for this project",
        ));
    }
    let id = state.deployment(&body.canary_deployment_id)?.id.clone();
    let same = state
        .release
        .as_ref()
        .is_some_and(|release| release.is_active() && release.canary == id);
    if !same {
        if state.production().is_none_or(|current| current == id) {
            return Err(Refusal::conflict(
                "There is no other production deployment to release against",
            ));
        }
        state.promote(&id, now())?;
    }
    Ok(Json(json!({ "rollingRelease": show(&state) })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ApproveBody {
    next_stage_index: usize,
    canary_deployment_id: String,
    /// Sent by the CLI; must then be the stage that is active.
    active_stage_index: Option<usize>,
}

pub(super) async fn approve(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<ApproveBody>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    let active = state.release.as_ref().map(|release| release.stage);
    if body.active_stage_index.is_some() && body.active_stage_index != active {
        return Err(Refusal::bad_request(
            "Invalid request: `activeStageIndex` is not the active stage",
        ));
    }
    state.approve_stage(body.next_stage_index, &body.canary_deployment_id, now())?;
    Ok(Json(json!({ "rollingRelease": show(&state) })))
}

pub(super) async fn complete(
    State(inner): Shared,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<CanaryBody>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    state.complete_release(&body.canary_deployment_id, now())?;
    Ok(Json(json!({ "rollingRelease": show(&state) })))
}

fn show_config(config: Option<&Config>) -> Value {
    let Some(config) = config else {
        return Value::Null;
    };
    let stages: Vec<Value> = config
        .stages
        .iter()
        .map(|stage| {
            let approval = config.advancement_type == Advancement::ManualApproval && stage.target_percentage < 100;
            json!({ "targetPercentage": stage.target_percentage, "requireApproval": approval, "duration": stage.duration })
        })
        .collect();
    json!({ "target": "production", "advancementType": config.advancement_type, "stages": stages })
}

fn show(state: &Memory) -> Value {
    let Some(release) = &state.release else {
        return Value::Null;
    };
    let deployment = |id: &str| {
        state.find(id).map(|found| {
            json!({ "id": found.id, "name": found.name, "url": found.url, "target": found.target.as_str(),
                "readyState": found.state, "readyStateAt": found.ready, "createdAt": found.created, "source": "cli" })
        })
    };
    let active = release.is_active();
    let stage = |index: usize| {
        if active {
            release.stage_json(index)
        } else {
            Value::Null
        }
    };
    json!({
        "state": release.state,
        "substate": null,
        "advancementType": release.config.advancement_type,
        "stages": stages(release),
        "activeStage": stage(release.stage),
        "nextStage": stage(release.stage + 1),
        "currentCanaryPercentage": release.percentage(),
        "currentDeployment": deployment(&release.stable),
        "canaryDeployment": deployment(&release.canary),
        "queuedDeploymentId": release.queued,
        "startedAt": release.started,
        "updatedAt": release.updated,
    })
}

fn stages(release: &Release) -> Vec<Value> {
    (0..release.config.stages.len())
        .map(|index| release.stage_json(index))
        .collect()
}
