//! Reads a file line by line: requests, their headers and bodies, the answers they must bring.

use gate::Problem;
use http_client::Method;
use verdict::Place;

use super::{
    cursor::Cursor,
    section,
    syntax::{Document, Entry, Fault, Payload, Status},
};
use crate::compile::check::METHODS;

/// The largest number of requests in a file.
const MOST: usize = 5000;

/// Reads a file; `shown` is its name for messages.
///
/// # Errors
/// Every line that is not understood.
pub fn read(shown: &str, text: &str) -> Result<Document, Vec<Problem>> {
    let mut reader = Reader {
        lines: text.lines().collect(),
        at: 0,
        faults: Vec::new(),
        document: Document::default(),
    };
    reader.document();
    let problem = |fault: Fault| {
        let place = Place::line(shown, fault.spot.line).column(fault.spot.column);
        Problem::new(fault.message).at(Some(place))
    };
    if !reader.faults.is_empty() {
        return Err(reader.faults.into_iter().map(problem).collect());
    }
    if reader.document.entries.is_empty() {
        let problem = Problem::new(format!("{shown} holds no request"));
        return Err(vec![problem.at(Some(Place::file(shown)))]);
    }
    Ok(reader.document)
}

/// Where in an entry a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Request,
    Answer,
}

pub(super) struct Reader<'a> {
    pub(super) lines: Vec<&'a str>,
    pub(super) at: usize,
    pub(super) faults: Vec<Fault>,
    document: Document,
}

impl<'a> Reader<'a> {
    fn number(&self) -> u32 {
        u32::try_from(self.at + 1).unwrap_or(u32::MAX)
    }

