//! The sticky comment: one per pull request, edited in place. It is known by a hidden marker on its
//! first line **and** by its author, so a marker pasted by a person is not adopted.

use crate::client::Client;
use crate::comments::Comment;
use crate::error::Error;

/// The account behind a workflow's `GITHUB_TOKEN`.
pub const ACTIONS_BOT: &str = "github-actions[bot]";

/// How often a comment that was deleted under our hands is looked for again.
const ROUNDS: usize = 3;

/// What the sticky comment should be.
#[derive(Clone, Copy, Debug)]
pub struct Sticky<'a> {
    /// Tells this tool's comment from others, as in `stagegate`; no spaces, no `-->`.
    pub key: &'a str,
    /// The account our token writes as.
    pub author: &'a str,
    /// Markdown, without the marker.
    pub body: &'a str,
    /// Whether a comment is written where there is none yet.
    pub create: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickyOutcome {
    /// The comment; `None` when there was none and none was wanted.
    pub comment: Option<Comment>,
    /// What was done to it.
    pub action: StickyAction,
    /// How many duplicates were deleted.
    pub merged: usize,
}

/// What was done to a sticky comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StickyAction {
    /// Written.
    Created,
    /// Edited.
    Updated,
    /// It says the right thing already.
    Unchanged,
    /// It says something newer, and was left.
    Kept,
    /// There is none, and none was wanted.
    Absent,
}

impl Sticky<'_> {
    fn marker(&self) -> String {
        format!("<!-- {} -->", self.key)
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.marker(), self.body)
    }

    fn is_ours(&self, comment: &Comment) -> bool {
        let author = comment.user.as_ref();
        author.is_some_and(|user| user.is_called(self.author))
            && comment.body.lines().next().map(str::trim_end) == Some(self.marker().as_str())
    }
}

impl Client {
    /// The sticky comment of an issue or pull request, when there is one.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn find_sticky_comment(
        &self,
        issue: u64,
        key: &str,
        author: &str,
    ) -> Result<Option<Comment>, Error> {
        let sticky = Sticky {
            key,
            author,
            body: "",
            create: false,
        };
        Ok(self.our_comments(issue, &sticky).await?.into_iter().next())
    }

    /// Writes or edits the sticky comment of an issue or pull request. Of several, which two runs at
    /// once can make, the oldest is kept and the others are deleted.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not comment.
    pub async fn sticky_comment(
        &self,
        issue: u64,
        sticky: &Sticky<'_>,
    ) -> Result<StickyOutcome, Error> {
        self.sticky_comment_unless(issue, sticky, &|_| false).await
    }

    /// The same, unless a comment of ours is there whose text `stays`, because it is newer than what was to be written.
    /// It is looked at right before every write, so that a slow run does not win by a race.
    ///
    /// # Errors
    /// As [`Client::sticky_comment`].
    pub async fn sticky_comment_unless(
        &self,
        issue: u64,
        sticky: &Sticky<'_>,
        stays: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<StickyOutcome, Error> {
        for _ in 0..ROUNDS {
            if let Some(outcome) = self.settle(issue, sticky, stays).await? {
                return Ok(outcome);
            }
        }
        Err(Error::Unreadable {
            call: format!("comments of #{issue}"),
            reason: "the comment goes whenever it is to be edited".to_owned(),
        })
    }

    /// One round; `None` when somebody deleted the comment that was to be edited.
    async fn settle(
        &self,
        issue: u64,
        sticky: &Sticky<'_>,
        stays: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Option<StickyOutcome>, Error> {
        let mut ours = self.our_comments(issue, sticky).await?;
        let mut action = StickyAction::Unchanged;
        if ours.is_empty() {
            if !sticky.create {
                return Ok(Some(StickyOutcome {
                    comment: None,
                    action: StickyAction::Absent,
                    merged: 0,
                }));
            }
            let text = sticky.text();
            let created = self
                .create_comment(issue, &text, &|comment| sticky.is_ours(comment))
                .await?;
            action = StickyAction::Created;
            // Another run may have done the same meanwhile. The list may lag behind our own write.
            ours = self.our_comments(issue, sticky).await?;
            if ours.iter().all(|comment| comment.id != created.id) {
                ours.push(created);
                ours.sort_by_key(|comment| comment.id);
            }
        }
        let newer = ours.iter().position(|comment| stays(&comment.body));
        if let Some(newer) = newer {
            ours.swap(0, newer);
            action = StickyAction::Kept;
        }
        let mut ours = ours.into_iter();
        let Some(mut kept) = ours.next() else {
            return Err(Error::Unreadable {
                call: format!("comments of #{issue}"),
                reason: "the comment just written is not there".to_owned(),
            });
        };
        if newer.is_none() && !same_text(&kept.body, &sticky.text()) {
            kept = match self.update_comment(kept.id, &sticky.text()).await {
                Ok(kept) => kept,
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            if action == StickyAction::Unchanged {
                action = StickyAction::Updated;
            }
        }
        let mut merged = 0;
        for duplicate in ours {
            self.delete_comment(duplicate.id).await?;
            merged += 1;
        }
        Ok(Some(StickyOutcome {
            comment: Some(kept),
            action,
            merged,
        }))
    }

    async fn our_comments(&self, issue: u64, sticky: &Sticky<'_>) -> Result<Vec<Comment>, Error> {
        let mut comments = self.comments(issue).await?;
        comments.retain(|comment| sticky.is_ours(comment));
        Ok(comments)
    }
}

/// GitHub may give a text back with other line ends and without a final one.
fn same_text(one: &str, other: &str) -> bool {
    let lines = |text: &str| -> Vec<String> {
        text.trim_end()
            .lines()
            .map(|line| line.trim_end_matches('\r').to_owned())
            .collect()
    };
    lines(one) == lines(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::User;

    #[test]
    fn a_comment_is_ours_by_marker_and_author() {
        let sticky = Sticky {
            key: "stagegate",
            author: ACTIONS_BOT,
            body: "text",
            create: true,
        };
        let comment = |login: &str, body: &str| Comment {
            id: 1,
            body: body.to_owned(),
            html_url: String::new(),
            user: Some(User {
                id: 1,
                login: login.to_owned(),
                kind: String::new(),
            }),
        };
        assert!(sticky.is_ours(&comment("GitHub-Actions[bot]", "<!-- stagegate -->\r\nold")));
        assert!(sticky.is_ours(&comment(ACTIONS_BOT, &sticky.text())));
        for (login, body) in [
            ("author", "<!-- stagegate -->\nold"),
            (ACTIONS_BOT, "quoted: <!-- stagegate -->\nold"),
            (ACTIONS_BOT, "first\n<!-- stagegate -->"),
            (ACTIONS_BOT, "<!-- stagegate-nightly -->\nold"),
            (ACTIONS_BOT, ""),
        ] {
            assert!(!sticky.is_ours(&comment(login, body)), "{login}: {body}");
        }
        let orphan = Comment {
            user: None,
            ..comment("", "<!-- stagegate -->")
        };
        assert!(!sticky.is_ours(&orphan));
    }

    #[test]
    fn line_ends_are_no_change() {
        assert!(same_text("a\r\nb\r\n", "a\nb"));
        assert!(!same_text("a\nb", "a\n b"));
    }
}
