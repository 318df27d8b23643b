//! The largest deployment that Vercel takes, over as many connections as its CLI opens.
//!
//! `cargo xtask conformance vercel-many` runs this test.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::support::{PLAIN, Play, entry};

/// More files are refused.
const MOST: usize = 15_000;
const CONNECTIONS: usize = 50;

/// Many times what it takes; a twin that slows down with each file passes it.
const LIMIT: Duration = Duration::from_secs(180);

fn content(number: usize) -> String {
    format!("export default {number};\n")
}

async fn send() {
    let play = Play::start().await;
    let numbers = 0..MOST - 1;
    let statuses: Vec<u16> = stream::iter(numbers.clone())
        .map(async |number| play.upload(&content(number)).await.status)
        .buffer_unordered(CONNECTIONS)
        .collect()
        .await;
    assert!(statuses.iter().all(|status| *status == 200));
    let path = |number: usize| format!(".vercel/output/static/{}/{number}.js", number % 100);
    let mut files: Vec<Value> = numbers
        .map(|number| entry(&path(number), &content(number)))
        .collect();
    assert_eq!(play.upload(PLAIN).await.status, 200);
    files.push(entry(".vercel/output/config.json", PLAIN));
    let name = play.vercel.project_name();
    let create = async |files: &[Value]| {
        let body = json!({ "name": name, "files": files });
        play.post("/v13/deployments?prebuilt=1", body).await
    };
    let created = create(&files).await;
    assert_eq!(created.status, 200, "{}", created.text());
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let shown = play.get(&format!("/v13/deployments/{id}")).await.json();
    assert_eq!(shown["readyState"], "READY", "{shown}");
    let page = play.visit(&play.url_of(&id), "/77/14977.js").await;
    assert_eq!(page.text(), content(14_977));

    let snapshot = play.vercel.snapshot();
    assert_eq!(snapshot.uploads, MOST);
    // Every upload, the order and the poll.
    assert_eq!(snapshot.asked, MOST as u64 + 2);
    assert_eq!(
        snapshot.requests.len() as u64,
        snapshot.asked,
        "none is lost"
    );

    files.push(entry(".vercel/output/static/one-more.js", &content(0)));
    let refused = create(&files).await;
    assert_eq!(
        (refused.status, refused.code()),
        (400, "too_many_files".to_owned())
    );
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-many`"]
async fn fifteen_thousand_files_over_fifty_connections() {
    tokio::time::timeout(LIMIT, send())
        .await
        .expect("in bounded time");
}
