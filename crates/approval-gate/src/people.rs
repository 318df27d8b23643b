//! The rule about people: somebody named in the policy approved who had no hand in the release.
//!
//! GitHub does not say when, for which commit or for which attempt somebody approved; a rejection
//! therefore stands for the whole run, and only a new run clears it.

use crate::decide::Unmet;
use crate::facts::{Facts, Review};
use crate::policy::Policy;

/// What the reviews come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reviewed {
    /// Approvals that count.
    pub(crate) counted: Vec<Review>,
    /// Who said no.
    pub(crate) vetoes: Vec<Unmet>,
    /// Why there is no approval, when there is none.
    pub(crate) unmet: Vec<Unmet>,
    /// Approvals that do not count, and why.
    pub(crate) ignored: Vec<String>,
}

/// Applies the rule.
pub(crate) fn reviews(policy: &Policy, facts: &Facts) -> Reviewed {
    let environment = &policy.environment;
    let mut reviewed = Reviewed::default();
    for review in &facts.reviews {
        if !review.approved {
            let message = format!("{} rejected it for {environment}", review.login);
            let fix = "settle it with them; a new run asks again";
            reviewed.vetoes.push(Unmet::new("rejected", message, fix));
            continue;
        }
        match objection(policy, facts, review) {
            None => reviewed.counted.push(review.clone()),
            Some(why) => reviewed
                .ignored
                .push(format!("{}'s approval does not count: {why}", review.login)),
        }
    }
    reviewed.unmet.extend(unknown_authors(policy, facts));
    if reviewed.counted.is_empty() {
        reviewed
            .unmet
            .push(missing(policy, facts, !reviewed.ignored.is_empty()));
    }
    reviewed
}

fn objection(policy: &Policy, facts: &Facts, review: &Review) -> Option<String> {
    if review.is_bot {
        return Some("a program cannot approve".to_owned());
    }
    if !review.is_approver {
        return Some("not among the approvers".to_owned());
    }
    if policy.allow_self {
        return None;
    }
    let hand = facts.involved.iter().find(|involved| {
        involved.id == Some(review.id) || involved.login.eq_ignore_ascii_case(&review.login)
    })?;
    Some(hand.how.clone())
}

/// Whoever wrote under an address that belongs to no account may be the one who approves.
fn unknown_authors(policy: &Policy, facts: &Facts) -> Option<Unmet> {
    let first = facts.strangers.first()?;
    if policy.allow_self || policy.allow_unknown_authors {
        return None;
    }
    let commit = first.commit.get(..12).unwrap_or(&first.commit);
    let others = match facts.strangers.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!(
        "GitHub knows no account of {}, who wrote {commit}{others}",
        first.name
    );
    let fix = "add the commit's e-mail address to its author's account, or set `approval.allow-unknown-authors: true`";
    Some(Unmet::new("author-unknown", message, fix))
}

fn missing(policy: &Policy, facts: &Facts, some_ignored: bool) -> Unmet {
    let environment = &policy.environment;
    if facts.waiting {
        let message = format!("nobody has approved it for {environment} yet");
        return Unmet::new("approval-missing", message, "review the waiting deployment").waits();
    }
    if some_ignored {
        let message = format!("no approval for {environment} counts");
        let fix = "ask an approver who had no hand in the release, in a new run";
        return Unmet::new("approval-invalid", message, fix);
    }
    if policy.behind_environment {
        // GitHub lets a job behind an environment start only after a review, unless somebody overrode it
        // or the environment asks nobody.
        let message = format!("the run passed {environment} without an approval");
        let fix = "add required reviewers to the environment and forbid administrators to bypass them; a job that \
                   runs behind no environment says `behind-environment: false`";
        return Unmet::new("approval-bypassed", message, fix);
    }
    let message = format!("nobody has approved it for {environment} yet");
    Unmet::new("approval-missing", message, "review the run's deployment").waits()
}
