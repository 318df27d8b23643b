//! A small GitHub for the client's tests: it remembers what was written and fails on demand.
#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use github_client::{Client, Options};
use http_client::{RetryPolicy, Secret};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub(crate) const TOKEN: &str = "ghs_0123456789abcdefSECRET";

/// A client that waits next to nothing.
pub(crate) fn client(api_url: &str) -> Client {
    let mut options = Options::new(api_url, "acme/web", Secret::new(TOKEN));
    options.retry = RetryPolicy {
        attempts: 4,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(2),
        deadline: Duration::from_secs(20),
    };
    Client::new(&options).unwrap()
}

/// What happens to the next request whose `METHOD path` contains the text.
pub(crate) struct Fault {
    pub(crate) on: &'static str,
    /// Whether the request is carried out before it fails.
    pub(crate) landed: bool,
    pub(crate) answer: ResponseTemplate,
}

pub(crate) fn bad_gateway(on: &'static str, landed: bool) -> Fault {
    Fault {
        on,
        landed,
        answer: ResponseTemplate::new(502).set_body_string("<html>bad gateway</html>"),
    }
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) comments: Vec<Value>,
    pub(crate) check_runs: Vec<Value>,
    pub(crate) deployments: Vec<Value>,
    pub(crate) statuses: Vec<Value>,
    pub(crate) faults: Vec<Fault>,
    /// `METHOD path`, in order.
    pub(crate) log: Vec<String>,
    /// Bodies of writes, in order.
    pub(crate) bodies: Vec<Value>,
    next_id: u64,
}

impl State {
    pub(crate) fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn comment(&mut self, login: &str, body: &str) -> u64 {
        let id = self.id();
        let url = format!("https://github.example/acme/web/pull/7#issuecomment-{id}");
        self.comments.push(json!({
            "id": id, "body": body, "html_url": url, "user": {"id": 41, "login": login, "type": "Bot"},
        }));
        id
    }

    pub(crate) fn requests(&self, method: &str) -> usize {
        let prefix = format!("{method} ");
        self.log
            .iter()
            .filter(|line| line.starts_with(&prefix))
            .count()
    }

    fn answer(&mut self, request: &Request, base: &str) -> ResponseTemplate {
        let method = request.method.as_str();
        let path = request.url.path().to_owned();
        let line = format!("{method} {path}");
        self.log.push(line.clone());
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        if method != "GET" {
            self.bodies.push(body.clone());
        }
        let fault = self.faults.iter().position(|fault| line.contains(fault.on));
        let fault = fault.map(|index| self.faults.remove(index));
        if let Some(fault) = &fault
            && !fault.landed
        {
            return fault.answer.clone();
        }
        let path = path.trim_start_matches("/repos/acme/web/");
        let parts: Vec<&str> = path.split('/').collect();
        let answer = self.carry_out(method, &parts, &body, request, base);
        fault.map_or(answer, |fault| fault.answer)
    }

    fn carry_out(
        &mut self,
        method: &str,
        parts: &[&str],
        body: &Value,
        request: &Request,
        base: &str,
    ) -> ResponseTemplate {
        let find = |list: &[Value], id: &str| {
            let id: u64 = id.parse().unwrap();
            list.iter().position(|item| item["id"] == id)
        };
        match (method, parts) {
            ("GET", ["issues", _, "comments"]) => page(&self.comments, request, base),
            ("POST", ["issues", _, "comments"]) => {
                self.comment(github_client::ACTIONS_BOT, body["body"].as_str().unwrap());
                created(self.comments.last().unwrap())
            }
            ("PATCH", ["issues", "comments", id]) => match find(&self.comments, id) {
                Some(index) => {
                    self.comments[index]["body"] = body["body"].clone();
                    ok(&self.comments[index])
                }
                None => ResponseTemplate::new(404),
            },
            ("DELETE", ["issues", "comments", id]) => match find(&self.comments, id) {
                Some(index) => {
                    self.comments.remove(index);
                    ResponseTemplate::new(204)
                }
                None => ResponseTemplate::new(404),
            },
            ("GET", ["commits", _, "check-runs"]) => {
                ok(&json!({"total_count": self.check_runs.len(), "check_runs": self.check_runs}))
            }
            ("POST", ["check-runs"]) => {
                let mut run = body.clone();
                run["id"] = self.id().into();
                let count = body["output"]["annotations"].as_array().unwrap().len();
                run["output"] = json!({"title": "t", "annotations_count": count});
                self.check_runs.push(run);
                created(self.check_runs.last().unwrap())
            }
            ("GET", ["check-runs", id]) => {
                ok(&self.check_runs[find(&self.check_runs, id).unwrap()])
            }
            ("PATCH", ["check-runs", id]) => {
                let index = find(&self.check_runs, id).unwrap();
                let run = &mut self.check_runs[index];
                let added = body["output"]["annotations"].as_array().unwrap().len();
                let held = run["output"]["annotations_count"].as_u64().unwrap();
                run["output"]["annotations_count"] = (held + added as u64).into();
                for key in ["status", "conclusion"] {
                    if !body[key].is_null() {
                        run[key] = body[key].clone();
                    }
                }
                ok(run)
            }
            ("GET", ["deployments"]) => page(&self.deployments, request, base),
            ("POST", ["deployments"]) => {
                let id = self.id();
                self.deployments.push(json!({
                    "id": id, "sha": body["ref"], "environment": body["environment"], "payload": body["payload"],
                }));
                created(self.deployments.last().unwrap())
            }
            ("GET", ["deployments", id, "statuses"]) => {
                let of: Vec<Value> = self
                    .statuses
                    .iter()
                    .filter(|status| status["of"] == **id)
                    .cloned()
                    .collect();
                page(&of, request, base)
            }
            ("POST", ["deployments", id, "statuses"]) => {
                let mut status = body.clone();
                status["of"] = (*id).into();
                status["id"] = self.id().into();
                self.statuses.push(status);
                created(self.statuses.last().unwrap())
            }
            _ => ResponseTemplate::new(404).set_body_json(json!({"message": "Not Found"})),
        }
    }
}

fn ok(value: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(value)
}

fn created(value: &Value) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(value)
}

/// Three per page, whatever is asked for, so that a few items need several pages.
fn page(items: &[Value], request: &Request, base: &str) -> ResponseTemplate {
    const SIZE: usize = 3;
    let number: usize = request
        .url
        .query_pairs()
        .find(|(key, _)| key == "page")
        .map_or(1, |(_, value)| value.parse().unwrap());
    let shown: Vec<&Value> = items.iter().skip((number - 1) * SIZE).take(SIZE).collect();
    let answer = ResponseTemplate::new(200).set_body_json(shown);
    if number * SIZE < items.len() {
        let next = format!("{base}{}?page={}", request.url.path(), number + 1);
        answer.insert_header("link", format!("<{next}>; rel=\"next\""))
    } else {
        answer
    }
}

#[derive(Clone)]
struct Answering(Arc<Mutex<State>>, String);

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.0.lock().unwrap().answer(request, &self.1)
    }
}

/// A running server, its state, and a client for it.
pub(crate) struct Play {
    pub(crate) server: MockServer,
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) client: Client,
}

impl Play {
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(Mutex::new(State::default()));
        Mock::given(any())
            .respond_with(Answering(Arc::clone(&state), server.uri()))
            .mount(&server)
            .await;
        let client = client(&server.uri());
        Self {
            server,
            state,
            client,
        }
    }

    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }
}
