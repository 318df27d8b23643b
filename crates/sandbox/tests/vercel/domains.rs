//! Aliases on domains: the team's own, free ones below `vercel.app`, and nobody else's.

use serde_json::json;

use crate::support::Play;

#[tokio::test]
async fn only_owned_domains_are_known_and_may_be_aliases() {
    let play = Play::start().await;
    play.vercel.add_domain("example.net");
    let id = play.deploy("x", json!({})).await;
    // name, GET /v5/domains, POST alias
    let table = [
        ("example.com", 200, 200),
        ("www.example.com", 200, 200),
        ("example.net", 200, 200),
        ("notexample.com", 404, 403),
        ("example.org", 404, 403),
        ("setlist-qa.vercel.app", 404, 200),
    ];
    for (name, known, assigned) in table {
        let domain = play.get(&format!("/v5/domains/{name}")).await;
        assert_eq!(domain.status, known, "{name}");
        let path = format!("/v2/deployments/{id}/aliases");
        let answer = play.post(&path, json!({ "alias": name })).await;
        assert_eq!(answer.status, assigned, "{name}: {}", answer.text());
    }
    let path = "/v1/registrar/domains/example.org/availability";
    assert_eq!(play.get(path).await.json(), json!({ "available": false }));
}

#[tokio::test]
async fn an_alias_is_served_to_whoever_names_it() {
    let play = Play::start().await;
    let production = play.deploy("live", json!({ "target": "production" })).await;
    let preview = play.deploy("preview", json!({})).await;
    let path = format!("/v2/deployments/{preview}/aliases");
    play.post(&path, json!({ "alias": "www.example.com" }))
        .await;
    let visit = async |host: &str| {
        let request = play.http.get(play.vercel.production_url());
        play.send(request.header("host", host)).await
    };
    assert_eq!(visit("www.example.com").await.text(), "preview");
    assert_eq!(visit("WWW.Example.com:443").await.text(), "preview");
    let unknown = visit("other.example.com").await;
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.header("x-vercel-error"), "DEPLOYMENT_NOT_FOUND");
    assert_eq!(play.production().await, "live");
    assert_eq!(
        visit("localhost").await.header("x-deployment-id"),
        production
    );
}
