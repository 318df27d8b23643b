//! What filters make of a value.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use regex_lite::Regex;
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

use super::{
    syntax::Plain,
    value::{Datum, by_path, by_regex, by_xpath},
};
use crate::{markup, xpath};

/// A filter whose texts are filled in and understood.
#[derive(Clone, Debug)]
pub(super) enum MadeFilter {
    Plain(Plain),
    Nth(i64),
    Jsonpath(JsonPath),
    Xpath(xpath::Query),
    Regex(Regex),
    Split(String),
    Replace(String, String),
}

impl MadeFilter {
    /// The filtered value; `None` where there is none.
    pub(super) fn apply(&self, datum: Datum, now: Timestamp) -> Result<Option<Datum>, String> {
        Ok(Some(match (self, datum) {
            (Self::Plain(plain), datum) => return plain.apply(datum, now),
            (Self::Nth(index), Datum::Json(Value::Array(list))) => return Ok(nth(list, *index)),
            (Self::Jsonpath(path), Datum::Json(Value::String(text))) => {
                let json: Value = serde_json::from_str(&text)
                    .map_err(|error| format!("the text is no JSON ({error})"))?;
                return Ok(by_path(path, &json));
            }
            (Self::Xpath(query), Datum::Json(Value::String(text))) => {
                let page = xpath::Page::of_html(&markup::parse(&text)?)?;
                return by_xpath(query, &page);
            }
            (Self::Regex(regex), Datum::Json(Value::String(text))) => {
                return Ok(by_regex(regex, &text));
            }
            (Self::Split(by), Datum::Json(Value::String(text))) => {
                Datum::Json(text.split(by.as_str()).map(Value::from).collect())
            }
            (Self::Replace(old, new), Datum::Json(Value::String(text))) => {
                Datum::text(text.replace(old.as_str(), new))
            }
            (_, datum) => return Err(unfit(&datum, self)),
        }))
    }
}

impl Plain {
    fn apply(self, datum: Datum, now: Timestamp) -> Result<Option<Datum>, String> {
        Ok(Some(match (self, datum) {
            // Of a text only `isEmpty` asks for the length.
            (
                Self::Count,
                datum @ (Datum::Bytes(_) | Datum::Nodes(_) | Datum::Json(Value::Array(_))),
            ) => match count(&datum) {
                Some(count) => Datum::integer(count),
                None => return Err(unfit(&datum, &self)),
            },
            (Self::First, Datum::Json(Value::Array(list))) => return Ok(nth(list, 0)),
            (Self::Last, Datum::Json(Value::Array(list))) => return Ok(nth(list, -1)),
            (Self::ToInt, datum) => match whole(&datum) {
                Some(number) => Datum::integer(number),
                None => return Err(unfit(&datum, &self)),
            },
            (Self::ToFloat, datum) => match float(&datum) {
                Some(number) => Datum::Json(Value::Number(number)),
                None => return Err(unfit(&datum, &self)),
            },
            (Self::ToText, datum) if !is_made_of_parts(&datum) => Datum::text(datum.shown()),
            (Self::UrlEncode, Datum::Json(Value::String(text))) => Datum::text(encoded(&text)),
            (Self::UrlDecode, Datum::Json(Value::String(text))) => {
                Datum::text(String::from_utf8_lossy(&decoded(&text)))
            }
            (Self::Base64Encode, Datum::Bytes(bytes)) => Datum::text(BASE64_STANDARD.encode(bytes)),
            (Self::Base64Decode, Datum::Json(Value::String(text))) => {
                match BASE64_STANDARD.decode(text.trim()) {
                    Ok(bytes) => Datum::Bytes(bytes),
                    Err(error) => return Err(format!("no base64: {error}")),
                }
            }
            (Self::Utf8Decode, Datum::Bytes(bytes)) => match String::from_utf8(bytes) {
                Ok(text) => Datum::text(text),
                Err(_) => return Err("the bytes are no UTF-8".to_owned()),
            },
            (Self::DaysAfterNow, Datum::Date(date)) => {
                Datum::integer((date - now.as_second()) / 86_400)
            }
            (Self::DaysBeforeNow, Datum::Date(date)) => {
                Datum::integer((now.as_second() - date) / 86_400)
            }
            (_, datum) => return Err(unfit(&datum, &self)),
        }))
    }
}

fn unfit(datum: &Datum, filter: &dyn std::fmt::Debug) -> String {
    format!("`{}` does not fit the filter `{filter:?}`", datum.shown())
}

fn is_made_of_parts(datum: &Datum) -> bool {
    matches!(
        datum,
        Datum::Bytes(_) | Datum::Nodes(_) | Datum::Json(Value::Array(_) | Value::Object(_))
    )
}

/// How many elements, members or bytes it has.
pub(super) fn count(datum: &Datum) -> Option<u64> {
    let count = match datum {
        Datum::Json(Value::Array(list)) => list.len(),
        Datum::Json(Value::Object(members)) => members.len(),
        Datum::Json(Value::String(text)) => text.len(),
        Datum::Bytes(bytes) => bytes.len(),
        Datum::Nodes(count) => *count,
        _ => return None,
    };
    Some(count as u64)
}

fn nth(mut list: Vec<Value>, index: i64) -> Option<Datum> {
    let length = i64::try_from(list.len()).ok()?;
    let index = if index < 0 {
        length.checked_add(index)?
    } else {
        index
    };
    let index = usize::try_from(index)
        .ok()
        .filter(|index| *index < list.len())?;
    Some(Datum::Json(list.swap_remove(index)))
}

fn whole(datum: &Datum) -> Option<i64> {
    match datum {
        Datum::Json(Value::Number(number)) => number.as_i64().or_else(|| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "toInt cuts the fraction off; too large saturates"
            )]
            number.as_f64().map(|float| float as i64)
        }),
        Datum::Json(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    }
}

fn float(datum: &Datum) -> Option<Number> {
    let float = match datum {
        Datum::Json(Value::Number(number)) => number.as_f64()?,
        Datum::Json(Value::String(text)) => text.trim().parse().ok()?,
        _ => return None,
    };
    Number::from_f64(float)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let code = pair
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}
