//! JSON as JavaScript has it: objects keep the order of their keys, which decides the order of lighthouse-ci's results.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JavaScript value that came from JSON or YAML.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Js {
    /// `null`.
    Null,
    /// `true` and `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// Any text.
    Text(String),
    /// An array.
    Array(Vec<Js>),
    /// An object, in the order of its keys, each once.
    Object(Vec<(String, Js)>),
}

impl Js {
    /// The value of a key, when this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries
                .iter()
                .find_map(|(name, value)| (name == key).then_some(value)),
            _ => None,
        }
    }

    /// The entries, when this is an object.
    pub(crate) fn entries(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, when this is an array.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, when this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether JavaScript takes it for true.
    pub(crate) fn truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) => true,
        }
    }

    /// What it is, for messages.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Array(_) => "a list",
            Self::Object(_) => "a mapping",
        }
    }

    /// Sets a key of an object; it keeps its place when it is there already. Nothing happens to other values.
    pub(crate) fn set(&mut self, key: &str, value: Self) {
        if let Self::Object(entries) = self {
            match entries.iter_mut().find(|(name, _)| name == key) {
                Some((_, old)) => *old = value,
                None => entries.push((key.to_owned(), value)),
            }
        }
    }

    /// As JSON.
    pub(crate) fn to_json(&self) -> String {
        let text = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => super::results::number(*value),
            Self::Text(value) => text(value),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::to_json).collect();
                format!("[{}]", items.join(","))
            }
            Self::Object(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}:{}", text(key), value.to_json()))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    /// lighthouse-ci's deep merge: objects by key, arrays item by item, anything else is replaced.
    pub(crate) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Array(base), Self::Array(over)) => {
                let mut over = over.into_iter();
                let mut merged: Vec<Self> = base
                    .into_iter()
                    .map(|item| match over.next() {
                        Some(other) => item.merge(other),
                        None => item,
                    })
                    .collect();
                merged.extend(over);
                Self::Array(merged)
            }
            (Self::Object(base), Self::Object(over)) => {
                let mut merged = Self::Object(base);
                for (key, value) in over {
                    let value = match merged.get(&key) {
                        Some(old) => old.clone().merge(value),
                        None => value,
                    };
                    merged.set(&key, value);
                }
                merged
            }
            (_, other) => other,
        }
    }

    /// Writes `:` for every `.` in keys, as lighthouse-ci does with every rc file. A key that changes moves to the end.
    pub(crate) fn dots_to_colons(&mut self) {
        match self {
            Self::Array(items) => items.iter_mut().for_each(Self::dots_to_colons),
            Self::Object(entries) => {
                for (_, value) in entries.iter_mut() {
                    value.dots_to_colons();
                }
                let dotted: Vec<String> = entries
                    .iter()
                    .filter(|(key, _)| key.contains('.'))
                    .map(|(key, _)| key.clone())
                    .collect();
                for key in dotted {
                    let Some(at) = entries.iter().position(|(name, _)| *name == key) else {
                        continue;
                    };
                    let (_, value) = entries.remove(at);
                    let key = key.replace('.', ":");
                    match entries.iter_mut().find(|(name, _)| *name == key) {
                        Some((_, old)) => *old = value,
                        None => entries.push((key, value)),
                    }
                }
            }
            _ => {}
        }
    }
}

/// lighthouse-ci's `kebabCase`: a `-` between a small and a capital letter, then all small.
pub(crate) fn kebab_case(text: &str) -> String {
    let mut kebab = String::with_capacity(text.len() + 4);
    let mut after_small = false;
    for letter in text.chars() {
        if after_small && letter.is_ascii_uppercase() {
            kebab.push('-');
            // The pair is used up, as by a regular expression.
            after_small = false;
        } else {
            after_small = letter.is_ascii_lowercase();
        }
        kebab.push(letter);
    }
    kebab.to_lowercase()
}

/// The same, and every run of other characters is one `-`; none at the ends.
pub(crate) fn alphanumeric_kebab_case(text: &str) -> String {
    let mut kebab = String::with_capacity(text.len());
    for letter in kebab_case(text).chars() {
        if letter.is_ascii_alphanumeric() {
            kebab.push(letter);
        } else if !kebab.ends_with('-') {
            kebab.push('-');
        }
    }
    kebab.trim_matches('-').to_owned()
}

impl<'de> Deserialize<'de> for Js {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

#[expect(
    clippy::cast_precision_loss,
    reason = "JavaScript knows no other numbers"
)]
impl<'de> Visitor<'de> for AnyValue {
    type Value = Js;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Js, E> {
        Ok(Js::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Js, E> {
        Ok(Js::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Js, D::Error> {
        Js::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Js, E> {
        Ok(Js::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Js, E> {
        Ok(Js::Number(value as f64))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Js, E> {
        Ok(Js::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Js, E> {
        Ok(Js::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Js, E> {
        Ok(Js::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Js, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Js::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Js, A::Error> {
        let mut object = Js::Object(Vec::new());
        while let Some((key, value)) = map.next_entry::<String, Js>()? {
            object.set(&key, value);
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::{Js, alphanumeric_kebab_case, kebab_case};

    fn js(text: &str) -> Js {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn names_become_kebab_case_as_lighthouse_ci_does_it() {
        // Printed by `kebabCase` of @lhci/utils 0.15.1.
        for (text, kebab, alphanumeric) in [
            ("usesHttp2", "uses-http2", "uses-http2"),
            ("ABTest", "abtest", "abtest"),
            ("aBCd", "a-bcd", "a-bcd"),
            ("aBc", "a-bc", "a-bc"),
            (
                "categories:bestPractices",
                "categories:best-practices",
                "categories-best-practices",
            ),
            ("user timing__ok!", "user timing__ok!", "user-timing-ok"),
            ("héA", "héa", "h-a"),
        ] {
            assert_eq!(kebab_case(text), kebab);
            assert_eq!(alphanumeric_kebab_case(text), alphanumeric, "{text}");
        }
    }

    #[test]
    fn merging_goes_into_arrays_and_keeps_the_order_of_keys() {
        let merged = js(r#"{"b": ["warn", {"maxLength": 0}], "a": "off", "c": 1}"#).merge(js(
            r#"{"d": 1, "a": ["error"], "b": ["error", {"maxNumericValue": 5}, 7], "c": {"x": 1}}"#,
        ));
        let expected = js(
            r#"{"b": ["error", {"maxLength": 0, "maxNumericValue": 5}, 7], "a": ["error"], "c": {"x": 1}, "d": 1}"#,
        );
        assert_eq!(merged, expected);
    }

    #[test]
    fn dots_in_keys_become_colons_at_every_depth() {
        let mut value = js(r#"{"a.b": [{"c.d": 1, "e": 2}], "f": 1}"#);
        value.dots_to_colons();
        assert_eq!(value, js(r#"{"f": 1, "a:b": [{"e": 2, "c:d": 1}]}"#));
    }
}
