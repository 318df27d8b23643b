//! What every answer has: authentication, limits, ETags, paging, faults and the log.

use reqwest::header::{AUTHORIZATION, HOST, IF_NONE_MATCH};
use reqwest::{Client, Method, StatusCode};
use sandbox::faults::{Action, Fault, Side};
use sandbox::github::Identity;
use serde_json::json;

use super::support::{HEAD, Play, expect, header};

#[tokio::test]
async fn a_token_is_needed_and_must_be_known() {
    let play = Play::start().await;
    let url = format!("{}/repos/stagegate/setlist", play.github.api_url());
    let document = expect(play.client.get(&url), StatusCode::UNAUTHORIZED).await;
    assert_eq!(document["message"], "Requires authentication");
    for value in [
        "Bearer nonsense",
        "Basic sandbox-actions",
        "sandbox-actions",
    ] {
        let request = play.client.get(&url).header(AUTHORIZATION, value);
        let document = expect(request, StatusCode::UNAUTHORIZED).await;
        assert_eq!(document["message"], "Bad credentials");
    }
    let nameless = Client::new()
        .get(&url)
        .bearer_auth(Identity::Actions.token());
    expect(nameless, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_read_only_token_reads_and_writes_nothing() {
    let play = Play::start().await;
    expect(
        play.ask_as(&Identity::ReadOnly, Method::GET, "/pulls/1"),
        StatusCode::OK,
    )
    .await;
    let status = format!("/statuses/{HEAD}");
    for path in [
        "/issues/1/comments",
        "/check-runs",
        "/deployments",
        &status,
        "/actions/runs/7001/pending_deployments",
    ] {
        let request = play
            .ask_as(&Identity::ReadOnly, Method::POST, path)
            .json(&json!({}));
        let document = expect(request, StatusCode::FORBIDDEN).await;
        assert_eq!(
            document["message"], "Resource not accessible by integration",
            "{path}"
        );
    }
}

#[tokio::test]
async fn people_write_by_role_but_no_check_runs() {
    let play = Play::start().await;
    let body = json!({ "body": "hello" });
    let stranger = Identity::person("stranger");
    expect(
        play.ask_as(&stranger, Method::POST, "/issues/1/comments")
            .json(&body),
        StatusCode::FORBIDDEN,
    )
    .await;
    let author = Identity::person("author");
    let comment = expect(
        play.ask_as(&author, Method::POST, "/issues/1/comments")
            .json(&body),
        StatusCode::CREATED,
    )
    .await;
    assert_eq!(comment["user"]["login"], "author");
    assert_eq!(comment["user"]["type"], "User");
    let check = play
        .ask_as(&author, Method::POST, "/check-runs")
        .json(&json!({ "name": "x", "head_sha": HEAD }));
    let document = expect(check, StatusCode::FORBIDDEN).await;
    assert_eq!(
        document["message"],
        "You must authenticate via a GitHub App."
    );
}

#[tokio::test]
async fn only_people_have_an_account() {
    let play = Play::start().await;
    let url = format!("{}/user", play.github.api_url());
    let ask = |who: Identity| play.client.get(&url).bearer_auth(who.token());
    expect(ask(Identity::Actions), StatusCode::FORBIDDEN).await;
    let user = expect(ask(Identity::person("author")), StatusCode::OK).await;
    assert_eq!(user["login"], "author");
}

#[tokio::test]
async fn an_unsupported_api_version_is_400() {
    let play = Play::start().await;
    let ask = |version| {
        play.ask(Method::GET, "/pulls/1")
            .header("x-github-api-version", version)
    };
    expect(ask("2001-01-01"), StatusCode::BAD_REQUEST).await;
    let response = ask("2022-11-28").send().await.expect("an answer");
    assert_eq!(
        header(&response, "x-github-api-version-selected"),
        "2022-11-28"
    );
}

#[tokio::test]
async fn an_answer_already_known_is_304_and_free() {
    let play = Play::start().await;
    let first = play
        .ask(Method::GET, "/pulls/1")
        .send()
        .await
        .expect("an answer");
    let etag = header(&first, "etag").to_owned();
    let left = header(&first, "x-ratelimit-remaining").to_owned();
    assert!(etag.starts_with("W/\""));
    let again = || {
        play.ask(Method::GET, "/pulls/1")
            .header(IF_NONE_MATCH, &etag)
    };
    let second = again().send().await.expect("an answer");
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&second, "x-ratelimit-remaining"), left);
    assert!(second.text().await.expect("a body").is_empty());
    play.post("/issues/1/comments", json!({ "body": "news" }))
        .await;
    assert_eq!(
        again().send().await.expect("an answer").status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_primary_limit_is_told_and_kept() {
    let play = Play::start().await;
    play.github.set_hourly_limit(&Identity::Actions, 1);
    let first = play
        .ask(Method::GET, "/pulls/1")
        .send()
        .await
        .expect("an answer");
    assert_eq!(header(&first, "x-ratelimit-remaining"), "0");
    let second = play
        .ask(Method::GET, "/pulls/1")
        .send()
        .await
        .expect("an answer");
    assert_eq!(second.status(), StatusCode::FORBIDDEN);
    assert!(
        header(&second, "x-ratelimit-reset")
            .parse::<u64>()
            .is_ok_and(|at| at > 0)
    );
    let url = format!("{}/rate_limit", play.github.api_url());
    let request = play.client.get(url).bearer_auth(Identity::Actions.token());
    let limits = expect(request, StatusCode::OK).await;
    assert_eq!(limits["resources"]["core"]["remaining"], 0);
}

#[tokio::test]
async fn lists_are_paged_and_linked() {
    let play = Play::start().await;
    for number in 0..45 {
        play.post("/issues/1/comments", json!({ "body": format!("{number}") }))
            .await;
    }
    let page = async |query: &str| {
        let path = format!("/issues/1/comments{query}");
        let response = play
            .ask(Method::GET, &path)
            .send()
            .await
            .expect("an answer");
        let link = header(&response, "link").to_owned();
        let body: Vec<serde_json::Value> = response.json().await.expect("a list");
        (body, link)
    };
    let (first, link) = page("").await;
    assert_eq!(first.len(), 30);
    assert!(
        link.contains("page=2>; rel=\"next\"") && link.contains("page=2>; rel=\"last\""),
        "{link}"
    );
    let (second, link) = page("?page=2").await;
    assert_eq!(second.len(), 15);
    assert_eq!(second[0]["body"], "30");
    assert!(
        link.contains("rel=\"prev\"") && !link.contains("rel=\"next\""),
        "{link}"
    );
    let (all, link) = page("?per_page=1000").await;
    assert_eq!(
        (all.len(), link.as_str()),
        (45, ""),
        "per_page is cut to 100"
    );
    let (_, link) = page("?per_page=10&page=3").await;
    let next = link
        .split(',')
        .find(|part| part.contains("next"))
        .expect("a next page");
    assert!(next.contains("per_page=10&page=4"), "{link}");
    assert!(page("?page=9").await.0.is_empty());
}

#[tokio::test]
async fn faults_spoil_chosen_requests_and_commits_can_be_hidden() {
    let play = Play::start().await;
    let path = "/repos/*/*/issues/*/comments";
    play.github
        .add_fault(Fault::on(Side::GitHub, "POST", path).action(Action::CommitThenStatus(502)));
    let body = json!({ "body": "once" });
    let request = || play.ask(Method::POST, "/issues/1/comments").json(&body);
    expect(request(), StatusCode::BAD_GATEWAY).await;
    assert_eq!(
        play.github.snapshot().comments.len(),
        1,
        "it was carried out"
    );
    play.github
        .add_fault(Fault::on(Side::GitHub, "POST", path).action(Action::Drop));
    assert!(request().send().await.is_err());
    expect(request(), StatusCode::CREATED).await;
    let state = play.github.snapshot();
    assert_eq!(
        state.comments.len(),
        2,
        "a dropped request was not carried out"
    );
    play.github
        .add_fault(Fault::on(Side::GitHub, "POST", path).action(Action::CommitThenDrop));
    assert!(request().send().await.is_err());
    assert_eq!(
        play.github.snapshot().comments.len(),
        3,
        "it was carried out, and nobody heard"
    );
    let state = play.github.snapshot();
    let logged: Vec<(u16, &str)> = state
        .requests
        .iter()
        .map(|request| (request.status, request.login.as_str()))
        .collect();
    let bot = "github-actions[bot]";
    assert_eq!(logged, [(502, bot), (502, bot), (201, bot), (502, bot)]);
}

#[tokio::test]
async fn a_name_that_points_to_loopback_is_refused() {
    let play = Play::start().await;
    let request = play
        .client
        .get(play.github.page_url())
        .header(HOST, "evil.example.test");
    expect(request, StatusCode::MISDIRECTED_REQUEST).await;
}

#[tokio::test]
async fn addresses_for_people_lead_to_the_page() {
    let play = Play::start().await;
    let url = format!("{}/stagegate/setlist/pull/1", play.github.api_url());
    let response = play.client.get(url).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&response, "location"), "/");
}

#[tokio::test]
async fn stopping_closes_the_port() {
    let play = Play::start().await;
    play.sandbox.stop().await;
    assert!(play.ask(Method::GET, "/pulls/1").send().await.is_err());
}
