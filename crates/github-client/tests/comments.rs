//! The sticky comment: one, whatever happens on the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use github_client::{ACTIONS_BOT, Sticky, StickyAction};
use support::{Fault, Play, bad_gateway};
use wiremock::ResponseTemplate;

const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit."}"#;

fn sticky(body: &str) -> Sticky<'_> {
    Sticky {
        key: "stagegate",
        author: ACTIONS_BOT,
        body,
        create: true,
    }
}

#[tokio::test]
async fn written_once_then_edited_only_when_changed() {
    let play = Play::start().await;
    let post = |body: &'static str| {
        let client = play.client.clone();
        async move { client.sticky_comment(7, &sticky(body)).await.unwrap() }
    };
    let first = post("one").await;
    assert_eq!(first.action, StickyAction::Created);
    assert_eq!(post("one").await.action, StickyAction::Unchanged);
    let edited = post("two").await;
    assert_eq!(edited.action, StickyAction::Updated);
    assert_eq!(edited.comment.unwrap().id, first.comment.unwrap().id);
    play.with(|state| {
        assert_eq!(state.comments.len(), 1);
        assert_eq!(state.comments[0]["body"], "<!-- stagegate -->\ntwo");
        assert_eq!((state.requests("POST"), state.requests("PATCH")), (1, 1));
    });
}

#[tokio::test]
async fn found_on_a_late_page_and_never_taken_from_a_person() {
    let play = Play::start().await;
    let ours = play.with(|state| {
        state.comment("author", "<!-- stagegate -->\npasted");
        for _ in 0..9 {
            state.comment("reviewer", "looks good");
        }
        state.comment(ACTIONS_BOT, "<!-- stagegate -->\nold")
    });
    let outcome = play.client.sticky_comment(7, &sticky("new")).await.unwrap();
    assert_eq!(outcome.comment.unwrap().id, ours);
    play.with(|state| {
        assert_eq!(state.comments[0]["body"], "<!-- stagegate -->\npasted");
        assert_eq!(state.comments.len(), 11);
    });
}

#[tokio::test]
async fn absent_stays_absent_when_not_wanted() {
    let play = Play::start().await;
    let quiet = Sticky {
        create: false,
        ..sticky("all green")
    };
    let outcome = play.client.sticky_comment(7, &quiet).await.unwrap();
    assert_eq!(
        (outcome.action, outcome.comment),
        (StickyAction::Absent, None)
    );
    assert_eq!(play.with(|state| state.requests("POST")), 0);
}

#[tokio::test]
async fn duplicates_of_a_race_are_merged_into_the_oldest() {
    let play = Play::start().await;
    let oldest = play.with(|state| {
        let oldest = state.comment(ACTIONS_BOT, "<!-- stagegate -->\na");
        for text in ["b", "c", "d"] {
            state.comment(ACTIONS_BOT, &format!("<!-- stagegate -->\n{text}"));
        }
        oldest
    });
    let outcome = play.client.sticky_comment(7, &sticky("e")).await.unwrap();
    assert_eq!((outcome.comment.unwrap().id, outcome.merged), (oldest, 3));
    play.with(|state| {
        assert_eq!(state.comments.len(), 1);
        assert_eq!(state.comments[0]["body"], "<!-- stagegate -->\ne");
    });
}

#[tokio::test]
async fn two_runs_at_once_leave_one_comment() {
    let play = Play::start().await;
    let (one, other) = (sticky("one"), sticky("other"));
    let (a, b) = tokio::join!(
        play.client.sticky_comment(7, &one),
        play.client.sticky_comment(7, &other)
    );
    // Whoever came second sees both; a third look finds nothing left to do.
    assert!(a.is_ok() && b.is_ok());
    let text = play.with(|state| state.comments[0]["body"].as_str().unwrap()[19..].to_owned());
    play.client.sticky_comment(7, &sticky(&text)).await.unwrap();
    assert_eq!(play.with(|state| state.comments.len()), 1);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_comment() {
    let play = Play::start().await;
    play.with(|state| state.faults.push(bad_gateway("POST", true)));
    let outcome = play.client.sticky_comment(7, &sticky("one")).await.unwrap();
    assert_eq!(outcome.action, StickyAction::Created);
    play.with(|state| {
        assert_eq!(state.comments.len(), 1);
        assert_eq!(state.requests("POST"), 1);
    });
}

#[tokio::test]
async fn a_refused_write_is_made_again() {
    for fault in [
        bad_gateway("POST", false),
        Fault {
            on: "POST",
            landed: false,
            answer: ResponseTemplate::new(429).insert_header("retry-after", "0"),
        },
        Fault {
            on: "POST",
            landed: false,
            answer: ResponseTemplate::new(403)
                .insert_header("retry-after", "0")
                .set_body_raw(SECONDARY, "application/json"),
        },
    ] {
        let play = Play::start().await;
        play.with(|state| state.faults.push(fault));
        play.client.sticky_comment(7, &sticky("one")).await.unwrap();
        play.with(|state| {
            assert_eq!(state.comments.len(), 1);
            assert_eq!(state.requests("POST"), 2);
        });
    }
}

#[tokio::test]
async fn edits_and_deletions_are_repeated_freely() {
    let play = Play::start().await;
    play.with(|state| {
        state.comment(ACTIONS_BOT, "<!-- stagegate -->\na");
        state.comment(ACTIONS_BOT, "<!-- stagegate -->\nb");
        state.faults.push(bad_gateway("PATCH", true));
        state.faults.push(bad_gateway("DELETE", true));
    });
    play.client.sticky_comment(7, &sticky("c")).await.unwrap();
    assert_eq!(play.with(|state| state.comments.len()), 1);
}
