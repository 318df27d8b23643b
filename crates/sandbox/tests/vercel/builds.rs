//! Source deployments: built by a script, or not at all.

use sandbox::vercel::{Build, Outcome, Timings};
use serde_json::{Value, json};

use crate::support::{Play, output};

const SOURCE: [(&str, &str); 2] = [("package.json", "{}"), ("app/page.tsx", "export default 1")];

async fn send(play: &Play) -> String {
    for (_, content) in SOURCE {
        play.upload(content).await;
    }
    let files: Vec<Value> = SOURCE
        .iter()
        .map(|(path, content)| crate::support::entry(path, content))
        .collect();
    let body = json!({ "name": "setlist", "files": files });
    let created = play.post("/v13/deployments", body).await.json();
    created["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_build_speaks_while_it_goes_on_and_serves_its_output() {
    let play = Play::start().await;
    let folder = tempfile::tempdir().unwrap();
    let built = [
        ("config.json", crate::support::PLAIN),
        ("static/index.html", "built"),
    ];
    output(folder.path(), &built);
    let log = ["install", "compile", "collect"]
        .map(str::to_owned)
        .to_vec();
    let outcome = Outcome::Output(folder.path().to_owned());
    play.vercel
        .script_build(Some(Build { log, outcome }))
        .unwrap();
    play.vercel.set_timings(Timings {
        building: 2,
        ..Timings::instant()
    });
    let id = send(&play).await;
    let lines = async || -> Vec<String> {
        let events = play
            .get(&format!("/v3/deployments/{id}/events"))
            .await
            .json();
        let said = events.as_array().unwrap().iter();
        said.filter(|event| event["type"] == "stdout")
            .map(|event| event["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        let shown = play.get(&format!("/v13/deployments/{id}")).await.json();
        seen.push((
            shown["readyState"].as_str().unwrap().to_owned(),
            lines().await.len() - 1,
        ));
    }
    let expected = [("BUILDING", 2), ("BUILDING", 3), ("READY", 3)];
    assert_eq!(seen, expected.map(|(state, said)| (state.to_owned(), said)));
    assert_eq!(lines().await[1..], ["install", "compile", "collect"]);
    assert_eq!(play.visit(&play.url_of(&id), "/").await.text(), "built");
}

#[tokio::test]
async fn a_build_fails_by_script_or_because_nobody_wrote_one() {
    let play = Play::start().await;
    let failed = async |id: String| {
        let shown = play.get(&format!("/v13/deployments/{id}")).await.json();
        assert_eq!(shown["readyState"], "ERROR");
        shown["errorMessage"].as_str().unwrap().to_owned()
    };
    assert!(failed(send(&play).await).await.contains("builds nothing"));
    let log = vec!["compile".to_owned()];
    let outcome = Outcome::Fails("Command \"npm run build\" exited with 1".to_owned());
    play.vercel
        .script_build(Some(Build { log, outcome }))
        .unwrap();
    assert!(failed(send(&play).await).await.contains("exited with 1"));
}
