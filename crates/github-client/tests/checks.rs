//! Check runs: every annotation once, in batches GitHub takes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use github_client::{CheckAnnotation, CheckConclusion, NewCheckRun};
use support::{Play, bad_gateway};

fn check_run(annotations: u32) -> NewCheckRun {
    NewCheckRun {
        name: "Stagegate".to_owned(),
        head_sha: "a".repeat(40),
        external_id: "99-1".to_owned(),
        conclusion: CheckConclusion::Failure,
        details_url: None,
        title: "failed".to_owned(),
        summary: "why".to_owned(),
        text: None,
        annotations: (1..=annotations)
            .map(|line| CheckAnnotation {
                path: "a.ts".to_owned(),
                start_line: line,
                end_line: line,
                start_column: None,
                end_column: None,
                annotation_level: "failure",
                message: "wrong".to_owned(),
                title: None,
            })
            .collect(),
    }
}

fn sent_lines(play: &Play) -> Vec<u64> {
    play.with(|state| {
        let batches = state
            .bodies
            .iter()
            .map(|body| &body["output"]["annotations"]);
        batches
            .flat_map(|batch| batch.as_array().unwrap().clone())
            .map(|annotation| annotation["start_line"].as_u64().unwrap())
            .collect()
    })
}

#[tokio::test]
async fn a_few_annotations_take_one_request() {
    let play = Play::start().await;
    let run = play.client.publish_check_run(&check_run(2)).await.unwrap();
    assert_eq!(
        (run.status.as_str(), run.output.annotations_count),
        ("completed", 2)
    );
    play.with(|state| {
        assert_eq!((state.requests("POST"), state.requests("PATCH")), (1, 0));
        assert_eq!(state.bodies[0]["conclusion"], "failure");
        assert_eq!(state.bodies[0]["external_id"], "99-1");
    });
}

#[tokio::test]
async fn many_annotations_are_sent_in_batches_and_conclude_last() {
    for (count, patches) in [(50, 0), (51, 1), (120, 2)] {
        let play = Play::start().await;
        let run = play
            .client
            .publish_check_run(&check_run(count))
            .await
            .unwrap();
        assert_eq!(run.conclusion.as_deref(), Some("failure"));
        assert_eq!(
            sent_lines(&play),
            (1..=u64::from(count)).collect::<Vec<_>>()
        );
        play.with(|state| {
            assert_eq!(state.requests("PATCH"), patches, "{count}");
            let conclusions: Vec<bool> = state
                .bodies
                .iter()
                .map(|body| !body["conclusion"].is_null())
                .collect();
            assert_eq!(conclusions.iter().filter(|there| **there).count(), 1);
            assert_eq!(conclusions.last(), Some(&true));
        });
    }
}

#[tokio::test]
async fn a_lost_answer_repeats_no_annotation() {
    for on in ["POST", "PATCH"] {
        for landed in [true, false] {
            let play = Play::start().await;
            play.with(|state| state.faults.push(bad_gateway(on, landed)));
            play.client
                .publish_check_run(&check_run(120))
                .await
                .unwrap();
            play.with(|state| {
                assert_eq!(state.check_runs.len(), 1, "{on} {landed}");
                let run = &state.check_runs[0];
                assert_eq!(run["output"]["annotations_count"], 120, "{on} {landed}");
                assert_eq!(run["status"], "completed");
            });
        }
    }
}

#[tokio::test]
async fn publishing_again_sends_nothing_and_an_interrupted_one_goes_on() {
    let play = Play::start().await;
    play.client.publish_check_run(&check_run(60)).await.unwrap();
    let writes = play.with(|state| state.bodies.len());
    play.client.publish_check_run(&check_run(60)).await.unwrap();
    assert_eq!(play.with(|state| state.bodies.len()), writes);

    play.with(|state| {
        state.check_runs[0]["status"] = "in_progress".into();
        state.check_runs[0]["output"]["annotations_count"] = 50.into();
        state.bodies.clear();
    });
    play.client.publish_check_run(&check_run(60)).await.unwrap();
    assert_eq!(sent_lines(&play), (51..=60).collect::<Vec<_>>());
    assert_eq!(play.with(|state| state.check_runs.len()), 1);
}
