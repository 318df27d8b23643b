//! What is to be posted, as values: pure, so that it can be tested without GitHub.

use github_client::{CheckConclusion, NewCheckRun};
use report_render::CommentContext;
use verdict::{Conclusion, Digest, Verdict};

use crate::annotations::annotations;
use crate::policy::{CommentMode, Policy};
use crate::selection::Selection;
use crate::target::Target;

/// The name of the check run; unique, because GitHub files it under any suite of the commit.
pub(crate) const CHECK_NAME: &str = "Stagegate";

/// The key of the sticky comment.
pub(crate) const COMMENT_KEY: &str = "stagegate";

/// Characters kept free for the hidden lines.
const ROOM: usize = 200;

/// The hidden line that says which run a comment is about.
const RUN_MARK: (&str, &str) = ("<!-- stagegate-run: ", " -->");

/// What is to be posted.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) comment: Option<PlannedComment>,
    pub(crate) check_run: Option<NewCheckRun>,
}

/// The comment.
#[derive(Clone, Debug)]
pub(crate) struct PlannedComment {
    pub(crate) pull: u64,
    pub(crate) body: String,
    /// Whether it is written where there is none yet.
    pub(crate) create: bool,
}

/// Plans.
pub(crate) fn plan(policy: &Policy, selection: &Selection, target: &Target) -> Plan {
    let shown: Vec<&Verdict> = selection.shown.iter().collect();
    let remark = remark(selection, target);
    let context = CommentContext {
        run_url: Some(&target.run_url),
        preview_url: policy.preview_url.as_deref(),
        remark: remark.as_deref(),
        diff: None,
    };
    let overall = selection.overall();
    let comment = match (policy.comment, target.pull) {
        (CommentMode::Off, _) | (_, None) => None,
        (mode, Some(pull)) => Some(PlannedComment {
            pull: pull.number,
            body: format!(
                "{}{}{}\n{}",
                RUN_MARK.0,
                target.run,
                RUN_MARK.1,
                report_render::comment(&shown, &context, ROOM)
            ),
            create: mode == CommentMode::Always || overall != Conclusion::Pass,
        }),
    };
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
                target.run,
                target.attempt,
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
            text: None,
            annotations,
        }
    });
    Plan { comment, check_run }
}

/// The run a comment of ours is about.
pub(crate) fn run_of(body: &str) -> Option<u64> {
    let line = body.lines().nth(1)?.trim_end();
    line.strip_prefix(RUN_MARK.0)?
        .strip_suffix(RUN_MARK.1)?
        .parse()
        .ok()
}

fn remark(selection: &Selection, target: &Target) -> Option<String> {
    let mut remarks = Vec::new();
    if target.pull.is_some_and(|pull| pull.outdated) {
        let sha = target.sha.short();
        remarks.push(format!(
            "Outdated: the pull request has moved on since {sha}."
        ));
    }
    if selection.elsewhere > 0 {
        let count = selection.elsewhere;
        remarks.push(format!(
            "{count} verdict(s) of other commits are not shown."
        ));
    }
    (!remarks.is_empty()).then(|| remarks.join(" "))
}

#[cfg(test)]
mod tests {
    use super::run_of;

    #[test]
    fn a_comment_says_which_run_it_is_about() {
        assert_eq!(
            run_of("<!-- stagegate -->\n<!-- stagegate-run: 42 -->\r\n### x"),
            Some(42)
        );
        for other in [
            "",
            "<!-- stagegate -->",
            "<!-- stagegate-run: 42 -->",
            "a\n<!-- stagegate-run: x -->",
        ] {
            assert_eq!(run_of(other), None, "{other}");
        }
    }
}
