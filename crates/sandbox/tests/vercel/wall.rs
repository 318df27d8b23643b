//! Deployment protection: who is let in, and what everybody else sees.

use reqwest::Method;
use sandbox::vercel::Protection;
use serde_json::json;

use crate::support::Play;

#[tokio::test]
async fn previews_are_walled_and_the_production_domain_is_open() {
    let (play, _, second) = Play::with_versions().await;
    play.vercel.set_protection(Protection::Previews);
    assert_eq!(
        play.visit(&play.vercel.production_url(), "/").await.status,
        200
    );
    let url = play.url_of(&second);

    let probe = play.visit(&url, "/").await;
    assert_eq!(probe.status, 401);
    assert!(probe.header("set-cookie").starts_with("_vercel_sso_nonce="));
    assert_eq!(probe.header("x-deployment-id"), "", "the app was not seen");

    let browser = play
        .send(
            play.http
                .get(format!("{url}/a?b=c"))
                .header("accept", "text/html,*/*"),
        )
        .await;
    assert_eq!(browser.status, 302);
    let login = browser.header("location").to_owned();
    assert!(
        login.starts_with(&format!(
            "{}/sso-api?url=http%3A%2F%2F",
            play.vercel.api_url()
        )),
        "{login}"
    );
    let page = play.send(play.http.get(login)).await;
    assert_eq!(page.status, 200, "the trap: a followed redirect is green");
    assert!(page.text().contains("Vercel Authentication"));

    play.vercel.set_protection(Protection::All);
    assert_eq!(
        play.visit(&play.vercel.production_url(), "/").await.status,
        401
    );
    play.vercel.set_protection(Protection::None);
    assert_eq!(play.visit(&url, "/").await.status, 200);
}

#[tokio::test]
async fn the_secret_opens_by_header_and_by_query() {
    let (play, _, second) = Play::with_versions().await;
    play.vercel.set_protection(Protection::Previews);
    let (url, secret) = (play.url_of(&second), play.vercel.bypass_secret());
    let with = |secret: &str| {
        play.http
            .get(format!("{url}/"))
            .header("x-vercel-protection-bypass", secret)
    };
    let opened = play.send(with(&secret)).await;
    assert_eq!((opened.status, opened.text().as_str()), (200, "v2"));
    assert_eq!(play.send(with("wrong")).await.status, 401);
    let by_query = play
        .visit(&url, &format!("/?x-vercel-protection-bypass={secret}"))
        .await;
    assert_eq!(by_query.status, 200);
}

#[tokio::test]
async fn the_cookie_keeps_one_host_open() {
    let (play, first, second) = Play::with_versions().await;
    play.vercel.set_protection(Protection::Previews);
    let (url, secret) = (play.url_of(&second), play.vercel.bypass_secret());
    let path = format!("/?a=1&x-vercel-protection-bypass={secret}&x-vercel-set-bypass-cookie=true");
    let answer = play.visit(&url, &path).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (307, "/?a=1"),
        "the secret leaves the address"
    );
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert!(cookie.starts_with("_vercel_jwt=") && !cookie.contains(&secret));
    let open = async |url: String| {
        play.send(play.http.get(url).header("cookie", &cookie))
            .await
            .status
    };
    assert_eq!(open(url).await, 200);
    assert_eq!(
        open(play.url_of(&first)).await,
        401,
        "another host, another cookie"
    );
}

#[tokio::test]
async fn bypass_secrets_are_made_and_revoked() {
    let play = Play::start().await;
    let path = play.project("/v1/projects/{}/protection-bypass");
    let old = play.vercel.bypass_secret();
    let body = json!({ "revoke": { "secret": old, "regenerate": true } });
    let answer = play
        .send(play.api(Method::PATCH, &path).json(&body))
        .await
        .json();
    let new = play.vercel.bypass_secret();
    assert_ne!(new, old);
    assert_eq!(
        answer["protectionBypass"][&new]["scope"],
        "automation-bypass"
    );
    assert_eq!(answer["protectionBypass"].as_object().unwrap().len(), 1);
}
