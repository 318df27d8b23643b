//! Pull requests, comments, commits, statuses, runs, artifacts, files and people.

use reqwest::{Method, StatusCode};
use sandbox::github::{Identity, NewPull};
use serde_json::json;

use super::support::{BASE, HEAD, MERGE, Play, RUN, expect, header};

#[tokio::test]
async fn a_pull_request_opens_and_merges() {
    let play = Play::start().await;
    let pull = play.get("/pulls/1").await;
    assert_eq!(
        (&pull["head"]["sha"], &pull["base"]["ref"], &pull["merged"]),
        (&json!(HEAD), &json!("main"), &json!(false))
    );
    assert_eq!(
        play.get("/pulls/1/files").await[0]["filename"],
        "app/tour/page.tsx"
    );
    assert_eq!(play.get("/pulls/1/commits").await[0]["sha"], HEAD);
    assert_eq!(
        play.get("/pulls?head=stagegate:tour&base=main").await[0]["number"],
        1
    );
    assert_eq!(play.get("/pulls?head=other:tour").await, json!([]));
    play.github
        .review_pull_request(1, "reviewer", "APPROVED", HEAD)
        .expect("known");
    assert_eq!(play.get("/pulls/1/reviews").await[0]["commit_id"], HEAD);

    play.github
        .merge_pull_request(1, MERGE, "release-manager")
        .expect("known");
    assert_eq!(play.get("/pulls").await, json!([]));
    assert_eq!(
        play.get("/pulls?state=all").await[0]["merge_commit_sha"],
        MERGE
    );
    assert_eq!(
        play.get(&format!("/commits/{MERGE}/pulls")).await[0]["number"],
        1
    );
    assert_eq!(play.get("/commits/main").await["parents"][0]["sha"], BASE);
    assert!(
        play.github
            .merge_pull_request(9, MERGE, "release-manager")
            .is_err()
    );
}

#[tokio::test]
async fn a_fork_is_known_as_one() {
    let play = Play::start().await;
    play.github.open_pull_request(NewPull {
        title: "From outside".to_owned(),
        author: "contributor".to_owned(),
        head_ref: "tour".to_owned(),
        base_sha: BASE.to_owned(),
        fork: true,
        ..NewPull::new(2, MERGE)
    });
    let pull = play.get("/pulls/2").await;
    assert_eq!(pull["head"]["repo"]["full_name"], "contributor/setlist");
    assert_eq!(pull["head"]["repo"]["fork"], true);
    assert_eq!(pull["base"]["repo"]["full_name"], "stagegate/setlist");
    assert_eq!(
        play.get("/commits/tour").await["sha"],
        HEAD,
        "a fork's branch is not ours"
    );
    let check = play
        .post("/check-runs", json!({ "name": "x", "head_sha": MERGE }))
        .await;
    assert_eq!(
        check["pull_requests"],
        json!([]),
        "GitHub lists no forks here"
    );
}

