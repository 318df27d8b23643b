//! Findings, folded by level, and the filter over all of them: radio buttons that style reads, no script.

use verdict::{Finding, Level, Verdict};

use super::text::{escape, link};
use crate::rank::worst_first;

/// The most findings of one level of one gate.
const MOST: usize = 1000;

/// The choices of the filter; what each shows is told in the style.
const CHOICES: [(&str, &str); 4] = [
    ("all", "All"),
    ("errors", "Errors"),
    ("warnings", "Warnings"),
    ("new", "New"),
];

/// The filter; nothing when there is nothing to tell apart.
pub(super) fn filter(verdicts: &[&Verdict]) -> String {
    let findings = || verdicts.iter().flat_map(|verdict| &verdict.findings);
    let levels = [Level::Error, Level::Warning, Level::Notice];
    let present = |level: &Level| findings().any(|finding| finding.level == *level);
    let has_new = findings().any(|finding| finding.new.is_some());
    if levels.iter().filter(|level| present(level)).count() < 2 && !has_new {
        return String::new();
    }
    let shown = |id: &str| match id {
        "errors" => present(&Level::Error),
        "warnings" => present(&Level::Warning),
        "new" => has_new,
        _ => true,
    };
    let choices: String = CHOICES
        .iter()
        .filter(|(id, _)| shown(id))
        .map(|(id, label)| {
            let checked = if *id == "all" { " checked" } else { "" };
            format!(
                "<input type=\"radio\" name=\"show\" id=\"show-{id}\"{checked}><label for=\"show-{id}\">{label}</label>"
            )
        })
        .collect();
    format!("<fieldset class=\"filter\"><legend>Findings</legend>{choices}</fieldset>\n")
}

/// The findings of one gate: errors stand open, and warnings when there are no errors.
pub(super) fn list(verdict: &Verdict) -> String {
    let worst = worst_first(verdict);
    let errors = verdict.count(Level::Error);
    [Level::Error, Level::Warning, Level::Notice]
        .into_iter()
        .map(|level| {
            let open = match level {
                Level::Error => true,
                Level::Warning => errors == 0,
                Level::Notice => false,
            };
            of_level(&worst, level, open)
        })
        .collect()
}

fn of_level(worst: &[&Finding], level: Level, open: bool) -> String {
    let findings: Vec<_> = worst.iter().filter(|f| f.level == level).collect();
    if findings.is_empty() {
        return String::new();
    }
    let word = level.as_str();
    let name = match level {
        Level::Error => "Errors",
        Level::Warning => "Warnings",
        Level::Notice => "Notices",
    };
    let items: String = findings.iter().take(MOST).map(|f| item(f)).collect();
    let more = match findings.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("<p class=\"soft\">{more} more in the verdict file.</p>"),
    };
    format!(
        "<details class=\"findings {word}\"{}><summary>{name} <span class=\"count {word}\">{}</span></summary>\n\
         <ul>\n{items}</ul>{more}</details>\n",
        if open { " open" } else { "" },
        findings.len(),
    )
}

fn item(finding: &Finding) -> String {
    let mut about = Vec::new();
    if let Some(place) = &finding.place {
        about.push(format!("<code>{}</code>", escape(&place.to_string())));
    }
    about.push(link(&escape(&finding.rule), finding.url.as_deref()));
    let (class, badge) = match finding.new {
        Some(true) => (" class=\"new\"", "<span class=\"badge\">new</span> "),
        _ => ("", ""),
    };
    let fix = finding.fix.as_deref().map_or(String::new(), |fix| {
        format!("<p class=\"fix\">Fix: {}</p>", escape(fix))
    });
    format!(
        "<li{class}><p>{badge}{}</p><p class=\"soft\">{}</p>{fix}</li>\n",
        escape(&finding.message),
        about.join(" · "),
    )
}
