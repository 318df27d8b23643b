//! What the policy's switches change, and what is said to people.

use verdict::Conclusion;

use super::samples::{facts, judged, policy, stranger};
use super::{Outcome, decide};
use crate::policy::Policy;

#[test]
fn what_was_said_twice_names_both_files() {
    let mut facts = facts();
    let mut again = judged("smoke-test", Some("staging"));
    again.file = "old/smoke-test.json".to_owned();
    facts.verdicts.push(again);
    assert_eq!(
        decide(&policy(), &facts).unmet[0].message,
        "smoke-test (staging) answered 2 times: smoke-test.json, old/smoke-test.json"
    );
}

#[test]
fn switches_of_the_policy() {
    let strict = Policy {
        allow_warn: false,
        ..policy()
    };
    let mut warned = facts();
    warned.verdicts[0].conclusion = Conclusion::Warn;
    assert_eq!(decide(&strict, &warned).outcome, Outcome::Blocked);

    let alone = Policy {
        allow_self: true,
        ..policy()
    };
    let mut own = facts();
    own.involved[0].login = "release-manager".to_owned();
    assert_eq!(decide(&alone, &own).outcome, Outcome::Approved);

    let mut unknown = facts();
    unknown.strangers = vec![stranger("One"), stranger("Two")];
    assert_eq!(
        decide(&policy(), &unknown).unmet[0].message,
        "GitHub knows no account of One, who wrote cccccccccccc (and 1 more)"
    );
    for lenient in [
        Policy {
            allow_unknown_authors: true,
            ..policy()
        },
        alone,
    ] {
        assert_eq!(decide(&lenient, &unknown).outcome, Outcome::Approved);
    }

    let open = Policy {
        behind_environment: false,
        ..policy()
    };
    let mut unreviewed = facts();
    unreviewed.reviews.clear();
    assert_eq!(decide(&open, &unreviewed).outcome, Outcome::Pending);
}

#[test]
fn ignored_approvals_say_why() {
    let mut facts = facts();
    facts.involved[0].login = "release-manager".to_owned();
    let decision = decide(&policy(), &facts);
    assert_eq!(
        decision.ignored,
        ["release-manager's approval does not count: opened pull request #7"]
    );
}
