//! What every mode works with: the plan, the way to Vercel, the deadline, the books, and how a run stops early.

use gate::{Context, Problem};
use http_client::Deadline;
use vercel_client::{Deployment, Vercel};
use verdict::{Evidence, EvidenceState, Finding, Level, Source};

use crate::{connect::web_address, github::Record, ledger::Ledger, plan::Plan};

/// One run against Vercel.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    pub(crate) context: &'a Context,
    pub(crate) plan: &'a Plan,
    pub(crate) vercel: Vercel,
    pub(crate) deadline: Deadline,
    pub(crate) ledger: Ledger,
    /// GitHub's entry for this deployment, once there is one.
    pub(crate) github: Option<Record>,
}

/// Why a mode ends without an answer.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It was asked for what cannot be: exit code 2.
    Usage(Vec<Problem>),
    /// It could not find out: exit code 3.
    Undecided(Vec<Problem>),
}

impl Stop {
    pub(crate) fn usage(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Usage(vec![Problem::new(message).fix(fix)])
    }

    pub(crate) fn undecided(message: impl Into<String>) -> Self {
        Self::Undecided(vec![Problem::new(message)])
    }
}

impl From<gate::Error> for Stop {
    fn from(error: gate::Error) -> Self {
        match error {
            gate::Error::Usage(problems) => Self::Usage(problems),
            gate::Error::Undecided(problems) => Self::Undecided(problems),
        }
    }
}

impl From<vercel_client::Error> for Stop {
    fn from(error: vercel_client::Error) -> Self {
        Self::undecided(error.to_string())
    }
}

impl From<build_output::Error> for Stop {
    fn from(error: build_output::Error) -> Self {
        Self::undecided(error.to_string())
    }
}

impl Session<'_> {
    /// Enters a deployment in the outputs.
    pub(crate) fn enter(&mut self, deployment: &Deployment) {
        let ledger = &mut self.ledger;
        ledger.output("deployment-id", &deployment.id);
        ledger.output("url", web_address(&deployment.url));
        ledger.output(
            "inspector-url",
            deployment.inspector_url.as_deref().unwrap_or_default(),
        );
        self.enter_state(deployment);
    }

    /// Enters what may have changed since; the address stays the domain that was proven.
    pub(crate) fn enter_state(&mut self, deployment: &Deployment) {
        let substate = deployment
            .ready_substate
            .map_or_else(String::new, |state| state.to_string());
        self.ledger.output("ready-state", deployment.ready_state);
        self.ledger.output("substate", substate);
    }

    /// Says what begins now, and what holds if it is cut short.
    pub(crate) fn step(&mut self, doing: impl Into<String>, resume: impl Into<String>) {
        self.ledger.step(self.deadline.elapsed(), doing, resume);
    }

    /// Adds a finding.
    pub(crate) fn find(&mut self, finding: Finding) {
        self.ledger.findings.push(finding);
    }

    /// Whether something was found that speaks against going on.
    pub(crate) fn failed(&self) -> bool {
        let findings = &self.ledger.findings;
        findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// Notes what an API answer said as evidence.
    pub(crate) fn witness(&mut self, path: &str, note: impl Into<String>) {
        self.ledger.evidence.push(Evidence {
            source: Source::Url(self.vercel.address(path)),
            sha256: None,
            bytes: None,
            state: EvidenceState::Clean,
            note: Some(note.into()),
        });
    }
}
