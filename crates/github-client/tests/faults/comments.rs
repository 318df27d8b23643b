//! The sticky comment among many others, and one that goes while we look.

use github_client::{ACTIONS_BOT, Sticky, StickyAction};
use sandbox::faults::{Fault, Side};
use sandbox::github::Identity;

use crate::play::{Play, Work};

#[tokio::test]
async fn fifty_pages_of_comments_are_read_and_read_again_for_nothing() {
    let play = Play::start().await;
    let github = play.github();
    github.set_hourly_limit(&Identity::Actions, 200);
    github
        .add_comment(7, "author", "<!-- stagegate -->\npasted")
        .unwrap();
    for _ in 0..4_950 {
        github.add_comment(7, "reviewer", "looks good").unwrap();
    }
    let ours = github
        .add_comment(7, ACTIONS_BOT, "<!-- stagegate -->\nold")
        .unwrap();
    // A page in the middle is lost once.
    github.add_fault(Fault::on(Side::GitHub, "GET", "/repos/**/comments").from(25));
    assert_eq!(play.comment("new").await.unwrap(), StickyAction::Updated);
    let state = github.snapshot();
    assert_eq!(
        state.requests.len(),
        52,
        "50 pages, one of them twice, and the edit"
    );
    let bodies: Vec<_> = state
        .comments
        .iter()
        .filter(|one| one.body.ends_with("new"))
        .collect();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0].id, ours);

    assert_eq!(play.comment("new").await.unwrap(), StickyAction::Unchanged);
    let state = github.snapshot();
    let again: Vec<u16> = state.requests[52..]
        .iter()
        .map(|asked| asked.status)
        .collect();
    let unchanged = again.iter().filter(|status| **status == 304).count();
    // Only the page with the comment we edited is new.
    assert_eq!((again.len(), unchanged), (50, 49));
}

#[tokio::test]
async fn a_full_last_page_hides_no_later_one() {
    // 100 items make one page whose ETag does not change when the 101st makes a second.
    let play = Play::start().await;
    for _ in 0..100 {
        play.github().add_comment(7, "author", "hello").unwrap();
    }
    let client = &play.client;
    assert_eq!(
        client
            .find_sticky_comment(7, "stagegate", ACTIONS_BOT)
            .await
            .unwrap(),
        None
    );
    let ours = play
        .github()
        .add_comment(7, ACTIONS_BOT, "<!-- stagegate -->\nold")
        .unwrap();
    let found = client
        .find_sticky_comment(7, "stagegate", ACTIONS_BOT)
        .await;
    assert_eq!(found.unwrap().map(|comment| comment.id), Some(ours));
}

#[tokio::test]
async fn a_comment_deleted_before_the_edit_is_written_anew() {
    let play = Play::start().await;
    play.comment("old").await.unwrap();
    // Somebody deletes it between the look and the edit: the edit finds nothing.
    let fault = Fault::on(Side::GitHub, "PATCH", "/repos/**/comments/*");
    play.github().add_fault(fault.status(404));
    assert_eq!(play.comment("new").await.unwrap(), StickyAction::Updated);
    assert_eq!(play.shown(Work::Edit), "once");
    // A pull request that is not there is no reason to look again.
    let sticky = Sticky {
        key: "stagegate",
        author: ACTIONS_BOT,
        body: "x",
        create: true,
    };
    let before = play.github().snapshot().requests.len();
    let error = play.client.sticky_comment(404, &sticky).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(play.github().snapshot().requests.len(), before + 1);
}
