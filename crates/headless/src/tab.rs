//! One tab: what it opens, what it answers and what it complains about.

use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The browser: `CHROME_PATH`, or one on the path.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let given = std::env::var_os("CHROME_PATH").filter(|path| !path.is_empty());
    given.map(PathBuf::from).or_else(|| {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        names.iter().find_map(|name| which::which(name).ok())
    })
}

/// One tab of a running browser, which ends with it.
#[derive(Debug)]
pub struct Tab {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    sent: u64,
    /// Everything the page told: requests, console messages, exceptions, policy violations.
    events: Vec<Value>,
    _browser: Child,
    _profile: TempDir,
}

impl Tab {
    /// Starts the browser.
    pub async fn open(chrome: PathBuf) -> Self {
        let profile = TempDir::new().expect("a folder");
        let mut browser = Command::new(chrome)
            .args([
                "--headless=shell",
                "--no-sandbox",
                "--no-zygote",
                "--disable-gpu",
                "--window-size=1000,1400",
            ])
            .args(["--remote-debugging-port=0", "about:blank"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the browser starts");
        let mut lines = BufReader::new(browser.stderr.take().expect("piped")).lines();
        let address = loop {
            let line = lines.next_line().await.expect("readable");
            let line = line.expect("the browser tells its address before it ends");
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        // The browser must not block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = tokio_tungstenite::connect_async(address)
            .await
            .expect("a connection");
        let mut tab = Self {
            socket,
            session: String::new(),
            sent: 0,
            events: Vec::new(),
            _browser: browser,
            _profile: profile,
        };
        let target = tab
            .call("Target.createTarget", json!({ "url": "about:blank" }))
            .await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = tab.call("Target.attachToTarget", attach).await;
        session["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut tab.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({})).await;
        }
        tab
    }

    /// Opens an address and returns once it has loaded.
    pub async fn visit(&mut self, url: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({ "url": url })).await;
        while !self
            .events
            .iter()
            .any(|event| event["method"] == "Page.loadEventFired")
        {
            self.receive().await;
        }
    }

    /// The value of an expression; a promise is awaited.
    pub async fn evaluate(&mut self, expression: &str) -> Value {
        let question =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", question).await;
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Shows the page from now on to readers of a light or dark scheme.
    pub async fn scheme(&mut self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        let media = json!({ "media": "", "features": [feature] });
        self.call("Emulation.setEmulatedMedia", media).await;
    }

    /// Makes the window this large, in pixels.
    pub async fn resize(&mut self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// A picture of the page, PNG.
    pub async fn screenshot(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({})).await;
        let data = answer["data"].as_str().expect("a picture");
        STANDARD.decode(data).expect("base64")
    }

    /// What the page complained about: exceptions and entries of level error.
    #[must_use]
    pub fn complaints(&self) -> Vec<&Value> {
        let events = self.events.iter();
        events
            .filter(|event| {
                event["method"] == "Runtime.exceptionThrown"
                    || event["params"]["entry"]["level"] == "error"
                    || event["params"]["type"] == "error"
            })
            .collect()
    }

    /// The addresses the page asked for.
    #[must_use]
    pub fn requests(&self) -> Vec<&str> {
        let events = self.events.iter();
        events
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .filter_map(|event| event["params"]["request"]["url"].as_str())
            .collect()
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.try_call(method, params).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// A call that may be refused, because the document it is about is going away.
    ///
    /// # Errors
    /// The browser's own words.
    pub async fn try_call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.sent += 1;
        let id = self.sent;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        let message = Message::text(message.to_string());
        self.socket.send(message).await.expect("sent");
        loop {
            let message = self.receive().await;
            if message["id"] == id {
                return if message["error"].is_null() {
                    Ok(message["result"].clone())
                } else {
                    Err(message["error"].clone())
                };
            }
        }
    }

    async fn receive(&mut self) -> Value {
        let message = self.socket.next().await.expect("open").expect("readable");
        let message: Value = serde_json::from_str(message.to_text().expect("text")).expect("JSON");
        if message["id"].is_null() {
            self.events.push(message.clone());
        }
        message
    }
}
