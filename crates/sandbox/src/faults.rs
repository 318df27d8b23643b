//! Faults on demand: the nth request of a kind fails in a chosen way, on either half or at the edge.
//!
//! Everything counts requests. There is no randomness and no clock, so a test that arms the third upload to fail sees the
//! third upload fail, every time. [`Fault`] spoils single answers; [`Mishap`] tells a whole story on Vercel's side.

mod book;
mod layer;
mod pattern;
mod wire;

pub(crate) use book::Faults;
pub(crate) use layer::{Cut, with_faults};
pub(crate) use wire::{Server, serve};

use serde::Serialize;

/// Which server a fault spoils.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// GitHub's REST API.
    GitHub,
    /// Vercel's REST API.
    Vercel,
    /// What is served: deployments and the production domain.
    Edge,
}

/// Which requests a fault counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matches {
    /// The HTTP method in upper case; `None` is any.
    pub method: Option<String>,
    /// A glob over the path without its query: `*` stays inside a segment, `**` crosses them.
    pub path: String,
    /// Text the request's body must contain; `None` is any body.
    pub body_contains: Option<String>,
}

/// What happens to a request that a fault picks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Action {
    /// The request is not looked at; this answer is sent.
    Status {
        /// The HTTP status.
        code: u16,
        /// Extra headers, such as `retry-after`.
        headers: Vec<(String, String)>,
        /// The body; JSON when it starts with `{`.
        body: String,
    },
    /// The connection is closed without an answer, and the request is not looked at.
    Drop,
    /// The request is carried out, then this status is sent in place of its answer.
    CommitThenStatus(u16),
    /// The request is carried out, then the connection is closed without an answer.
    CommitThenDrop,
    /// The connection is closed once this many bytes of the request's body have come; the request is not carried out.
    CutUpload(u64),
    /// The request is carried out, and the connection closed after this many bytes of its answer, the head included.
    CutAnswer(u64),
    /// The request is carried out after this many milliseconds, at most [`Action::LONGEST_DELAY_MS`].
    DelayMs(u64),
}

impl Action {
    /// Longer delays are cut to this, so that no fault can hang a test.
    pub const LONGEST_DELAY_MS: u64 = 5_000;
}

/// One rule: of the requests that match, the ones numbered `from .. from + count` meet `action`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which server.
    pub side: Side,
    /// Which requests are counted.
    pub matches: Matches,
    /// The first one to spoil; 1 is the next matching request.
    pub from: u32,
    /// How many to spoil from there on; `u32::MAX` is all of them.
    pub count: u32,
    /// What to do.
    pub action: Action,
}

impl Fault {
    /// The next request with this method (`*` is any) and path glob answers 503; change it with the other methods.
    pub fn on(side: Side, method: &str, path: impl Into<String>) -> Self {
        let method = (method != "*").then(|| method.to_ascii_uppercase());
        Self {
            side,
            matches: Matches {
                method,
                path: path.into(),
                body_contains: None,
            },
            from: 1,
            count: 1,
            action: Action::Status {
                code: 503,
                headers: Vec::new(),
                body: String::new(),
            },
        }
    }

    /// Counts only requests whose body contains `text`.
    #[must_use]
    pub fn body_contains(mut self, text: impl Into<String>) -> Self {
        self.matches.body_contains = Some(text.into());
        self
    }

    /// Spoils the `nth` matching request first (1 is the next one).
    #[must_use]
    pub fn from(mut self, nth: u32) -> Self {
        self.from = nth.max(1);
        self
    }

    /// Spoils `count` requests in a row.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// Sets what happens.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    /// Answers with this status and nothing else.
    #[must_use]
    pub fn status(self, code: u16) -> Self {
        self.action(Action::Status {
            code,
            headers: Vec::new(),
            body: String::new(),
        })
    }
}

/// A story of several requests that goes wrong on Vercel's side, as real releases do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Mishap {
    /// After the next move of the production domain it goes on serving the previous deployment for this many requests.
    StaleEdge {
        /// Requests to the production domain that still see the old deployment.
        requests: u32,
    },
    /// A path answers wrongly, though the same bytes may be fine elsewhere.
    BrokenPath {
        /// The exact path, such as `/api/health`.
        path: String,
        /// The status it answers with; 200 with a wrong body is a lying health check.
        status: u16,
        /// The body it answers with; `None` keeps the true body.
        body: Option<String>,
        /// Where it is broken.
        place: Place,
    },
    /// Every nth request that the production domain sends to the canary of a rolling release answers 500.
    CanaryErrors {
        /// 1 is every request.
        every: u32,
    },
    /// The next alias job (promote, rollback or automatic assignment) is accepted, ends failed and moves nothing.
    AliasError,
    /// The next deployment created stays BUILDING for ever.
    StuckBuilding,
    /// Every nth upload answers 503 and stores nothing.
    UploadErrors {
        /// 1 is every upload, which no client survives.
        every: u32,
    },
    /// The next uploads arrive damaged: their digest does not match and they are refused with 400.
    DigestMismatch {
        /// How many uploads.
        uploads: u32,
    },
    /// Served bytes differ from uploaded ones: this path has a comment appended.
    WrongBytes {
        /// The exact path, such as `/index.html`.
        path: String,
        /// Where it is altered.
        place: Place,
    },
}

/// Where a [`Mishap`] applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Every host.
    Everywhere,
    /// The production domain, whatever it serves.
    Production,
    /// The production domain, while it serves another deployment than when the mishap was added. A rollback to that
    /// deployment heals it: the very same bytes are fine on staging and on their own URL.
    ProductionAfterPromote,
}
