//! Reads a file line by line: requests, their headers and bodies, the answers they must bring.

use gate::Problem;
use http_client::Method;
use verdict::Place;

use super::{
    cursor::Cursor,
    section,
    syntax::{Document, Entry, Fault, Payload, Status, Text},
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

struct Reader<'a> {
    lines: Vec<&'a str>,
    at: usize,
    faults: Vec<Fault>,
    document: Document,
}

impl<'a> Reader<'a> {
    fn number(&self) -> u32 {
        u32::try_from(self.at + 1).unwrap_or(u32::MAX)
    }

    fn cursor(&self, line: &'a str) -> Cursor<'a> {
        Cursor::new(line, self.number())
    }

    fn refuse(&mut self, cursor: &Cursor<'_>, message: impl Into<String>) {
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

    /// A body that starts at this line, if one does. Moves to its last line.
    fn payload(&mut self, line: &'a str) -> Option<Payload> {
        let mut cursor = self.cursor(line);
        cursor.space();
        let start = cursor.clone();
        let rest = cursor.rest();
        if rest.starts_with("```") {
            return Some(self.fenced(&start));
        }
        if rest.starts_with('`') {
            return Some(self.ticked(cursor));
        }
        if rest.starts_with(['{', '[']) {
            return Some(self.json(&start));
        }
        if rest.starts_with('<') {
            self.refuse(
                &start,
                "XML bodies are not understood: put the text between ``` lines",
            );
            return Some(Payload::Bytes(Vec::new()));
        }
        let kind = ["file,", "base64,", "hex,"]
            .into_iter()
            .find(|kind| cursor.eat(kind))?;
        let written = cursor
            .rest()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        let closed = cursor.rest().trim_end().ends_with(';');
        let payload = match kind {
            "file," => Ok(Payload::File(Text {
                raw: written,
                spot: cursor.spot(),
            })),
            "base64," => section::base64(&written, &cursor).map(Payload::Bytes),
            _ => section::hex(&written, &cursor).map(Payload::Bytes),
        };
        match payload {
            Ok(payload) if closed => return Some(payload),
            Ok(_) => self.refuse(&cursor, "the body is not closed by `;` on its line"),
            Err(fault) => self.faults.push(fault),
        }
        Some(Payload::Bytes(Vec::new()))
    }

    fn ticked(&mut self, mut cursor: Cursor<'a>) -> Payload {
        cursor.eat("`");
        let spot = cursor.spot();
        match cursor.rest().split_once('`') {
            Some((raw, after))
                if after.trim().is_empty() || after.trim_start().starts_with('#') =>
            {
                Payload::Text(Text {
                    raw: raw.to_owned(),
                    spot,
                })
            }
            _ => {
                self.refuse(
                    &cursor,
                    "the text is not closed by one backquote at the end of its line",
                );
                Payload::Bytes(Vec::new())
            }
        }
    }

    /// Between lines of three backquotes.
    fn fenced(&mut self, start: &Cursor<'a>) -> Payload {
        let hint = start.rest().trim_end().trim_start_matches("```");
        let json = hint == "json";
        if !matches!(hint, "" | "json" | "xml" | "raw") {
            self.refuse(
                start,
                format!("```{hint} is not understood: ```, ```json, ```xml and ```raw are"),
            );
        }
        let (first, spot) = (self.at + 1, start.spot());
        let length = self.lines[first.min(self.lines.len())..]
            .iter()
            .position(|line| line.trim_end() == "```");
        let Some(length) = length else {
            self.refuse(start, "the text is not closed by a line of ```");
            self.at = self.lines.len();
            return Payload::Bytes(Vec::new());
        };
        self.at = first + length;
        let raw: String = self.lines[first..self.at]
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        let text = Text { raw, spot };
        if json {
            Payload::Json(text)
        } else {
            Payload::Text(text)
        }
    }

    /// Up to the bracket that closes the first one.
    fn json(&mut self, start: &Cursor<'a>) -> Payload {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        let mut raw = String::new();
        let mut line = start.rest();
        loop {
            for (index, c) in line.char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' if quoted => escaped = true,
                    '"' => quoted = !quoted,
                    '{' | '[' if !quoted => depth += 1,
                    '}' | ']' if !quoted => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 {
                    let (json, after) = line.split_at(index + 1);
                    raw.push_str(json);
                    if !after.trim().is_empty() && !after.trim_start().starts_with('#') {
                        self.refuse(start, format!("`{}` follows the JSON body", after.trim()));
                    }
                    return Payload::Json(Text {
                        raw,
                        spot: start.spot(),
                    });
                }
            }
            raw.push_str(line);
            raw.push('\n');
            let Some(next) = self.lines.get(self.at + 1) else {
                self.refuse(start, "the JSON body is not closed");
                return Payload::Bytes(Vec::new());
            };
            self.at += 1;
            line = next;
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
