//! Comments on an issue or pull request. The sticky comment is in `sticky.rs`.

use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::error::Error;
use crate::people::User;
use crate::routes::Route;

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
    pub(crate) async fn comments(&self, issue: u64) -> Result<Vec<Comment>, Error> {
        let call = self.call(Route::Comments, &[&issue.to_string()]);
        let mut comments: Vec<Comment> = self.get_all(call, |page| page).await?;
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
        let call = self
            .call(Route::CreateComment, &[&issue.to_string()])
            .json(&json!({ "body": body }))?;
        self.write(&call, &|| {
            Box::pin(async move {
                let comments = self.comments(issue).await?;
                Ok(comments.into_iter().find(|comment| is_ours(comment)))
            })
        })
        .await
    }

    /// Replaces a comment's text.
    pub(crate) async fn update_comment(&self, id: u64, body: &str) -> Result<Comment, Error> {
        let call = self
            .call(Route::UpdateComment, &[&id.to_string()])
            .json(&json!({ "body": body }))?
            .idempotent();
        self.send(&call).await?.read(&call)
    }

    /// Deletes a comment; one that is gone already is as good.
    pub(crate) async fn delete_comment(&self, id: u64) -> Result<(), Error> {
        let call = self.call(Route::DeleteComment, &[&id.to_string()]);
        match self.send(&call).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
