//! What is sent other than a build output file by file: archives, sources, an app of a monorepo; and when nothing is.

use std::{collections::BTreeMap, fs, path::Path};

use build_output::{Archive, BuildOutput};
use serde_json::{Value, json};
use tempfile::TempDir;
use vercel_client::{Error, GitMetadata, NewDeployment, Shipment, Target};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

use crate::support::{accepted, vercel};

fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = if name.ends_with("config.json") {
            r#"{"version":3}"#
        } else {
            name
        };
        fs::write(path, text).unwrap();
    }
    folder
}

fn new(most_uploads: Option<usize>) -> NewDeployment<'static> {
    NewDeployment {
        name: "setlist",
        target: Target::Preview,
        meta: BTreeMap::new(),
        git: Some(GitMetadata {
            commit_ref: Some("main".to_owned()),
            ..GitMetadata::default()
        }),
        attempt: "attempt-1".to_owned(),
        most_uploads,
    }
}

/// The query and the body of the order that was taken at once.
async fn order(shipment: &Shipment) -> (String, Value) {
    let server = MockServer::start().await;
    Mock::given(path("/v13/deployments"))
        .respond_with(accepted())
        .mount(&server)
        .await;
    vercel(&server).create(shipment, &new(None)).await.unwrap();
    let request = server.received_requests().await.unwrap().pop().unwrap();
    (
        request.url.query().unwrap().to_owned(),
        request.body_json().unwrap(),
    )
}

fn names(body: &Value) -> Vec<&str> {
    let files = body["files"].as_array().unwrap();
    files
        .iter()
        .map(|file| file["file"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_archive_is_sent_as_the_cli_sends_it() {
    let folder = folder(&["config.json", "static/a.txt"]);
    let output = BuildOutput::open(folder.path()).unwrap();
    let archive = Archive::pack(&output, None).unwrap();
    let shipment = Shipment::of_archive(&archive, &output, None);
    assert_eq!((shipment.files(), shipment.contents()), (1, 1));
    let (query, body) = order(&shipment).await;
    assert!(query.contains("prebuilt=1"));
    let part = &archive.parts()[0];
    let expected = json!([
        {"file": ".vercel/source.tgz.part1", "sha": part.sha1, "size": part.bytes, "mode": 0o666}
    ]);
    assert_eq!(body["files"], expected);
    assert_eq!(body["gitMetadata"], json!({"commitRef": "main"}));
}

#[tokio::test]
async fn sources_are_not_called_prebuilt_and_name_the_app() {
    let folder = folder(&["apps/web/page.tsx", "package.json"]);
    let output = BuildOutput::open_source(folder.path()).unwrap();
    let (query, body) = order(&Shipment::of(&output, Some("apps/web"))).await;
    assert!(!query.contains("prebuilt"), "{query}");
    assert_eq!(names(&body), ["apps/web/page.tsx", "package.json"]);
    let settings = json!({"rootDirectory": "apps/web", "sourceFilesOutsideRootDirectory": true});
    assert_eq!(body["projectSettings"], settings);
}

#[tokio::test]
async fn a_build_of_an_app_lies_below_the_app() {
    let folder = folder(&["config.json", "static/a.txt"]);
    let output = BuildOutput::open(folder.path()).unwrap();
    let (_, body) = order(&Shipment::of(&output, Some("apps/web"))).await;
    let expected = [
        "apps/web/.vercel/output/config.json",
        "apps/web/.vercel/output/static/a.txt",
    ];
    assert_eq!(names(&body), expected);
}

#[tokio::test]
async fn too_many_uploads_are_not_begun() {
    let folder = folder(&["config.json", "static/a.txt", "static/b.txt"]);
    let output = BuildOutput::open(folder.path()).unwrap();
    let shipment = Shipment::of(&output, None);
    let missing: Vec<String> = output
        .entries()
        .iter()
        .map(|entry| entry.sha1_hex())
        .collect();
    let server = MockServer::start().await;
    let error = json!({"error": {"code": "missing_files", "message": "", "missing": missing}});
    Mock::given(path("/v13/deployments"))
        .respond_with(ResponseTemplate::new(400).set_body_json(error))
        .mount(&server)
        .await;
    let error = vercel(&server)
        .create(&shipment, &new(Some(2)))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::TooManyUploads { missing: 3, .. }),
        "{error}"
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_shrank_since_it_was_hashed_is_never_taken_for_sent() {
    let folder = folder(&["config.json", "static/a.txt"]);
    let output = BuildOutput::open(folder.path()).unwrap();
    let shipment = Shipment::of(&output, None);
    let sha1 = output.entries()[1].sha1_hex();
    fs::write(Path::new(folder.path()).join("static/a.txt"), "").unwrap();
    let server = MockServer::start().await;
    let error = json!({"error": {"code": "missing_files", "message": "", "missing": [sha1]}});
    Mock::given(path("/v13/deployments"))
        .respond_with(ResponseTemplate::new(400).set_body_json(error))
        .mount(&server)
        .await;
    Mock::given(path("/v2/files"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let mut once = new(None);
    once.most_uploads = Some(5);
    let deadline = http_client::Deadline::after(std::time::Duration::from_millis(300));
    let vercel = vercel(&server).with_deadline(deadline);
    assert!(vercel.create(&shipment, &once).await.is_err());
}
