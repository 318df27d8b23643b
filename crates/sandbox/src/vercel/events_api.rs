//! The build log: a list, JSON lines, or a stream that stays open while the build goes on.
//!
//! Deployments move by being polled. Whoever follows a log cannot poll, so an open stream is a poll of its own every
//! [`TICK`]; it ends once nothing more will happen, with an `alias-assigned` event where domains were assigned.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner,
    answer::{Args, Refusal},
    deployment::{Deployment, Event},
    now,
    state::State as Memory,
};

/// How often a followed deployment moves.
const TICK: Duration = Duration::from_millis(100);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EventArgs {
    since: Option<i64>,
    until: Option<i64>,
    /// `-1` is everything.
    limit: Option<i64>,
    /// `lines`: one JSON object per line, otherwise an array.
    format: Option<Format>,
    direction: Option<Direction>,
    /// `1`, `0`, or empty, as the CLI writes it.
    follow: Option<Follow>,
    #[serde(rename = "builds")]
    _builds: Option<u8>,
    #[serde(rename = "delimiter")]
    _delimiter: Option<u8>,
    name: Option<String>,
    #[serde(rename = "statusCode")]
    _status_code: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Format {
    #[serde(rename = "lines")]
    Lines,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Forward,
    Backward,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Follow {
    #[serde(rename = "1")]
    Yes,
    #[serde(rename = "0", alias = "")]
    No,
}

pub(super) async fn events(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(args): Args<EventArgs>,
) -> Result<Response, Refusal> {
    let id = inner.state().deployment(&id)?.id.clone();
    if args.follow == Some(Follow::Yes) {
        return Ok(follow(inner, id, args));
    }
    let state = inner.state();
    let deployment = state.deployment(&id)?;
    let mut events: Vec<Value> = args
        .admitted(deployment, 0)
        .map(|(number, event)| show(deployment, number, event))
        .collect();
    if args.direction == Some(Direction::Backward) {
        events.reverse();
    }
    if let Some(limit) = args.limit.and_then(|limit| usize::try_from(limit).ok()) {
        events.truncate(limit);
    }
    if args.format == Some(Format::Lines) {
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        return Ok(([(header::CONTENT_TYPE, "application/stream+json")], lines).into_response());
    }
    Ok(Json(json!(events)).into_response())
}

impl EventArgs {
    /// The events asked for, from number `from` on.
    fn admitted<'a>(
        &'a self,
        deployment: &'a Deployment,
        from: usize,
    ) -> impl Iterator<Item = (usize, &'a Event)> {
        let build = deployment.build_id();
        let named = self.name.as_ref().is_none_or(|name| *name == build);
        deployment
            .events
            .iter()
            .enumerate()
            .skip(from)
            .filter(move |(_, event)| {
                named
                    && self.since.is_none_or(|since| event.created >= since)
                    && self.until.is_none_or(|until| event.created <= until)
            })
    }
}

/// Sends what is known, then what comes.
fn follow(inner: Arc<Inner>, id: String, args: EventArgs) -> Response {
    let following = Following {
        inner,
        id,
        args,
        sent: 0,
        settled: false,
    };
    let lines = stream::unfold(following, Following::next);
    let kind = [(header::CONTENT_TYPE, "application/stream+json")];
    (kind, Body::from_stream(lines)).into_response()
}

/// An open stream.
struct Following {
    inner: Arc<Inner>,
    id: String,
    args: EventArgs,
    /// Events looked at so far.
    sent: usize,
    settled: bool,
}

impl Following {
    /// The next lines; `None` ends the stream.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        while !self.settled {
            let lines = self.read()?;
            if !lines.is_empty() {
                return Some((Ok(Bytes::from(lines)), self));
            }
            tokio::time::sleep(TICK).await;
            self.inner.state().poll_deployment(&self.id, now());
        }
        None
    }

    /// What came since; `None` when the deployment is gone.
    fn read(&mut self) -> Option<String> {
        let state = self.inner.state();
        let deployment = state.find(&self.id)?;
        let mut lines: String = self
            .args
            .admitted(deployment, self.sent)
            .map(|(number, event)| format!("{}\n", show(deployment, number, event)))
            .collect();
        self.sent = deployment.events.len();
        self.settled = deployment.is_settled();
        if self.settled
            && let Some(event) = assigned(&state, deployment)
        {
            lines.push_str(&format!("{event}\n"));
        }
        Some(lines)
    }
}

/// An event as the API writes it: flat, with the text beside the type.
fn show(deployment: &Deployment, number: usize, event: &Event) -> Value {
    let mut info = json!({ "type": "build", "name": deployment.build_id(), "entrypoint": "." });
    if event.kind == "deployment-state" {
        info["readyState"] = json!(event.text);
    }
    let mut shown = json!({
        "type": event.kind,
        "created": event.created,
        "date": event.created,
        "deploymentId": deployment.id,
        "id": format!("{}{number:06}", event.created),
        "serial": format!("{}{number:06}", event.created),
        "text": event.text,
        "info": info,
    });
    if matches!(event.kind, "fatal") {
        shown["level"] = json!("error");
    }
    shown
}

/// The end of a stream: its domains point at it.
fn assigned(state: &Memory, deployment: &Deployment) -> Option<Value> {
    let date = deployment.alias_assigned?;
    let domains: Vec<&String> = state
        .aliases
        .iter()
        .filter(|(_, alias)| alias.deployment == deployment.id)
        .map(|(domain, _)| domain)
        .collect();
    Some(
        json!({ "type": "alias-assigned", "date": date, "deploymentId": deployment.id, "alias": domains,
        "aliasError": null, "aliasWarning": null }),
    )
}
