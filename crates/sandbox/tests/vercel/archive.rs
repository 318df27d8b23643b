//! Deployments sent as a compressed tar: unpacked and served, or a build error that names what is wrong.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use reqwest::Method;
use serde_json::{Value, json};
use tar::{Builder, EntryType, Header};

use crate::support::{Answer, PLAIN, Play, sha};

/// One entry: its kind, path, and content or link target.
type Entry<'a> = (EntryType, &'a str, &'a str);

const PAGE: Entry<'_> = (
    EntryType::Regular,
    ".vercel/output/static/index.html",
    "packed",
);
const CONFIG: Entry<'_> = (EntryType::Regular, ".vercel/output/config.json", PLAIN);

/// A compressed tar that no `tar` would write: names go in unchecked.
fn pack(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (kind, path, content) in entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        let name = &mut header.as_mut_bytes()[..path.len()];
        name.copy_from_slice(path.as_bytes());
        let body = if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name_literal(content).unwrap();
            ""
        } else {
            content
        };
        header.set_size(body.len() as u64);
        header.set_cksum();
        tar.append(&header, body.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

async fn upload(play: &Play, bytes: &[u8]) {
    let digest = sha(bytes);
    let request = play
        .api(Method::POST, "/v2/files")
        .header("x-now-digest", &digest)
        .header("x-now-size", bytes.len())
        .body(bytes.to_vec());
    assert_eq!(play.send(request).await.status, 200);
}

/// Sends the parts under these numbers, with the bare permissions that the CLI sends.
async fn deploy(play: &Play, parts: &[(&str, &[u8])], beside: Vec<Value>) -> Answer {
    let mut files = beside;
    for (number, bytes) in parts {
        upload(play, bytes).await;
        files.push(
            json!({ "file": format!(".vercel/source.tgz.part{number}"), "sha": sha(bytes),
            "size": bytes.len(), "mode": 0o666 }),
        );
    }
    let body = json!({ "name": "setlist", "files": files });
    let created = play.post("/v13/deployments?prebuilt=1", body).await;
    assert_eq!(created.status, 200, "{}", created.text());
    let id = created.json()["id"].as_str().unwrap().to_owned();
    play.get(&format!("/v13/deployments/{id}")).await
}

#[tokio::test]
async fn parts_are_joined_unpacked_and_served() {
    let play = Play::start().await;
    let link = (
        EntryType::Symlink,
        ".vercel/output/static/home.html",
        "index.html",
    );
    let folder = (EntryType::Directory, ".vercel/output/static/", "");
    let large = "large ".repeat(200_000);
    let large = (
        EntryType::Regular,
        ".vercel/output/static/large.txt",
        large.as_str(),
    );
    let packed = pack(&[CONFIG, folder, PAGE, link, large]);
    let (first, second) = packed.split_at(packed.len() / 2);
    let shown = deploy(&play, &[("2", second), ("1", first)], Vec::new()).await;
    let shown = shown.json();
    assert_eq!(shown["readyState"], "READY", "{shown}");
    let id = shown["id"].as_str().unwrap();
    let url = play.url_of(id);
    assert_eq!(play.visit(&url, "/").await.text(), "packed");
    assert_eq!(play.visit(&url, "/home.html").await.text(), "packed");
    assert_eq!(play.visit(&url, "/large.txt").await.body.len(), 1_200_000);

    let snapshot = play.vercel.snapshot();
    let deployment = snapshot.deployment(id).unwrap();
    assert!(deployment.archived);
    let names: Vec<_> = deployment
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(
        names,
        [CONFIG.1, PAGE.1, link.1, ".vercel/output/static/large.txt"]
    );
    assert_eq!(snapshot.uploads, 2, "what was unpacked was never uploaded");
    let body = json!({ "name": "setlist", "files": [crate::support::entry("a.html", "packed")] });
    let refused = play.post("/v13/deployments", body).await;
    assert_eq!(refused.code(), "missing_files");
}

#[tokio::test]
async fn an_archive_that_is_no_build_says_why_in_its_log() {
    let play = Play::start().await;
    let regular = |path| (EntryType::Regular, path, "x");
    let good = pack(&[CONFIG, PAGE]);
    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let mut trailing = good.clone();
    trailing.write_all(b"more").unwrap();
    let table: Vec<(&str, Vec<u8>)> = vec![
        (
            "not a path inside",
            pack(&[CONFIG, regular("../outside.html")]),
        ),
        ("not a path inside", pack(&[CONFIG, regular("/etc/passwd")])),
        ("twice", pack(&[CONFIG, PAGE, PAGE])),
        (
            "Link",
            pack(&[CONFIG, (EntryType::Link, "a", ".vercel/output/config.json")]),
        ),
        ("Fifo", pack(&[CONFIG, (EntryType::Fifo, "a", "")])),
        ("empty", pack(&[])),
        ("cannot be unpacked", damaged),
        ("cannot be unpacked", good[..good.len() - 20].to_vec()),
        ("after its end", trailing),
        ("cannot be unpacked", b"no archive".to_vec()),
        ("config.json is missing", pack(&[PAGE])),
    ];
    for (reason, packed) in table {
        let shown = deploy(&play, &[("1", &packed)], Vec::new()).await.json();
        assert_eq!(shown["readyState"], "ERROR", "{reason}");
        let message = shown["errorMessage"].as_str().unwrap();
        assert!(message.contains(reason), "{message}");
    }
    for number in ["2", "01", "x"] {
        let shown = deploy(&play, &[(number, &good)], Vec::new()).await.json();
        assert_eq!(shown["readyState"], "ERROR", "part {number}");
    }
}

#[tokio::test]
async fn a_file_beside_the_archive_must_not_be_in_it() {
    let play = Play::start().await;
    let packed = pack(&[CONFIG, PAGE]);
    play.upload("beside").await;
    let beside = |path: &str| vec![crate::support::entry(path, "beside")];
    let both = deploy(&play, &[("1", &packed)], beside(PAGE.1))
        .await
        .json();
    assert!(both["errorMessage"].as_str().unwrap().contains("both"));
    let more = beside(".vercel/output/static/more.html");
    let shown = deploy(&play, &[("1", &packed)], more).await.json();
    let url = play.url_of(shown["id"].as_str().unwrap());
    assert_eq!(play.visit(&url, "/more.html").await.text(), "beside");
}
