//! The sticky comment: one per pull request for the whole suite, a row per gate.

use verdict::{Conclusion, Level, Verdict};

use crate::{markdown, sign, summary};

/// GitHub refuses a comment over this many characters.
pub const COMMENT_LIMIT: usize = 65_536;

/// What a comment shows beside the verdicts.
#[derive(Clone, Debug, Default)]
pub struct CommentContext<'a> {
    /// The run's page.
    pub run_url: Option<&'a str>,
    /// Where the change can be tried.
    pub preview_url: Option<&'a str>,
    /// A remark on top, such as that the pull request has moved on.
    pub remark: Option<&'a str>,
}

/// Renders the comment's body, without its hidden marker. `room` characters are left for the caller.
pub fn comment(verdicts: &[&Verdict], context: &CommentContext<'_>, room: usize) -> String {
    let limit = COMMENT_LIMIT.saturating_sub(room);
    let overall = Conclusion::worst(verdicts.iter().map(|verdict| verdict.conclusion));
    let mut out = format!("### {} Stagegate: {overall}\n\n", sign(overall));
    if let Some(remark) = context.remark {
        out.push_str(&format!("> {}\n\n", markdown::text(remark)));
    }
    let mut sorted = verdicts.to_vec();
    sorted.sort_by(|a, b| {
        b.conclusion
            .cmp(&a.conclusion)
            .then_with(|| a.display_name().cmp(&b.display_name()))
    });
    out.push_str("| | gate | result |\n|---|---|---|\n");
    for verdict in &sorted {
        let row = format!(
            "| {} | {} | {} |\n",
            sign(verdict.conclusion),
            markdown::text(&verdict.display_name()),
            markdown::text(&verdict.title),
        );
        if out.chars().count() + row.chars().count() + 2_000 > limit {
            out.push_str("\nMore gates are in the run's summary.\n");
            break;
        }
        out.push_str(&row);
    }
    out.push('\n');
    let footer = footer(&sorted, context);
    let mut left = limit.saturating_sub(out.chars().count() + footer.chars().count());
    for verdict in sorted.iter().filter(|verdict| !verdict.findings.is_empty()) {
        let section = details(verdict, left);
        left = left.saturating_sub(section.chars().count());
        out.push_str(&section);
    }
    out + &footer
}

/// One gate's findings, folded; empty when not even the frame fits.
fn details(verdict: &Verdict, limit: usize) -> String {
    const HEAD: &str = "| level | where | what | rule |\n|---|---|---|---|\n";
    let head = format!(
        "<details><summary>{}: {} error(s), {} warning(s)</summary>\n\n{HEAD}",
        markdown::text(&verdict.display_name()),
        verdict.count(Level::Error),
        verdict.count(Level::Warning),
    );
    let tail = "\n</details>\n\n";
    let frame = head.chars().count() + tail.chars().count() + 60;
    if frame > limit {
        return String::new();
    }
    let mut left = limit - frame;
    let mut body = String::new();
    let mut findings: Vec<_> = verdict.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for (index, finding) in findings.iter().enumerate() {
        let row = summary::finding_row(finding);
        let length = row.chars().count();
        if length > left || index == 50 {
            body.push_str(&format!(
                "\n{} more are in the run's summary.\n",
                findings.len() - index
            ));
            break;
        }
        left -= length;
        body.push_str(&row);
    }
    format!("{head}{body}{tail}")
}

fn footer(verdicts: &[&Verdict], context: &CommentContext<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(url) = context.preview_url {
        parts.push(markdown::link("Preview", url));
    }
    if let Some(url) = context.run_url {
        parts.push(markdown::link("Run", url));
    }
    if let Some(sha) = verdicts
        .iter()
        .find_map(|verdict| verdict.subject.sha.as_ref())
    {
        parts.push(format!("commit {}", markdown::code(sha.short())));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("<sub>{}</sub>\n", parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::{Finding, Verdict};

    use super::{COMMENT_LIMIT, CommentContext, comment};
    use crate::samples::{failing, passing};

    #[test]
    fn a_comment_reads_well() {
        let context = CommentContext {
            run_url: Some("https://github.com/acme/web/actions/runs/9"),
            preview_url: Some("https://web-abc.example"),
            remark: None,
        };
        insta::assert_snapshot!(comment(&[&passing(), &failing()], &context, 0));
    }

    proptest! {
        #[test]
        fn it_never_passes_the_limit_and_closes_what_it_opens(gates in 1usize..5, findings in 0usize..400, length in 1usize..900) {
            let mut verdict = failing();
            verdict.findings = (0..findings).map(|i| Finding::error("rule", "@<".repeat(length / 2) + &i.to_string())).collect();
            let verdicts: Vec<&Verdict> = std::iter::repeat_n(&verdict, gates).collect();
            let text = comment(&verdicts, &CommentContext::default(), 100);
            prop_assert!(text.chars().count() <= COMMENT_LIMIT - 100);
            prop_assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        }
    }
}
