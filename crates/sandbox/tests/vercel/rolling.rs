//! Rolling releases: stages, stickiness, the queue behind an active one, and the abort that is a rollback.

use sandbox::{
    faults::Mishap,
    vercel::{ReleaseState, Substate, Timings},
};
use serde_json::{Value, json};

use crate::support::{Answer, Play};

async fn state(play: &Play) -> Value {
    play.get(&play.project("/v1/projects/{}/rolling-release"))
        .await
        .json()["rollingRelease"]
        .clone()
}

async fn approve(play: &Play, stage: usize, canary: &str) -> Answer {
    let body = json!({ "nextStageIndex": stage, "canaryDeploymentId": canary });
    play.post(
        &play.project("/v1/projects/{}/rolling-release/approve-stage"),
        body,
    )
    .await
}

/// A hundred new visitors; how many of them see `v2`.
async fn sample(play: &Play) -> usize {
    let mut canary = 0;
    for _ in 0..100 {
        canary += usize::from(play.production().await == "v2");
    }
    canary
}

#[tokio::test]
async fn stages_move_visitors_and_the_last_one_completes() {
    let (play, first, second) = Play::with_versions().await;
    play.vercel.enable_rolling_release(&[10, 50, 100]);
    assert_eq!(play.promote(&second).await, 201);
    let shown = state(&play).await;
    assert_eq!(
        (&shown["state"], &shown["activeStage"]["targetPercentage"]),
        (&json!("ACTIVE"), &json!(10))
    );
    assert_eq!(shown["nextStage"]["index"], json!(1));
    assert_eq!(shown["canaryDeployment"]["id"], json!(second));
    assert_eq!(shown["currentDeployment"]["id"], json!(first));
    assert_eq!(
        play.vercel.snapshot().deployment(&second).unwrap().substate,
        Some(Substate::Rolling)
    );
    assert_eq!(
        play.vercel.snapshot().production.unwrap(),
        first,
        "the alias has not moved"
    );
    assert_eq!(sample(&play).await, 10);

    assert_eq!(
        approve(&play, 2, &second).await.status,
        400,
        "stages are not skipped"
    );
    assert_eq!(
        approve(&play, 1, &first).await.status,
        400,
        "the canary must be named"
    );
    assert_eq!(approve(&play, 1, &second).await.status, 200);
    assert_eq!(sample(&play).await, 50);

    assert_eq!(approve(&play, 2, &second).await.status, 200);
    let shown = state(&play).await;
    assert_eq!(
        (&shown["state"], &shown["activeStage"]),
        (&json!("COMPLETE"), &Value::Null)
    );
    assert_eq!(sample(&play).await, 100);
    assert_eq!(play.vercel.snapshot().production.unwrap(), second);
}

#[tokio::test]
async fn a_visitor_stays_where_the_cookie_says() {
    let (play, first, second) = Play::with_versions().await;
    play.vercel.enable_rolling_release(&[50]);
    play.promote(&second).await;
    let production = play.vercel.production_url();
    for _ in 0..4 {
        let met = play.visit(&production, "/").await;
        let cookie = met
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        assert!(cookie.starts_with("_vcrr="), "{cookie}");
        for _ in 0..3 {
            let again = play
                .send(play.http.get(&production).header("cookie", &cookie))
                .await;
            assert_eq!(
                again.header("x-deployment-id"),
                met.header("x-deployment-id")
            );
            assert_eq!(
                again.header("set-cookie"),
                "",
                "a known visitor is not told again"
            );
        }
    }
    let forced = play.visit(&production, "/?vcrrForceCanary=true").await;
    assert_eq!(forced.header("x-deployment-id"), second);
    let cookie = forced
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let pinned = play
        .send(play.http.get(&production).header("cookie", cookie))
        .await;
    assert_eq!(pinned.header("x-deployment-id"), second);
    assert_eq!(
        play.visit(&production, "/?vcrrForceStable=true")
            .await
            .header("x-deployment-id"),
        first
    );
}

#[tokio::test]
async fn a_promote_behind_an_active_release_is_queued() {
    let (play, _, second) = Play::with_versions().await;
    let third = play.staged("v3").await;
    play.vercel.enable_rolling_release(&[10]);
    assert_eq!(play.promote(&second).await, 201);
    assert_eq!(play.promote(&third).await, 202);
    assert_eq!(state(&play).await["queuedDeploymentId"], json!(third));
    let body = json!({ "canaryDeploymentId": second });
    let done = play
        .post(
            &play.project("/v1/projects/{}/rolling-release/complete"),
            body,
        )
        .await
        .json();
    assert_eq!(
        done["rollingRelease"]["state"], "ACTIVE",
        "the queued one has begun"
    );
    assert_eq!(
        done["rollingRelease"]["canaryDeployment"]["id"],
        json!(third)
    );
    assert_eq!(play.vercel.snapshot().production.unwrap(), second);
}

