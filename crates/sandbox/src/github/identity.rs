//! Whom a token stands for, and what that identity may do.
//!
//! Three kinds matter to the gates: the workflow's own `GITHUB_TOKEN`, the same token made read-only because the pull
//! request comes from a fork or from Dependabot, and a person's personal access token.

use sha2::{Digest as _, Sha256};

/// The account id of `github-actions[bot]` on github.com.
const ACTIONS_BOT_ID: u64 = 41_898_282;
/// The id of the GitHub Actions app on github.com.
pub(super) const ACTIONS_APP_ID: u64 = 15_368;
const ACTIONS_TOKEN: &str = "sandbox-actions";
const READ_ONLY_TOKEN: &str = "sandbox-read-only";
const PERSON_PREFIX: &str = "sandbox-user-";

/// Whom a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A workflow's `GITHUB_TOKEN` with write permissions: `github-actions[bot]`, app `github-actions`.
    Actions,
    /// The read-only `GITHUB_TOKEN` of a fork's or Dependabot's run.
    ReadOnly,
    /// A person's token, by login; what it may do follows from the person's role.
    Person(String),
}

impl Identity {
    /// The person's identity.
    pub fn person(login: impl Into<String>) -> Self {
        Self::Person(login.into())
    }

    /// The token that stands for this identity in any sandbox. Not a secret: the sandbox listens on loopback only.
    pub fn token(&self) -> String {
        match self {
            Self::Actions => ACTIONS_TOKEN.to_owned(),
            Self::ReadOnly => READ_ONLY_TOKEN.to_owned(),
            Self::Person(login) => format!("{PERSON_PREFIX}{login}"),
        }
    }

    /// Reads an `Authorization` header (`Bearer …` or `token …`).
    pub(super) fn from_header(header: &str) -> Option<Self> {
        let (scheme, token) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
            return None;
        }
        match token.trim() {
            ACTIONS_TOKEN => Some(Self::Actions),
            READ_ONLY_TOKEN => Some(Self::ReadOnly),
            token => token
                .strip_prefix(PERSON_PREFIX)
                .filter(|login| !login.is_empty())
                .map(Self::person),
        }
    }

    /// The account the identity acts as.
    pub fn login(&self) -> &str {
        match self {
            Self::Actions | Self::ReadOnly => "github-actions[bot]",
            Self::Person(login) => login,
        }
    }

    /// Whether this is an app's installation token; only those write check runs, and none of them reviews deployments.
    pub(super) fn is_app(&self) -> bool {
        !matches!(self, Self::Person(_))
    }

    /// GitHub's primary limit, in requests per hour.
    pub(super) fn hourly_limit(&self) -> u64 {
        if self.is_app() { 1_000 } else { 5_000 }
    }
}

/// The numeric id of an account: the bot's real one, otherwise one that follows from the login, so that it is the same
/// in every run.
pub(super) fn account_id(login: &str) -> u64 {
    if login == "github-actions[bot]" {
        return ACTIONS_BOT_ID;
    }
    stable_id(&login.to_ascii_lowercase())
}

/// A positive 32-bit id that follows from a name.
pub(super) fn stable_id(name: &str) -> u64 {
    let digest = Sha256::digest(name.as_bytes());
    let head = [digest[0], digest[1], digest[2], digest[3]];
    u64::from(u32::from_be_bytes(head) >> 1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_reads_back_as_its_identity() {
        for identity in [
            Identity::Actions,
            Identity::ReadOnly,
            Identity::person("author"),
        ] {
            for scheme in ["Bearer", "token", "bearer"] {
                let header = format!("{scheme} {}", identity.token());
                assert_eq!(Identity::from_header(&header), Some(identity.clone()));
            }
        }
    }

    #[test]
    fn other_headers_stand_for_nobody() {
        for header in [
            "",
            "sandbox-actions",
            "Basic sandbox-actions",
            "Bearer x",
            "Bearer sandbox-user-",
        ] {
            assert_eq!(Identity::from_header(header), None, "{header}");
        }
    }
}