#[tokio::test]
async fn a_comment_is_edited_in_place_and_deleted() {
    let play = Play::start().await;
    let comment = play
        .post("/issues/1/comments", json!({ "body": "x".repeat(65_536) }))
        .await;
    assert_eq!(comment["user"]["login"], "github-actions[bot]");
    let path = format!("/issues/comments/{}", comment["id"]);
    let edit = play
        .ask(Method::PATCH, &path)
        .json(&json!({ "body": "short" }));
    assert_eq!(expect(edit, StatusCode::OK).await["body"], "short");
    assert_eq!(play.get(&path).await["body"], "short");
    assert_eq!(play.github.snapshot().comments[0].edits, 1);
    expect(play.ask(Method::DELETE, &path), StatusCode::NO_CONTENT).await;
    expect(play.ask(Method::GET, &path), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn the_newest_status_of_each_context_counts() {
    let play = Play::start().await;
    let combined = format!("/commits/{HEAD}/status");
    assert_eq!(
        play.get(&combined).await["state"],
        "pending",
        "no status is not green"
    );
    let post = async |state: &str, context: &str| {
        play.post(
            &format!("/statuses/{HEAD}"),
            json!({ "state": state, "context": context }),
        )
        .await
    };
    post("failure", "ci").await;
    post("success", "lint").await;
    assert_eq!(play.get(&combined).await["state"], "failure");
    post("success", "ci").await;
    let now = play.get(&combined).await;
    assert_eq!(
        (&now["state"], &now["total_count"]),
        (&json!("success"), &json!(2))
    );
    assert_eq!(
        play.get(&format!("/commits/{HEAD}/statuses"))
            .await
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[tokio::test]
async fn runs_are_found_by_workflow_sha_and_conclusion() {
    let play = Play::start().await;
    play.github.record_job(RUN, "build", None).expect("known");
    play.github
        .record_job(RUN, "build", Some("success"))
        .expect("known");
    let jobs = play.get(&format!("/actions/runs/{RUN}/jobs")).await;
    assert_eq!(
        (&jobs["total_count"], &jobs["jobs"][0]["conclusion"]),
        (&json!(1), &json!("success"))
    );
    let found = play
        .get(&format!(
            "/actions/workflows/release.yml/runs?head_sha={HEAD}&event=push&branch=main"
        ))
        .await;
    assert_eq!(found["workflow_runs"][0]["id"], RUN);
    let successes = format!("/actions/runs?head_sha={HEAD}&status=success");
    assert_eq!(play.get(&successes).await["total_count"], 0);
    play.github.finish_run(RUN, "success").expect("known");
    let found = play.get(&successes).await;
    assert_eq!(
        (&found["total_count"], &found["workflow_runs"][0]["status"]),
        (&json!(1), &json!("completed"))
    );
}

#[tokio::test]
async fn an_artifact_is_downloaded_by_a_signed_address() {
    let play = Play::start().await;
    let id = play
        .github
        .add_artifact(RUN, "verdict-smoke", b"zip bytes".to_vec())
        .expect("known");
    let listed = play
        .get(&format!("/actions/runs/{RUN}/artifacts?name=verdict-smoke"))
        .await;
    assert_eq!(
        (
            &listed["total_count"],
            &listed["artifacts"][0]["size_in_bytes"]
        ),
        (&json!(1), &json!(9))
    );
    let path = format!("/actions/artifacts/{id}/zip");
    let response = play
        .ask(Method::GET, &path)
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), StatusCode::FOUND);
    let location = header(&response, "location").to_owned();
    let bytes = play
        .client
        .get(&location)
        .send()
        .await
        .expect("an answer")
        .bytes()
        .await
        .expect("bytes");
    assert_eq!(&bytes[..], b"zip bytes");
    let with_token = play.client.get(&location).bearer_auth("any");
    expect(with_token, StatusCode::BAD_REQUEST).await;
    let unsigned = location.split('?').next().expect("an address");
    expect(play.client.get(unsigned), StatusCode::NOT_FOUND).await;
    play.github.expire_artifacts(RUN);
    expect(play.ask(Method::GET, &path), StatusCode::GONE).await;
}

#[tokio::test]
async fn files_are_read_at_a_ref() {
    let play = Play::start().await;
    play.github
        .put_content(".github/CODEOWNERS", "main", "* @stagegate/release\n");
    let file = play.get("/contents/.github/CODEOWNERS").await;
    assert_eq!(
        (&file["type"], &file["encoding"], &file["size"]),
        (&json!("file"), &json!("base64"), &json!(21))
    );
    assert_eq!(file["content"], "KiBAc3RhZ2VnYXRlL3JlbGVhc2UK\n");
    assert_eq!(
        play.get(&format!("/contents/.github/CODEOWNERS?ref={BASE}"))
            .await["size"],
        21,
        "main's commit"
    );
    let raw = play
        .ask(Method::GET, "/contents/.github/CODEOWNERS")
        .header("accept", "application/vnd.github.raw+json");
    assert_eq!(
        raw.send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text"),
        "* @stagegate/release\n"
    );
    let folder = play.get("/contents").await;
    assert_eq!(
        (&folder[0]["type"], &folder[0]["path"]),
        (&json!("dir"), &json!(".github"))
    );
    expect(
        play.ask(Method::GET, "/contents/.github/CODEOWNERS?ref=tour"),
        StatusCode::NOT_FOUND,
    )
    .await;
}

#[tokio::test]
async fn roles_and_teams_are_answered() {
    let play = Play::start().await;
    let cases = [
        ("admin", "admin", "admin"),
        ("release-manager", "write", "maintain"),
        ("stranger", "read", "read"),
    ];
    for (login, permission, role) in cases {
        let answer = play
            .get(&format!("/collaborators/{login}/permission"))
            .await;
        assert_eq!(
            (&answer["permission"], &answer["role_name"]),
            (&json!(permission), &json!(role)),
            "{login}"
        );
    }
    assert_eq!(
        play.get("/collaborators?permission=maintain")
            .await
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let team = |who: Identity, rest: &str| {
        let url = format!(
            "{}/orgs/stagegate/teams/release/{rest}",
            play.github.api_url()
        );
        play.client.get(url).bearer_auth(who.token())
    };
    let person = || Identity::person("release-manager");
    expect(team(Identity::Actions, "members"), StatusCode::FORBIDDEN).await;
    let members = expect(team(person(), "members"), StatusCode::OK).await;
    assert_eq!(
        members.as_array().map(Vec::len),
        Some(1),
        "pending members are none"
    );
    let pending = expect(team(person(), "memberships/newcomer"), StatusCode::OK).await;
    assert_eq!(pending["state"], "pending");
    expect(team(person(), "memberships/author"), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_snapshot_serialises_without_bytes() {
    let play = Play::start().await;
    play.github
        .add_artifact(RUN, "big", vec![7; 4096])
        .expect("known");
    let snapshot = serde_json::to_value(play.github.snapshot()).expect("serialises");
    assert_eq!(snapshot["artifacts"][0]["name"], "big");
    assert!(snapshot["artifacts"][0]["bytes"].is_null());
    assert_eq!(snapshot["pulls"]["1"]["head_sha"], HEAD);
}