#[tokio::test]
async fn a_rollback_aborts_and_everybody_is_back() {
    let (play, first, second) = Play::with_versions().await;
    play.vercel.enable_rolling_release(&[10, 50]);
    play.vercel.add_mishap(Mishap::CanaryErrors { every: 1 });
    play.promote(&second).await;
    let canary = play
        .visit(&play.vercel.production_url(), "/?vcrrForceCanary=true")
        .await;
    assert_eq!(canary.status, 500);
    assert_eq!(
        play.visit(&play.url_of(&second), "/").await.status,
        200,
        "its own URL is fine"
    );

    assert_eq!(
        play.roll_back(&second).await,
        422,
        "the canary is nothing to go back to"
    );
    assert_eq!(play.roll_back(&first).await, 201);
    assert_eq!(
        play.look().await["lastAliasRequest"]["jobStatus"],
        "succeeded"
    );
    assert_eq!(state(&play).await["state"], "ABORTED");
    assert_eq!(
        play.vercel.snapshot().release.unwrap().state,
        ReleaseState::Aborted
    );
    assert_eq!(sample(&play).await, 0);
}

#[tokio::test]
async fn start_is_idempotent_and_settings_come_back() {
    let (play, _, second) = Play::with_versions().await;
    let config = play.project("/v1/projects/{}/rolling-release/config");
    let body = json!({ "enabled": true, "advancementType": "automatic",
        "stages": [{ "targetPercentage": 5, "duration": 2 }, { "targetPercentage": 100 }] });
    let set = play
        .send(play.api(reqwest::Method::PATCH, &config).json(&body))
        .await;
    assert_eq!(set.status, 200, "{}", set.text());
    assert_eq!(play.get(&config).await.json(), set.json());
    let start = play.project("/v1/projects/{}/rolling-release/start");
    let body = json!({ "canaryDeploymentId": second });
    let started = play.post(&start, body.clone()).await.json();
    assert_eq!(
        started["rollingRelease"]["activeStage"]["duration"],
        json!(120),
        "minutes become seconds"
    );
    assert_eq!(
        play.post(&start, body).await.json()["rollingRelease"],
        started["rollingRelease"]
    );
}

#[tokio::test]
async fn with_rolling_on_even_an_automatic_deployment_rolls() {
    let (play, first, _) = Play::with_versions().await;
    play.vercel.enable_rolling_release(&[10]);
    let third = play.deploy("v3", json!({ "target": "production" })).await;
    assert_eq!(state(&play).await["canaryDeployment"]["id"], json!(third));
    assert_eq!(play.vercel.snapshot().production.unwrap(), first);
}

#[tokio::test]
async fn stages_with_a_duration_follow_each_other_by_themselves() {
    let (play, _, second) = Play::with_versions().await;
    let config = json!({ "enabled": true, "advancementType": "automatic", "stages": [
        { "targetPercentage": 10, "duration": 5 }, { "targetPercentage": 50, "duration": 60 },
        { "targetPercentage": 100 }] });
    let path = play.project("/v1/projects/{}/rolling-release/config");
    let request = play.api(reqwest::Method::PATCH, &path).json(&config);
    assert_eq!(play.send(request).await.status, 200);
    play.vercel.set_timings(Timings {
        stage: 2,
        ..Timings::instant()
    });
    assert_eq!(play.promote(&second).await, 201);
    let mut seen = Vec::new();
    for _ in 0..5 {
        let shown = state(&play).await;
        let stage = &shown["activeStage"];
        assert_ne!(stage["requireApproval"], json!(true), "{shown}");
        seen.push((
            shown["state"].clone(),
            stage["targetPercentage"].clone(),
            stage["duration"].clone(),
        ));
    }
    // Minutes are configured, seconds shown.
    let at = |share: u8, seconds: u32| (json!("ACTIVE"), json!(share), json!(seconds));
    let over = (json!("COMPLETE"), json!(null), json!(null));
    assert_eq!(
        seen,
        [at(10, 300), at(10, 300), at(50, 3600), at(50, 3600), over]
    );
    assert_eq!(play.vercel.snapshot().production.unwrap(), second);
}
