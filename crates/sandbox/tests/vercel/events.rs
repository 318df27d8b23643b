//! The build log as it is asked for: a list, lines, or a stream that ends with the deployment.

use reqwest::Method;
use sandbox::{faults::Mishap, vercel::Timings};
use serde_json::{Value, json};

use crate::support::{PLAIN, Play};

const FILES: [(&str, &str); 1] = [(".vercel/output/config.json", PLAIN)];

async fn create(play: &Play, more: Value) -> String {
    let created = play.create(&FILES, more).await.json();
    created["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_followed_log_goes_on_until_the_domains_are_assigned() {
    let play = Play::start().await;
    play.vercel.set_timings(Timings::default());
    let id = create(&play, json!({ "target": "production" })).await;
    // Nobody polls: the stream alone moves the deployment.
    let path = format!("/v3/now/deployments/{id}/events?direction=forward&follow=1&format=lines");
    let log = play.get(&path).await;
    assert_eq!(log.header("content-type"), "application/stream+json");
    let lines: Vec<Value> = log
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let states: Vec<&str> = lines
        .iter()
        .filter(|line| line["type"] == "deployment-state")
        .map(|line| line["text"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["INITIALIZING", "BUILDING", "READY"]);
    let last = lines.last().unwrap();
    assert_eq!(last["type"], "alias-assigned");
    assert_eq!(last["deploymentId"], json!(id));
    assert_eq!(last["alias"], json!([play.vercel.production_domain()]));
}

#[tokio::test]
async fn a_stuck_build_keeps_the_stream_open() {
    let play = Play::start().await;
    play.vercel.add_mishap(Mishap::StuckBuilding);
    let id = create(&play, json!({})).await;
    let path = format!("/v3/deployments/{id}/events?follow=1");
    let mut open = play.api(Method::GET, &path).send().await.unwrap();
    let first = open.chunk().await.unwrap();
    assert!(first.is_some(), "what is known comes at once");
    play.send(play.api(Method::PATCH, &format!("/v12/deployments/{id}/cancel")))
        .await;
    let mut rest = Vec::new();
    while let Some(chunk) = open.chunk().await.unwrap() {
        rest.extend(chunk);
    }
    assert!(String::from_utf8(rest).unwrap().contains("CANCELED"));
}

#[tokio::test]
async fn lists_are_cut_turned_and_filtered() {
    let play = Play::start().await;
    let id = play.deploy("x", json!({})).await;
    let list = async |query: &str| -> Vec<String> {
        let path = format!("/v3/deployments/{id}/events?{query}");
        let events = play.get(&path).await.json();
        let texts = events.as_array().unwrap().iter();
        texts
            .map(|event| event["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = list("limit=-1&builds=1").await;
    assert_eq!(all.last().unwrap(), "READY");
    assert_eq!(list("direction=backward&limit=1").await, ["READY"]);
    assert_eq!(list("name=bld_other").await, [""; 0]);
    assert_eq!(list("until=1").await, [""; 0]);
    for query in ["follow=yes", "format=xml", "direction=up", "colour=red"] {
        let path = format!("/v3/deployments/{id}/events?{query}");
        assert_eq!(play.get(&path).await.status, 400, "{query}");
    }
}
