//! Values for `{{name}}`: written in the section, read from the environment, or captured from an answer.

use std::collections::BTreeMap;

use serde_json::Value;

/// Values by name. A captured number stays a number where a test of JSON uses it alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variables(BTreeMap<String, Held>);

#[derive(Clone, Debug, PartialEq)]
struct Held {
    value: Value,
    secret: bool,
}

/// Why a text cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// A `{{` without its `}}`.
    #[error("`{{{{` is not closed by `}}}}`")]
    Open,
    /// What is between the braces is no name.
    #[error("`{{{{{0}}}}}` holds no name: letters, digits, `_` and `-` make one")]
    NoName(String),
    /// No value has this name.
    #[error(
        "no variable is called `{0}`: write it under `variables`, list it under `secrets`, or capture it in an earlier step"
    )]
    Unknown(String),
}

impl Variables {
    /// Adds a value, in place of an earlier one of that name.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        let secret = false;
        self.0.insert(name.into(), Held { value, secret });
    }

    /// Adds a value that must not travel unencrypted.
    pub fn set_secret(&mut self, name: impl Into<String>, value: Value) {
        let secret = true;
        self.0.insert(name.into(), Held { value, secret });
    }

    /// A value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).map(|held| &held.value)
    }

    /// Whether a value must not travel unencrypted.
    pub fn is_secret(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|held| held.secret)
    }

    /// The values as texts.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.0.values().map(|held| text(&held.value))
    }

    /// The text with its values filled in. Calls `used` with each name.
    ///
    /// # Errors
    /// A name without a value, and braces that hold no name.
    pub fn fill(&self, text: &str, mut used: impl FnMut(&str)) -> Result<String, FillError> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(FillError::Open)?;
            let name = name.trim();
            if !is_name(name) {
                return Err(FillError::NoName(name.to_owned()));
            }
            let value = self
                .get(name)
                .ok_or_else(|| FillError::Unknown(name.to_owned()))?;
            used(name);
            filled.push_str(before);
            filled.push_str(&self::text(value));
            rest = after;
        }
        Ok(filled + rest)
    }

    /// The value with all its texts filled in. A text that is one `{{name}}` becomes the value itself.
    ///
    /// # Errors
    /// As [`Variables::fill`].
    pub fn fill_value(
        &self,
        value: &Value,
        used: &mut dyn FnMut(&str),
    ) -> Result<Value, FillError> {
        Ok(match value {
            Value::String(text) => match alone(text).and_then(|name| Some((name, self.get(name)?)))
            {
                Some((name, value)) => {
                    used(name);
                    value.clone()
                }
                None => Value::String(self.fill(text, used)?),
            },
            Value::Array(list) => list
                .iter()
                .map(|one| self.fill_value(one, used))
                .collect::<Result<_, _>>()?,
            Value::Object(members) => members
                .iter()
                .map(|(key, one)| Ok((self.fill(key, &mut *used)?, self.fill_value(one, used)?)))
                .collect::<Result<serde_json::Map<_, _>, FillError>>()?
                .into(),
            other => other.clone(),
        })
    }
}

/// The name in a text that is one placeholder and nothing else.
fn alone(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    is_name(name).then_some(name)
}

/// What a value is in the middle of a text.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a text can name a variable.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{FillError, Variables};

    fn some() -> Variables {
        let mut variables = Variables::default();
        variables.set("id", json!(7));
        variables.set("who", json!("Ann {{id}}"));
        variables
    }

    #[test]
    fn texts_are_filled_once() {
        let fill = |text: &str| some().fill(text, |_| {});
        assert_eq!(fill("/lists/{{id}}/{{ id }}").unwrap(), "/lists/7/7");
        assert_eq!(
            fill("{{who}}").unwrap(),
            "Ann {{id}}",
            "values are not templates"
        );
        assert_eq!(fill("a } b }} c {").unwrap(), "a } b }} c {");
        assert_eq!(fill("{{id"), Err(FillError::Open));
        assert_eq!(fill("{{a b}}"), Err(FillError::NoName("a b".to_owned())));
        assert_eq!(fill("{{no}}"), Err(FillError::Unknown("no".to_owned())));
    }

    #[test]
    fn a_value_keeps_its_type_where_it_stands_alone() {
        let mut used = Vec::new();
        let filled = some().fill_value(
            &json!({"{{id}}": ["{{id}}", "n{{id}}", 1, null]}),
            &mut |name| used.push(name.to_owned()),
        );
        assert_eq!(filled.unwrap(), json!({"7": [7, "n7", 1, null]}));
        assert_eq!(used, ["id"; 3]);
    }

    proptest! {
        #[test]
        fn any_text_is_filled_or_refused(text in "[{}a-z -]{0,20}") {
            if let Ok(filled) = some().fill(&text, |_| {}) {
                prop_assert!(!text.contains("{{") || filled != text);
            }
        }
    }
}
