//! Creating deployments: the missing-files loop, digests, the state machine and what lists show.

use reqwest::Method;
use sandbox::vercel::Timings;
use serde_json::{Value, json};

use crate::support::{PLAIN, Play, entry, output, sha};

#[tokio::test]
async fn files_are_asked_for_once_each_and_then_taken() {
    let play = Play::start().await;
    let body = json!({ "name": "setlist", "files": [
        entry(".vercel/output/config.json", PLAIN),
        entry(".vercel/output/static/a.txt", "same"),
        entry(".vercel/output/static/b.txt", "same"),
    ] });
    let refused = play.post("/v13/deployments?prebuilt=1", body.clone()).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "missing_files")
    );
    assert_eq!(
        refused.json()["error"]["missing"],
        json!([sha(PLAIN.as_bytes()), sha(b"same")])
    );

    assert_eq!(play.upload(PLAIN).await.status, 200);
    let refused = play.post("/v13/deployments?prebuilt=1", body.clone()).await;
    assert_eq!(refused.json()["error"]["missing"], json!([sha(b"same")]));

    assert_eq!(play.upload("same").await.status, 200);
    let created = play
        .post("/v13/deployments?prebuilt=1", body.clone())
        .await
        .json();
    assert_eq!(created["readyState"], "QUEUED");
    let again = play.post("/v13/deployments?prebuilt=1", body).await;
    assert_eq!(again.status, 200, "unchanged files are not asked for again");
    assert_ne!(again.json()["id"], created["id"]);
    assert_eq!(play.vercel.snapshot().uploads, 2);
}