    pub(super) fn cursor(&self, line: &'a str) -> Cursor<'a> {
        Cursor::new(line, self.number())
    }

    pub(super) fn refuse(&mut self, cursor: &Cursor<'_>, message: impl Into<String>) {
        self.faults.push(cursor.fault(message));
    }

    fn document(&mut self) {
        let mut part = Part::Request;
        let mut section: Option<section::Name> = None;
        while let Some(line) = self.lines.get(self.at).copied() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                self.comment(trimmed);
                self.at += 1;
                continue;
            }
            if let Some(method) = method_of(trimmed) {
                (part, section) = (Part::Request, None);
                self.request(line, method);
            } else if self.document.entries.is_empty() {
                let mut cursor = self.cursor(line);
                cursor.space();
                self.refuse(
                    &cursor,
                    "a request such as `GET https://app.example/` is needed first",
                );
                return;
            } else if trimmed == "HTTP"
                || trimmed.starts_with("HTTP ")
                || trimmed.starts_with("HTTP/")
            {
                (part, section) = (Part::Answer, None);
                self.status(line);
            } else if let Some(name) = section_of(trimmed) {
                section = self.section(line, name, part);
            } else if let Some(payload) = self.payload(line) {
                section = None;
                self.set_body(part, payload);
            } else {
                self.row(line, part, section);
            }
            self.at += 1;
        }
        for entry in &self.document.entries {
            if entry.expected.is_none() {
                self.faults.push(Fault {
                    spot: entry.spot,
                    message:
                        "this request expects nothing: add `HTTP 200`, or `HTTP *` for any status"
                            .to_owned(),
                });
            }
        }
    }

    /// Tags stand in a comment before the first request.
    fn comment(&mut self, line: &str) {
        let tags = line.trim_start_matches('#').trim().strip_prefix("tags:");
        if let (Some(tags), true) = (tags, self.document.entries.is_empty()) {
            let tags = tags.split(',').map(|tag| tag.trim().to_owned());
            self.document
                .tags
                .extend(tags.filter(|tag| !tag.is_empty()));
        }
    }

    fn request(&mut self, line: &'a str, method: &str) {
        let mut cursor = self.cursor(line);
        cursor.space();
        let spot = cursor.spot();
        let known = METHODS.into_iter().find(|known| known.as_str() == method);
        if known.is_none() {
            self.refuse(&cursor, format!("unknown method `{method}`"));
        }
        cursor.eat(method);
        cursor.space();
        let url = cursor.token();
        if let Err(fault) = cursor.end() {
            self.faults.push(fault);
        }
        if self.document.entries.len() >= MOST {
            self.refuse(&cursor, format!("more than {MOST} requests in a file"));
            self.at = self.lines.len();
            return;
        }
        self.document.entries.push(Entry {
            spot,
            method: known.unwrap_or(Method::GET),
            url,
            ..Entry::default()
        });
    }

    fn status(&mut self, line: &'a str) {
        let mut cursor = self.cursor(line);
        cursor.space();
        cursor.eat("HTTP");
        let read = if cursor.rest().starts_with('/') {
            Err(cursor.fault("the version of HTTP is not tested: write `HTTP` alone"))
        } else {
            code(&mut cursor)
        };
        let spot = cursor.spot();
        // Noted also when it is not understood, so that its lack is not complained of as well.
        let status = read.map_err(|fault| self.faults.push(fault)).ok();
        let Some(entry) = self.document.entries.last_mut() else {
            return;
        };
        let status = status.unwrap_or(Status { code: None, spot });
        if let Some(first) = entry.expected.replace(status) {
            self.faults.push(Fault {
                spot,
                message: format!(
                    "a request has one answer, and line {} says `HTTP` already",
                    first.spot.line
                ),
            });
        }
    }

    fn section(&mut self, line: &'a str, name: &str, part: Part) -> Option<section::Name> {
        let mut cursor = self.cursor(line);
        cursor.space();
        match section::Name::parse(name, part == Part::Request) {
            Ok(name) => Some(name),
            Err(message) => {
                self.refuse(&cursor, message);
                // Its rows would all be complained of too.
                Some(section::Name::Refused)
            }
        }
    }

    fn row(&mut self, line: &'a str, part: Part, section: Option<section::Name>) {
        let mut cursor = self.cursor(line);
        cursor.space();
        let Some(entry) = self.document.entries.last_mut() else {
            return;
        };
        let read = match section {
            Some(name) => section::row(name, &mut cursor, entry),
            None => section::pair(&mut cursor).map(|pair| match part {
                Part::Request => entry.headers.push(pair),
                Part::Answer => entry.expected_headers.push(pair),
            }),
        };
        if let Err(fault) = read {
            self.faults.push(fault);
        }
    }

    fn set_body(&mut self, part: Part, payload: Payload) {
        let Some(entry) = self.document.entries.last_mut() else {
            return;
        };
        let body = match part {
            Part::Request => &mut entry.body,
            Part::Answer => &mut entry.expected_body,
        };
        if body.replace(payload).is_some() {
            let cursor = Cursor::new("", self.number());
            self.refuse(&cursor, "there is a body already");
        }
    }
}

/// The status after `HTTP`.
fn code(cursor: &mut Cursor<'_>) -> Result<Status, Fault> {
    cursor.space();
    let start = cursor.clone();
    let code = match cursor.token().raw.as_str() {
        "*" => None,
        text => match text.parse::<u16>() {
            Ok(code) if (100..=599).contains(&code) => Some(code),
            _ => {
                let message = format!("`{text}` is no status: write one like `200`, or `*`");
                return Err(start.fault(message));
            }
        },
    };
    cursor.end()?;
    let spot = start.spot();
    Ok(Status { code, spot })
}

/// The method of a request line: capitals and then an address.
fn method_of(line: &str) -> Option<&str> {
    let (method, rest) = line.split_once(char::is_whitespace)?;
    let capitals = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    (capitals && method != "HTTP" && !rest.trim_start().starts_with(':')).then_some(method)
}

/// The name in `[Name]`.
fn section_of(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    let rest = rest.trim();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_literal = matches!(name, "true" | "false" | "null");
    (is_name && !is_literal && (rest.is_empty() || rest.starts_with('#'))).then_some(name)
}
