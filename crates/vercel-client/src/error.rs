//! What Vercel refused, in its own words, with a way out where we know one.

use http_client::{GiveUp, Method, Redactor, Response, StatusCode};
use serde::Deserialize;

use crate::quota::{self, Quota};

/// A request to Vercel that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No answer.
    #[error("no answer from Vercel: {0}")]
    Http(#[from] http_client::Error),
    /// An answer that refuses.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// An answer of another shape than documented.
    #[error("Vercel's answer to {method} {path} is not as documented: {cause}")]
    Shape {
        /// The request's method.
        method: Method,
        /// Its path.
        path: String,
        /// serde's words.
        cause: String,
    },
    /// The service asks for a content that this build does not have.
    #[error("Vercel asks for a file with SHA-1 {sha1}, which this build output does not have")]
    UnknownFile {
        /// What it asked for.
        sha1: String,
    },
    /// More contents are missing than the caller wanted to send one by one; nothing was sent.
    #[error("Vercel misses {missing} files ({bytes} bytes), more than may be sent one by one")]
    TooManyUploads {
        /// How many.
        missing: usize,
        /// Their bytes.
        bytes: u64,
    },
    /// Files are still missing after several rounds of uploads.
    #[error(
        "Vercel still misses {missing} files after {rounds} rounds of uploads; try again, the files that arrived are kept"
    )]
    StillMissing {
        /// How many.
        missing: usize,
        /// Rounds made.
        rounds: u32,
    },
    /// A wait ended without the state waited for.
    #[error("{what} did not happen within {} s; the last state was {last}", .limit.as_secs())]
    Timeout {
        /// What was waited for.
        what: String,
        /// The last state seen.
        last: String,
        /// The time allowed.
        limit: std::time::Duration,
    },
}

/// An answer that refuses: `{"error": {"code", "message"}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The request's method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// The HTTP status.
    pub status: StatusCode,
    /// Vercel's code, such as `forbidden`; empty where the answer has none.
    pub code: String,
    /// Vercel's words.
    pub message: String,
    /// SHA-1 digests that `missing_files` lists.
    pub missing: Vec<String>,
    /// Why it was not sent again, where a retry might have helped.
    pub gave_up: Option<GiveUp>,
    /// The quota that is used up, if that is why.
    quota: Option<&'static Quota>,
}

impl std::error::Error for ApiError {}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            method,
            path,
            status,
            code,
            message,
            ..
        } = self;
        write!(
            formatter,
            "Vercel refused {method} {path}: {}",
            status.as_u16()
        )?;
        if !code.is_empty() {
            write!(formatter, " {code}")?;
        }
        if !message.is_empty() {
            write!(formatter, ": {message}")?;
        }
        if let Some(reason) = &self.gave_up {
            write!(formatter, " ({reason})")?;
        }
        if let Some(fix) = self.fix() {
            write!(formatter, "; {fix}")?;
        }
        Ok(())
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Envelope {
    error: Body,
    /// Some routes answer without the envelope.
    message: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Body {
    code: String,
    name: String,
    message: String,
    missing: Vec<String>,
}

impl ApiError {
    /// Reads a refusal; an answer that is no JSON is quoted.
    pub(crate) fn read(
        method: Method,
        path: &str,
        response: &Response,
        redactor: &Redactor,
    ) -> Self {
        let envelope: Option<Envelope> = response.json().ok();
        let quoted = || response.text().chars().take(200).collect();
        let body = match envelope {
            Some(Envelope { error, .. })
                if !(error.code.is_empty() && error.message.is_empty()) =>
            {
                error
            }
            Some(Envelope {
                message: Some(message),
                ..
            }) => Body {
                message,
                ..Body::default()
            },
            _ => Body {
                message: quoted(),
                ..Body::default()
            },
        };
        let (status, gave_up) = (response.status, response.gave_up);
        // Foreign text: it may echo the token, or carry escapes for a terminal.
        let clean = |text: String| -> String {
            redactor
                .redact(&text)
                .chars()
                .filter(|letter| !letter.is_control())
                .collect()
        };
        Self {
            method,
            path: path.to_owned(),
            status,
            quota: quota::named(&body.code, &body.name, &body.message),
            code: clean(body.code),
            message: clean(body.message),
            missing: body.missing,
            gave_up,
        }
    }

    /// What helps against it, where we know.
    #[must_use]
    pub fn fix(&self) -> Option<&'static str> {
        if let Some(quota) = self.quota {
            return Some(quota.fix);
        }
        Some(match (self.status.as_u16(), self.code.as_str()) {
            (401, _) | (403, "invalidToken" | "invalid_token") => {
                "the token in VERCEL_TOKEN is wrong, expired or revoked: create one at vercel.com/account/settings/tokens"
            }
            (_, "team_unauthorized") => {
                "the token in VERCEL_TOKEN has no access to the team in VERCEL_ORG_ID: create it with that team as its scope"
            }
            (403, _) => {
                "the token in VERCEL_TOKEN may not do this in VERCEL_ORG_ID: create it with that team (or the whole account) as its scope"
            }
            (404, _)
                if (self.path.contains("/projects/") && !self.path.contains("dpl_"))
                    || (self.method == Method::POST && self.path.ends_with("/deployments")) =>
            {
                "check VERCEL_PROJECT_ID and VERCEL_ORG_ID: both are in .vercel/project.json after `vercel link`"
            }
            (402, _) => {
                "the plan does not include this; on Hobby a rollback reaches the previous deployment only"
            }
            (413, _) => "a file is larger than the plan allows (100 MB on Hobby, 1 GB on Pro)",
            _ => return None,
        })
    }

    /// Whether the request may have taken effect although it was refused: 5xx.
    #[must_use]
    pub fn may_have_landed(&self) -> bool {
        self.gave_up == Some(GiveUp::MayHaveLanded)
    }
}

impl Error {
    /// Vercel's code, if it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Api(error) => Some(&error.code),
            _ => None,
        }
    }

    /// The HTTP status, if it answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.status.as_u16()),
            _ => None,
        }
    }

    /// Whether the request may have taken effect all the same: its effect has to be looked up, not assumed.
    #[must_use]
    pub fn may_have_landed(&self) -> bool {
        match self {
            Self::Api(error) => error.may_have_landed(),
            Self::Http(http_client::Error::Transport { gave_up, .. }) => {
                *gave_up == Some(GiveUp::MayHaveLanded)
            }
            _ => false,
        }
    }

    /// Whether a later try can succeed where this one did not.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Api(error) => error.gave_up.is_some(),
            Self::Http(http_client::Error::Transport { gave_up, .. }) => gave_up.is_some(),
            _ => false,
        }
    }
}
