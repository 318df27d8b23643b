//! Rolling releases: stages that give a canary a growing share of production's visitors.
//! Every promote starts one while they are configured; there is no abort but a rollback.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{answer::Refusal, deployment::Substate, state::State};

/// How a release goes from stage to stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advancement {
    /// After each stage's duration. The sandbox has no clock: the polls of [`Timings::stage`] stand for it.
    ///
    /// [`Timings::stage`]: super::Timings::stage
    Automatic,
    /// When somebody approves the next stage.
    ManualApproval,
}

/// One configured stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stage {
    /// The canary's share of visitors, 0 to 100.
    pub target_percentage: u8,
    /// Minutes, for automatic advancement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
}

/// A project's rolling-release settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// How stages follow each other.
    pub advancement_type: Advancement,
    /// Rising shares; the last is 100.
    pub stages: Vec<Stage>,
}

impl Config {
    /// Checks the rules that Vercel states for stages.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let shares: Vec<u8> = self
            .stages
            .iter()
            .map(|stage| stage.target_percentage)
            .collect();
        if shares.len() < 2 || shares.last() != Some(&100) {
            return Err(Refusal::bad_request(
                "Invalid request: `stages` needs at least two, the last at 100",
            ));
        }
        if shares.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Refusal::bad_request("Invalid request: `stages` must rise"));
        }
        let timed = self
            .stages
            .iter()
            .rev()
            .skip(1)
            .all(|stage| stage.duration.is_some());
        if self.advancement_type == Advancement::Automatic && !timed {
            return Err(Refusal::bad_request(
                "Invalid request: `stages[].duration` is required when automatic",
            ));
        }
        Ok(())
    }
}

/// Where a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReleaseState {
    /// Splitting visitors.
    Active,
    /// The canary serves everybody.
    Complete,
    /// Ended by a rollback.
    Aborted,
}

/// One rolling release.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// Where it is.
    pub state: ReleaseState,
    /// Index of the stage.
    pub stage: usize,
    /// Id of the new deployment.
    pub canary: String,
    /// Id of the one that served before.
    pub stable: String,
    /// GETs that showed this stage.
    #[serde(skip)]
    pub(crate) polls: u32,
    /// Id of the deployment that a promote put behind this release.
    pub queued: Option<String>,
    /// The settings it started with.
    pub config: Config,
    /// Milliseconds since 1970.
    pub started: i64,
    /// Milliseconds since 1970.
    pub updated: i64,
}

impl Release {
    pub(crate) fn is_active(&self) -> bool {
        self.state == ReleaseState::Active
    }

    /// The canary's share of visitors now.
    pub(crate) fn percentage(&self) -> u8 {
        match self.state {
            ReleaseState::Active => self
                .config
                .stages
                .get(self.stage)
                .map_or(0, |stage| stage.target_percentage),
            ReleaseState::Complete => 100,
            ReleaseState::Aborted => 0,
        }
    }

    /// A stage as the API shows it; live durations are in seconds where configured ones are in minutes.
    pub(crate) fn stage_json(&self, index: usize) -> Value {
        let Some(stage) = self.config.stages.get(index) else {
            return Value::Null;
        };
        let last = stage.target_percentage == 100;
        json!({
            "index": index,
            "targetPercentage": stage.target_percentage,
            "isFinalStage": last,
            "requireApproval": !last && self.config.advancement_type == Advancement::ManualApproval,
            "duration": stage.duration.filter(|_| !last).map(|minutes| minutes * 60),
        })
    }
}

impl State {
    /// Starts splitting visitors between what serves now and this deployment.
    pub(crate) fn begin_release(&mut self, id: &str, now: i64) {
        let (Some(config), Some(stable)) =
            (self.rolling.clone(), self.production().map(str::to_owned))
        else {
            return;
        };
        if let Some(deployment) = self.deployment_mut(id) {
            deployment.substate = Some(Substate::Rolling);
        }
        self.release = Some(Release {
            state: ReleaseState::Active,
            stage: 0,
            canary: id.to_owned(),
            stable,
            polls: 0,
            queued: None,
            config,
            started: now,
            updated: now,
        });
    }

    /// One poll of a release: one that advances by itself may be a stage further.
    pub(crate) fn poll_release(&mut self, now: i64) {
        let patience = self.timings.stage;
        let Some(release) = self.release.as_mut().filter(|release| {
            release.is_active() && release.config.advancement_type == Advancement::Automatic
        }) else {
            return;
        };
        release.polls = release.polls.saturating_add(1);
        if release.polls > patience {
            release.polls = 1;
            let (next, canary) = (release.stage + 1, release.canary.clone());
            // The stage after an active one is there: the last one has no end of its own.
            let _ = self.approve_stage(next, &canary, now);
        }
    }

    /// The active release, whose canary must be the one named.
    fn active_release(&mut self, canary: &str) -> Result<&mut Release, Refusal> {
        let release = self
            .release
            .as_mut()
            .filter(|release| release.is_active())
            .ok_or_else(|| Refusal::not_found("There is no active rolling release"))?;
        if release.canary != canary {
            return Err(Refusal::bad_request(
                "Invalid request: `canaryDeploymentId` is not the active canary",
            ));
        }
        Ok(release)
    }

    /// Goes to the next stage; the last one completes the release.
    pub(crate) fn approve_stage(
        &mut self,
        next: usize,
        canary: &str,
        now: i64,
    ) -> Result<(), Refusal> {
        let release = self.active_release(canary)?;
        if next != release.stage + 1 {
            let expected = release.stage + 1;
            return Err(Refusal::bad_request(format!(
                "Invalid request: `nextStageIndex` must be {expected}"
            )));
        }
        release.stage = next;
        release.updated = now;
        if release.percentage() == 100 {
            self.complete_release(canary, now)
        } else {
            Ok(())
        }
    }

    /// Gives the canary everybody, then starts the queued release if there is one.
    pub(crate) fn complete_release(&mut self, canary: &str, now: i64) -> Result<(), Refusal> {
        let release = self.active_release(canary)?;
        release.state = ReleaseState::Complete;
        release.stage = release.config.stages.len().saturating_sub(1);
        release.updated = now;
        let queued = release.queued.take();
        self.move_production(canary, now);
        if let Some(queued) = queued {
            self.begin_release(&queued, now);
        }
        Ok(())
    }

    /// Ends an active release with everybody back on the stable deployment; false when none was active. The canary
    /// keeps its substate ROLLING: it has seen production and is still no candidate for a rollback.
    pub(crate) fn abort_release(&mut self, now: i64) -> bool {
        let Some(release) = self.release.as_mut().filter(|release| release.is_active()) else {
            return false;
        };
        release.state = ReleaseState::Aborted;
        release.queued = None;
        release.updated = now;
        true
    }
}
