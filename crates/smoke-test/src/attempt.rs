//! What one request brought: passed, failed, or met a wall. Pure: the answer and the rules go in.

use std::time::Duration;

use http_client::{Class, Redactor, Repeatable, Response};
use verdict::{Evidence, EvidenceState, Level, Source};

use crate::{
    capture::Captured,
    plan::{Check, VersionProbe},
    quote::{Shown, exhibit, quote, shown},
    rule::{Mismatch, judge},
    seen::{Answered, Seen},
    trouble::Trouble,
    version::{VersionSource, same},
    wall::{Wall, recognise},
};

/// What one request brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Attempt {
    /// Every rule holds.
    Passed(Pass),
    /// Some rule does not, or there was no answer.
    Failed(Failure),
    /// The answer came from a wall in front of the deployment.
    Walled(Wall),
}

/// An answer that passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// What is worth a look all the same.
    pub warnings: Vec<Mismatch>,
    /// How long it took, in milliseconds.
    pub took: f64,
    /// How long its headers took, in milliseconds.
    pub ttfb: f64,
    /// What of it is kept for later steps.
    pub captured: Vec<Captured>,
    /// The answer.
    pub evidence: Evidence,
    /// The version it said, when that was asked.
    pub version: Option<String>,
}

/// An answer that failed, or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What does not hold; at least one of them is an error.
    pub mismatches: Vec<Mismatch>,
    /// What the answer looked like, in one line.
    pub exhibit: Option<String>,
    /// Its head and the start of its body.
    pub shown: Option<Box<Shown>>,
    /// What may help.
    pub fix: Option<&'static str>,
    /// The answer, if there was one.
    pub evidence: Option<Evidence>,
    /// How long it took, in milliseconds, if there was an answer.
    pub took: Option<f64>,
    /// The version it said, when that was asked.
    pub version: Option<String>,
    /// Whether it may be sent again.
    pub again: Again,
}

/// Whether a failed request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// After this wait at the earliest, if the server asks for one.
    After(Option<Duration>),
    /// It may have taken effect, and twice is not as good as once.
    Never,
}

impl Failure {
    /// A failure without an answer.
    pub fn without_answer(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            mismatches: vec![Mismatch::error(rule, message)],
            exhibit: None,
            shown: None,
            fix: None,
            evidence: None,
            took: None,
            version: None,
            again: Again::After(None),
        }
    }

    fn of_trouble(trouble: Trouble, repeatable: bool) -> Self {
        Self {
            fix: trouble.fix,
            again: if trouble.may_have_landed && !repeatable {
                Again::Never
            } else {
                Again::After(None)
            },
            ..Self::without_answer(trouble.rule, trouble.message)
        }
    }

    fn of_answer(
        response: &Response,
        mismatches: Vec<Mismatch>,
        again: Again,
        redactor: &Redactor,
    ) -> Self {
        Self {
            mismatches,
            exhibit: Some(exhibit(redactor, response)),
            shown: Some(Box::new(shown(redactor, response))),
            fix: None,
            evidence: Some(evidence(response, EvidenceState::Findings, redactor)),
            took: Some(millis(response)),
            version: None,
            again,
        }
    }
}

/// The version that must answer, for answers that say theirs in a header.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Where versions are said.
    pub source: &'a VersionSource,
    /// The version.
    pub version: &'a str,
}

