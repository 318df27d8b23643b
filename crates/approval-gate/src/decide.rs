//! The decision: facts and policy in, an answer with every reason out. No clock, disk or network.

use verdict::{Approval, Conclusion, Finding, RecordedVerdict};

use crate::facts::Facts;
use crate::people;
use crate::policy::Policy;
use crate::proofs;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It may go.
    Approved,
    /// Everything else holds; somebody has to approve.
    Pending,
    /// Somebody said no.
    Rejected,
    /// A proof is missing or wrong.
    Blocked,
}

/// A requirement that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unmet {
    pub(crate) rule: &'static str,
    pub(crate) message: String,
    pub(crate) fix: &'static str,
    /// Whether waiting for a person mends it.
    pub(crate) waits: bool,
}

/// The answer and what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    /// Every requirement that does not hold, proofs first.
    pub(crate) unmet: Vec<Unmet>,
    /// The approvals that count.
    pub(crate) approvals: Vec<Approval>,
    /// The approvals that do not, and why.
    pub(crate) ignored: Vec<String>,
    /// The verdicts it rests on, sorted.
    pub(crate) verdicts: Vec<RecordedVerdict>,
}

impl Outcome {
    /// The word in output `decision`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Blocked => "blocked",
        }
    }

    /// What it means for the job.
    pub(crate) const fn conclusion(self) -> Conclusion {
        match self {
            Self::Approved => Conclusion::Pass,
            Self::Pending => Conclusion::Pending,
            Self::Rejected | Self::Blocked => Conclusion::Fail,
        }
    }
}

impl Unmet {
    pub(crate) fn new(rule: &'static str, message: String, fix: &'static str) -> Self {
        Self {
            rule,
            message,
            fix,
            waits: false,
        }
    }

    /// The same, when a person's review mends it.
    pub(crate) fn waits(mut self) -> Self {
        self.waits = true;
        self
    }
}

impl Decision {
    /// The answer in one line.
    pub(crate) fn title(&self, policy: &Policy) -> String {
        let environment = &policy.environment;
        match (self.outcome, self.unmet.as_slice()) {
            (Outcome::Approved, _) => {
                let who: Vec<_> = self.approvals.iter().map(|a| a.login.as_str()).collect();
                format!("approved for {environment} by {}", who.join(", "))
            }
            (Outcome::Pending, _) => format!("waiting for an approval for {environment}"),
            (Outcome::Rejected, _) => format!("rejected for {environment}"),
            (Outcome::Blocked, [only]) => only.message.clone(),
            (Outcome::Blocked, many) => format!("{} requirements do not hold", many.len()),
        }
    }

    /// Every reason, for people.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let unmet = self.unmet.iter().map(|unmet| {
            // A pending decision is nobody's mistake.
            let finding = if unmet.waits {
                Finding::notice(unmet.rule, &unmet.message)
            } else {
                Finding::error(unmet.rule, &unmet.message)
            };
            finding.fix(unmet.fix)
        });
        let ignored = self
            .ignored
            .iter()
            .map(|text| Finding::notice("approval-ignored", text));
        unmet.chain(ignored).collect()
    }
}

/// Decides.
pub(crate) fn decide(policy: &Policy, facts: &Facts) -> Decision {
    let reviewed = people::reviews(policy, facts);
    let rejected = !reviewed.vetoes.is_empty();
    let mut unmet = proofs::verdicts(policy, facts);
    unmet.extend(proofs::staging(policy, facts));
    unmet.extend(reviewed.vetoes);
    // Who was told no need not be told that a yes is missing too.
    if !rejected {
        unmet.extend(reviewed.unmet);
    }
    let outcome = if rejected {
        Outcome::Rejected
    } else if unmet.iter().any(|unmet| !unmet.waits) {
        Outcome::Blocked
    } else if unmet.is_empty() {
        Outcome::Approved
    } else {
        Outcome::Pending
    };
    let approvals = reviewed.counted.into_iter().map(|review| Approval {
        login: review.login,
        comment: review.comment,
    });
    let mut verdicts: Vec<_> = facts
        .verdicts
        .iter()
        .map(|judged| RecordedVerdict {
            gate: judged.gate.clone(),
            instance: judged.instance.clone(),
            conclusion: judged.conclusion,
            sha256: judged.sha256.clone(),
        })
        .collect();
    verdicts.sort();
    Decision {
        outcome,
        unmet,
        approvals: approvals.collect(),
        ignored: reviewed.ignored,
        verdicts,
    }
}

#[cfg(test)]
#[path = "decide_samples.rs"]
mod samples;

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "decide_words.rs"]
mod words;

#[cfg(test)]
#[path = "decide_properties.rs"]
mod properties;
