//! Judges what a query found. A value of another kind than the predicate is about does not hold, and neither does its
//! negation: `not contains` of a number is a mistake and no success.

use http_client::Redactor;
use regex_lite::Regex;
use serde_json::Value;
use std::cmp::Ordering;

use super::{
    filter::count,
    syntax::{Comparison, Kind},
    value::{Datum, Extract},
};
use crate::{
    quote::quote,
    rule::{Mismatch, equal},
    seen::Seen,
};

/// A line of `[Asserts]`, understood.
#[derive(Clone, Debug)]
pub struct Assertion {
    pub(super) written: String,
    pub(super) extract: Extract,
    pub(super) not: bool,
    pub(super) test: Test,
}

/// What must hold.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Compare(Comparison, Datum),
    Matches(Regex),
    Exists,
    Is(Kind),
}

/// A value of a kind that the test is not about.
struct OtherKind;

impl Assertion {
    /// What does not hold.
    pub fn judge(&self, seen: &Seen<'_>, redactor: &Redactor) -> Option<Mismatch> {
        let fault = match self.extract.find(seen) {
            Err(reason) => quote(redactor, &reason),
            Ok(found) => {
                let holds = match &found {
                    Some(datum) => self.test.holds(datum),
                    None => Ok(false),
                };
                let shown = found.map_or_else(
                    || "nothing".to_owned(),
                    |datum| quote(redactor, &datum.shown()),
                );
                match holds {
                    Ok(holds) if holds != self.not => return None,
                    Ok(_) => format!("found {shown}"),
                    Err(OtherKind) => format!("{shown} is of another kind"),
                }
            }
        };
        Some(Mismatch::error(
            "assert",
            format!("{} does not hold: {fault}", quote(redactor, &self.written)),
        ))
    }
}

impl Test {
    fn holds(&self, datum: &Datum) -> Result<bool, OtherKind> {
        match self {
            Self::Exists => Ok(!matches!(datum, Datum::Nodes(0))),
            Self::Matches(regex) => match datum {
                Datum::Json(Value::String(text)) => Ok(regex.is_match(text)),
                _ => Err(OtherKind),
            },
            Self::Is(kind) => is(*kind, datum),
            Self::Compare(comparison, other) => compare(*comparison, datum, other),
        }
    }
}

fn is(kind: Kind, datum: &Datum) -> Result<bool, OtherKind> {
    let Datum::Json(value) = datum else {
        return match kind {
            Kind::Empty => Ok(count(datum).ok_or(OtherKind)? == 0),
            Kind::Collection => Ok(matches!(datum, Datum::Bytes(_) | Datum::Nodes(_))),
            Kind::Object => Ok(matches!(datum, Datum::Nodes(_))),
            _ => Ok(false),
        };
    };
    Ok(match kind {
        Kind::Boolean => value.is_boolean(),
        Kind::Collection => value.is_array() || value.is_object(),
        Kind::Empty => count(datum).ok_or(OtherKind)? == 0,
        Kind::Float => value.is_f64(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::List => value.is_array(),
        Kind::Number => value.is_number(),
        Kind::Object => value.is_object(),
        Kind::String => value.is_string(),
    })
}

fn compare(comparison: Comparison, datum: &Datum, other: &Datum) -> Result<bool, OtherKind> {
    Ok(match comparison {
        Comparison::Equal => same(datum, other),
        Comparison::NotEqual => !same(datum, other),
        Comparison::More => order(datum, other)? == Ordering::Greater,
        Comparison::MoreOrEqual => order(datum, other)? != Ordering::Less,
        Comparison::Less => order(datum, other)? == Ordering::Less,
        Comparison::LessOrEqual => order(datum, other)? != Ordering::Greater,
        Comparison::StartsWith => bytes(datum, other)?.0.starts_with(bytes(datum, other)?.1),
        Comparison::EndsWith => bytes(datum, other)?.0.ends_with(bytes(datum, other)?.1),
        Comparison::Contains => match (datum, other) {
            (Datum::Json(Value::Array(list)), Datum::Json(other)) => {
                list.iter().any(|one| equal(one, other))
            }
            _ => {
                let (whole, part) = bytes(datum, other)?;
                part.is_empty() || whole.windows(part.len()).any(|window| window == part)
            }
        },
    })
}

fn same(one: &Datum, two: &Datum) -> bool {
    match (one, two) {
        (Datum::Json(one), Datum::Json(two)) => equal(one, two),
        (one, two) => one == two,
    }
}

fn order(one: &Datum, two: &Datum) -> Result<Ordering, OtherKind> {
    match (one, two) {
        (Datum::Json(Value::String(one)), Datum::Json(Value::String(two))) => Ok(one.cmp(two)),
        (Datum::Json(Value::Number(one)), Datum::Json(Value::Number(two))) => {
            let whole = one
                .as_i64()
                .zip(two.as_i64())
                .map(|(one, two)| one.cmp(&two));
            let float = || one.as_f64()?.partial_cmp(&two.as_f64()?);
            whole.or_else(float).ok_or(OtherKind)
        }
        _ => Err(OtherKind),
    }
}

/// Both as bytes: two texts, or two strings of bytes.
fn bytes<'a>(one: &'a Datum, two: &'a Datum) -> Result<(&'a [u8], &'a [u8]), OtherKind> {
    match (one, two) {
        (Datum::Json(Value::String(one)), Datum::Json(Value::String(two))) => {
            Ok((one.as_bytes(), two.as_bytes()))
        }
        (Datum::Bytes(one), Datum::Bytes(two)) => Ok((one, two)),
        _ => Err(OtherKind),
    }
}
