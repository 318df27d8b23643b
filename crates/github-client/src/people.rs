//! Accounts: users, and the members of teams.

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::routes::Route;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Its number, which survives a change of name.
    pub id: u64,
    /// Its name; GitHub compares it without regard to case.
    pub login: String,
    /// `User`, `Bot` or `Organization`.
    #[serde(default, rename = "type")]
    pub kind: String,
}

impl User {
    /// Whether a program, not a person, acts under this name.
    #[must_use]
    pub fn is_bot(&self) -> bool {
        self.kind == "Bot" || self.login.ends_with("[bot]")
    }

    /// Whether this is the account of that name.
    #[must_use]
    pub fn is_called(&self, login: &str) -> bool {
        self.login.eq_ignore_ascii_case(login)
    }
}

impl Client {
    /// The active members of a team of the repository's organisation and of the teams below it.
    ///
    /// # Errors
    /// Also when the team is not there or not visible, so that a wrong name never reads as an empty
    /// team. `GITHUB_TOKEN` sees no team; an App token with `members: read` does.
    pub async fn team_members(&self, team: &str) -> Result<Vec<User>, Error> {
        self.get_all(self.call(Route::TeamMembers, &[team]), |page| page)
            .await
    }
}
