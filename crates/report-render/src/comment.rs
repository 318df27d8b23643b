//! The sticky comment: one per pull request for the whole suite, a row per gate.

use verdict::{Conclusion, Level, Verdict};

use crate::markdown::{self, code, short};
use crate::page::{Page, Unit};
use crate::quantity::counted;
use crate::rank::{by_conclusion, worst_first};
use crate::rows::{self, Links, cell};
use crate::{Diff, sign};

/// GitHub refuses a comment over this many characters.
pub const COMMENT_LIMIT: usize = 65_536;

/// The most findings and the most rows of a table in one fold.
const MOST: usize = 50;

/// The most gates with a row of their own.
const GATES: usize = 200;

/// Characters of one gate's fold while others still wait for theirs.
const FOLD: usize = 16_000;

/// What a comment and a check run show beside the verdicts. Its addresses become links; those in verdicts do
/// not, because a comment speaks with our own account and a verdict may be a stranger's.
#[derive(Clone, Debug, Default)]
pub struct CommentContext<'a> {
    /// The run's page.
    pub run_url: Option<&'a str>,
    /// Where the change can be tried.
    pub preview_url: Option<&'a str>,
    /// A remark on top, such as that the pull request has moved on.
    pub remark: Option<&'a str>,
    /// The lines the change touches, which a check run annotates first.
    pub diff: Option<&'a Diff>,
}

/// Renders the comment's body, without its hidden marker. `room` characters are left for the caller.
pub fn comment(verdicts: &[&Verdict], context: &CommentContext<'_>, room: usize) -> String {
    let sorted = by_conclusion(verdicts);
    let foot = foot(&sorted, context);
    let limit = COMMENT_LIMIT.saturating_sub(room);
    let mut page = Page::new(limit, Unit::Characters, "in the run's summary");
    page.reserve(page.size(&foot));
    let overall = Conclusion::worst(verdicts.iter().map(|verdict| verdict.conclusion));
    page.push(&format!(
        "### {} Stagegate: {overall}\n\n{}.\n\n",
        sign(overall),
        headline(verdicts)
    ));
    if let Some(remark) = context.remark {
        page.push(&format!("> {}\n\n", cell(remark)));
    }
    let row = |verdict: &&Verdict| {
        let name = short(&verdict.gate, 60).into_owned();
        let name = match &verdict.instance {
            Some(instance) => format!("{name} ({})", short(instance, 60)),
            None => name,
        };
        format!(
            "| {} | {} | {} |\n",
            sign(verdict.conclusion),
            markdown::text(&name),
            markdown::text(&short(&verdict.title, 200)),
        )
    };
    page.table(
        "| | gate | result |\n|---|---|---|\n",
        sorted.iter().map(row),
        GATES,
        "gates",
    );
    let detailed: Vec<_> = sorted
        .iter()
        .filter(|verdict| has_details(verdict))
        .collect();
    for verdict in &detailed {
        fold(&mut page, verdict, detailed.len());
    }
    page.end(&foot)
}

/// How the run ended, in a sentence without its final stop.
pub(crate) fn headline(verdicts: &[&Verdict]) -> String {
    let overall = Conclusion::worst(verdicts.iter().map(|verdict| verdict.conclusion));
    let gates = counted(verdicts.len(), "gate");
    let stopping = verdicts.iter().filter(|v| !v.conclusion.allows()).count();
    match (overall, stopping) {
        (Conclusion::Pass, _) => format!("{gates} passed"),
        (Conclusion::Warn, _) => format!("{gates} passed, with warnings"),
        (_, 0) => "no gate gave a verdict".to_owned(),
        (Conclusion::Pending, waiting) => format!("{waiting} of {gates} waiting for somebody"),
        (_, 1) => format!("1 of {gates} stops this change"),
        (_, stopping) => format!("{stopping} of {gates} stop this change"),
    }
}

fn has_details(verdict: &Verdict) -> bool {
    let off = verdict
        .metrics
        .iter()
        .any(|m| m.conclusion != Conclusion::Pass);
    off || !verdict.findings.is_empty() || rows::figures(verdict).next().is_some()
}

/// One gate's findings, numbers that are off, and figures.
fn fold(page: &mut Page, verdict: &Verdict, folds: usize) {
    let counts = [
        (Level::Error, "error"),
        (Level::Warning, "warning"),
        (Level::Notice, "notice"),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .map(|(level, word)| (verdict.count(level), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let rest = if counts.is_empty() {
        ": details".to_owned()
    } else {
        format!(": {}", counts.join(", "))
    };
    // So that one gate with a thousand long findings does not leave the others without any.
    let kept = if folds > 1 { page.keep_beyond(FOLD) } else { 0 };
    page.folded(&rows::fold_title(&verdict.display_name(), &rest), |page| {
        let worst = worst_first(verdict);
        let findings = worst.iter().map(|f| rows::finding(f, Links::Left));
        page.table(rows::FINDINGS, findings, MOST, "findings");
        let off: Vec<_> = verdict
            .metrics
            .iter()
            .filter(|metric| metric.conclusion != Conclusion::Pass)
            .collect();
        page.table(
            rows::METRICS,
            off.iter().map(|m| rows::metric(m)),
            MOST,
            "numbers",
        );
        for figure in rows::figures(verdict) {
            rows::figure(page, figure, MOST);
        }
    });
    page.release(kept);
}

fn foot(verdicts: &[&Verdict], context: &CommentContext<'_>) -> String {
    let mut parts = Vec::new();
    let web = |url: &&str| url.len() < 1000;
    if let Some(url) = context.preview_url.filter(web) {
        parts.push(markdown::link("Preview", url));
    }
    if let Some(url) = context.run_url.filter(web) {
        parts.push(markdown::link("Run", url));
    }
    let sha = verdicts
        .iter()
        .find_map(|verdict| verdict.subject.sha.as_ref());
    if let Some(sha) = sha {
        parts.push(format!("commit {}", code(sha.short())));
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
    use crate::samples::{empty, ends, failing, huge, passing};

    #[test]
    fn a_comment_reads_well() {
        let context = CommentContext {
            run_url: Some("https://github.com/acme/web/actions/runs/9"),
            preview_url: Some("https://web-abc.example"),
            remark: Some("Outdated: the pull request has moved on."),
            ..CommentContext::default()
        };
        insta::assert_snapshot!(comment(&[&passing(), &failing()], &context, 0));
    }

    #[test]
    fn one_verdict_without_content_and_none_at_all_read_well() {
        let context = CommentContext::default();
        let texts = [comment(&[&empty()], &context, 0), comment(&[], &context, 0)];
        insta::assert_snapshot!(texts.join("\n----\n"));
    }

    #[test]
    fn a_loud_gate_leaves_room_for_the_others() {
        let (loud, quiet) = (huge(100_000), failing());
        let text = comment(&[&loud, &quiet], &CommentContext::default(), 200);
        assert!(text.chars().count() <= COMMENT_LIMIT - 200);
        assert!(
            text.contains("load the chart lazily"),
            "the other's finding"
        );
        assert!(text.contains("99950 more findings are in the run's summary."));
        insta::assert_snapshot!(ends(&text));
    }

    #[test]
    fn an_address_of_a_verdict_is_no_link_in_a_comment() {
        let mut verdict = failing();
        verdict.findings[0].url = Some("https://evil.example".to_owned());
        let text = comment(&[&verdict], &CommentContext::default(), 0);
        assert!(!text.contains("evil.example"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

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
