//! Sets of HTTP statuses, written `200`, `2xx` or `[200, 404, 5xx]`.

use std::{borrow::Cow, fmt};

use http_client::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};

/// Accepted statuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSet(Vec<StatusRange>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StatusRange {
    One(u16),
    /// `2` is 200 to 299.
    Class(u16),
}

impl StatusSet {
    /// Every status of a class: 2 is 200 to 299.
    pub fn class(digit: u16) -> Self {
        Self(vec![StatusRange::Class(digit)])
    }

    /// This status alone.
    pub fn one(status: u16) -> Self {
        Self(vec![StatusRange::One(status)])
    }

    /// The statuses whose `Location` is followed by browsers.
    pub fn redirects() -> Self {
        Self([301, 302, 303, 307, 308].map(StatusRange::One).to_vec())
    }

    /// Whether a status is accepted.
    pub fn accepts(&self, status: StatusCode) -> bool {
        let status = status.as_u16();
        self.0.iter().any(|range| match range {
            StatusRange::One(one) => *one == status,
            StatusRange::Class(class) => status / 100 == *class,
        })
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            match range {
                StatusRange::One(one) => write!(formatter, "{comma}{one}")?,
                StatusRange::Class(class) => write!(formatter, "{comma}{class}xx")?,
            }
        }
        Ok(())
    }
}

/// `200` or `2xx`.
fn status<E: Error>(text: &str) -> Result<StatusRange, E> {
    let range = match text.strip_suffix("xx") {
        Some(class) => class
            .parse()
            .ok()
            .filter(|class| (1..=5).contains(class))
            .map(StatusRange::Class),
        None => text
            .parse()
            .ok()
            .filter(|one| (100..=599).contains(one))
            .map(StatusRange::One),
    };
    range.ok_or_else(|| E::custom(format!("`{text}` is no HTTP status: write `200` or `2xx`")))
}

impl<'de> Deserialize<'de> for StatusSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Statuses;
        impl<'de> Visitor<'de> for Statuses {
            type Value = StatusSet;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a status like 200 or 2xx, or a list of them")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<StatusSet, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<StatusSet, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<StatusSet, E> {
                Ok(StatusSet(vec![status(text)?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<StatusSet, A::Error> {
                let mut ranges = Vec::new();
                while let Some(one) = list.next_element::<StatusSet>()? {
                    ranges.extend(one.0);
                }
                if ranges.is_empty() {
                    return Err(A::Error::custom("an empty list accepts no status at all"));
                }
                Ok(StatusSet(ranges))
            }
        }
        deserializer.deserialize_any(Statuses)
    }
}

impl JsonSchema for StatusSet {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "StatusSet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 100, "maximum": 599 },
                { "type": "string", "pattern": "^[1-5](xx|[0-9][0-9])$" }
            ]
        });
        json_schema!({ "anyOf": [one, { "type": "array", "minItems": 1, "items": one }] })
    }
}

#[cfg(test)]
mod tests {
    use http_client::StatusCode;

    use super::StatusSet;

    fn read(yaml: &str) -> Result<StatusSet, String> {
        crate::testing::yaml(yaml)
    }

    #[test]
    fn forms() {
        for (yaml, accepted, refused) in [
            ("200", vec![200], vec![201, 404]),
            ("2xx", vec![200, 299], vec![199, 300]),
            ("[200, 404, 5xx]", vec![200, 404, 500, 599], vec![403, 301]),
            ("'204'", vec![204], vec![200]),
        ] {
            let set = read(yaml).unwrap();
            let accepts = |code: &u16| set.accepts(StatusCode::from_u16(*code).unwrap());
            assert!(accepted.iter().all(accepts), "{yaml}");
            assert!(!refused.iter().any(accepts), "{yaml}");
        }
        assert_eq!(read("[200, 5xx]").unwrap().to_string(), "200, 5xx");
    }

    #[test]
    fn a_set_that_accepts_nothing_or_no_status_is_refused() {
        for yaml in [
            "[]", "99", "600", "6xx", "0xx", "ok", "-200", "{a: 1}", "20x",
        ] {
            assert!(read(yaml).is_err(), "{yaml}");
        }
    }
}
