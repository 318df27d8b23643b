//! The build log, to quote its end when a deployment fails.

use serde::Deserialize;

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
}

/// The text lies in the event or in its payload, by version.
#[derive(Deserialize)]
struct Raw {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    payload: Option<Payload>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    text: Option<String>,
}

impl From<Raw> for Event {
    fn from(raw: Raw) -> Self {
        let text = raw
            .text
            .or(raw.payload.and_then(|payload| payload.text))
            .unwrap_or_default();
        Self {
            kind: raw.kind,
            text,
        }
    }
}

impl Vercel {
    /// The whole build log, oldest line first.
    ///
    /// # Errors
    /// When there is no such deployment, or the answer is neither a JSON array nor JSON lines.
    pub async fn events(&self, deployment: &str) -> Result<Vec<Event>, Error> {
        let path = ["v3", "deployments", deployment, "events"];
        let response = self.send(Call::get(&path).query("limit", "-1")).await?;
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
