//! May a stage go on.

use std::time::Duration;

use super::{
    super::{Limits, Stage, Step, Tally, p95, stage, step},
    errors,
};

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
