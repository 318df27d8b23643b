//! One audit of a report. Rows are kept of the few audits whose rows are read; of the others they are counted.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::number::Number;

/// Audits whose rows are read.
const WITH_ROWS: [&str; 5] = [
    "metrics",
    "network-requests",
    "performance-budget",
    "resource-summary",
    "user-timings",
];

/// The result of one audit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Audit {
    /// 0 to 1.
    pub score: Option<f64>,
    /// `scoreDisplayMode`.
    pub mode: Option<String>,
    /// `numericValue`.
    pub numeric: Number,
    /// How many rows `details.items` has; 0 without.
    pub length: usize,
    /// The rows, of the audits whose rows are read; `None` when there is no `details.items`.
    pub rows: Option<Vec<Row>>,
    /// `title`.
    pub title: Option<String>,
    /// The link that explains it.
    pub link: Option<String>,
}

/// A row of `details.items`; each audit uses its own fields.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Row {
    pub resource_type: Option<String>,
    pub url: Option<String>,
    pub name: Option<String>,
    pub size: Number,
    pub transfer_size: Number,
    pub request_count: Number,
    pub duration: Number,
    pub start_time: Number,
    pub size_over_budget: Number,
    pub count_over_budget: Option<String>,
    pub time_to_first_byte: Number,
}

/// Reads an audit; `null` is none.
pub(crate) struct AuditSeed {
    rows: bool,
}

impl AuditSeed {
    /// The one of this name.
    pub(crate) fn of(name: &str) -> Self {
        Self {
            rows: WITH_ROWS.contains(&name),
        }
    }
}

impl<'de> DeserializeSeed<'de> for AuditSeed {
    type Value = Option<Audit>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AuditSeed {
    type Value = Option<Audit>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an audit")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut audit = Audit::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "score" => audit.score = map.next_value::<Number>()?.finite(),
                "scoreDisplayMode" => audit.mode = map.next_value()?,
                "numericValue" => audit.numeric = map.next_value()?,
                "title" => audit.title = map.next_value()?,
                "description" => {
                    audit.link = map
                        .next_value::<Option<String>>()?
                        .as_deref()
                        .and_then(link);
                }
                "details" => {
                    let found = map.next_value_seed(Details { rows: self.rows })?;
                    audit.length = found.length;
                    audit.rows = found.rows;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(audit))
    }
}

#[derive(Default)]
struct Items {
    length: usize,
    rows: Option<Vec<Row>>,
}

struct Details {
    rows: bool,
}

impl<'de> DeserializeSeed<'de> for Details {
    type Value = Items;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Items, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Details {
    type Value = Items;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("details of an audit")
    }

    fn visit_unit<E: Error>(self) -> Result<Items, E> {
        Ok(Items::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items, A::Error> {
        let mut items = Items::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "items" {
                items = map.next_value_seed(Rows { keep: self.rows })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(items)
    }
}

struct Rows {
    keep: bool,
}

impl<'de> DeserializeSeed<'de> for Rows {
    type Value = Items;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Items, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows {
    type Value = Items;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("rows of an audit")
    }

    fn visit_unit<E: Error>(self) -> Result<Items, E> {
        Ok(Items::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Items, A::Error> {
        // Some diagnostics have one object in place of rows; it has no length.
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Items::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Items, A::Error> {
        let mut items = Items {
            length: 0,
            rows: self.keep.then(Vec::new),
        };
        loop {
            let more = match &mut items.rows {
                Some(rows) => sequence.next_element()?.map(|row| rows.push(row)).is_some(),
                None => sequence.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                return Ok(items);
            }
            items.length += 1;
        }
    }
}

/// The link that explains an audit, as lighthouse-ci chooses it from the description's Markdown: one to web.dev, else
/// one to Google's developer pages, else the last.
fn link(description: &str) -> Option<String> {
    let mut links = Vec::new();
    let mut rest = description;
    while let Some(open) = rest.find('[') {
        rest = rest.get(open + 1..).unwrap_or_default();
        let found = rest.find(']').filter(|text| *text > 0).and_then(|text| {
            let target = rest.get(text + 1..)?.strip_prefix('(')?;
            let long = target.starts_with("https://") || target.starts_with("http://");
            let end = target.find(')').filter(|_| long)?;
            let url = target.get(..end).filter(|url| !url.contains('\n'))?;
            Some((url, target.get(end + 1..)?))
        });
        if let Some((url, after)) = found {
            links.push(url);
            rest = after;
        }
    }
    let to = |part: &str| links.iter().find(|url| url.contains(part));
    to("web.dev")
        .or_else(|| to("developers.google.com/web"))
        .or_else(|| links.last())
        .map(|url| (*url).to_owned())
}

#[cfg(test)]
mod tests {
    use super::link;

    #[test]
    fn the_link_is_chosen_as_lighthouse_ci_does() {
        for (description, expected) in [
            (
                "Text. [A](https://a.example/x). [B](http://b.example)",
                Some("http://b.example"),
            ),
            (
                "[A](https://web.dev/a) [B](https://developers.google.com/web/b)",
                Some("https://web.dev/a"),
            ),
            (
                "[A](https://developers.google.com/web/b) [C](https://c.example)",
                Some("https://developers.google.com/web/b"),
            ),
            (
                "[](https://a.example) [x] (https://b.example) [y](ftp://c.example)",
                None,
            ),
            ("[a [b](https://c.example)", Some("https://c.example")),
            ("", None),
        ] {
            assert_eq!(link(description).as_deref(), expected, "{description}");
        }
    }
}
