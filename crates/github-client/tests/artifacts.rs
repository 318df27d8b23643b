//! Downloads of artifacts: the token stays at home, and no more is read than was allowed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use github_client::{Client, Error};
use serde_json::json;
use support::client;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ZIP: &str = "/repos/acme/web/actions/artifacts/5/zip";

struct Servers {
    github: MockServer,
    blobs: MockServer,
}

impl Servers {
    async fn start() -> Self {
        Self {
            github: MockServer::start().await,
            blobs: MockServer::start().await,
        }
    }

    /// GitHub sends to the blob store.
    async fn sends(&self) {
        let to = format!("{}/blob?sig=s3cr3tsignature", self.blobs.uri());
        self.answers(
            &self.github,
            ZIP,
            ResponseTemplate::new(302).insert_header("location", to),
        )
        .await;
    }

    async fn answers(&self, server: &MockServer, at: &str, answer: ResponseTemplate) {
        let mock = Mock::given(method("GET")).and(path(at));
        mock.respond_with(answer).mount(server).await;
    }

    fn client(&self) -> Client {
        client(&self.github.uri())
    }

    async fn read(&self, limit: u64) -> Result<Vec<u8>, Error> {
        self.client().downloads().unwrap().read(5, limit).await
    }
}

#[tokio::test]
async fn the_token_does_not_travel_to_the_blob_store() {
    let servers = Servers::start().await;
    servers.sends().await;
    let bytes = ResponseTemplate::new(200).set_body_bytes(*b"PK..");
    servers.answers(&servers.blobs, "/blob", bytes).await;
    assert_eq!(servers.read(4).await.unwrap(), b"PK..");
    let asked = servers.blobs.received_requests().await.unwrap();
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].headers.contains_key("authorization"));
    let asked = servers.github.received_requests().await.unwrap();
    assert!(asked[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_token_does_not_travel_within_the_server_either() {
    let servers = Servers::start().await;
    // A renamed repository is asked again with the token; only then comes the address.
    let to = |status, to: &str| ResponseTemplate::new(status).insert_header("location", to);
    servers
        .answers(&servers.github, ZIP, to(301, "/renamed"))
        .await;
    servers
        .answers(&servers.github, "/renamed", to(302, "/blob?sig=x"))
        .await;
    let bytes = ResponseTemplate::new(200).set_body_bytes(*b"PK");
    servers.answers(&servers.github, "/blob", bytes).await;
    assert_eq!(servers.read(4).await.unwrap(), b"PK");
    let asked = servers.github.received_requests().await.unwrap();
    let with_token: Vec<_> = asked
        .iter()
        .map(|request| request.headers.contains_key("authorization"))
        .collect();
    assert_eq!(with_token, [true, true, false]);
}

#[tokio::test]
async fn no_more_is_read_than_allowed() {
    let servers = Servers::start().await;
    servers.sends().await;
    let bytes = ResponseTemplate::new(200).set_body_bytes(vec![0; 100_001]);
    servers.answers(&servers.blobs, "/blob", bytes).await;
    let error = servers.read(100_000).await.unwrap_err().to_string();
    assert!(error.contains("larger than 100000 bytes"), "{error}");
    assert!(!error.contains("s3cr3tsignature"), "{error}");
    assert_eq!(servers.read(100_001).await.unwrap().len(), 100_001);
}

#[tokio::test]
async fn an_address_that_ran_out_is_asked_for_again_once() {
    let servers = Servers::start().await;
    servers.sends().await;
    let late = Mock::given(path("/blob")).respond_with(ResponseTemplate::new(403));
    late.up_to_n_times(1).mount(&servers.blobs).await;
    let bytes = ResponseTemplate::new(200).set_body_bytes(*b"PK");
    servers.answers(&servers.blobs, "/blob", bytes).await;
    assert_eq!(servers.read(4).await.unwrap(), b"PK");
    assert_eq!(servers.github.received_requests().await.unwrap().len(), 2);

    let servers = Servers::start().await;
    servers.sends().await;
    servers
        .answers(&servers.blobs, "/blob", ResponseTemplate::new(404))
        .await;
    let error = servers.read(4).await.unwrap_err();
    assert!(
        matches!(error, Error::Status { status, .. } if status == 404),
        "{error}"
    );
    assert_eq!(servers.blobs.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_gone_or_forbidden_is_said() {
    let servers = Servers::start().await;
    let gone = json!({"message": "Artifact has expired"});
    let gone = ResponseTemplate::new(410).set_body_json(gone);
    servers.answers(&servers.github, ZIP, gone).await;
    let error = servers.read(4).await.unwrap_err().to_string();
    assert!(error.contains("Artifact has expired"), "{error}");

    let servers = Servers::start().await;
    servers
        .answers(&servers.github, ZIP, ResponseTemplate::new(403))
        .await;
    assert!(servers.read(4).await.unwrap_err().is_forbidden());

    let servers = Servers::start().await;
    servers
        .answers(&servers.github, ZIP, ResponseTemplate::new(302))
        .await;
    let error = servers.read(4).await.unwrap_err().to_string();
    assert!(error.contains("names no address"), "{error}");
}
