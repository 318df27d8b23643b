//! What is sent and read: bodies, their sizes, and headers that are nobody else's business.

use super::*;

#[tokio::test]
async fn a_large_answer_is_refused() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![0; 1001]))
        .mount(&server)
        .await;
    let url = at(&server, "/big");
    assert_eq!(
        client()
            .send(Request::get(url.clone()).body_limit(1001))
            .await
            .unwrap()
            .body
            .len(),
        1001
    );
    let error = client()
        .send(Request::get(url).body_limit(1000))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::TooLarge { limit: 1000, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn secrets_stay_with_their_host() {
    let (home, away) = (MockServer::start().await, MockServer::start().await);
    Mock::given(path("/start"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/next"))
        .mount(&home)
        .await;
    let leave = ResponseTemplate::new(307).insert_header("location", at(&away, "/end").as_str());
    Mock::given(path("/next"))
        .respond_with(leave)
        .mount(&home)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .mount(&away)
        .await;
    let client = client().with_credential(
        &at(&home, "/"),
        header::AUTHORIZATION,
        Secret::new("Bearer t"),
    );
    let request = Request::get(at(&home, "/start"))
        .secret_header(BYPASS, Secret::new("b"))
        .header(header::COOKIE, "c=d".parse().unwrap());

    let stayed = client.send(request.clone()).await.unwrap();
    assert_eq!(
        (stayed.status.as_u16(), stayed.url.path()),
        (302, "/start"),
        "no redirects unless asked"
    );
    let stayed = client
        .send(request.clone().redirects(Redirects::SameOrigin(5)))
        .await
        .unwrap();
    assert_eq!((stayed.status.as_u16(), stayed.url.path()), (307, "/next"));
    assert_eq!(received(&away).await, 0);

    let left = client
        .send(request.redirects(Redirects::Anywhere(5)))
        .await
        .unwrap();
    assert_eq!((left.status.as_u16(), left.url.path()), (200, "/end"));
    for request in home.received_requests().await.unwrap() {
        assert!(
            request.headers.contains_key("authorization") && request.headers.contains_key(BYPASS),
            "{request:?}"
        );
    }
    for request in away.received_requests().await.unwrap() {
        for name in [header::AUTHORIZATION, header::COOKIE, BYPASS] {
            assert!(!request.headers.contains_key(&name), "{name} left its host");
        }
    }
}

#[tokio::test]
async fn a_file_is_streamed_with_its_length_and_sent_whole_again() {
    let server = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large");
    let bytes: Vec<u8> = (0..300_000_u32).map(|index| (index % 251) as u8).collect();
    std::fs::write(&file, &bytes).unwrap();
    Mock::given(any())
        .respond_with(ResponseTemplate::new(502))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("PUT"))
        .and(has_header("content-length", "300000"))
        .and(body_bytes(bytes))
        .respond_with(ResponseTemplate::new(201))
        .mount(&server)
        .await;
    let put = |length| {
        Request::new(Method::PUT, at(&server, "/file")).body(Body::File {
            path: file.clone(),
            length,
        })
    };
    let response = client().send(put(300_000)).await.unwrap();
    assert_eq!((response.status.as_u16(), response.tries), (201, 2));
    // Trying again cannot make it longer: one error, and nothing is sent.
    let sent = received(&server).await;
    let error = client().send(put(300_001)).await.unwrap_err();
    assert!(
        matches!(&error, Error::File { cause, .. } if cause.contains("300000 bytes and had 300001")),
        "{error}"
    );
    assert_eq!(received(&server).await, sent);
    std::fs::remove_file(&file).unwrap();
    let error = client().send(put(300_000)).await.unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[tokio::test]
async fn a_body_may_say_that_no_further_try_helps() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(429).set_body_string("tomorrow"))
        .mount(&server)
        .await;
    let told = Client::new(Options {
        body_class: Some(|response, _| {
            (response.text() == "tomorrow").then_some(http_client::Class::Final)
        }),
        ..quick()
    });
    let response = told
        .unwrap()
        .send(Request::get(at(&server, "/")))
        .await
        .unwrap();
    assert_eq!(
        (response.status.as_u16(), response.tries, response.gave_up),
        (429, 1, None)
    );
    let untold = client().send(Request::get(at(&server, "/"))).await.unwrap();
    assert_eq!(untold.tries, 4, "as its status says");
}

#[tokio::test]
async fn a_header_value_that_http_forbids_is_named_but_not_shown() {
    let request = Request::get("http://127.0.0.1:9/".parse().unwrap())
        .secret_header(BYPASS, Secret::new("two\nlines"));
    let error = client().send(request).await.unwrap_err();
    assert!(
        error.to_string().contains("x-vercel-protection-bypass")
            && !error.to_string().contains("two"),
        "{error}"
    );
}
