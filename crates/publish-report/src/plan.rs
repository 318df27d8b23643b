//! What is to be posted, as values: pure, so that it can be tested without GitHub.

use github_client::{CheckConclusion, NewCheckRun};
use report_render::{CommentContext, Diff};
use verdict::{Conclusion, Digest, Verdict};

use crate::annotations::annotations;
use crate::policy::{CommentMode, Policy};
use crate::pulls::Pull;
use crate::selection::{News, Selection};
use crate::target::{RunRef, Target};

/// The name of the check run; unique, because GitHub files it under any suite of the commit.
pub(crate) const CHECK_NAME: &str = "Stagegate";

/// The key of the sticky comment.
pub(crate) const COMMENT_KEY: &str = "stagegate";

/// Characters kept free for the hidden lines and the link to the report.
const ROOM: usize = 600;

/// The hidden line that says which run a comment is about.
const RUN_MARK: (&str, &str) = ("<!-- stagegate-run: ", " -->");

/// More than the hidden lines and the words around the link take.
const RUN_MARK_LENGTH: usize = 150;

/// What is to be posted.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// One per pull request.
    pub(crate) comments: Vec<PlannedComment>,
    pub(crate) check_run: Option<NewCheckRun>,
}

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct PlannedComment {
    pub(crate) pull: u64,
    pub(crate) body: String,
    /// Whether it is written where there is none yet.
    pub(crate) create: bool,
}

/// Plans; `diff` is what the pull request changes, where it is known.
pub(crate) fn plan(
    policy: &Policy,
    selection: &Selection,
    target: &Target,
    diff: Option<&Diff>,
) -> Plan {
    let shown: Vec<&Verdict> = selection.shown.iter().collect();
    let context = CommentContext {
        run_url: Some(&target.run_url),
        preview_url: policy.preview_url.as_deref(),
        diff,
        ..CommentContext::default()
    };
    let overall = selection.overall();
    let link = policy.report_url.as_deref().map(report_link);
    let speaks = match policy.comment {
        CommentMode::Off => None,
        CommentMode::Always => Some(true),
        CommentMode::Changes => Some(overall != Conclusion::Pass),
    };
    let comment = |pull: &Pull| {
        let quiet = match selection.news {
            News::Findings => false,
            News::Cancelled => pull.outdated,
            News::NotYet => true,
        };
        let create = speaks.filter(|_| !quiet)?;
        let remark = pull.outdated.then(|| outdated(target));
        let context = CommentContext {
            remark: remark.as_deref(),
            ..context.clone()
        };
        let text = report_render::comment(&shown, &context, ROOM);
        let link = link.as_deref().unwrap_or_default();
        Some(PlannedComment {
            pull: pull.number,
            body: format!("{}\n{text}{link}", mark(target.run)),
            // Whoever is done with a pull request is not called back to it.
            create: create && pull.open,
        })
    };
    let comments = target.pulls.iter().filter_map(comment).collect();
    let check_run = policy.check_run.then(|| {
        let check = report_render::check_run(&shown, &context);
        let annotations = annotations(&check.annotations);
        // Annotations cannot be taken back: other content gets a check run of its own, and the same
        // content finds its own again.
        let content = format!("{}\n{}\n{annotations:?}", check.title, check.summary);
        let digest = Digest::of(content.as_bytes());
        NewCheckRun {
            name: CHECK_NAME.to_owned(),
            head_sha: target.sha.as_str().to_owned(),
            external_id: format!(
                "{}-{}-{}",
                target.run.id,
                target.run.attempt,
                digest.hex().get(..8).unwrap_or_default()
            ),
            conclusion: match overall {
                Conclusion::Pass => CheckConclusion::Success,
                Conclusion::Warn | Conclusion::Pending => CheckConclusion::Neutral,
                Conclusion::Fail | Conclusion::Error => CheckConclusion::Failure,
            },
            details_url: Some(target.run_url.clone()).filter(|url| !url.is_empty()),
            title: check.title,
            summary: check.summary,
            text: link.clone(),
            annotations,
        }
    });
    Plan {
        comments,
        check_run,
    }
}

/// The artifact has no address yet when this is posted: it is kept by a later step. Its run's page has one.
fn report_link(url: &str) -> String {
    let link = report_render::markdown::link("Report with charts", url);
    if link.chars().count() + RUN_MARK_LENGTH > ROOM {
        return String::new();
    }
    format!("\n<sub>{link}, kept as an artifact</sub>\n")
}

fn mark(run: RunRef) -> String {
    format!("{}{}.{}{}", RUN_MARK.0, run.id, run.attempt, RUN_MARK.1)
}

/// The run a comment of ours is about.
pub(crate) fn run_of_comment(body: &str) -> Option<RunRef> {
    let line = body.lines().nth(1)?.trim_end();
    let (id, attempt) = line
        .strip_prefix(RUN_MARK.0)?
        .strip_suffix(RUN_MARK.1)?
        .split_once('.')?;
    run_ref(id, attempt)
}

/// The run a check run of ours is about.
pub(crate) fn run_of_check(external_id: &str) -> Option<RunRef> {
    let mut parts = external_id.split('-');
    run_ref(parts.next()?, parts.next()?)
}

fn run_ref(id: &str, attempt: &str) -> Option<RunRef> {
    Some(RunRef {
        id: id.parse().ok()?,
        attempt: attempt.parse().ok()?,
    })
}

fn outdated(target: &Target) -> String {
    format!(
        "Outdated: this is about commit {}, and the pull request has moved on since.",
        target.sha.short()
    )
}

#[cfg(test)]
mod tests {
    use super::{mark, run_of_check, run_of_comment};
    use crate::target::RunRef;

    const RUN: RunRef = RunRef { id: 42, attempt: 3 };

    #[test]
    fn a_comment_says_which_run_it_is_about() {
        let body = format!("<!-- stagegate -->\n{}\r\n### x", mark(RUN));
        assert_eq!(run_of_comment(&body), Some(RUN));
        for other in [
            "",
            "<!-- stagegate -->",
            "<!-- stagegate-run: 42.3 -->",
            "a\n<!-- stagegate-run: 42 -->",
            "a\n<!-- stagegate-run: 42.x -->",
        ] {
            assert_eq!(run_of_comment(other), None, "{other}");
        }
    }

    #[test]
    fn a_check_run_says_it_too() {
        assert_eq!(run_of_check("42-3-0123abcd"), Some(RUN));
        for other in ["", "42", "a-3-b", "42-", "someone-elses"] {
            assert_eq!(run_of_check(other), None, "{other}");
        }
    }

    #[test]
    fn later_runs_and_attempts_are_greater() {
        let run = |id, attempt| RunRef { id, attempt };
        assert!(run(42, 3) < run(42, 4) && run(42, 9) < run(43, 1));
    }
}
