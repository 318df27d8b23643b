//! A sandbox, a client that follows no redirects, and the deploy loop that every test begins with.

use std::{path::Path, sync::Once};

use reqwest::{Method, RequestBuilder, redirect::Policy};
use sandbox::{
    Options, Sandbox,
    vercel::{Timings, Vercel},
};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

/// A config that adds nothing.
pub(crate) const PLAIN: &str = r#"{"version":3}"#;

pub(crate) struct Play {
    pub(crate) vercel: Vercel,
    pub(crate) http: reqwest::Client,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The error's code; empty when there is none.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

pub(crate) fn sha(bytes: &[u8]) -> String {
    Sha1::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A file entry of a deployment by digest.
pub(crate) fn entry(path: &str, content: &str) -> Value {
    json!({ "file": path, "sha": sha(content.as_bytes()), "size": content.len(), "mode": 0o100_644 })
}

impl Play {
    /// Instant timings: tests that are about waiting set their own.
    pub(crate) async fn start() -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.vercel.set_timings(Timings::instant());
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            vercel: sandbox.vercel,
            http,
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer {
            status,
            headers,
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    /// An API request with token and team.
    pub(crate) fn api(&self, method: Method, path: &str) -> RequestBuilder {
        let joint = if path.contains('?') { '&' } else { '?' };
        let url = format!(
            "{}{path}{joint}teamId={}",
            self.vercel.api_url(),
            self.vercel.org_id()
        );
        self.http
            .request(method, url)
            .bearer_auth(self.vercel.token())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.api(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.api(Method::POST, path).json(&body)).await
    }

    /// A path below the project, such as `/v9/projects/{}/domains`.
    pub(crate) fn project(&self, path: &str) -> String {
        path.replace("{}", &self.vercel.project_id())
    }

    pub(crate) async fn upload(&self, content: &str) -> Answer {
        let digest = sha(content.as_bytes());
        let request = self
            .api(Method::POST, "/v2/files")
            .header("x-now-digest", &digest)
            .header("x-vercel-digest", &digest)
            .header("x-now-size", content.len())
            .body(content.to_owned());
        self.send(request).await
    }

    /// Uploads everything and creates the deployment; `more` is merged into the body.
    pub(crate) async fn create(&self, files: &[(&str, &str)], more: Value) -> Answer {
        for (_, content) in files {
            assert_eq!(self.upload(content).await.status, 200);
        }
        let entries: Vec<Value> = files
            .iter()
            .map(|(path, content)| entry(path, content))
            .collect();
        let mut body = json!({ "name": self.vercel.project_name(), "files": entries });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.post("/v13/deployments?prebuilt=1", body).await
    }

    /// A ready deployment of one page saying `text`; gives its id.
    pub(crate) async fn deploy(&self, text: &str, more: Value) -> String {
        let files = [
            (".vercel/output/config.json", PLAIN),
            (".vercel/output/static/index.html", text),
        ];
        self.deploy_files(&files, more).await
    }

    pub(crate) async fn deploy_files(&self, files: &[(&str, &str)], more: Value) -> String {
        let created = self.create(files, more).await;
        assert_eq!(created.status, 200, "{}", created.text());
        let id = created.json()["id"].as_str().unwrap().to_owned();
        let shown = self.get(&format!("/v13/deployments/{id}")).await.json();
        assert_eq!(shown["readyState"], "READY", "{shown}");
        id
    }

    /// A production deployment that waits for its promote.
    pub(crate) async fn staged(&self, text: &str) -> String {
        self.deploy(
            text,
            json!({ "target": "production", "autoAssignCustomDomains": false }),
        )
        .await
    }

    /// Two production deployments: `v1` serves, `v2` is staged.
    pub(crate) async fn with_versions() -> (Self, String, String) {
        let play = Self::start().await;
        let first = play.deploy("v1", json!({ "target": "production" })).await;
        let second = play.staged("v2").await;
        (play, first, second)
    }

    pub(crate) async fn promote(&self, id: &str) -> u16 {
        self.post(
            &self.project(&format!("/v10/projects/{{}}/promote/{id}")),
            json!({}),
        )
        .await
        .status
    }

    pub(crate) async fn roll_back(&self, id: &str) -> u16 {
        self.post(
            &self.project(&format!("/v1/projects/{{}}/rollback/{id}")),
            json!({}),
        )
        .await
        .status
    }

    /// The project, which is also a poll of the alias job.
    pub(crate) async fn look(&self) -> Value {
        self.get(&self.project("/v9/projects/{}?rollbackInfo=true"))
            .await
            .json()
    }

    pub(crate) fn url_of(&self, id: &str) -> String {
        format!(
            "http://{}",
            self.vercel.snapshot().deployment(id).unwrap().url
        )
    }

    pub(crate) async fn visit(&self, base: &str, path: &str) -> Answer {
        self.send(self.http.get(format!("{base}{path}"))).await
    }

    /// What the production domain's home page says.
    pub(crate) async fn production(&self) -> String {
        self.visit(&self.vercel.production_url(), "/").await.text()
    }
}

/// Writes a `.vercel/output` folder.
pub(crate) fn output(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}
