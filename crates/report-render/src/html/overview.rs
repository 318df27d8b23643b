//! The top of the page: the answer, what was judged, and a row per gate with its place in time.

use verdict::{Conclusion, Level, Verdict};

use super::Ids;
use super::svg::{icon, timeline};
use super::text::{escape, link};
use crate::quantity::duration;
use crate::time;

/// The heading: the answer and its subject.
pub(super) fn head(verdicts: &[&Verdict], overall: Conclusion, title: &str) -> String {
    format!(
        "<header class=\"top {overall}\">\n<p class=\"brand\">Stagegate</p>\n\
         <h1>{} {}</h1>\n{}</header>\n",
        icon(overall),
        escape(title),
        subject(verdicts),
    )
}

/// What was judged, from the first verdict that knows.
fn subject(verdicts: &[&Verdict]) -> String {
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            facts.push(format!("<div><dt>{name}</dt><dd>{value}</dd></div>"));
        }
    };
    let subjects = || verdicts.iter().map(|verdict| &verdict.subject);
    let code = |text: &str| format!("<code>{}</code>", escape(text));
    fact(
        "Repository",
        subjects().find_map(|s| s.repository.as_deref().map(escape)),
    );
    fact(
        "Pull request",
        subjects().find_map(|s| s.pull_request.map(|number| format!("#{number}"))),
    );
    fact(
        "Ref",
        subjects().find_map(|s| s.git_ref.as_deref().map(escape)),
    );
    fact(
        "Commit",
        subjects().find_map(|s| s.sha.as_ref().map(|sha| code(sha.short()))),
    );
    fact(
        "Build",
        subjects().find_map(|s| s.digest.as_ref().map(|digest| code(digest.short()))),
    );
    let run = verdicts.iter().find_map(|verdict| verdict.run.as_ref());
    fact(
        "Run",
        run.map(|run| link(&run.id.to_string(), Some(&run.url))),
    );
    let started = verdicts.iter().filter_map(|v| time::started(v)).min();
    fact(
        "Started",
        started.map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string()),
    );
    format!("<dl class=\"facts\">{}</dl>\n", facts.concat())
}

/// A row per gate.
pub(super) fn table(verdicts: &[&Verdict], ids: &mut Ids) -> String {
    if verdicts.len() < 2 {
        return String::new();
    }
    let span = timeline::Span::of(verdicts);
    let rows: String = verdicts
        .iter()
        .enumerate()
        .map(|(index, verdict)| row(verdict, index, span.as_ref()))
        .collect();
    let axis = span.as_ref().map_or(String::new(), |span| span.axis(ids));
    format!(
        "<table class=\"gates\">\n<caption class=\"unseen\">Gates</caption>\n\
         <thead><tr><th scope=\"col\">Gate</th><th scope=\"col\">Result</th>\
         <th scope=\"col\" class=\"n\">Findings</th><th scope=\"col\" class=\"n\">Took</th>\
         <th scope=\"col\" class=\"when\">{axis}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn row(verdict: &Verdict, index: usize, span: Option<&timeline::Span>) -> String {
    let took = time::took(verdict).map_or(String::new(), |took| escape(&duration(took)));
    let bar = span.map_or(String::new(), |span| span.bar(verdict));
    format!(
        "<tr class=\"{}\"><th scope=\"row\">{} <a href=\"#gate-{index}\">{}</a></th><td>{}</td>\
         <td class=\"n\">{}</td><td class=\"n\">{took}</td><td class=\"when\">{bar}</td></tr>\n",
        verdict.conclusion,
        icon(verdict.conclusion),
        escape(&verdict.display_name()),
        escape(&verdict.title),
        counts(verdict),
    )
}

/// How many findings of each level there are; nothing of a level that has none.
pub(super) fn counts(verdict: &Verdict) -> String {
    [Level::Error, Level::Warning, Level::Notice]
        .into_iter()
        .map(|level| (level.as_str(), verdict.count(level)))
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| {
            let plural = if count == 1 { "" } else { "s" };
            format!("<span class=\"count {word}\" title=\"{count} {word}{plural}\">{count}<span class=\"unseen\"> {word}{plural}</span></span>")
        })
        .collect()
}

/// Who wrote the page.
pub(super) fn foot(verdicts: &[&Verdict]) -> String {
    let Some(first) = verdicts.first() else {
        return String::new();
    };
    format!(
        "<footer>Written by Stagegate {}. This page loads nothing and runs nothing.</footer>\n",
        escape(&first.tool.version)
    )
}
