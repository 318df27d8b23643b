//! The client against a real server on loopback: what is sent, how often, with which headers, and what an error says.

#![allow(clippy::unwrap_used, reason = "a helper of a test may end it too")]

use std::time::Duration;

use http_client::{
    Body, Client, Deadline, Error, Failure, GiveUp, HeaderName, Method, Options, Reason, Redirects,
    Request, RetryPolicy, Secret, StatusCode, Url, header,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_bytes, header as has_header, method, path},
};

const BYPASS: HeaderName = HeaderName::from_static("x-vercel-protection-bypass");

fn quick() -> Options {
    let retry = RetryPolicy {
        attempts: 4,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(2),
        deadline: Duration::from_secs(20),
    };
    Options {
        retry,
        ..Options::default()
    }
}

fn client() -> Client {
    Client::new(quick()).unwrap()
}

fn at(server: &MockServer, path: &str) -> Url {
    Url::parse(&server.uri()).unwrap().join(path).unwrap()
}

async fn failing_then_ok(server: &MockServer, status: u16, times: u64) {
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status))
        .up_to_n_times(times)
        .mount(server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string("ok"))
        .mount(server)
        .await;
}

async fn received(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn a_get_is_repeated_and_says_who_we_are() {
    let server = MockServer::start().await;
    failing_then_ok(&server, 503, 2).await;
    let response = client()
        .send(Request::get(at(&server, "/a")))
        .await
        .unwrap();
    assert_eq!(
        (response.status, response.tries, response.text()),
        (StatusCode::OK, 3, "ok".to_owned())
    );
    assert_eq!(response.gave_up, None);
    assert!(response.timings.total >= response.timings.ttfb && !response.timings.ttfb.is_zero());
    let agent = &server.received_requests().await.unwrap()[0].headers["user-agent"];
    assert_eq!(agent, http_client::USER_AGENT);
}

#[tokio::test]
async fn a_post_is_sent_once_after_500_and_again_after_429() {
    let server = MockServer::start().await;
    failing_then_ok(&server, 500, 1).await;
    let response = client()
        .send(Request::post(at(&server, "/")))
        .await
        .unwrap();
    assert_eq!(
        (response.status.as_u16(), response.gave_up),
        (500, Some(GiveUp::MayHaveLanded))
    );
    assert_eq!(received(&server).await, 1);

    let server = MockServer::start().await;
    failing_then_ok(&server, 429, 1).await;
    assert_eq!(
        client()
            .send(Request::post(at(&server, "/")))
            .await
            .unwrap()
            .tries,
        2
    );

    let server = MockServer::start().await;
    failing_then_ok(&server, 500, 1).await;
    assert_eq!(
        client()
            .send(Request::post(at(&server, "/")).repeatable())
            .await
            .unwrap()
            .tries,
        2,
        "declared repeatable"
    );
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "3600"))
        .mount(&server)
        .await;
    let deadline = Deadline::after(Duration::from_secs(10));
    let response = client()
        .send(Request::get(at(&server, "/")).deadline(deadline))
        .await
        .unwrap();
    assert!(
        matches!(response.gave_up, Some(GiveUp::Deadline { .. })),
        "{:?}",
        response.gave_up
    );
    assert!(deadline.elapsed() < Duration::from_secs(5));
    assert_eq!(received(&server).await, 1);
}

#[tokio::test]
async fn a_slow_answer_is_a_timeout_that_a_post_does_not_repeat() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let request = Request::post(at(&server, "/slow")).timeout(Duration::from_millis(100));
    let error = client().send(request).await.unwrap_err();
    let Error::Transport {
        failure,
        reason,
        tries,
        gave_up,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*failure, *reason, *tries, *gave_up),
        (
            Failure::Timeout,
            Reason::Timeout,
            1,
            Some(GiveUp::MayHaveLanded)
        )
    );
    assert!(
        error
            .to_string()
            .contains("not repeated because it may have taken effect"),
        "{error}"
    );

    let request =
        Request::get(at(&server, "/slow")).deadline(Deadline::after(Duration::from_millis(100)));
    let error = client().send(request).await.unwrap_err();
    assert!(
        error.to_string().contains("the deadline of 0.1 s passed"),
        "{error}"
    );
}

#[tokio::test]
async fn an_error_names_the_request_and_the_cause_but_no_secret() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url: Url = format!("http://user:pass@127.0.0.1:{port}/files/tok%2Fen-value?token=abc")
        .parse()
        .unwrap();
    let client = client().with_secret(&Secret::new("tok/en-value"));
    let error = client.send(Request::post(url)).await.unwrap_err();
    let Error::Transport {
        failure,
        reason,
        tries,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*failure, *reason, *tries),
        (Failure::Connect, Reason::Refused, 4),
        "a connection refused did not land"
    );
    let text = error.to_string();
    assert!(
        text.starts_with(&format!(
            "POST http://127.0.0.1:{port}/files/***?token=***: "
        )),
        "{text}"
    );
    assert!(
        text.to_lowercase().contains("refused") && text.ends_with("(gave up after 4 tries)"),
        "{text}"
    );
}

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
