//! Where production is, and what moved it.

use proptest::prelude::*;
use vercel_client::{AliasJob, JobKind, JobStatus};

use super::{
    super::{Answer, DomainFact, Standing, previous, rolled_back, settled, standing},
    errors,
};

fn facts(points_to: &[Option<&str>]) -> Vec<DomainFact> {
    let fact = |id: &Option<&str>| DomainFact {
        domain: "example.com".to_owned(),
        points_to: id.map(str::to_owned),
        answer: Answer::Unasked,
    };
    points_to.iter().map(fact).collect()
}

#[test]
fn a_move_that_did_not_happen_says_why() {
    for (job, expected) in [
        (None, vec!["domain-elsewhere"]),
        (
            Some(JobStatus::Failed),
            vec!["domain-elsewhere", "alias-job-failed"],
        ),
        (
            Some(JobStatus::Skipped),
            vec!["domain-elsewhere", "alias-job-skipped"],
        ),
        (
            Some(JobStatus::Pending),
            vec!["domain-elsewhere", "alias-job-stuck"],
        ),
        (
            Some(JobStatus::InProgress),
            vec!["domain-elsewhere", "alias-job-stuck"],
        ),
        (Some(JobStatus::Succeeded), vec!["domain-elsewhere"]),
    ] {
        let findings = settled("new", job, &facts(&[Some("old")]));
        assert_eq!(errors(&findings), expected, "{job:?}");
    }
    let there = settled("new", Some(JobStatus::Pending), &facts(&[Some("new")]));
    assert!(there.is_empty(), "the domains are the proof, not the job");
}

#[test]
fn what_production_is_doing() {
    for (points_to, job, rolling, expected) in [
        (&[Some("a"), Some("a")][..], None, false, Standing::Serving),
        (
            &[Some("a")],
            Some(JobStatus::Succeeded),
            true,
            Standing::Rolling,
        ),
        (
            &[Some("a")],
            Some(JobStatus::Pending),
            false,
            Standing::Moving,
        ),
        (
            &[Some("a")],
            Some(JobStatus::Failed),
            false,
            Standing::Failed,
        ),
        (
            &[Some("a"), Some("b")],
            Some(JobStatus::Failed),
            false,
            Standing::Split,
        ),
        (&[None], None, false, Standing::Split),
        (&[], None, false, Standing::Split),
    ] {
        assert_eq!(
            standing(&facts(points_to), job, rolling),
            expected,
            "{points_to:?} {job:?}"
        );
    }
}

#[test]
fn a_rollback_that_is_done_is_not_done_again() {
    let job = |kind, job_status| AliasJob {
        job_status,
        kind,
        requested_at: 0,
        from_deployment_id: Some("b".to_owned()),
        to_deployment_id: "a".to_owned(),
    };
    let done = job(JobKind::Rollback, JobStatus::Succeeded);
    assert!(rolled_back(Some(&done), &facts(&[Some("a")])));
    assert!(
        rolled_back(Some(&done), &facts(&[Some("a"), Some("b")])),
        "half-way"
    );
    assert!(
        !rolled_back(Some(&done), &facts(&[Some("c")])),
        "promoted since"
    );
    assert!(!rolled_back(
        Some(&job(JobKind::Promote, JobStatus::Succeeded)),
        &facts(&[Some("a")])
    ));
    assert!(!rolled_back(
        Some(&job(JobKind::Rollback, JobStatus::Failed)),
        &facts(&[Some("a")])
    ));
    assert!(!rolled_back(None, &facts(&[Some("a")])));
}

/// Where the domains point, the project's word, and the way back.
type Way = (
    &'static [Option<&'static str>],
    Option<&'static str>,
    Option<&'static str>,
);

#[test]
fn the_way_back_is_what_is_served_elsewhere() {
    let previous_of = |domains: &[Option<&str>], project| {
        let facts: Vec<DomainFact> = domains
            .iter()
            .map(|points_to| DomainFact {
                domain: "example.com".to_owned(),
                points_to: points_to.map(str::to_owned),
                answer: Answer::Unasked,
            })
            .collect();
        previous(&facts, project, "new").map(str::to_owned)
    };
    let table: &[Way] = &[
        (&[Some("old"), Some("old")], Some("old"), Some("old")),
        // A promote that was cut short, in either order.
        (&[Some("new"), Some("old")], Some("new"), Some("old")),
        (&[Some("old"), Some("new")], Some("new"), Some("old")),
        (&[None, Some("new"), Some("old")], None, Some("old")),
        // All moved: what the project says is no longer about before.
        (&[Some("new"), Some("new")], Some("old"), None),
        (&[Some("new"), None], Some("old"), None),
        // No domain says anything.
        (&[None], Some("old"), Some("old")),
        (&[], Some("old"), Some("old")),
        (&[None], Some("new"), None),
        (&[None], None, None),
    ];
    for (domains, project, expected) in table {
        assert_eq!(
            previous_of(domains, *project).as_deref(),
            *expected,
            "{domains:?} {project:?}"
        );
    }
}

fn fact() -> impl Strategy<Value = DomainFact> {
    let points_to =
        proptest::option::of(prop_oneof![3 => Just("dpl_1".to_owned()), 1 => "dpl_[0-9]{1,2}"]);
    let answer = prop_oneof![
        Just(Answer::Unasked),
        (200u16..600).prop_map(Answer::Status),
        Just(Answer::Silent("refused".to_owned())),
    ];
    ("[a-z]{3}", points_to, answer).prop_map(|(domain, points_to, answer)| DomainFact {
        domain,
        points_to,
        answer,
    })
}

fn job() -> impl Strategy<Value = Option<JobStatus>> {
    proptest::option::of(prop_oneof![
        Just(JobStatus::Pending),
        Just(JobStatus::Succeeded),
        Just(JobStatus::Failed),
        Just(JobStatus::Skipped),
        Just(JobStatus::Unknown),
    ])
}

proptest! {
    #[test]
    fn never_settled_while_a_domain_points_elsewhere(facts in proptest::collection::vec(fact(), 0..5), job in job()) {
        let findings = settled("dpl_1", job, &facts);
        let all_there = !facts.is_empty() && facts.iter().all(|fact| fact.points_to.as_deref() == Some("dpl_1"));
        let broken = facts.iter().any(|fact| matches!(fact.answer, Answer::Status(500..)));
        let proven = all_there && !broken && job != Some(JobStatus::Failed);
        prop_assert_eq!(errors(&findings).is_empty(), proven, "{:?}", findings);
    }
}
