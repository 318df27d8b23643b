//! The build log: followed while a deployment is built, and quoted when it fails. It is asked for again and again with the
//! time of the last line; Vercel gives the lines of that moment once more, so each carries a mark to know it by.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::{Call, Vercel},
    error::Error,
};

/// One line of a build log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `stdout`, `stderr`, `command`, `deployment-state`, `fatal` …
    pub kind: String,
    /// What it says; may be empty.
    pub text: String,
    /// When, in milliseconds since 1970; 0 where the answer has no time.
    pub at: i64,
    /// What tells it from others of the same moment.
    pub mark: String,
}

/// The text lies in the event or in its payload, by version.
#[derive(Deserialize)]
struct Raw {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    date: Option<i64>,
    #[serde(default)]
    created: Option<i64>,
    #[serde(default)]
    serial: Option<Value>,
    #[serde(default)]
    payload: Option<Payload>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload {
    text: Option<String>,
    date: Option<i64>,
    id: Option<Value>,
    serial: Option<Value>,
}

impl From<Raw> for Event {
    fn from(raw: Raw) -> Self {
        let payload = raw.payload.unwrap_or_default();
        let text = raw.text.or(payload.text).unwrap_or_default();
        let at = raw.date.or(raw.created).or(payload.date).unwrap_or(0);
        let serial = raw.serial.or(payload.serial).or(payload.id);
        Self {
            mark: serial.map_or_else(
                || format!("{at} {} {text}", raw.kind),
                |serial| serial.to_string(),
            ),
            kind: raw.kind,
            text,
            at,
        }
    }
}

impl Vercel {
    /// The build log from a moment on (milliseconds since 1970; 0 is all of it), oldest line first.
    ///
    /// # Errors
    /// When there is no such deployment, or the answer is neither a JSON array nor JSON lines.
    pub async fn events(&self, deployment: &str, since: i64) -> Result<Vec<Event>, Error> {
        let path = ["v3", "deployments", deployment, "events"];
        let mut call = Call::get(&path)
            .query("limit", "-1")
            .query("direction", "forward");
        if since > 0 {
            call = call.query("since", since.to_string());
        }
        let response = self.send(call).await?;
        let shape = |cause: serde_json::Error| Error::Shape {
            method: http_client::Method::GET,
            path: response.url.path().to_owned(),
            cause: cause.to_string(),
        };
        let raw: Vec<Raw> = if response.body.trim_ascii_start().starts_with(b"[") {
            response.json().map_err(shape)?
        } else {
            serde_json::Deserializer::from_slice(&response.body)
                .into_iter()
                .collect::<Result<_, _>>()
                .map_err(shape)?
        };
        Ok(raw.into_iter().map(Event::from).collect())
    }
}
