//! Pure renderers from a verdict to what people see: annotations, job summary, sticky comment, check
//! run, terminal. No I/O; every limit of GitHub's surfaces is kept here, by cutting on row borders and
//! saying so. Text from elsewhere passes through [`markdown`] and can add no mention, link or HTML.

mod annotations;
mod check_run;
mod comment;
pub mod markdown;
mod summary;
mod terminal;

pub use annotations::{Annotation, Annotations, annotations};
pub use check_run::{CheckRun, CheckRunConclusion, check_run};
pub use comment::{COMMENT_LIMIT, CommentContext, comment};
pub use summary::summary;
pub use terminal::{TerminalStyle, printable, terminal};

use verdict::Conclusion;

/// The sign that stands for a conclusion in Markdown and on a terminal.
pub const fn sign(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "✅",
        Conclusion::Warn => "⚠️",
        Conclusion::Pending => "⏳",
        Conclusion::Fail => "❌",
        Conclusion::Error => "🚫",
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use verdict::{
        Conclusion, Finding, Metric, Place, Run, Subject, Tool, VERDICT_SCHEMA, Verdict,
    };

    /// A failing verdict with hostile text in it.
    pub(crate) fn failing() -> Verdict {
        Verdict {
            schema: VERDICT_SCHEMA.to_owned(),
            gate: "bundle-budget".to_owned(),
            instance: Some("web".to_owned()),
            conclusion: Conclusion::Fail,
            title: "1 of 2 routes over budget".to_owned(),
            subject: Subject {
                repository: Some("acme/web".to_owned()),
                sha: Some("0123456789abcdef0123456789abcdef01234567".parse().unwrap()),
                ..Subject::default()
            },
            findings: vec![
                Finding::error("route-budget", "first load of / is 180.0 kB, over 170.0 kB")
                    .at(Place::line("stagegate.yml", 4))
                    .fix("load the chart lazily"),
                Finding::warning("foreign", "@everyone | <img src=x> [a](http://b)\n# c"),
            ],
            metrics: vec![
                Metric::new("first-load-gzip /", 180_000.0, "bytes").at_most(170_000.0),
                Metric::new("first-load-gzip /about", 120_000.0, "bytes").at_most(170_000.0),
            ],
            figures: Vec::new(),
            evidence: Vec::new(),
            run: Some(Run {
                id: 9,
                attempt: 1,
                job: "bundle".to_owned(),
                url: "https://github.com/acme/web/actions/runs/9".to_owned(),
            }),
            tool: Tool {
                name: "stagegate".to_owned(),
                version: "0.1.0".to_owned(),
            },
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            finished_at: "2026-01-01T00:00:01Z".to_owned(),
        }
    }

    /// A verdict without findings.
    pub(crate) fn passing() -> Verdict {
        Verdict {
            gate: "smoke-test".to_owned(),
            instance: None,
            conclusion: Conclusion::Pass,
            title: "12 checks passed".to_owned(),
            findings: Vec::new(),
            metrics: Vec::new(),
            ..failing()
        }
    }
}
