//! Reads along one line and knows the column.

use super::syntax::{Fault, Spot, Text};

/// A place in a line.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, line: u32) -> Self {
        Self { text, at: 0, line }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn spot(&self) -> Spot {
        let column = self.text[..self.at].chars().count() + 1;
        Spot {
            line: self.line,
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault {
            spot: self.spot(),
            message: message.into(),
        }
    }

    pub(super) fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// Letters, digits and dashes.
    pub(super) fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Up to the next white space.
    pub(super) fn token(&mut self) -> Text {
        let (rest, spot) = (self.rest(), self.spot());
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.at += end;
        Text {
            raw: rest[..end].to_owned(),
            spot,
        }
    }

    /// Whether nothing but a comment follows.
    pub(super) fn done(&mut self) -> bool {
        self.space();
        self.rest().is_empty() || self.rest().starts_with('#')
    }

    /// An error unless nothing but a comment follows.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if self.done() {
            return Ok(());
        }
        Err(self.fault(format!(
            "`{}` is not understood here",
            self.rest().trim_end()
        )))
    }

    /// A text in double quotes.
    pub(super) fn quoted(&mut self) -> Result<Text, Fault> {
        let spot = self.spot();
        if !self.eat("\"") {
            return Err(self.fault("a text in double quotes is needed"));
        }
        let raw = self.until(|c| c == '"')?;
        if !self.eat("\"") {
            return Err(self.fault("the text is not closed by `\"`"));
        }
        Ok(Text { raw, spot })
    }

    /// A regular expression between slashes; only `\/` is an escape of its own.
    pub(super) fn slashed(&mut self) -> Result<Text, Fault> {
        let spot = self.spot();
        self.eat("/");
        let (mut raw, mut escaped) = (String::new(), false);
        for (index, c) in self.rest().char_indices() {
            match c {
                '/' if !escaped => {
                    self.at += index + 1;
                    return Ok(Text { raw, spot });
                }
                '/' => {
                    raw.pop();
                    raw.push('/');
                }
                c => raw.push(c),
            }
            escaped = c == '\\' && !escaped;
        }
        Err(self.fault("the regular expression is not closed by `/`"))
    }

    /// The rest of the line up to a comment, without the white space around it.
    pub(super) fn plain(&mut self) -> Result<Text, Fault> {
        self.space();
        let spot = self.spot();
        let raw = self.until(|c| c == '#')?;
        Ok(Text {
            raw: raw.trim_end().to_owned(),
            spot,
        })
    }

    /// A key of a pair, in quotes or up to the colon, and the colon.
    pub(super) fn key(&mut self) -> Result<Text, Fault> {
        self.space();
        let text = if self.rest().starts_with('"') {
            self.quoted()?
        } else {
            let spot = self.spot();
            let raw = self.until(|c| c == ':' || c == '#')?;
            Text {
                raw: raw.trim_end().to_owned(),
                spot,
            }
        };
        self.space();
        if text.raw.is_empty() || !self.eat(":") {
            return Err(self.fault("`name: value` is needed here"));
        }
        Ok(text)
    }

    /// Text up to one of these characters or the end, its escapes undone.
    fn until(&mut self, stop: impl Fn(char) -> bool) -> Result<String, Fault> {
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            if stop(c) {
                break;
            }
            // A `#` or `:` within a placeholder ends nothing.
            if self.rest().starts_with("{{")
                && let Some(end) = self.rest().find("}}")
            {
                text.push_str(&self.rest()[..end + 2]);
                self.at += end + 2;
                continue;
            }
            self.at += c.len_utf8();
            text.push(if c == '\\' { self.escape()? } else { c });
        }
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let fault = self.fault("this escape is not known: \\\\, \\\", \\#, \\:, \\b, \\f, \\n, \\r, \\t and \\u{…} are");
        let Some(c) = self.rest().chars().next() else {
            return Err(fault);
        };
        self.at += c.len_utf8();
        Ok(match c {
            '\\' | '"' | '#' | ':' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let digits = self
                    .rest()
                    .strip_prefix('{')
                    .and_then(|rest| rest.split_once('}'))
                    .map(|(digits, _)| digits)
                    .ok_or_else(|| fault.clone())?;
                let code = u32::from_str_radix(digits, 16).ok();
                self.at += digits.len() + 2;
                code.and_then(char::from_u32).ok_or(fault)?
            }
            _ => return Err(fault),
        })
    }
}
