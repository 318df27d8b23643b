//! What must never happen, as properties.

use std::time::Duration;

use proptest::prelude::*;
use vercel_client::{AliasJob, JobKind, JobStatus};
use verdict::{
    Approval, Digest, Finding, Level, RELEASE_RECORD_SCHEMA, ReleaseRecord, Run, Sha, Subject,
};

use super::*;

fn record(sha: &str, digest: &Digest, environment: &str) -> ReleaseRecord {
    ReleaseRecord {
        schema: RELEASE_RECORD_SCHEMA.to_owned(),
        subject: Subject {
            sha: Some(sha.parse().unwrap()),
            digest: Some(digest.clone()),
            ..Subject::default()
        },
        environment: environment.to_owned(),
        staging_environment: "staging".to_owned(),
        staging_url: "https://staging.example".to_owned(),
        approvals: vec![Approval {
            login: "release-manager".to_owned(),
            comment: String::new(),
        }],
        verdicts: Vec::new(),
        run: Run {
            id: 1,
            attempt: 1,
            job: "approval".to_owned(),
            url: String::new(),
        },
        decided_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}

fn sha(seed: u8) -> String {
    format!("{seed:02x}").repeat(20)
}

fn digest(seed: u8) -> Digest {
    Digest::from_sha256([seed; 32])
}

fn errors(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .map(|finding| finding.rule.as_str())
        .collect()
}

fn deployed<'a>(digest: Option<&'a str>, sha: Option<&'a str>) -> Deployed<'a> {
    Deployed {
        id: "dpl_1",
        digest,
        sha,
        ready: true,
        production: true,
    }
}

#[test]
fn each_lie_is_named() {
    let (commit, bytes) = (sha(1), digest(1));
    let approved = record(&commit, &bytes, "production");
    let this: Sha = commit.parse().unwrap();
    let whole = Deployed {
        digest: Some(bytes.as_str()),
        sha: Some(&commit),
        ..deployed(None, None)
    };
    let claims = |deployed, environment| Claims {
        sha: Some(&this),
        digest: Some(&bytes),
        record: Some(&approved),
        bytes: Some(&bytes),
        deployed: Some(deployed),
        environment,
    };
    assert_eq!(bind(&claims(whole, "production")), []);
    for (lie, rule) in [
        (
            Deployed {
                digest: None,
                ..whole
            },
            "wrong-bytes",
        ),
        (
            Deployed {
                digest: Some("sha256:00"),
                ..whole
            },
            "wrong-bytes",
        ),
        (Deployed { sha: None, ..whole }, "wrong-commit"),
        (
            Deployed {
                sha: Some("0000"),
                ..whole
            },
            "wrong-commit",
        ),
        (
            Deployed {
                ready: false,
                ..whole
            },
            "not-ready",
        ),
        (
            Deployed {
                production: false,
                ..whole
            },
            "rebuild",
        ),
    ] {
        assert_eq!(errors(&bind(&claims(lie, "production"))), [rule], "{lie:?}");
    }
    assert_eq!(
        errors(&bind(&claims(whole, "staging"))),
        ["wrong-environment"]
    );
}

#[test]
fn stages() {
    let against = |canary: (u32, u32), public: (u32, u32), limit: f64| {
        let tally = |(sent, failed)| Tally { sent, failed };
        let findings = stage(
            &Stage {
                canary: tally(canary),
                public: tally(public),
                p95: None,
            },
            Limits {
                error_rate: limit,
                p95: None,
            },
        );
        findings
            .into_iter()
            .map(|finding| finding.rule)
            .collect::<Vec<_>>()
    };
    assert!(against((20, 0), (20, 0), 0.0).is_empty());
    assert!(
        against((20, 1), (20, 1), 0.05).is_empty(),
        "the limit itself is allowed"
    );
    assert_eq!(against((20, 1), (20, 0), 0.0), ["canary-errors"]);
    assert_eq!(against((20, 0), (20, 1), 0.0), ["canary-errors"]);
    assert_eq!(against((0, 0), (20, 0), 1.0), ["canary-unproven"]);
    assert_eq!(against((20, 0), (0, 0), 1.0), ["canary-unproven"]);
    assert_eq!(
        against((20, 0), (20, 0), f64::NAN),
        ["canary-errors", "canary-errors"]
    );
}

#[test]
fn a_slow_canary_is_held_back_and_no_time_is_no_proof() {
    let ms = Duration::from_millis;
    let against = |times: Vec<Duration>| {
        let sent = Tally { sent: 5, failed: 0 };
        let limits = Limits {
            error_rate: 0.0,
            p95: Some(ms(100)),
        };
        let stage_of = Stage {
            canary: sent,
            public: sent,
            p95: p95(times),
        };
        errors(&stage(&stage_of, limits)).len()
    };
    assert_eq!(against(vec![ms(100); 20]), 0, "the limit itself is allowed");
    let mut times = vec![ms(5); 19];
    times.push(ms(900));
    assert_eq!(against(times.clone()), 0, "one of twenty may be slow");
    times.push(ms(900));
    assert_eq!(against(times), 1);
    assert_eq!(against(Vec::new()), 1);
}

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

#[test]
fn only_the_last_stage_completes_a_release() {
    let next = |index, target_percentage| {
        step(Some(&vercel_client::Stage {
            index,
            target_percentage,
        }))
    };
    assert_eq!(step(None), Some(Step::Complete));
    assert_eq!(next(Some(2), 100.0), Some(Step::Complete));
    assert_eq!(next(None, 100.0), Some(Step::Complete));
    assert_eq!(next(Some(1), 50.0), Some(Step::Approve(1)));
    assert_eq!(next(None, 50.0), None, "nobody said which");
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

    #[test]
    fn nothing_is_promoted_unless_all_that_is_known_agrees(
        run in proptest::option::of(0u8..2), flag in proptest::option::of(0u8..2), bytes in proptest::option::of(0u8..2),
        recorded in proptest::option::of((0u8..2, 0u8..2)), meta in (proptest::option::of(0u8..2), proptest::option::of(0u8..2)),
    ) {
        let run_sha: Option<Sha> = run.map(|seed| sha(seed).parse().unwrap());
        let flag_digest = flag.map(digest);
        let bytes_digest = bytes.map(digest);
        let approved = recorded.map(|(commit, content)| record(&sha(commit), &digest(content), "production"));
        let (meta_sha, meta_digest) = (meta.0.map(sha), meta.1.map(digest));
        let findings = bind(&Claims {
            sha: run_sha.as_ref(),
            digest: flag_digest.as_ref(),
            record: approved.as_ref(),
            bytes: bytes_digest.as_ref(),
            deployed: Some(deployed(meta_digest.as_ref().map(Digest::as_str), meta_sha.as_deref())),
            environment: "production",
        });
        let expected_digests: Vec<u8> = [flag, bytes, recorded.map(|(_, content)| content)].into_iter().flatten().collect();
        let expected_shas: Vec<u8> = [run, recorded.map(|(commit, _)| commit)].into_iter().flatten().collect();
        let agree = |expected: &[u8], stated: Option<u8>| expected.iter().all(|value| Some(*value) == stated);
        let sound = agree(&expected_digests, meta.1) && agree(&expected_shas, meta.0);
        prop_assert_eq!(findings.is_empty(), sound, "{:?}", findings);
    }
}
