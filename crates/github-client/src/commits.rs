//! Commits and who made them.

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::people::User;
use crate::routes::Route;

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// What git holds.
    pub commit: CommitDetail,
    /// The author's account; absent when the e-mail address belongs to none.
    #[serde(default, deserialize_with = "account")]
    pub author: Option<User>,
    /// The committer's account; absent when the e-mail address belongs to none.
    #[serde(default, deserialize_with = "account")]
    pub committer: Option<User>,
}

/// What git holds of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CommitDetail {
    /// The message, with its trailers.
    pub message: String,
    /// Who wrote it, by their own account.
    pub author: Option<Signature>,
}

/// A name and an address that git wrote down; anyone can write anyone's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Signature {
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The e-mail address.
    #[serde(default)]
    pub email: String,
}

/// GitHub sends `null` or `{}` where it knows no account.
fn account<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<User>, D::Error> {
    #[derive(Deserialize)]
    struct Account {
        id: Option<u64>,
        login: Option<String>,
        #[serde(default, rename = "type")]
        kind: String,
    }
    let account = Option::<Account>::deserialize(deserializer)?;
    Ok(account.and_then(|account| {
        Some(User {
            id: account.id?,
            login: account.login?,
            kind: account.kind,
        })
    }))
}

impl Client {
    /// One commit.
    ///
    /// # Errors
    /// When GitHub does not answer or there is none of that name.
    pub async fn commit(&self, sha: &str) -> Result<Commit, Error> {
        self.get(&self.call(Route::Commit, &[sha])).await
    }
}

#[derive(Deserialize)]
struct Comparison {
    total_commits: usize,
    commits: Vec<Commit>,
}

/// A commit of which only the name matters.
#[derive(Deserialize)]
struct Named {
    sha: String,
}

#[derive(Deserialize)]
struct Fork {
    merge_base_commit: Named,
}

impl Client {
    /// The commits that `head` has and `base` has not, oldest first: all of them, however many.
    ///
    /// # Errors
    /// When GitHub does not answer, the two have nothing in common, or fewer commits came than there are.
    pub async fn commits_since(&self, base: &str, head: &str) -> Result<Vec<Commit>, Error> {
        let call = self.call(Route::Compare, &[&format!("{base}...{head}")]);
        let name = call.name();
        let mut total = 0;
        let commits = self
            .get_all(call, |page: Comparison| {
                total = page.total_commits;
                page.commits
            })
            .await?;
        if commits.len() != total {
            return Err(Error::Unreadable {
                call: name,
                reason: format!("{} of {total} commits came", commits.len()),
            });
        }
        Ok(commits)
    }

    /// The commit where two histories part.
    ///
    /// # Errors
    /// When GitHub does not answer or the two have nothing in common.
    pub async fn merge_base(&self, base: &str, head: &str) -> Result<String, Error> {
        let call = self
            .call(Route::Compare, &[&format!("{base}...{head}")])
            .query("per_page", "1");
        let fork: Fork = self.get(&call).await?;
        Ok(fork.merge_base_commit.sha)
    }

    /// A commit and those before it, newest first: at most 100, in one call.
    ///
    /// # Errors
    /// When GitHub does not answer or there is none of that name.
    pub async fn history(&self, sha: &str) -> Result<Vec<String>, Error> {
        let call = self.call(Route::Commits, &[]).query("sha", sha);
        let names = |page: Vec<Named>| page.into_iter().map(|commit| commit.sha).collect();
        Ok(self.get_pages(call, 1, names).await?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Commit;

    #[test]
    fn commits_without_an_account_read() {
        for author in ["null", "{}"] {
            let json = format!(
                r#"{{"sha":"a","commit":{{"message":"m","author":null}},"author":{author}}}"#
            );
            let commit: Commit = serde_json::from_str(&json).unwrap();
            assert_eq!((commit.author, commit.committer), (None, None));
        }
        let json = r#"{"sha":"a","commit":{"message":"m","author":{"name":"A"}},"author":{"id":1,"login":"author","type":"User","extra":0}}"#;
        let commit: Commit = serde_json::from_str(json).unwrap();
        assert_eq!(commit.author.unwrap().login, "author");
    }
}
