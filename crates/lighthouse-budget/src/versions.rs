//! Which versions of Lighthouse have which audits. What a version does not have cannot be asserted there: it is asserted
//! under its new name, or skipped with the reason, and never a failure of the page.

use crate::report::Lhr;
use crate::rules::{Limits, Rule, Subject};

/// Name, first and last version that has it, and what took its place; printed by `data/audits.mjs`.
const TABLE: &str = include_str!("../data/audits.txt");

/// The newest version in the table; what it has, newer ones are expected to have.
const NEWEST: (u32, u32) = (13, 5);

/// The oldest version in the table; it speaks for its whole major.
const OLDEST: (u32, u32) = (10, 4);

/// What to do about an audit that a report does not have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Absent {
    /// It has another name there; the rule for that name.
    Renamed(Rule),
    /// It cannot be there, because.
    Skip(String),
    /// It should be there.
    Missing,
}

struct Known<'a> {
    first: (u32, u32),
    last: (u32, u32),
    successor: Option<&'a str>,
}

/// What to do about a rule whose audit the reports of a page do not have.
pub(crate) fn absent(rule: &Rule, runs: &[&Lhr]) -> Absent {
    let (Subject::Audit(name), Some(lhr)) = (&rule.subject, runs.first()) else {
        return absent_group(rule, runs);
    };
    let Some(known) = known(name) else {
        return Absent::Missing;
    };
    let version = version(&lhr.version);
    let reason = if version > known.last && known.last < NEWEST {
        "was removed"
    } else if version < known.first && known.first > OLDEST {
        "does not exist yet"
    } else {
        return left_out(name, lhr).map_or(Absent::Missing, Absent::Skip);
    };
    let reason = format!("{name} {reason} in Lighthouse {}", lhr.version);
    let Some(successor) = known.successor else {
        return Absent::Skip(reason);
    };
    if takes_over(rule.limits, successor, runs) {
        let subject = Subject::Audit(successor.to_owned());
        return Absent::Renamed(Rule {
            subject,
            ..rule.clone()
        });
    }
    Absent::Skip(format!(
        "{reason}; {successor} took its place and has no value like it"
    ))
}

/// Whether the successor can be held to the same limits: a score that it has in every run.
fn takes_over(limits: Limits, successor: &str, runs: &[&Lhr]) -> bool {
    limits.max_numeric.is_none()
        && limits.max_length.is_none()
        && runs.iter().all(|lhr| {
            let audit = lhr.audits.get(successor);
            audit.is_some_and(|audit| {
                audit.score.is_some() || audit.mode.as_deref() == Some("notApplicable")
            })
        })
}

fn absent_group(rule: &Rule, runs: &[&Lhr]) -> Absent {
    let Some(lhr) = runs.first() else {
        return Absent::Missing;
    };
    match &rule.subject {
        Subject::Category(name) => {
            let only = lhr.settings.only_categories.as_ref();
            if name == "pwa" && lhr.major() >= Some(12) {
                return Absent::Skip(format!(
                    "category pwa was removed in Lighthouse {}",
                    lhr.version
                ));
            }
            match only {
                Some(only) if !only.contains(name) => {
                    Absent::Skip(format!("category {name} was left out by onlyCategories"))
                }
                _ => Absent::Missing,
            }
        }
        // Without a single request of a type there is no row for it; that is a value of 0, which no limit forbids.
        Subject::Resource { kind, .. } if lhr.audits.contains_key("resource-summary") => {
            Absent::Skip(format!("the page loads no {kind}"))
        }
        Subject::Resource { .. } => {
            left_out("resource-summary", lhr).map_or(Absent::Missing, Absent::Skip)
        }
        _ => Absent::Missing,
    }
}

/// Why the run itself left an audit out.
fn left_out(name: &str, lhr: &Lhr) -> Option<String> {
    let settings = &lhr.settings;
    let names = |list: &Option<Vec<String>>| {
        list.as_ref()
            .is_some_and(|list| list.iter().any(|known| known == name))
    };
    if name == "interaction-to-next-paint" && lhr.gather_mode.as_deref() != Some("timespan") {
        return Some("interaction-to-next-paint is not measurable in a navigation run; total-blocking-time stands in for it".to_owned());
    }
    if names(&settings.skip_audits) {
        return Some(format!("{name} was left out by skipAudits"));
    }
    if settings
        .only_audits
        .as_ref()
        .is_some_and(|only| !only.is_empty())
        && !names(&settings.only_audits)
    {
        return Some(format!("{name} was left out by onlyAudits"));
    }
    let only = settings
        .only_categories
        .as_ref()
        .filter(|only| !only.is_empty())?;
    Some(format!(
        "{name} was left out by onlyCategories ({})",
        only.join(", ")
    ))
}

/// The audit that took the place of another in some version.
pub(crate) fn successor(name: &str) -> Option<&'static str> {
    known(name)?.successor
}

fn known(name: &str) -> Option<Known<'static>> {
    TABLE.lines().find_map(|line| {
        let mut words = line.split(' ');
        if words.next() != Some(name) {
            return None;
        }
        Some(Known {
            first: version(words.next()?),
            last: version(words.next()?),
            successor: words.next(),
        })
    })
}

/// Major and minor.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text
        .split('.')
        .map(|number| number.parse().unwrap_or_default());
    (
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    )
}
