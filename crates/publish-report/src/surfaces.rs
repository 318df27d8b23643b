//! Posts the plan. A surface that refuses us, or does not answer, becomes a warning: what the gates found
//! stands without it.

use github_client::{Client, Error, NewCheckRun, Sticky, StickyAction};
use verdict::Finding;

use crate::plan::{CHECK_NAME, COMMENT_KEY, Plan, PlannedComment, run_of_check, run_of_comment};
use crate::target::RunRef;

/// What was posted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted {
    pub(crate) comment_url: Option<String>,
    pub(crate) check_run: Option<u64>,
    /// What was done, in words.
    pub(crate) done: Vec<String>,
    /// What could not be done.
    pub(crate) warnings: Vec<Finding>,
}

/// Posts comments and check run; `run` is the run they are about.
pub(crate) async fn post(github: &Client, plan: &Plan, author: &str, run: RunRef) -> Posted {
    let mut posted = Posted::default();
    let mut failed = Vec::new();
    for comment in &plan.comments {
        if let Err(error) = post_comment(github, comment, author, run, &mut posted).await {
            failed.push(("comment", error));
        }
    }
    if let Some(new) = &plan.check_run
        && let Err(error) = post_check_run(github, new, run, &mut posted).await
    {
        failed.push(("check run", error));
    }
    posted.warnings = warnings(failed);
    posted
}

/// As with comments: of check runs with one name, GitHub shows the newest.
async fn post_check_run(
    github: &Client,
    new: &NewCheckRun,
    run: RunRef,
    posted: &mut Posted,
) -> Result<(), Error> {
    let standing = github.check_runs(&new.head_sha, CHECK_NAME).await?;
    let later = standing.into_iter().find(|check| {
        let of = check.external_id.as_deref().and_then(run_of_check);
        of.is_some_and(|of| of > run)
    });
    if let Some(later) = later {
        posted.check_run = Some(later.id);
        posted
            .done
            .push("left the check run of a later run".to_owned());
        return Ok(());
    }
    let check = github.publish_check_run(new).await?;
    posted.check_run = Some(check.id);
    posted.done.push(format!("set check run {}", new.name));
    Ok(())
}

async fn post_comment(
    github: &Client,
    comment: &PlannedComment,
    author: &str,
    run: RunRef,
    posted: &mut Posted,
) -> Result<(), Error> {
    let pull = comment.pull;
    let sticky = Sticky {
        key: COMMENT_KEY,
        author,
        body: &comment.body,
        create: comment.create,
    };
    // A slow run must not cover what a later one said.
    let later = |body: &str| run_of_comment(body).is_some_and(|of| of > run);
    let outcome = github.sticky_comment_unless(pull, &sticky, &later).await?;
    if let Some(comment) = outcome.comment {
        posted.comment_url.get_or_insert(comment.html_url);
    }
    posted.done.push(match outcome.action {
        StickyAction::Created => format!("commented on #{pull}"),
        StickyAction::Updated => format!("edited the comment on #{pull}"),
        StickyAction::Unchanged => format!("the comment on #{pull} is up to date"),
        StickyAction::Kept => format!("left the comment of a later run on #{pull}"),
        StickyAction::Absent => format!("nothing to say on #{pull}"),
    });
    Ok(())
}

/// One warning for everything the token may not do, and one for each surface that failed otherwise.
fn warnings(failed: Vec<(&'static str, Error)>) -> Vec<Finding> {
    let (forbidden, broken): (Vec<_>, Vec<_>) = failed
        .into_iter()
        .partition(|(_, error)| error.is_forbidden());
    let mut warnings: Vec<Finding> = broken
        .into_iter()
        .map(|(surface, error)| Finding::warning("surface", format!("no {surface}: {error}")))
        .collect();
    if let Some((_, error)) = forbidden.first() {
        let mut surfaces: Vec<_> = forbidden.iter().map(|(surface, _)| *surface).collect();
        surfaces.dedup();
        let text = format!("no {}: {error}", surfaces.join(" and no "));
        warnings.push(Finding::warning("surface-forbidden", text).fix(
            "a fork's token is read-only: publish from `workflow_run`, as workflows/publish.yml does; elsewhere give \
             the job `permissions: {checks: write, pull-requests: write}`",
        ));
    }
    warnings
}
