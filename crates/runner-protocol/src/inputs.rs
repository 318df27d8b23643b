//! Action inputs. A composite action gets no `INPUT_*` variables, so each action.yml hands over
//! `STAGEGATE_INPUTS: ${{ toJSON(inputs) }}` once.

use std::collections::BTreeMap;

/// The variable every action.yml passes.
pub const INPUTS_VARIABLE: &str = "STAGEGATE_INPUTS";

/// The inputs that were given: an empty text means not given, as in the runner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs(BTreeMap<String, String>);

/// Why inputs cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputsError {
    /// Not an object of texts.
    #[error("{INPUTS_VARIABLE} is no JSON object of texts: {0}; pass `${{{{ toJSON(inputs) }}}}`")]
    Json(#[from] serde_json::Error),
}

impl Inputs {
    /// Reads the JSON an action.yml passes. Numbers and booleans, which `workflow_call` inputs may
    /// hold, become their text.
    ///
    /// # Errors
    /// When it is no JSON object of plain values.
    pub fn from_json(json: &str) -> Result<Self, InputsError> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Plain {
            Text(String),
            Boolean(bool),
            Number(serde_json::Number),
            Null(()),
        }
        let values: BTreeMap<String, Plain> = serde_json::from_str(json)?;
        let texts = values.into_iter().filter_map(|(name, value)| {
            let text = match value {
                Plain::Text(text) => text,
                Plain::Boolean(boolean) => boolean.to_string(),
                Plain::Number(number) => number.to_string(),
                Plain::Null(()) => return None,
            };
            (!text.trim().is_empty()).then_some((name, text))
        });
        Ok(Self(texts.collect()))
    }

    /// The inputs that were given, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::Inputs;

    #[test]
    fn empty_means_not_given() {
        let json = r#"{"url":"http://a","deadline":"","runs":3,"staged":true,"x":null,"y":"  "}"#;
        let inputs = Inputs::from_json(json).unwrap();
        let given: Vec<_> = inputs.iter().collect();
        assert_eq!(
            given,
            [("runs", "3"), ("staged", "true"), ("url", "http://a")]
        );
    }

    #[test]
    fn what_is_no_object_of_texts_says_what_to_pass() {
        for bad in ["", "[]", r#"{"a":["b"]}"#] {
            let message = Inputs::from_json(bad).unwrap_err().to_string();
            assert!(message.contains("${{ toJSON(inputs) }}"), "{message}");
        }
    }
}
