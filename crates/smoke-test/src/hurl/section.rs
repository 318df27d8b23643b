//! The sections of a request and of an answer, row by row.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    cursor::Cursor,
    line::{filters, predicate, query},
    syntax::{AssertLine, CaptureLine, Entry, Fault, Pair},
};
use crate::variables::is_name;

/// Redirects that `location: true` follows, as Hurl does.
const REDIRECTS: u8 = 50;

/// A section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Query,
    Form,
    Cookies,
    BasicAuth,
    Options,
    Captures,
    Asserts,
    /// One that is not understood, whose rows are passed over.
    Refused,
}

impl Name {
    /// The section of this name, in a request or in an answer.
    pub(super) fn parse(name: &str, of_request: bool) -> Result<Self, String> {
        Ok(match (name, of_request) {
            ("Query" | "QueryStringParams", true) => Self::Query,
            ("Form" | "FormParams", true) => Self::Form,
            ("Cookies", true) => Self::Cookies,
            ("BasicAuth", true) => Self::BasicAuth,
            ("Options", true) => Self::Options,
            ("Captures", false) => Self::Captures,
            ("Asserts", false) => Self::Asserts,
            (
                "Query" | "QueryStringParams" | "Form" | "FormParams" | "Cookies" | "BasicAuth"
                | "Options",
                false,
            ) => {
                return Err(format!("[{name}] belongs to a request, before `HTTP`"));
            }
            ("Captures" | "Asserts", true) => {
                return Err(format!("[{name}] belongs to an answer, after `HTTP`"));
            }
            _ => {
                return Err(format!(
                    "[{name}] is not understood (accepted: Query, Form, Cookies, BasicAuth, Options, Captures, Asserts)"
                ));
            }
        })
    }
}

/// Reads a row into the entry.
pub(super) fn row(name: Name, cursor: &mut Cursor<'_>, entry: &mut Entry) -> Result<(), Fault> {
    match name {
        Name::Query => entry.query.push(pair(cursor)?),
        Name::Form => entry.form.push(pair(cursor)?),
        Name::Cookies => entry.cookies.push(pair(cursor)?),
        Name::BasicAuth => {
            let spot = cursor.spot();
            if entry.basic.replace(pair(cursor)?).is_some() {
                let message = "a request has one user".to_owned();
                return Err(Fault { spot, message });
            }
        }
        Name::Options => option(cursor, entry)?,
        Name::Captures => {
            let name = cursor.key()?;
            if !is_name(&name.raw) {
                let message = format!(
                    "`{}` is no name: letters, digits, `_` and `-` make one",
                    name.raw
                );
                return Err(Fault {
                    spot: name.spot,
                    message,
                });
            }
            cursor.space();
            let query = query(cursor)?;
            let filters = filters(cursor, &["redact"])?;
            cursor.space();
            let redact = cursor.eat("redact");
            cursor.end()?;
            entry.captures.push(CaptureLine {
                name,
                query,
                filters,
                redact,
            });
        }
        Name::Asserts => {
            let (spot, written) = (cursor.spot(), cursor.rest().trim_end().to_owned());
            let query = query(cursor)?;
            let filters = filters(cursor, &[])?;
            cursor.space();
            let not = cursor.rest().starts_with("not ") && cursor.eat("not");
            cursor.space();
            let predicate = predicate(cursor)?;
            cursor.end()?;
            entry.asserts.push(AssertLine {
                spot,
                written,
                query,
                filters,
                not,
                predicate,
            });
        }
        Name::Refused => {}
    }
    Ok(())
}

/// `name: value`.
pub(super) fn pair(cursor: &mut Cursor<'_>) -> Result<Pair, Fault> {
    let key = cursor.key()?;
    let value = cursor.plain()?;
    cursor.end()?;
    Ok((key, value))
}

fn option(cursor: &mut Cursor<'_>, entry: &mut Entry) -> Result<(), Fault> {
    let start = cursor.clone();
    let (key, value) = pair(cursor)?;
    let refused =
        |wanted: &str| start.fault(format!("`{}` needs {wanted}, not `{}`", key.raw, value.raw));
    let switch = || match value.raw.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refused("true or false")),
    };
    match key.raw.as_str() {
        "location" => match (switch()?, entry.redirects) {
            (true, 0) => entry.redirects = REDIRECTS,
            (true, _) => {}
            (false, _) => entry.redirects = 0,
        },
        "max-redirs" => {
            entry.redirects = value
                .raw
                .parse()
                .map_err(|_| refused("a number up to 255"))?;
        }
        "compressed" => entry.compressed = switch()?,
        // Every request is repeated until the shared deadline, so that they change nothing.
        "retry" | "retry-interval" => {}
        other => {
            return Err(start.fault(format!(
                "option `{other}` is not understood (accepted: location, max-redirs, compressed, retry, retry-interval)"
            )));
        }
    }
    Ok(())
}

/// The bytes of base64.
pub(super) fn base64(text: &str, cursor: &Cursor<'_>) -> Result<Vec<u8>, Fault> {
    let text: String = text.split_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(text);
    bytes.map_err(|error| cursor.fault(format!("no base64: {error}")))
}

/// The bytes of hexadecimal digits.
pub(super) fn hex(text: &str, cursor: &Cursor<'_>) -> Result<Vec<u8>, Fault> {
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let digits = std::str::from_utf8(pair)
                .ok()
                .filter(|digits| digits.len() == 2)?;
            u8::from_str_radix(digits, 16).ok()
        })
        .collect();
    bytes.ok_or_else(|| cursor.fault("no pairs of hexadecimal digits"))
}
