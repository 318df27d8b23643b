//! Foreign text on every Markdown surface, read back by a CommonMark parser: it adds no element, and nothing in
//! what is rendered triggers what GitHub makes after rendering (mentions, references, bare links, emoji).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

mod reader;

use proptest::prelude::*;
use reader::{rendered, shown, skeleton, triggers, visible};
use report_render::{CommentContext, comment, markdown, summary};
use verdict::{
    Bar, Bars, Column, Conclusion, Evidence, EvidenceState, Figure, Finding, Metric, Place, Source,
    Subject, Table, Tool, VERDICT_SCHEMA, Verdict,
};

/// What people and their tools write, and what Markdown or GitHub would take for more.
const NASTY: &[&str] = &[
    "@",
    "@all",
    "#1",
    "#",
    "GH-7",
    "gh-",
    "https://evil.example",
    "http:",
    "//",
    "www.",
    "evil.example",
    "mailto:a@b.example",
    "ftp://x",
    "xmpp:",
    "<img src=x onerror=y>",
    "<",
    ">",
    "</details>",
    "</summary>",
    "<!--",
    "-->",
    "&lt;",
    "&#64;all",
    "&",
    "|",
    "\\",
    "`",
    "``",
    "```",
    "~~~",
    "^",
    "~",
    "*",
    "**",
    "_",
    "[a](b)",
    "![a](b)",
    "[",
    "](",
    "]",
    "[^1]",
    "[ ]",
    "- ",
    "+ ",
    "1. ",
    "2) ",
    "=",
    "===",
    "---",
    "> ",
    "# ",
    "    ",
    "\t",
    "\n",
    "\r",
    "\n\n",
    "$x$",
    "$`x`$",
    ":tada:",
    ":",
    "0123abcd",
    "deadbeef1",
    "0123456789abcdef0123456789abcdef01234567",
    "owner/repo@0123abcd",
    "owner/repo#1",
    "\u{200b}",
    "\u{202e}",
    "\u{0}",
    "\u{1b}[31m",
    "::error::x",
    "##[error]x",
    "ä",
    "日本",
    "x",
    " ",
    ".",
];

fn foreign() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(NASTY), 0..9).prop_map(|parts| parts.concat())
}

/// A verdict that has this text wherever a stranger can put some.
fn verdict(text: &str) -> Verdict {
    let text = format!("x{text}");
    let finding = Finding::error(text.clone(), text.clone())
        .at(Place::line(text.clone(), 3))
        .fix(text.clone())
        .url(format!("javascript:{text}"));
    let notice = Finding::notice(text.clone(), text.clone());
    let column = |number| Column {
        name: text.clone(),
        number,
    };
    let table = Table {
        title: text.clone(),
        columns: vec![column(false), column(true)],
        rows: vec![vec![text.clone(), text.clone()], vec![text.clone()]],
    };
    let bars = Bars {
        title: text.clone(),
        unit: text.clone(),
        bars: vec![Bar {
            name: text.clone(),
            value: 1.0,
            limit: Some(2.0),
        }],
    };
    Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: text.clone(),
        instance: Some(text.clone()),
        conclusion: Conclusion::Fail,
        title: text.clone(),
        subject: Subject {
            sha: Some("0123456789abcdef0123456789abcdef01234567".parse().unwrap()),
            ..Subject::default()
        },
        findings: vec![finding, notice],
        metrics: vec![Metric::new(text.clone(), 3.0, text.clone()).at_most(2.0)],
        figures: vec![Figure::Table(table), Figure::Bars(bars)],
        evidence: vec![
            Evidence::read(Source::Command(text.clone()), b"", EvidenceState::Clean),
            Evidence::missing(Source::Path(text.clone()), text.clone()),
        ],
        run: None,
        tool: Tool {
            name: text.clone(),
            version: text,
        },
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        finished_at: "2026-01-01T00:00:01Z".to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn text_renders_as_itself_wherever_it_stands(foreign in foreign()) {
        let text = markdown::text(&foreign);
        let nothing = visible(&foreign).is_empty() && text.is_empty();
        let frames = [("", ""), ("### ", ""), ("> ", ""), ("- ", ""), ("x\n", ""), ("| h |\n|---|\n| ", " |")];
        for (before, after) in frames {
            let page = format!("{before}{text}{after}\n");
            let plain = format!("{before}{}{after}\n", if nothing { "" } else { "x" });
            prop_assert_eq!(skeleton(&page), skeleton(&plain), "{:?}", page);
            prop_assert_eq!(triggers(&shown(&page)), Vec::<String>::new(), "{:?}", page);
        }
        prop_assert_eq!(visible(&rendered(&text)), visible(&foreign));
    }

    #[test]
    fn code_renders_as_itself_also_in_a_table(foreign in foreign()) {
        let code = markdown::code(&foreign);
        for (before, after) in [("x ", ""), ("| h |\n|---|\n| ", " |")] {
            let page = format!("{before}{code}{after}\n");
            prop_assert_eq!(skeleton(&page), skeleton(&format!("{before}x{after}\n")), "{:?}", page);
        }
        let page = format!("| h |\n|---|\n| {code} |\n");
        prop_assert_eq!(visible(&rendered(&page)), format!("h{}", visible(&foreign)));
    }

    #[test]
    fn text_inside_html_stays_inside(foreign in foreign()) {
        let html = markdown::html(&foreign);
        prop_assert!(!html.contains(['<', '>', '"', '\'', '\n']));
        prop_assert_eq!(triggers(&html.replace("&#39;", "")), Vec::<String>::new());
    }

    #[test]
    fn no_text_of_a_verdict_changes_the_surfaces_around_it(foreign in foreign()) {
        let (plain, hostile) = (verdict(""), verdict(&foreign));
        let of = |verdict: &Verdict| {
            let context = CommentContext { remark: Some(&verdict.title), ..CommentContext::default() };
            comment(&[verdict], &context, 0)
        };
        let pages = [
            (summary(&plain), summary(&hostile)),
            (of(&plain), of(&hostile)),
        ];
        for (plain, hostile) in pages {
            prop_assert_eq!(skeleton(&hostile), skeleton(&plain), "{}", hostile);
            prop_assert_eq!(triggers(&shown(&hostile)), Vec::<String>::new(), "{}", hostile);
        }
    }
}
