//! The check run of a whole run: a title, a summary and annotations.

use std::cmp::Reverse;

use verdict::{Conclusion, Verdict};

use crate::comment::headline;
use crate::{Annotation, CommentContext, annotations, comment};

/// GitHub refuses a check run summary over this many characters.
const SUMMARY_LIMIT: usize = 65_535;

/// Annotations of one gate in a check run; batches of 50 are the client's business.
const PER_LEVEL: usize = 50;

/// GitHub's words for how a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckRunConclusion {
    /// Everything passed.
    Success,
    /// Warnings, or somebody has to act.
    Neutral,
    /// A gate failed or could not decide.
    Failure,
}

impl CheckRunConclusion {
    /// The API's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Neutral => "neutral",
            Self::Failure => "failure",
        }
    }
}

/// What a check run shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRun {
    /// How it ended.
    pub conclusion: CheckRunConclusion,
    /// One line, at most 255 characters.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// In order of importance.
    pub annotations: Vec<Annotation>,
}

/// Renders the check run of several verdicts, the worst first.
pub fn check_run(verdicts: &[&Verdict], context: &CommentContext<'_>) -> CheckRun {
    let overall = Conclusion::worst(verdicts.iter().map(|verdict| verdict.conclusion));
    let mut annotations: Vec<_> = verdicts
        .iter()
        .flat_map(|verdict| annotations(verdict, PER_LEVEL, context.diff).shown)
        .filter(|annotation| annotation.place.is_some())
        .collect();
    // Of each gate what deserves it most comes first, and across gates what is worst.
    annotations.sort_by_key(|annotation| Reverse(annotation.level));
    CheckRun {
        conclusion: match overall {
            Conclusion::Pass => CheckRunConclusion::Success,
            Conclusion::Warn | Conclusion::Pending => CheckRunConclusion::Neutral,
            Conclusion::Fail | Conclusion::Error => CheckRunConclusion::Failure,
        },
        title: headline(verdicts),
        summary: comment(verdicts, context, crate::COMMENT_LIMIT - SUMMARY_LIMIT),
        annotations,
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckRun, CheckRunConclusion, check_run};
    use crate::CommentContext;
    use crate::samples::{empty, ends, failing, huge, passing};

    /// A check run as a person meets it.
    fn shown(check: &CheckRun) -> String {
        let annotation = |annotation: &crate::Annotation| {
            let place = annotation.place.as_ref().map(ToString::to_string);
            format!(
                "{} {}: {}\n{}\n",
                annotation.level.as_str(),
                place.unwrap_or_default(),
                annotation.title,
                annotation.message
            )
        };
        let annotations: String = check.annotations.iter().take(3).map(annotation).collect();
        format!(
            "{}: {}\n\n{}\n\n{} annotations, first:\n{annotations}",
            check.conclusion.as_str(),
            check.title,
            ends(&check.summary),
            check.annotations.len()
        )
    }

    #[test]
    fn small_empty_and_huge_check_runs_read_well() {
        let context = CommentContext::default();
        insta::assert_snapshot!(
            "small",
            shown(&check_run(&[&passing(), &failing()], &context))
        );
        insta::assert_snapshot!("empty", shown(&check_run(&[&empty()], &context)));
        let huge = check_run(&[&huge(100_000)], &context);
        assert!(huge.summary.chars().count() <= super::SUMMARY_LIMIT);
        insta::assert_snapshot!("huge", shown(&huge));
    }

    #[test]
    fn one_failing_gate_fails_the_check() {
        let (failing, passing) = (failing(), passing());
        let check = check_run(&[&passing, &failing], &CommentContext::default());
        assert_eq!(check.conclusion, CheckRunConclusion::Failure);
        assert_eq!(check.title, "1 of 2 gates stops this change");
        assert_eq!(check.annotations.len(), 1, "only findings with a place");
    }

    #[test]
    fn no_verdict_is_no_success() {
        let check = check_run(&[], &CommentContext::default());
        assert_eq!(check.conclusion, CheckRunConclusion::Failure);
        assert_eq!(check.title, "no gate gave a verdict");
    }
}
