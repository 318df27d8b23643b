//! The answer in one line: the worst thing first.

use verdict::{Conclusion, Level};

use crate::{
    facts::{Facts, VersionEnd, VersionFacts},
    findings::{of_budgets, of_load},
    wall::Wall,
    watch,
};

pub(super) fn of(facts: &Facts, conclusion: Conclusion, wall: Option<Wall>) -> String {
    let (host, all) = (&facts.host, facts.checks.len());
    if let Some(wall) = wall {
        return format!("{} answers in place of {host}", wall.name());
    }
    if let Some(VersionFacts {
        end: VersionEnd::Failed(failure),
        ..
    }) = &facts.version
    {
        let message = failure
            .mismatches
            .first()
            .map_or("the version cannot be read", |mismatch| {
                mismatch.message.as_str()
            });
        return format!("{host}: {message}");
    }
    let failed: Vec<_> = facts.checks.iter().filter(|check| check.failed()).collect();
    if let Some(first) = failed.first() {
        let more = match failed.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        return format!(
            "{} of {} on {host}: {}{more}",
            failed.len(),
            count(all, "check failed", "checks failed"),
            first.name
        );
    }
    if let Some((load, loaded)) = &facts.load
        && !of_load(load, loaded).0.is_empty()
    {
        return format!("{host} did not stand {} requests of load", loaded.sent);
    }
    if let Some(first) = of_budgets(&facts.times(), &facts.budgets, "the checks").first() {
        return format!("{host}: {}", first.message);
    }
    if let Some(watched) = &facts.watch {
        let answers = count(watched.samples.len(), "answer", "answers");
        match watched.ending {
            watch::Ending::Held => {}
            watch::Ending::TooFew => return format!("{answers} of {host} are too few to decide"),
            _ => return format!("the watch of {host} broke after {answers}"),
        }
    }
    if conclusion == Conclusion::Error {
        return format!("not every check was asked of {host}");
    }
    let edge: Vec<_> = facts
        .edge
        .iter()
        .flat_map(|edge| &edge.findings)
        .filter(|finding| finding.level == Level::Error)
        .collect();
    if let Some(first) = edge.first() {
        return format!("the edge of {host}: {}", first.message);
    }
    let version = facts
        .version
        .as_ref()
        .and_then(|version| version.found.as_deref());
    let version = version.map_or_else(String::new, |version| format!(", version {version}"));
    let watched = facts.watch.as_ref().map(|watched| {
        format!(
            ", {} watched",
            count(watched.samples.len(), "answer", "answers")
        )
    });
    let warned = if conclusion == Conclusion::Warn {
        ", with warnings"
    } else {
        ""
    };
    let passed = facts.checks.iter().filter(|check| check.passed()).count();
    format!(
        "{} on {host}{version}{}{warned}",
        count(passed, "check passes", "checks pass"),
        watched.unwrap_or_default()
    )
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
