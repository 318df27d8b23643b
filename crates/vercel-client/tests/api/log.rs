//! The build log as a stream: lines as they come, the shapes that services answer in, and where it is taken up again.

use vercel_client::Error;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param},
};

use crate::support::vercel;

const EVENTS: &str = "/v3/deployments/dpl_1/events";

async fn answering(kind: &str, body: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path(EVENTS))
        .and(query_param("follow", "1"))
        .and(query_param("direction", "forward"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(body, kind))
        .mount(&server)
        .await;
    server
}

async fn texts(server: &MockServer) -> Result<Vec<String>, Error> {
    let mut log = vercel(server).follow("dpl_1", 0).await?;
    let mut texts = Vec::new();
    while let Some(event) = log.next().await? {
        texts.push(format!("{} {}", event.at, event.text));
    }
    Ok(texts)
}

#[tokio::test]
async fn lines_and_arrays_say_the_same() {
    let lines = concat!(
        "{\"type\":\"stdout\",\"date\":1,\"text\":\"one\"}\n\n",
        "{\"type\":\"stdout\",\"payload\":{\"date\":2,\"text\":\"two\"}}\n",
        "{\"type\":\"stdout\",\"created\":3,\"text\":\"three\"}",
    );
    let array = r#"[{"type":"stdout","date":1,"text":"one"},{"type":"stdout","date":2,"text":"two"},
        {"type":"stdout","date":3,"text":"three"}]"#;
    for (kind, body) in [
        ("application/stream+json", lines),
        ("application/json; charset=utf-8", array),
        ("application/json", lines),
    ] {
        let server = answering(kind, body).await;
        assert_eq!(
            texts(&server).await.unwrap(),
            ["1 one", "2 two", "3 three"],
            "{kind}"
        );
    }
}

#[tokio::test]
async fn what_is_no_log_is_an_error() {
    for body in ["{\"type\":\"stdout\"}\n{\"type\":", "<html>\n", "7\n"] {
        let server = answering("application/stream+json", body).await;
        let error = texts(&server).await.unwrap_err();
        assert!(matches!(error, Error::Shape { .. }), "{body}: {error}");
    }
}

#[tokio::test]
async fn it_is_taken_up_at_a_moment_and_a_refusal_is_in_vercels_words() {
    let server = MockServer::start().await;
    Mock::given(path(EVENTS))
        .and(query_param("since", "17"))
        .respond_with(ResponseTemplate::new(404).set_body_raw(
            r#"{"error":{"code":"not_found","message":"no such log"}}"#,
            "application/json",
        ))
        .mount(&server)
        .await;
    let error = vercel(&server).follow("dpl_1", 17).await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    assert!(error.to_string().contains("no such log"), "{error}");
}
