//! Promote and rollback: an alias job that Vercel accepts at once and finishes later.
//! The acceptance proves nothing. `lastAliasRequest` goes pending, in-progress, then succeeded, failed or skipped, one step
//! per poll of the API, and only the alias itself says what production serves.

use serde::Serialize;

use super::{
    answer::Refusal,
    deployment::{ReadyState, Target},
    state::State,
};

/// Promote or rollback, as `lastAliasRequest.type` writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Towards a deployment that was staged; turns automatic assignment of domains on.
    Promote,
    /// Back to one that served before; turns automatic assignment of domains off.
    Rollback,
}

/// How far an alias job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobStatus {
    /// Accepted.
    Pending,
    /// Domains are moving.
    InProgress,
    /// They have moved.
    Succeeded,
    /// At least one did not.
    Failed,
    /// There was nothing to move.
    Skipped,
}

/// The project's `lastAliasRequest`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AliasRequest {
    /// How far it is.
    pub job_status: JobStatus,
    /// What was asked.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Milliseconds since 1970.
    pub requested_at: i64,
    /// The deployment that served when it was asked.
    pub from_deployment_id: Option<String>,
    /// The one that is to serve.
    pub to_deployment_id: String,
}

/// The running job.
#[derive(Debug)]
pub(crate) struct Job {
    fails: bool,
    polls: u32,
}

/// How a promote was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// 201.
    Now,
    /// 202: behind the active rolling release.
    Queued,
}

impl State {
    /// Accepts a promote, or says why not.
    pub(crate) fn promote(&mut self, id: &str, now: i64) -> Result<Accepted, Refusal> {
        let id = self.eligible(id)?;
        if let Some(release) = self.release.as_mut().filter(|release| release.is_active()) {
            if release.canary == id {
                return Err(Refusal::conflict("This deployment is already rolling out"));
            }
            release.queued = Some(id);
            return Ok(Accepted::Queued);
        }
        self.idle()?;
        if self.rolling.is_some() && self.production().is_some_and(|current| current != id) {
            self.auto_assign = true;
            self.begin_release(&id, now);
        } else {
            self.begin_job(Kind::Promote, id, false, now);
        }
        Ok(Accepted::Now)
    }

    /// Accepts a rollback, or says why not. It is also how a rolling release is aborted.
    pub(crate) fn roll_back(&mut self, id: &str, now: i64) -> Result<(), Refusal> {
        let id = self.eligible(id)?;
        self.idle()?;
        if self.deployment(&id)?.substate != Some(super::deployment::Substate::Promoted) {
            return Err(Refusal::unprocessable(
                "A rollback goes to a deployment that has served production",
            ));
        }
        let split = self.abort_release(now);
        self.begin_job(Kind::Rollback, id, split, now);
        Ok(())
    }

    fn eligible(&self, id: &str) -> Result<String, Refusal> {
        let deployment = self.deployment(id)?;
        if deployment.target != Target::Production {
            return Err(Refusal::unprocessable(
                "Only a deployment whose target is production can be promoted",
            ));
        }
        if deployment.state != ReadyState::Ready {
            return Err(Refusal::conflict("The deployment is not READY"));
        }
        Ok(deployment.id.clone())
    }

    fn idle(&self) -> Result<(), Refusal> {
        match &self.job {
            None => Ok(()),
            Some(_) => Err(Refusal::conflict(
                "Another promote or rollback is in progress",
            )),
        }
    }

    /// `split` says that production was split until now, so that there is work to do even towards the same deployment.
    fn begin_job(&mut self, kind: Kind, to: String, split: bool, now: i64) {
        let from = self.production().map(str::to_owned);
        let nothing_to_do = !split && from.as_deref() == Some(&to);
        if nothing_to_do {
            self.auto_assign = kind == Kind::Promote;
        } else {
            let fails = self.mishaps.alias_error();
            self.job = Some(Job { fails, polls: 0 });
        }
        self.last_alias_request = Some(AliasRequest {
            job_status: if nothing_to_do {
                JobStatus::Skipped
            } else {
                JobStatus::Pending
            },
            kind,
            requested_at: now,
            from_deployment_id: from,
            to_deployment_id: to,
        });
    }

    /// One poll of anything that shows the job: the project, an alias or a deployment.
    pub(crate) fn step_job(&mut self, now: i64) {
        let (Some(job), Some(request)) = (&mut self.job, &mut self.last_alias_request) else {
            return;
        };
        job.polls = job.polls.saturating_add(1);
        let timings = self.timings;
        if job.polls <= timings.alias_pending {
            return;
        }
        if job.polls <= timings.alias_pending + timings.alias_moving {
            request.job_status = JobStatus::InProgress;
            return;
        }
        let fails = job.fails;
        self.job = None;
        request.job_status = if fails {
            JobStatus::Failed
        } else {
            JobStatus::Succeeded
        };
        if !fails {
            let (kind, to) = (request.kind, request.to_deployment_id.clone());
            self.auto_assign = kind == Kind::Promote;
            self.move_production(&to, now);
        }
    }
}