/// Judges what a check's request brought. An answer whose version header names another version is not looked at further: it
/// says nothing about the new one.
pub fn assess(
    check: &Check,
    expected: Option<Expected<'_>>,
    brought: Result<&Answered, Trouble>,
    redactor: &Redactor,
) -> Attempt {
    let repeatable = Repeatable::by_method(&check.method) == Repeatable::Yes;
    let answer = match brought {
        Ok(answer) => answer,
        Err(trouble) => return Attempt::Failed(Failure::of_trouble(trouble, repeatable)),
    };
    let response = &answer.response;
    if let Some(wall) = recognise(response) {
        return Attempt::Walled(wall);
    }
    let again = match answer.class {
        // An answer below 400 was handled, whatever the rules say of it.
        Class::Limited(wait) | Class::Transient(wait) if repeatable => Again::After(wait),
        Class::Limited(wait) => Again::After(wait),
        _ if repeatable => Again::After(None),
        _ => Again::Never,
    };
    if let Some(stale) = expected.and_then(|expected| stale(expected, response, redactor)) {
        return Attempt::Failed(Failure::of_answer(response, vec![stale], again, redactor));
    }
    let seen = Seen::new(answer);
    let mut mismatches = judge(&check.rules, &seen, redactor);
    let mut captured = Vec::new();
    // Of an answer that is not the right one nothing is kept, and its lack is no second fault.
    if mismatches
        .iter()
        .all(|mismatch| mismatch.level != Level::Error)
    {
        for capture in &check.captures {
            match capture.take(&seen) {
                Ok(value) => captured.push(value),
                Err(mismatch) => mismatches.push(mismatch),
            }
        }
    }
    if mismatches
        .iter()
        .any(|mismatch| mismatch.level == Level::Error)
    {
        return Attempt::Failed(Failure::of_answer(response, mismatches, again, redactor));
    }
    Attempt::Passed(Pass {
        warnings: mismatches,
        took: millis(response),
        ttfb: response.timings.ttfb.as_secs_f64() * 1e3,
        captured,
        evidence: evidence(response, EvidenceState::Clean, redactor),
        version: None,
    })
}

/// Judges what the question for the version brought.
pub fn assess_version(
    probe: &VersionProbe,
    expected: Option<&str>,
    brought: Result<&Answered, Trouble>,
    redactor: &Redactor,
) -> Attempt {
    let (response, class) = match brought {
        Ok(answer) => (&answer.response, answer.class),
        Err(trouble) => return Attempt::Failed(Failure::of_trouble(trouble, true)),
    };
    if let Some(wall) = recognise(response) {
        return Attempt::Walled(wall);
    }
    let again = Again::After(class.asked_wait());
    let fail = |message: String, version: Option<String>| {
        let mismatch = Mismatch {
            place: probe.place.clone(),
            ..Mismatch::error("version", message)
        };
        let failure = Failure::of_answer(response, vec![mismatch], again, redactor);
        Attempt::Failed(Failure { version, ..failure })
    };
    match (probe.source.read(response, redactor), expected) {
        (Err(reason), _) => fail(
            format!("the running version cannot be read: {reason}"),
            None,
        ),
        (Ok(found), Some(expected)) if !same(expected, &found) => {
            let message = format!(
                "version {} answers, expected {}",
                quote(redactor, &found),
                quote(redactor, expected)
            );
            fail(message, Some(found))
        }
        (Ok(found), _) => Attempt::Passed(Pass {
            warnings: Vec::new(),
            took: millis(response),
            ttfb: response.timings.ttfb.as_secs_f64() * 1e3,
            captured: Vec::new(),
            evidence: evidence(response, EvidenceState::Clean, redactor),
            version: Some(found),
        }),
    }
}

/// An answer of another version, if it says so in its header. Without the header nothing is known, as for static files.
fn stale(expected: Expected<'_>, response: &Response, redactor: &Redactor) -> Option<Mismatch> {
    let VersionSource::Header(name) = expected.source else {
        return None;
    };
    let found = response.header(name.as_str())?.trim();
    (!same(expected.version, found)).then(|| {
        let message = format!(
            "version {} answers, expected {}",
            quote(redactor, found),
            quote(redactor, expected.version)
        );
        Mismatch::error("stale-answer", message)
    })
}

fn evidence(response: &Response, state: EvidenceState, redactor: &Redactor) -> Evidence {
    let url = redactor.redact_url(&response.url);
    Evidence::read(Source::Url(url), &response.body, state)
}

fn millis(response: &Response) -> f64 {
    response.timings.total.as_secs_f64() * 1e3
}