#[tokio::test]
async fn an_upload_must_be_what_it_says() {
    let play = Play::start().await;
    let good = sha(b"content");
    let other = sha(b"other");
    // x-now-digest, x-vercel-digest, x-now-size, accepted
    let table: [(Option<&str>, Option<&str>, &str, u16); 8] = [
        (Some(&good), Some(&good), "7", 200),
        (Some(&good), None, "7", 200),
        (None, Some(&good), "7", 200),
        (None, None, "7", 400),
        (Some(&good), Some(&other), "7", 400),
        (Some(&other), Some(&other), "7", 400),
        (Some(&good), Some(&good), "8", 400),
        (Some("XYZ"), None, "7", 400),
    ];
    for (now, vercel, size, status) in table {
        let mut request = play
            .api(Method::POST, "/v2/files")
            .header("x-now-size", size)
            .body("content");
        for (name, value) in [("x-now-digest", now), ("x-vercel-digest", vercel)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = play.send(request).await;
        assert_eq!(
            answer.status,
            status,
            "{now:?} {vercel:?} {size}: {}",
            answer.text()
        );
    }
    assert_eq!(
        play.vercel.snapshot().uploads,
        1,
        "what was refused is not stored"
    );
}

#[tokio::test]
async fn every_state_is_seen_and_ready_is_not_done() {
    let play = Play::start().await;
    play.vercel.set_timings(Timings {
        queued: 1,
        initializing: 1,
        building: 2,
        assigning: 1,
        ..Timings::instant()
    });
    let files = [
        (".vercel/output/config.json", PLAIN),
        (".vercel/output/static/index.html", "v1"),
    ];
    let created = play
        .create(&files, json!({ "target": "production" }))
        .await
        .json();
    let host = created["url"].as_str().unwrap();
    let mut seen = Vec::new();
    for _ in 0..6 {
        // By host on the way, by id above: both name it.
        let shown = play.get(&format!("/v13/deployments/{host}")).await.json();
        seen.push((
            shown["readyState"].as_str().unwrap().to_owned(),
            shown["aliasAssigned"] != json!(false),
        ));
    }
    let expected = [
        ("QUEUED", false),
        ("INITIALIZING", false),
        ("BUILDING", false),
        ("BUILDING", false),
        ("READY", false),
        ("READY", true),
    ];
    assert_eq!(seen, expected.map(|(state, done)| (state.to_owned(), done)));
    assert_eq!(play.production().await, "v1");
}

#[tokio::test]
async fn a_deployment_answers_nothing_before_it_is_ready() {
    let play = Play::start().await;
    play.vercel.set_timings(Timings {
        queued: 1,
        ..Timings::instant()
    });
    let files = [
        (".vercel/output/config.json", PLAIN),
        (".vercel/output/static/index.html", "v1"),
    ];
    let id = play.create(&files, json!({})).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = play.url_of(&id);
    assert_eq!(play.visit(&url, "/").await.status, 503);
    assert_eq!(
        play.visit(&play.vercel.production_url(), "/").await.status,
        404,
        "no production yet"
    );
    play.get(&format!("/v13/deployments/{id}")).await;
    play.get(&format!("/v13/deployments/{id}")).await;
    let ready = play.visit(&url, "/").await;
    assert_eq!((ready.status, ready.text().as_str()), (200, "v1"));
    assert_eq!(ready.header("x-deployment-id"), id);
}

#[tokio::test]
async fn output_that_cannot_be_served_is_a_build_error() {
    let play = Play::start().await;
    let table = [
        (vec![(".vercel/output/static/index.html", "x")], "missing"),
        (
            vec![(".vercel/output/config.json", r#"{"version":2}"#)],
            "version 2",
        ),
        (
            vec![(
                ".vercel/output/config.json",
                r#"{"version":3,"routes":[{"src":"("}]}"#,
            )],
            "routes[0]",
        ),
        (
            vec![(
                ".vercel/output/config.json",
                r#"{"version":3,"routes":[{"handle":"later"}]}"#,
            )],
            "later",
        ),
        (
            vec![(".vercel/output/config.json", "no json")],
            "config.json",
        ),
    ];
    for (files, reason) in table {
        let id = play.create(&files, json!({})).await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let shown = play.get(&format!("/v13/deployments/{id}")).await.json();
        assert_eq!(shown["readyState"], "ERROR");
        assert!(
            shown["errorMessage"].as_str().unwrap().contains(reason),
            "{shown}"
        );
        let log = play
            .get(&format!(
                "/v3/now/deployments/{id}/events?direction=forward&follow=1&format=lines"
            ))
            .await;
        assert_eq!(log.header("content-type"), "application/stream+json");
        let lines: Vec<Value> = log
            .text()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert!(
            lines
                .iter()
                .any(|line| line["text"].as_str().unwrap().contains(reason)),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn inline_files_need_no_upload_and_no_config() {
    let play = Play::start().await;
    let body = json!({ "name": "setlist", "files": [
        { "file": "index.html", "data": "PGgxPmhpPC9oMT4=", "encoding": "base64" },
        { "file": "note.txt", "data": "plain" },
    ] });
    let id = play.post("/v13/deployments", body).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    play.get(&format!("/v13/deployments/{id}")).await;
    let url = play.url_of(&id);
    assert_eq!(play.visit(&url, "/").await.text(), "<h1>hi</h1>");
    assert_eq!(play.visit(&url, "/note.txt").await.text(), "plain");
}

#[tokio::test]
async fn a_custom_environment_has_a_domain_that_follows_its_deployments() {
    let play = Play::start().await;
    let staging = play.vercel.environment_url("staging").unwrap();
    let meta =
        json!({ "customEnvironmentSlugOrId": "staging", "meta": { "githubCommitSha": "abc" } });
    let first = play.deploy("s1", meta.clone()).await;
    assert_eq!(play.visit(&staging, "/").await.text(), "s1");
    let second = play.deploy("s2", meta).await;
    let answer = play.visit(&staging, "/").await;
    assert_eq!(
        (answer.text().as_str(), answer.header("x-deployment-id")),
        ("s2", second.as_str())
    );
    assert_eq!(
        play.visit(&play.url_of(&first), "/").await.text(),
        "s1",
        "its own URL stays"
    );

    let created = play
        .post(
            &play.project("/v9/projects/{}/custom-environments"),
            json!({ "slug": "qa" }),
        )
        .await;
    assert_eq!(created.status, 201);
    play.deploy("q", json!({ "customEnvironmentSlugOrId": "qa" }))
        .await;
    assert_eq!(
        play.visit(&play.vercel.environment_url("qa").unwrap(), "/")
            .await
            .text(),
        "q"
    );
}

#[tokio::test]
async fn the_version_before_the_play_comes_from_a_folder() {
    let play = Play::start().await;
    let folder = tempfile::tempdir().unwrap();
    output(
        folder.path(),
        &[("config.json", PLAIN), ("static/index.html", "before")],
    );
    let meta = [("version".to_owned(), "1".to_owned())].into();
    let id = play
        .vercel
        .seed_production(folder.path(), meta)
        .await
        .unwrap();
    assert_eq!(play.production().await, "before");
    assert_eq!(play.look().await["targets"]["production"]["id"], json!(id));
    let shown = serde_json::to_value(play.vercel.snapshot()).unwrap();
    assert_eq!(shown["deployments"][0]["readyState"], "READY");
    assert_eq!(shown["deployments"][0]["substate"], "PROMOTED");
    let seen = play.get(&format!("/v13/deployments/{id}")).await.json();
    assert_eq!(seen["readyState"], "READY", "a look does not rebuild it");
    assert_eq!(play.production().await, "before");

    let empty = tempfile::tempdir().unwrap();
    let error = play
        .vercel
        .seed_production(empty.path(), Default::default())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("config.json is missing"),
        "{error}"
    );
}
