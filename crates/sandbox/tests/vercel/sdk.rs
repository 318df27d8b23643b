//! Every answer against the schemas of Vercel's own SDK (npm `@vercel/sdk`), which is generated from the API's description;
//! the description itself is in no package.
//!
//! `cargo xtask conformance vercel-sdk` installs it and runs this test.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::Play;

/// Below the installed peers.
const SDK: &str = "vercel-sdk/node_modules/@vercel/sdk";

/// Fields that the schemas do not have and clients read all the same: the command line a user's version, without which it forgets
/// the default team, and a deployment's environment; everybody how a release advances.
const READ_ALL_THE_SAME: [&str; 3] = [
    "/customEnvironment/",
    "/rollingRelease/advancementType",
    "/user/version",
];

/// What the schemas find wrong: operation and words.
fn read(answers: &[Value]) -> Vec<String> {
    let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
    let script =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/vercel-sdk/read.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .arg(PathBuf::from(peers).join(SDK))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let input = serde_json::to_vec(answers).unwrap();
    node.stdin.take().unwrap().write_all(&input).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    let results: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(results.len(), answers.len());
    let mut wrong = Vec::new();
    for result in results {
        let name = result["name"].as_str().unwrap();
        for problem in result["problems"].as_array().unwrap() {
            wrong.push(format!("{name}: refused: {problem}"));
        }
        for field in result["unknown"].as_array().unwrap() {
            let field = field.as_str().unwrap();
            if !READ_ALL_THE_SAME
                .iter()
                .any(|known| field.starts_with(known))
            {
                wrong.push(format!("{name}: unknown field {field}"));
            }
        }
    }
    wrong
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-sdk`"]
async fn sdk_reads_every_answer() {
    let (play, first, second) = Play::with_versions().await;
    let preview = play.deploy("p", json!({ "meta": { "a": "b" } })).await;
    let staging = json!({ "customEnvironmentSlugOrId": "staging" });
    let custom = play.deploy("s", staging).await;
    let mut answers = Vec::new();
    let mut add = |name: &str, module: &str, schema: &str, body: Value| {
        answers.push(json!({ "name": name, "module": module, "schema": schema, "body": body }));
    };
    for (name, id) in [
        ("production", &first),
        ("staged", &second),
        ("preview", &preview),
        ("custom", &custom),
    ] {
        let shown = play.get(&format!("/v13/deployments/{id}")).await.json();
        let name = format!("deployment {name}");
        add(
            &name,
            "getdeploymentresponsebody1",
            "GetDeploymentResponseBody2",
            shown,
        );
    }
    play.vercel.enable_rolling_release(&[10, 100]);
    play.promote(&second).await;
    let domain = play.vercel.production_domain();
    let reads = [
        ("/v2/user", "getauthuserop", "GetAuthUserResponseBody"),
        (
            "/v7/deployments",
            "getdeploymentsop",
            "GetDeploymentsResponseBody",
        ),
        (
            "/v9/projects/{}",
            "getprojectresponsebody",
            "GetProjectResponseBody",
        ),
        (
            "/v9/projects/{}/domains",
            "getprojectdomainsop",
            "GetProjectDomainsResponseBody",
        ),
        (
            "/v9/projects/{}/custom-environments",
            "getprojectsbyidornamecustomenvironmentsop",
            "GetProjectsByIdOrNameCustomEnvironmentsResponseBody",
        ),
        ("/v4/aliases", "listaliasesop", "ListAliasesResponseBody"),
        (
            "/v5/domains/example.com",
            "getdomainop",
            "GetDomainResponseBody",
        ),
        (
            "/v1/projects/{}/rolling-release",
            "getrollingreleaseop",
            "GetRollingReleaseResponseBody",
        ),
        (
            "/v1/projects/{}/rolling-release/config",
            "getrollingreleaseconfigop",
            "GetRollingReleaseConfigResponseBody",
        ),
        (
            "/v1/projects/{}/rolling-release/billing",
            "getrollingreleasebillingstatusop",
            "GetRollingReleaseBillingStatusResponseBody",
        ),
        (
            "/v1/projects/{}/promote/aliases",
            "listpromotealiasesop",
            "ListPromoteAliasesResponseBody",
        ),
    ];
    for (path, module, schema) in reads {
        add(
            path,
            module,
            schema,
            play.get(&play.project(path)).await.json(),
        );
    }
    let alias = play.get(&format!("/v4/aliases/{domain}")).await.json();
    add("alias", "getaliasop", "GetAliasResponseBody", alias);
    let path = format!("/v2/deployments/{first}/aliases");
    let aliases = play.get(&path).await.json();
    add(
        "aliases",
        "listdeploymentaliasesop",
        "ListDeploymentAliasesResponseBody",
        aliases,
    );
    let assigned = play
        .post(&path, json!({ "alias": "www.example.com" }))
        .await
        .json();
    add(
        "assign",
        "assignaliasop",
        "AssignAliasResponseBody",
        assigned,
    );
    let events = play
        .get(&format!("/v3/deployments/{first}/events"))
        .await
        .json();
    for event in events.as_array().unwrap() {
        add(
            "event",
            "getdeploymenteventsop",
            "GetDeploymentEventsResponseBody",
            event.clone(),
        );
    }
    let wrong = read(&answers);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
