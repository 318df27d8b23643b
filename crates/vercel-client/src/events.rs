//! The build log: followed as one stream while a deployment is built, and read at once when it ended. A stream that breaks is
//! taken up with the time of the last line; Vercel gives the lines of that moment once more, so each carries a mark to know
//! it by.

use std::{collections::VecDeque, time::Duration};

use http_client::{Stream, header::CONTENT_TYPE};
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

/// A log that is being followed.
#[derive(Debug)]
pub struct Log {
    path: String,
    /// `None` once it ended.
    stream: Option<Stream>,
    /// The beginning of a line.
    part: Vec<u8>,
    ready: VecDeque<Event>,
}

/// After so long without a line the stream is taken for dead. Builds may be silent for longer, and are then asked for again.
const SILENCE: Duration = Duration::from_secs(60);

impl Log {
    /// The next line; `None` at the end, which says nothing about the deployment.
    ///
    /// # Errors
    /// When the connection breaks, or a line is no event.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            let Some(stream) = &mut self.stream else {
                return Ok(None);
            };
            match stream.chunk().await? {
                Some(chunk) => {
                    self.part.extend(chunk);
                    let end = self.part.iter().rposition(|byte| *byte == b'\n');
                    let lines: Vec<u8> = self.part.drain(..end.map_or(0, |end| end + 1)).collect();
                    self.ready.extend(parse(&lines, &self.path)?);
                }
                None => {
                    self.stream = None;
                    self.ready.extend(parse(&self.part, &self.path)?);
                }
            }
        }
    }
}

/// A JSON array, or JSON values one after the other.
fn parse(text: &[u8], path: &str) -> Result<Vec<Event>, Error> {
    let raw: Result<Vec<Raw>, _> = if text.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(text)
    } else {
        serde_json::Deserializer::from_slice(text)
            .into_iter()
            .collect()
    };
    let raw = raw.map_err(|cause| Error::Shape {
        method: http_client::Method::GET,
        path: path.to_owned(),
        cause: cause.to_string(),
    })?;
    Ok(raw.into_iter().map(Event::from).collect())
}

impl Vercel {
    /// The build log from a moment on (milliseconds since 1970; 0 is all of it), oldest line first.
    ///
    /// # Errors
    /// When there is no such deployment, or the answer is neither a JSON array nor JSON lines.
    pub async fn events(&self, deployment: &str, since: i64) -> Result<Vec<Event>, Error> {
        let path = ["v3", "deployments", deployment, "events"];
        let response = self.send(from(Call::get(&path), since)).await?;
        parse(&response.body, response.url.path())
    }

    /// The same, and what comes after it as long as the build goes on.
    ///
    /// # Errors
    /// When there is no such deployment, or no answer begins.
    pub async fn follow(&self, deployment: &str, since: i64) -> Result<Log, Error> {
        let path = ["v3", "deployments", deployment, "events"];
        let call = from(Call::get(&path), since).query("follow", "1");
        let (path, stream) = self.open(call, SILENCE).await?;
        let mut log = Log {
            path,
            stream: None,
            part: Vec::new(),
            ready: VecDeque::new(),
        };
        let kind = stream.headers.get(CONTENT_TYPE);
        // A service that cannot follow answers with one array, which has no lines to wait for.
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
            let whole = stream.rest().await?;
            log.ready.extend(parse(&whole.body, &log.path)?);
        } else {
            log.stream = Some(stream);
        }
        Ok(log)
    }
}

fn from(call: Call<'_>, since: i64) -> Call<'_> {
    let call = call.query("limit", "-1").query("direction", "forward");
    if since > 0 {
        call.query("since", since.to_string())
    } else {
        call
    }
}
