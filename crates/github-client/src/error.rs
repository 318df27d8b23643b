//! What can go wrong when asking GitHub. Every message names the call and what would mend it; none
//! holds a header, so none holds the token.

use http::StatusCode;
use jiff::Timestamp;

/// A failed call to GitHub.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the API is unusable.
    #[error("GITHUB_API_URL `{url}` is no http or https address: {reason}")]
    ApiUrl {
        /// The address as given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The repository is not written `owner/name`.
    #[error("repository `{0}` is not of the form owner/name")]
    Repository(String),
    /// The token cannot be sent in a header; its text is not shown.
    #[error("GITHUB_TOKEN is empty or holds a character that no token has, such as a line break")]
    Token,
    /// The HTTP client could not be built.
    #[error("no HTTP client: {0}")]
    Client(String),
    /// The token may not do this (403, not a rate limit). Callers degrade: forks and Dependabot runs
    /// have a read-only token.
    #[error("{call}: forbidden: {message}{}", needs_text(.needs.as_deref()))]
    Forbidden {
        /// Method and path.
        call: String,
        /// GitHub's text, such as `Resource not accessible by integration`.
        message: String,
        /// The permission that would do, as GitHub names it in `x-accepted-github-permissions`.
        needs: Option<String>,
    },
    /// The token is wrong or expired (401).
    #[error("{call}: the token was refused: {message}; is GITHUB_TOKEN expired or cut short?")]
    Unauthorized {
        /// Method and path.
        call: String,
        /// GitHub's text.
        message: String,
    },
    /// Nothing there, or nothing that this token may see (404).
    #[error("{call}: not found, or not visible to this token")]
    NotFound {
        /// Method and path.
        call: String,
    },
    /// A rate limit lasted longer than we wait; where the wait is known to pass the deadline, it is not
    /// begun.
    #[error("{call}: rate limit: {message}{} ({gave_up})", until_text(*.until))]
    RateLimited {
        /// Method and path.
        call: String,
        /// GitHub's text.
        message: String,
        /// When GitHub answers again, to the second.
        until: Option<Timestamp>,
        /// Why we stopped trying.
        gave_up: String,
    },
    /// Another answer that is no success.
    #[error("{call}: GitHub answered {status}: {message}{}", gave_up_text(.gave_up.as_deref()))]
    Status {
        /// Method and path.
        call: String,
        /// The HTTP status.
        status: StatusCode,
        /// GitHub's text, with the fields it complains about.
        message: String,
        /// Why the call was not repeated, when repeating could have helped.
        gave_up: Option<String>,
    },
    /// No answer at all.
    #[error("{call}: no answer: {reason}{}", gave_up_text(.gave_up.as_deref()))]
    NoAnswer {
        /// Method and path.
        call: String,
        /// What the network said.
        reason: String,
        /// Why the call was not repeated, when repeating could have helped.
        gave_up: Option<String>,
    },
    /// A check run is shown and complete, but some of its annotations were not taken.
    #[error("check run `{name}` shows {shown} of {wanted} annotations: {cause}")]
    Annotations {
        /// The check run's name.
        name: String,
        /// How many it shows.
        shown: usize,
        /// How many it should.
        wanted: usize,
        /// Why the next batch was not taken.
        #[source]
        cause: Box<Error>,
    },
    /// The answer is not what the API documents.
    #[error("{call}: unreadable answer: {reason}")]
    Unreadable {
        /// Method and path.
        call: String,
        /// What does not fit.
        reason: String,
    },
}

impl Error {
    /// Whether the token lacks the permission: the surface is skipped with one warning.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden { .. })
    }

    /// Whether GitHub refused what the request holds (422): the same request will be refused again.
    pub(crate) fn is_invalid(&self) -> bool {
        matches!(self, Self::Status { status, .. } if *status == StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Whether there is nothing at that address, as far as this token sees.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

fn needs_text(needs: Option<&str>) -> String {
    needs.map_or_else(String::new, |needs| {
        format!("; the job needs `permissions: {needs}`")
    })
}

fn until_text(until: Option<Timestamp>) -> String {
    until.map_or_else(String::new, |until| format!("; it ends at {until}"))
}

fn gave_up_text(gave_up: Option<&str>) -> String {
    gave_up.map_or_else(String::new, |why| format!(" ({why})"))
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_missing_permission_is_named() {
        let error = Error::Forbidden {
            call: "POST /repos/acme/web/check-runs".to_owned(),
            message: "Resource not accessible by integration".to_owned(),
            needs: Some("checks: write".to_owned()),
        };
        assert!(error.is_forbidden());
        assert_eq!(
            error.to_string(),
            "POST /repos/acme/web/check-runs: forbidden: Resource not accessible by integration; \
             the job needs `permissions: checks: write`"
        );
    }
}
