//! Comments on an issue or pull request. The sticky comment is in `sticky.rs`.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::call::Call;
use crate::client::Client;
use crate::error::Error;
use crate::people::User;

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Comment {
    /// Its number; later comments have higher ones.
    pub id: u64,
    /// Its Markdown.
    #[serde(default)]
    pub body: String,
    /// Its page.
    #[serde(default)]
    pub html_url: String,
    /// Who wrote it; absent when the account is gone.
    pub user: Option<User>,
}

impl Client {
    /// All comments of an issue or pull request, oldest first.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn comments(&self, issue: u64) -> Result<Vec<Comment>, Error> {
        let url = self.repo_url(&["issues", &issue.to_string(), "comments"]);
        let mut comments: Vec<Comment> = self.get_all(url, |page| page).await?;
        comments.sort_by_key(|comment| comment.id);
        Ok(comments)
    }

    /// Writes a comment. `is_ours` recognises it should the answer get lost.
    pub(crate) async fn create_comment(
        &self,
        issue: u64,
        body: &str,
        is_ours: &(dyn Fn(&Comment) -> bool + Sync),
    ) -> Result<Comment, Error> {
        let url = self.repo_url(&["issues", &issue.to_string(), "comments"]);
        let call = Call::new(Method::POST, url).json(&json!({ "body": body }))?;
        self.write(&call, &|| {
            Box::pin(async move {
                let comments = self.comments(issue).await?;
                Ok(comments.into_iter().find(|comment| is_ours(comment)))
            })
        })
        .await
    }

    /// Replaces a comment's text.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not.
    pub async fn update_comment(&self, id: u64, body: &str) -> Result<Comment, Error> {
        let url = self.repo_url(&["issues", "comments", &id.to_string()]);
        let call = Call::new(Method::PATCH, url)
            .json(&json!({ "body": body }))?
            .idempotent();
        self.send(&call).await?.read(&call)
    }

    /// Deletes a comment; one that is gone already is as good.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not.
    pub async fn delete_comment(&self, id: u64) -> Result<(), Error> {
        let url = self.repo_url(&["issues", "comments", &id.to_string()]);
        match self.send(&Call::new(Method::DELETE, url)).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
