//! Check runs: annotations add up, the latest of a name counts, foreign runs cannot be changed.

use reqwest::{Method, StatusCode};
use sandbox::github::NewCheck;
use serde_json::{Value, json};

use super::support::{HEAD, Play, expect};

fn annotations(count: u64, from: u64) -> Value {
    (from..from + count)
        .map(|line| {
            json!({
                "path": "a.ts", "start_line": line, "end_line": line, "start_column": 1, "end_column": 2,
                "annotation_level": "warning", "message": "long", "title": "t", "raw_details": "r",
            })
        })
        .collect()
}

#[tokio::test]
async fn patches_append_annotations_and_a_conclusion_completes() {
    let play = Play::start().await;
    let body = json!({
        "name": "Stagegate", "head_sha": HEAD, "status": "in_progress", "external_id": "key",
        "details_url": "https://example.test/run",
        "output": { "title": "t", "summary": "s", "annotations": annotations(50, 1) },
    });
    let created = play.post("/check-runs", body).await;
    assert_eq!(created["app"]["slug"], "github-actions");
    assert_eq!(created["external_id"], "key");
    assert_eq!(created["output"]["annotations_count"], 50);
    assert_eq!(created["pull_requests"][0]["number"], 1);
    let path = format!("/check-runs/{}", created["id"]);
    let patch = json!({ "conclusion": "failure", "output": { "summary": "two", "annotations": annotations(20, 51) } });
    let updated = expect(play.ask(Method::PATCH, &path).json(&patch), StatusCode::OK).await;
    assert_eq!(updated["status"], "completed");
    assert!(updated["completed_at"].is_string());
    assert_eq!(updated["output"]["title"], "t", "what is not sent stays");
    assert_eq!(updated["output"]["summary"], "two");
    let listed = play.get(&format!("{path}/annotations?per_page=100")).await;
    let lines: Vec<u64> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["start_line"].as_u64())
        .collect();
    assert_eq!(lines, (1..=70).collect::<Vec<u64>>());
}

#[tokio::test]
async fn the_latest_run_of_a_name_and_app_counts() {
    let play = Play::start().await;
    for conclusion in ["failure", "success"] {
        play.post(
            "/check-runs",
            json!({ "name": "build", "head_sha": HEAD, "conclusion": conclusion }),
        )
        .await;
    }
    let foreign = play.github.add_check_run(NewCheck {
        name: "build".to_owned(),
        head_sha: HEAD.to_owned(),
        app: "someone-else".to_owned(),
        conclusion: Some("success".to_owned()),
    });
    let latest = play.get(&format!("/commits/{HEAD}/check-runs")).await;
    assert_eq!(latest["total_count"], 2, "one per name and app");
    let all = play
        .get("/commits/tour/check-runs?filter=all&check_name=build&app_id=15368")
        .await;
    assert_eq!(all["total_count"], 2);
    assert_eq!(
        all["check_runs"][0]["conclusion"], "success",
        "newest first"
    );
    let change = play
        .ask(Method::PATCH, &format!("/check-runs/{foreign}"))
        .json(&json!({ "conclusion": "failure" }));
    let document = expect(change, StatusCode::FORBIDDEN).await;
    assert!(
        document["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("Invalid app_id"))
    );
}
