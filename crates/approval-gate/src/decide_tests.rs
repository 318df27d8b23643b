//! The decision by table: one fact off at a time.

use verdict::{Conclusion, Digest};

use super::samples::{facts, judged, policy, review, sha, stranger};
use super::{Outcome, decide};
use crate::facts::Facts;

fn rules(facts: &Facts) -> (Outcome, Vec<&'static str>) {
    let decision = decide(&policy(), facts);
    (
        decision.outcome,
        decision.unmet.iter().map(|unmet| unmet.rule).collect(),
    )
}

#[test]
fn a_whole_release_is_approved() {
    let decision = decide(&policy(), &facts());
    assert_eq!(decision.outcome, Outcome::Approved);
    assert_eq!(
        decision.title(&policy()),
        "approved for production by release-manager"
    );
    assert_eq!(decision.verdicts.len(), 2);
}

type Case = (
    &'static str,
    fn(&mut Facts),
    Outcome,
    &'static [&'static str],
);

#[test]
fn every_fact_that_is_off_is_named() {
    use Outcome::{Approved, Blocked, Pending, Rejected};
    let table: &[Case] = &[
        (
            "gate absent",
            |f| drop(f.verdicts.remove(0)),
            Blocked,
            &["verdict-missing"],
        ),
        (
            "any instance of a gate",
            |f| f.verdicts[0].instance = Some("tests".to_owned()),
            Approved,
            &[],
        ),
        (
            "instance absent",
            |f| f.verdicts[1].instance = None,
            Blocked,
            &["verdict-missing"],
        ),
        (
            "warn",
            |f| f.verdicts[0].conclusion = Conclusion::Warn,
            Approved,
            &[],
        ),
        (
            "fail",
            |f| f.verdicts[0].conclusion = Conclusion::Fail,
            Blocked,
            &["verdict-conclusion"],
        ),
        (
            "pending",
            |f| f.verdicts[0].conclusion = Conclusion::Pending,
            Blocked,
            &["verdict-conclusion"],
        ),
        (
            "error",
            |f| f.verdicts[0].conclusion = Conclusion::Error,
            Blocked,
            &["verdict-conclusion"],
        ),
        (
            "other sha",
            |f| f.verdicts[0].sha = Some(sha('b')),
            Blocked,
            &["verdict-subject"],
        ),
        (
            "no sha",
            |f| f.verdicts[0].sha = None,
            Blocked,
            &["verdict-subject"],
        ),
        (
            "other repository",
            |f| f.verdicts[0].repository = Some("evil/web".to_owned()),
            Blocked,
            &["verdict-subject"],
        ),
        (
            "other digest",
            |f| f.verdicts[0].digest = Some(Digest::of(b"x")),
            Blocked,
            &["verdict-digest"],
        ),
        (
            "no digest needed",
            |f| f.verdicts[0].digest = None,
            Approved,
            &[],
        ),
        (
            "digest needed",
            |f| f.verdicts[1].digest = None,
            Blocked,
            &["verdict-digest"],
        ),
        (
            "other run",
            |f| f.verdicts[0].run = Some(8),
            Blocked,
            &["verdict-run"],
        ),
        (
            "no run",
            |f| f.verdicts[0].run = None,
            Blocked,
            &["verdict-run"],
        ),
        (
            "evidence run",
            |f| {
                f.runs.push(8);
                f.verdicts[0].run = Some(8)
            },
            Approved,
            &[],
        ),
        (
            "unasked gate fails",
            |f| {
                f.verdicts.push(judged("security-gate", None));
                f.verdicts[2].conclusion = Conclusion::Fail;
            },
            Blocked,
            &["verdict-conclusion"],
        ),
        (
            "said twice",
            |f| f.verdicts.push(judged("quality-gate", None)),
            Blocked,
            &["verdict-twice"],
        ),
        (
            "said for each instance",
            |f| f.verdicts.push(judged("smoke-test", Some("production"))),
            Approved,
            &[],
        ),
        (
            "no staging",
            |f| f.staging = None,
            Blocked,
            &["staging-missing"],
        ),
        (
            "staging of other bytes",
            |f| f.staging.as_mut().unwrap().digest = None,
            Blocked,
            &["staging-digest"],
        ),
        (
            "staging down",
            |f| f.staging.as_mut().unwrap().succeeded = false,
            Blocked,
            &["staging-status"],
        ),
        (
            "staging nowhere",
            |f| f.staging.as_mut().unwrap().url.clear(),
            Blocked,
            &["staging-url"],
        ),
        (
            "bypassed",
            |f| f.reviews.clear(),
            Blocked,
            &["approval-bypassed"],
        ),
        (
            "waiting",
            |f| {
                f.reviews.clear();
                f.waiting = true
            },
            Pending,
            &["approval-missing"],
        ),
        (
            "rejected",
            |f| f.reviews[0].approved = false,
            Rejected,
            &["rejected"],
        ),
        (
            "one of two rejects",
            |f| f.reviews.push(review("other", 5, false)),
            Rejected,
            &["rejected"],
        ),
        (
            "author without an account",
            |f| f.strangers.push(stranger("Somebody")),
            Blocked,
            &["author-unknown"],
        ),
        (
            "author without an account, still waiting",
            |f| {
                f.strangers.push(stranger("Somebody"));
                f.reviews.clear();
                f.waiting = true
            },
            Blocked,
            &["author-unknown", "approval-missing"],
        ),
        (
            "stranger",
            |f| f.reviews[0].is_approver = false,
            Blocked,
            &["approval-invalid"],
        ),
        (
            "bot",
            |f| f.reviews[0].is_bot = true,
            Blocked,
            &["approval-invalid"],
        ),
        (
            "own work",
            |f| f.involved[0].login = "Release-Manager".to_owned(),
            Blocked,
            &["approval-invalid"],
        ),
        (
            "own work, renamed",
            |f| f.involved[0].id = Some(1),
            Blocked,
            &["approval-invalid"],
        ),
        (
            "stranger, still waiting",
            |f| {
                f.reviews[0].is_approver = false;
                f.waiting = true
            },
            Pending,
            &["approval-missing"],
        ),
        (
            "stranger beside approver",
            |f| f.reviews.push(review("stranger", 6, true)),
            Approved,
            &[],
        ),
        (
            "waiting and unproved",
            |f| {
                f.reviews.clear();
                f.waiting = true;
                f.staging = None
            },
            Blocked,
            &["staging-missing", "approval-missing"],
        ),
        (
            "rejected and unproved",
            |f| {
                f.reviews[0].approved = false;
                f.verdicts.clear()
            },
            Rejected,
            &["verdict-missing", "verdict-missing", "rejected"],
        ),
    ];
    for (name, change, outcome, expected) in table {
        let mut facts = facts();
        change(&mut facts);
        assert_eq!(rules(&facts), (*outcome, expected.to_vec()), "{name}");
    }
}
