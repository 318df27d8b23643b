//! A run that comes late finds what a newer one wrote, and leaves it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use github_client::{ACTIONS_BOT, Sticky, StickyAction};
use support::Play;

const LATE: Sticky<'_> = Sticky {
    key: "stagegate",
    author: ACTIONS_BOT,
    body: "late",
    create: true,
};

#[tokio::test]
async fn what_is_newer_stays_and_older_duplicates_go() {
    let play = Play::start().await;
    let newer = play.with(|state| {
        state.comment(ACTIONS_BOT, "<!-- stagegate -->\nold");
        state.comment("author", "<!-- stagegate -->\nnewer");
        state.comment(ACTIONS_BOT, "<!-- stagegate -->\nnewer")
    });
    let stays = |text: &str| text.contains("newer");
    let outcome = play
        .client
        .sticky_comment_unless(7, &LATE, &stays)
        .await
        .unwrap();
    assert_eq!((outcome.action, outcome.merged), (StickyAction::Kept, 1));
    assert_eq!(outcome.comment.unwrap().id, newer);
    play.with(|state| {
        assert_eq!((state.requests("POST"), state.requests("PATCH")), (0, 0));
        assert_eq!(
            state.comments.len(),
            2,
            "the person's own is nobody's business"
        );
    });
}

#[tokio::test]
async fn what_is_not_newer_is_edited_as_ever() {
    let play = Play::start().await;
    play.with(|state| state.comment(ACTIONS_BOT, "<!-- stagegate -->\nold"));
    let stays = |text: &str| text.contains("newer");
    let outcome = play
        .client
        .sticky_comment_unless(7, &LATE, &stays)
        .await
        .unwrap();
    assert_eq!(outcome.action, StickyAction::Updated);
}
