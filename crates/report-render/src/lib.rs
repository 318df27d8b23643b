//! Pure renderers from a verdict to what people see: annotations, job summary, sticky comment, check
//! run, terminal, SARIF, JUnit, HTML. No I/O; every limit of GitHub's surfaces is kept here, by cutting on row borders and
//! saying so. Text from elsewhere passes through [`markdown`] and can add no mention, link or HTML.

mod annotations;
mod check_run;
mod comment;
mod diff;
mod figure_text;
mod html;
mod junit;
pub mod markdown;
mod page;
mod plain;
mod quantity;
mod rank;
mod rows;
#[cfg(test)]
mod samples;
mod sarif;
mod summary;
mod terminal;
mod time;

pub use annotations::{Annotation, Annotations, annotations};
pub use check_run::{CheckRun, CheckRunConclusion, check_run};
pub use comment::{COMMENT_LIMIT, CommentContext, comment};
pub use diff::Diff;
pub use html::html;
pub use junit::junit;
pub use sarif::sarif;
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
