//! What set the workflow off, and which commit it is really about.
//!
//! For a pull request `GITHUB_SHA` is GitHub's merge commit, which no one wrote and which nothing will
//! ship. [`Event::head_sha`] gives the commit people mean.

use serde_json::Value;
use verdict::Sha;

/// The events the suite treats apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// `pull_request`.
    PullRequest,
    /// `merge_group`: a merge queue's candidate.
    MergeGroup,
    /// `workflow_run`: another workflow ended.
    WorkflowRun,
    /// Anything else, such as `push` or `workflow_dispatch`.
    Other,
}

/// The event's payload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    name: String,
    payload: Value,
}

impl Event {
    /// An event with its payload.
    pub fn new(name: impl Into<String>, payload: Value) -> Self {
        Self {
            name: name.into(),
            payload,
        }
    }

    /// The event's name, such as `pull_request`; empty outside a runner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of event.
    pub fn kind(&self) -> EventKind {
        match self.name.as_str() {
            "pull_request" | "pull_request_target" => EventKind::PullRequest,
            "merge_group" => EventKind::MergeGroup,
            "workflow_run" => EventKind::WorkflowRun,
            _ => EventKind::Other,
        }
    }

    /// The commit the event is about, when its payload names one.
    pub fn head_sha(&self) -> Option<Sha> {
        let pointer = match self.kind() {
            EventKind::PullRequest => "/pull_request/head/sha",
            EventKind::MergeGroup => "/merge_group/head_sha",
            EventKind::WorkflowRun => "/workflow_run/head_sha",
            EventKind::Other => "/after",
        };
        self.text(pointer)?.parse().ok()
    }

    /// The commit the change is compared with.
    pub fn base_sha(&self) -> Option<Sha> {
        let pointer = match self.kind() {
            EventKind::PullRequest => "/pull_request/base/sha",
            EventKind::MergeGroup => "/merge_group/base_sha",
            EventKind::WorkflowRun => return None,
            EventKind::Other => "/before",
        };
        self.text(pointer)?.parse().ok()
    }

    /// The pull request's number. A merge group and a workflow run name none that can be trusted.
    pub fn pull_request(&self) -> Option<u64> {
        match self.kind() {
            EventKind::PullRequest => self.payload.pointer("/pull_request/number")?.as_u64(),
            EventKind::MergeGroup | EventKind::WorkflowRun | EventKind::Other => None,
        }
    }

    /// Whether the pull request comes from another repository, whose runs get a read-only token.
    pub fn is_fork(&self) -> bool {
        let head = self.payload.pointer("/pull_request/head/repo/full_name");
        let base = self.payload.pointer("/pull_request/base/repo/full_name");
        self.kind() == EventKind::PullRequest && head != base
    }

    /// The id of the run that ended, for `workflow_run`.
    pub fn triggering_run(&self) -> Option<u64> {
        match self.kind() {
            EventKind::WorkflowRun => self.payload.pointer("/workflow_run/id")?.as_u64(),
            EventKind::PullRequest | EventKind::MergeGroup | EventKind::Other => None,
        }
    }

    /// A text in the payload, by JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.payload.pointer(pointer)?.as_str()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Event;

    fn sha(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    #[test]
    fn the_head_is_never_the_merge_commit() {
        let cases: [(&str, Value); 4] = [
            (
                "pull_request",
                json!({"pull_request": {"head": {"sha": sha('a')}, "merge_commit_sha": sha('f')}}),
            ),
            (
                "merge_group",
                json!({"merge_group": {"head_sha": sha('a')}}),
            ),
            (
                "workflow_run",
                json!({"workflow_run": {"head_sha": sha('a')}}),
            ),
            ("push", json!({"after": sha('a'), "before": sha('0')})),
        ];
        for (name, payload) in cases {
            let event = Event::new(name, payload);
            assert_eq!(event.head_sha().unwrap().as_str(), sha('a'), "{name}");
        }
    }

    #[test]
    fn a_payload_without_a_commit_names_none() {
        for name in ["pull_request", "merge_group", "workflow_run", "push", ""] {
            assert_eq!(Event::new(name, json!({})).head_sha(), None, "{name}");
            let broken = json!({"pull_request": {"head": {"sha": 1}}, "after": "HEAD"});
            assert_eq!(Event::new(name, broken).head_sha(), None, "{name}");
        }
    }

    #[test]
    fn a_fork_is_another_or_a_deleted_repository() {
        let event = |head: Value| {
            let base = json!({"repo": {"full_name": "acme/web"}});
            Event::new(
                "pull_request",
                json!({"pull_request": {"head": head, "base": base}}),
            )
        };
        assert!(!event(json!({"repo": {"full_name": "acme/web"}})).is_fork());
        assert!(event(json!({"repo": {"full_name": "other/web"}})).is_fork());
        assert!(event(json!({"repo": null})).is_fork());
    }
}
