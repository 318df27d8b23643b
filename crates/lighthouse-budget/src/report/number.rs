//! A number of a report. JSON knows absent, `null` and wrong types, and what a missing value means depends on which.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a field that should be a number holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Number {
    /// The field is not there.
    #[default]
    Absent,
    /// `null`, or no number.
    Other,
    /// A finite number.
    Value(f64),
}

impl Number {
    /// The number, if it is one.
    pub(crate) fn finite(self) -> Option<f64> {
        match self {
            Self::Value(value) if value.is_finite() => Some(value),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

#[expect(
    clippy::cast_precision_loss,
    reason = "JavaScript knows no other numbers"
)]
impl<'de> Visitor<'de> for Any {
    type Value = Number;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Number, E> {
        Ok(Number::Value(value as f64))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
        Ok(Number::Value(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
        Ok(Number::Value(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Number, E> {
        Ok(Number::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Number, E> {
        Ok(Number::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Number, E> {
        Ok(Number::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Number, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Number::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Number::Other)
    }
}
