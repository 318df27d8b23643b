//! Promote, rollback and aliases: accepted is not done, and only the alias says what production serves.

use sandbox::{
    faults::Mishap,
    vercel::{JobStatus, Substate, Timings},
};
use serde_json::json;

use crate::support::Play;

#[tokio::test]
async fn a_staged_deployment_serves_its_own_url_only_until_it_is_promoted() {
    let (play, first, second) = Play::with_versions().await;
    let own = play.url_of(&second);
    assert_eq!(
        (play.production().await, play.visit(&own, "/").await.text()),
        ("v1".into(), "v2".into())
    );
    let shown = play.get(&format!("/v13/deployments/{second}")).await.json();
    assert_eq!(
        (&shown["readySubstate"], &shown["alias"]),
        (&json!("STAGED"), &json!([]))
    );

    play.vercel.set_timings(Timings {
        alias_pending: 1,
        alias_moving: 1,
        ..Timings::instant()
    });
    assert_eq!(play.promote(&second).await, 201);
    assert_eq!(play.production().await, "v1", "accepted is not done");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let project = play.look().await;
        let request = &project["lastAliasRequest"];
        assert_eq!(request["fromDeploymentId"], json!(first));
        assert_eq!(request["toDeploymentId"], json!(second));
        statuses.push(request["jobStatus"].as_str().unwrap().to_owned());
    }
    assert_eq!(statuses, ["pending", "in-progress", "succeeded"]);
    assert_eq!(play.production().await, "v2");
    let alias = play
        .get(&format!("/v4/aliases/{}", play.vercel.production_domain()))
        .await
        .json();
    assert_eq!(alias["deploymentId"], json!(second));
    let shown = play.get(&format!("/v13/deployments/{second}")).await.json();
    assert_eq!(shown["readySubstate"], "PROMOTED");
    assert_eq!(shown["alias"], json!([play.vercel.production_domain()]));
}

#[tokio::test]
async fn a_rollback_turns_automatic_assignment_off_until_a_promote() {
    let (play, first, second) = Play::with_versions().await;
    assert_eq!(play.promote(&second).await, 201);
    play.look().await;
    assert_eq!(play.roll_back(&first).await, 201);
    let project = play.look().await;
    assert_eq!(play.production().await, "v1");
    assert_eq!(project["autoAssignCustomDomains"], json!(false));
    assert_eq!(project["lastRollbackTarget"], json!(first));
    assert_eq!(project["lastAliasRequest"]["type"], "rollback");

    let third = play.deploy("v3", json!({ "target": "production" })).await;
    assert_eq!(
        play.production().await,
        "v1",
        "it stays staged though nothing asked for it"
    );
    assert_eq!(
        play.vercel.snapshot().deployment(&third).unwrap().substate,
        Some(Substate::Staged)
    );
    assert_eq!(play.promote(&third).await, 201);
    assert_eq!(play.look().await["autoAssignCustomDomains"], json!(true));
    play.deploy("v4", json!({ "target": "production" })).await;
    assert_eq!(
        play.production().await,
        "v4",
        "and now the next one takes the domain by itself"
    );
}

#[tokio::test]
async fn what_cannot_be_promoted_or_rolled_back_to() {
    let (play, first, second) = Play::with_versions().await;
    let preview = play.deploy("p", json!({})).await;
    assert_eq!(play.promote(&preview).await, 422);
    assert_eq!(play.roll_back(&preview).await, 422);
    assert_eq!(
        play.roll_back(&second).await,
        422,
        "it has never served production"
    );
    play.vercel.set_timings(Timings {
        alias_pending: 5,
        ..Timings::instant()
    });
    assert_eq!(play.promote(&second).await, 201);
    assert_eq!(play.promote(&second).await, 409, "one job at a time");
    assert_eq!(play.roll_back(&first).await, 409);
}

#[tokio::test]
async fn promoting_what_serves_already_is_skipped() {
    let (play, first, _) = Play::with_versions().await;
    assert_eq!(play.promote(&first).await, 201);
    assert_eq!(
        play.look().await["lastAliasRequest"]["jobStatus"],
        "skipped"
    );
}

#[tokio::test]
async fn a_failed_alias_job_is_named_and_moves_nothing() {
    let (play, _, second) = Play::with_versions().await;
    play.vercel.add_mishap(Mishap::AliasError);
    assert_eq!(play.promote(&second).await, 201);
    assert_eq!(play.look().await["lastAliasRequest"]["jobStatus"], "failed");
    assert_eq!(play.production().await, "v1");
    let failed = play
        .get(&play.project("/v1/projects/{}/promote/aliases?failedOnly=true"))
        .await
        .json();
    assert_eq!(
        failed["aliases"][0]["alias"],
        json!(play.vercel.production_domain())
    );
    assert_eq!(failed["aliases"][0]["status"], "failed");
    // It fails once; the next try goes through.
    assert_eq!(play.promote(&second).await, 201);
    play.look().await;
    assert_eq!(play.production().await, "v2");
    let request = play.vercel.snapshot().last_alias_request.unwrap();
    assert_eq!(request.job_status, JobStatus::Succeeded);
}

#[tokio::test]
async fn an_alias_can_fail_while_a_deployment_takes_the_domain_by_itself() {
    let (play, _, _) = Play::with_versions().await;
    play.vercel.add_mishap(Mishap::AliasError);
    let third = play.deploy("v3", json!({ "target": "production" })).await;
    let shown = play.get(&format!("/v13/deployments/{third}")).await.json();
    assert_eq!(shown["aliasAssigned"], json!(false));
    assert_eq!(shown["aliasError"]["code"], "alias_failed");
    assert_eq!(shown["checks"]["deployment-alias"]["state"], "failed");
    assert_eq!(play.production().await, "v1");
}

#[tokio::test]
async fn a_domain_can_be_pointed_by_hand() {
    let (play, first, second) = Play::with_versions().await;
    let domain = play.vercel.production_domain();
    let answer = play
        .post(
            &format!("/v2/deployments/{second}/aliases"),
            json!({ "alias": domain }),
        )
        .await
        .json();
    assert_eq!(answer["oldDeploymentId"], json!(first));
    assert_eq!(play.production().await, "v2");
    let fresh = play
        .post(
            &format!("/v2/deployments/{first}/aliases"),
            json!({ "alias": "old.example.com" }),
        )
        .await
        .json();
    assert_eq!(fresh["oldDeploymentId"], json!(null));
    assert_eq!(
        play.get("/v4/aliases/old.example.com").await.json()["deploymentId"],
        json!(first)
    );
    let of = play
        .get(&format!("/v2/deployments/{first}/aliases"))
        .await
        .json();
    assert_eq!(of["aliases"][0]["alias"], "old.example.com");
    let domains = play
        .get(&play.project("/v9/projects/{}/domains?production=true"))
        .await
        .json();
    assert_eq!(domains["domains"][0]["name"], json!(domain));
}
