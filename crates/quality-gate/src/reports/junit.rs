//! Reads JUnit XML, as a stream.
//!
//! Tests are counted at the leaves: suites nest, and their totals mean something else in every tool. A
//! total is only used against a report, when a suite says it failed and no test did.

use std::borrow::Cow;

use gate::foreign_text;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::stack::line_in;
use super::{Case, Outcome, ReportError, TestReport};

/// How deep elements may nest.
const MAX_DEPTH: usize = 100;

/// How much of a failure's text is kept, in bytes: enough for the frames near the test.
const MAX_TRACE: usize = 16 * 1024;

pub(super) fn read(bytes: &[u8]) -> Result<TestReport, ReportError> {
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("it is not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let mut state = State::default();
    loop {
        let at = reader.buffer_position();
        let event = reader
            .read_event()
            .map_err(|error| invalid(format!("{error} (byte {at})")))?;
        match event {
            Event::Start(element) => state.open(&element)?,
            Event::Empty(element) => {
                state.open(&element)?;
                state.close();
            }
            Event::End(_) => state.close(),
            Event::Text(text) => state.text(&text.xml10_content()),
            Event::CData(text) => state.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                match reference.resolve_char_ref() {
                    Ok(Some(character)) => state.text(character.encode_utf8(&mut [0; 4])),
                    _ => state
                        .text(quick_xml::escape::resolve_predefined_entity(name).unwrap_or("?")),
                }
            }
            Event::DocType(_) => {
                return Err(invalid("it has a document type, which no test tool writes"));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return state.finish(),
        }
    }
}

#[derive(Default)]
struct State {
    report: TestReport,
    /// The open elements.
    open: Vec<Element>,
    case: Option<Open>,
    /// Whether there was an element at all.
    rooted: bool,
    /// Whether some suite claims failures or errors.
    claims_failure: bool,
}

enum Element {
    Suite {
        file: Option<String>,
    },
    Case,
    /// A failure of any kind, whose text is its trace.
    Trouble,
    Other,
}

/// A test that is being read.
struct Open {
    file: Option<String>,
    line: Option<u32>,
    title: String,
    outcome: Outcome,
    message: String,
    trace: String,
}

impl State {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), ReportError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(invalid("elements nest too deep"));
        }
        let name = element.local_name();
        let name: &str = name.as_ref();
        if self.open.is_empty() && !matches!(name, "testsuites" | "testsuite") {
            return Err(invalid(format!("its root is <{}>", foreign_text(name))));
        }
        self.rooted = true;
        let kind = match name {
            "testsuites" | "testsuite" => {
                let claims = |name| {
                    attribute(element, name)
                        .is_some_and(|n| n.trim() != "0" && !n.trim().is_empty())
                };
                self.claims_failure |= claims("failures") || claims("errors");
                let named = attribute(element, "file").or_else(|| attribute(element, "filepath"));
                let file =
                    named.or_else(|| attribute(element, "name").filter(|name| is_path(name)));
                Element::Suite {
                    file: file.map(Cow::into_owned),
                }
            }
            "testcase" if self.case.is_some() => {
                return Err(invalid("a <testcase> lies in another"));
            }
            "testcase" => {
                self.case = Some(self.begin(element));
                Element::Case
            }
            "failure" | "error" | "rerunFailure" | "rerunError" => {
                self.trouble(element, Outcome::Failed);
                Element::Trouble
            }
            "flakyFailure" | "flakyError" => {
                self.trouble(element, Outcome::Flaky);
                Element::Trouble
            }
            "skipped" => {
                if let Some(case) = self
                    .case
                    .as_mut()
                    .filter(|case| case.outcome == Outcome::Passed)
                {
                    case.outcome = Outcome::Skipped;
                }
                Element::Other
            }
            _ => Element::Other,
        };
        self.open.push(kind);
        Ok(())
    }

    fn begin(&self, element: &BytesStart<'_>) -> Open {
        let name = attribute(element, "name").unwrap_or_default();
        let class = attribute(element, "classname").unwrap_or_default();
        let suite = self.open.iter().rev().find_map(|element| match element {
            Element::Suite { file } => file.clone(),
            _ => None,
        });
        let own = attribute(element, "file").map(Cow::into_owned);
        let title = if class.is_empty() || is_path(&class) {
            foreign_text(&name)
        } else {
            foreign_text(&format!("{class} > {name}"))
        };
        let of_class = is_path(&class).then(|| class.into_owned());
        let line = attribute(element, "line").and_then(|line| line.parse().ok());
        Open {
            file: own.or(of_class).or(suite),
            line: line.filter(|line| *line > 0),
            title,
            outcome: Outcome::Passed,
            message: String::new(),
            trace: String::new(),
        }
    }

    fn trouble(&mut self, element: &BytesStart<'_>, outcome: Outcome) {
        let case = self.case.get_or_insert_with(|| Open {
            // Outside a test: the suite itself failed, such as in its set-up.
            file: None,
            line: None,
            title: "the suite could not be run".to_owned(),
            outcome: Outcome::Passed,
            message: String::new(),
            trace: String::new(),
        });
        if case.outcome != Outcome::Failed {
            case.outcome = outcome;
        }
        // The first trouble explains the test; a rerun only repeats it.
        if case.message.is_empty() && case.trace.is_empty() {
            case.message = attribute(element, "message")
                .unwrap_or_default()
                .into_owned();
        }
    }

    fn text(&mut self, text: &str) {
        let in_trouble = self
            .open
            .iter()
            .any(|element| matches!(element, Element::Trouble));
        if let (true, Some(case)) = (in_trouble, &mut self.case) {
            let room = MAX_TRACE.saturating_sub(case.trace.len());
            case.trace.push_str(&text[..text.floor_char_boundary(room)]);
        }
    }

    fn close(&mut self) {
        let in_case = self
            .open
            .iter()
            .any(|element| matches!(element, Element::Case));
        match self.open.pop() {
            Some(Element::Case) => self.end(),
            Some(Element::Trouble) if !in_case => self.end(),
            _ => {}
        }
    }

    fn end(&mut self) {
        let Some(case) = self.case.take() else {
            return;
        };
        if let Some(file) = &case.file
            && !self.report.files.contains(file)
        {
            self.report.files.insert(file.clone());
        }
        if matches!(case.outcome, Outcome::Passed | Outcome::Skipped) {
            self.report.count(case.outcome);
            return;
        }
        let line = case
            .file
            .as_deref()
            .and_then(|file| line_in(&case.trace, file));
        let words = if case.message.trim().is_empty() {
            case.trace
                .lines()
                .map(str::trim)
                .find(|line| !line.is_empty() && !line.starts_with("at "))
                .unwrap_or_default()
        } else {
            &case.message
        };
        self.report.add(Case {
            outcome: case.outcome,
            line: line.or(case.line),
            title: case.title,
            message: foreign_text(words),
            file: case.file,
        });
    }

    fn finish(self) -> Result<TestReport, ReportError> {
        if !self.rooted {
            return Err(invalid("it has no element"));
        }
        if !self.open.is_empty() {
            return Err(invalid("it ends in the middle"));
        }
        let counts = self.report.counts;
        if self.claims_failure && counts.failed == 0 && counts.flaky == 0 {
            return Err(ReportError::Contradiction(
                "a suite claims failures and no test failed".to_owned(),
            ));
        }
        Ok(self.report)
    }
}

fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let attribute = element.try_get_attribute(name).ok()??;
    // An unknown entity leaves the text as it is written.
    let raw = attribute.value;
    match quick_xml::escape::unescape(&raw) {
        Ok(text) => Some(Cow::Owned(text.into_owned())),
        Err(_) => Some(Cow::Owned(raw.into_owned())),
    }
}

/// Whether a suite's or class's name is a file's path, as Vitest writes it; `com.example.Test` is none.
fn is_path(name: &str) -> bool {
    const ENDINGS: [&str; 6] = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs"];
    !name.contains(' ') && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn invalid(reason: impl Into<String>) -> ReportError {
    ReportError::Format {
        format: "JUnit XML",
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
