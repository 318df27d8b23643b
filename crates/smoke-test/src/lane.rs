//! Walks the steps of a lane: what a step captures is there for the next one, and the first that fails ends the lane but for
//! its clean-up.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use http_client::{Deadline, Secret};

use crate::{
    attempt::{Attempt, Expected, Failure},
    capture::Captured,
    jar::Jar,
    plan::{Check, Form, Lane, Step},
    probe::Prober,
    repeat::{End, Settled, persist},
    variables::{Variables, text},
    world::World,
};

/// The time that cleaning up has at least, also when the deadline is over.
const CLEAN_UP: Duration = Duration::from_secs(10);

/// What a lane is walked with.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    /// Sends the requests.
    pub prober: &'a Prober,
    /// The deployment.
    pub world: &'a World,
    /// The version that must answer.
    pub expected: Option<Expected<'a>>,
    /// Shared with all other lanes.
    pub deadline: Deadline,
    /// Passing answers in a row that each check needs.
    pub samples: u32,
    /// In `0.0..1.0`: keeps lanes that failed together from coming back together.
    pub spread: f64,
}

impl Walk<'_> {
    /// Asks the lane's steps. Gives what came of each; `None` for one that was not asked.
    pub async fn along(self, lane: &Lane) -> Vec<Option<Settled>> {
        let mut variables = Arc::clone(&lane.variables);
        let jar = lane.linked.then(Mutex::<Jar>::default);
        let mut settled = Vec::with_capacity(lane.steps.len());
        let (mut failed, mut deadline) = (false, self.deadline);
        for step in &lane.steps {
            if failed && !step.always {
                settled.push(None);
                continue;
            }
            let check = match self.check(step, &variables) {
                Ok(check) => check,
                // It cleans up what was never made.
                Err(_) if failed => {
                    settled.push(None);
                    continue;
                }
                Err(reason) => {
                    failed = true;
                    settled.push(Some(unmade(&reason)));
                    continue;
                }
            };
            let one = self.ask(&check, deadline, jar.as_ref()).await;
            match &one.end {
                End::Passed(pass) => self.keep(&pass.captured, &mut variables),
                End::Walled(_) => {
                    settled.push(Some(one));
                    break;
                }
                End::Failed(_) if !failed => {
                    failed = true;
                    deadline = Deadline::after(deadline.remaining().max(CLEAN_UP));
                }
                End::Failed(_) => {}
            }
            settled.push(Some(one));
        }
        settled.resize(lane.steps.len(), None);
        settled
    }

    async fn ask(&self, check: &Check, deadline: Deadline, jar: Option<&Mutex<Jar>>) -> Settled {
        // What must not be sent twice is not sampled either.
        let samples = if check.method.is_safe() {
            self.samples
        } else {
            1
        };
        persist(deadline, samples, self.spread, async || -> Attempt {
            self.prober.ask(check, self.expected, jar).await
        })
        .await
    }

    /// The check of a step with what was captured so far.
    fn check(&self, step: &Step, variables: &Variables) -> Result<Arc<Check>, String> {
        let template = match &step.form {
            Form::Ready(check) => return Ok(Arc::clone(check)),
            Form::Open(template) => template,
        };
        let made = template.make(self.world, variables, &mut |_| {});
        made.map(Arc::new).map_err(|problems| {
            let said: Vec<_> = problems
                .into_iter()
                .map(|problem| problem.message)
                .collect();
            self.prober.redactor().redact(&said.join("; "))
        })
    }

    fn keep(&self, captured: &[Captured], variables: &mut Arc<Variables>) {
        for one in captured {
            let variables = Arc::make_mut(variables);
            if !one.redact {
                variables.set(&one.name, one.value.clone());
                continue;
            }
            self.prober.hide(&Secret::new(text(&one.value)));
            variables.set_secret(&one.name, one.value.clone());
        }
    }
}

/// A step that could not even be asked.
fn unmade(reason: &str) -> Settled {
    let message = format!("cannot be asked with what was captured: {reason}");
    let failure = Failure::without_answer("capture", message);
    Settled {
        tries: 0,
        failed: 0,
        took: Vec::new(),
        ttfb: Vec::new(),
        end: End::Failed(failure),
    }
}
