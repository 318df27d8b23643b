//! The forms an expectation can be written in: a plain value for the usual case, a mapping of tests for the others. They are
//! read by hand, because serde's `untagged` would answer every mistake with "did not match any variant".

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

/// One text or a list of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOrMore(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMore;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMore, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMore(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

/// Tests of a text, such as a header's value. All that are written must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TextTests {
    /// It is this text.
    pub equals: Option<String>,
    /// These texts are in it.
    pub contains: Option<OneOrMore>,
    /// This regular expression matches somewhere.
    pub matches: Option<String>,
    /// It is there at all; `false`: it is not.
    pub exists: Option<bool>,
}

/// A plain text, which must be equal, or [`TextTests`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextTest(pub TextTests);

impl<'de> Deserialize<'de> for TextTest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Test;
        impl<'de> Visitor<'de> for Test {
            type Value = TextTest;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, or a mapping of equals, contains, matches, exists")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<TextTest, E> {
                Ok(TextTest(TextTests {
                    equals: Some(text.to_owned()),
                    ..TextTests::default()
                }))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<TextTest, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<TextTest, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextTest, A::Error> {
                TextTests::deserialize(MapAccessDeserializer::new(map)).map(TextTest)
            }
        }
        deserializer.deserialize_any(Test)
    }
}

/// A text, or a number or boolean that stands for its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar(pub Value);

impl Scalar {
    /// The text it stands for.
    pub fn text(&self) -> String {
        crate::variables::text(&self.0)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            value @ (Value::String(_) | Value::Number(_) | Value::Bool(_)) => Ok(Self(value)),
            _ => Err(D::Error::custom(
                "a text, a number, `true` or `false` is needed",
            )),
        }
    }
}

/// A test of what a JSONPath finds. Every node it finds must pass, and there must be one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JsonTest {
    /// Each node is this value.
    pub equals: Option<Value>,
    /// Each node is a text with this in it, or a list with this element.
    pub contains: Option<Value>,
    /// This regular expression matches each node, which is a text or a number.
    pub matches: Option<String>,
    /// There is a node at all; `false`: there is none.
    pub exists: Option<bool>,
    /// Each node is a number that is not smaller.
    pub at_least: Option<f64>,
    /// Each node is a number that is not larger.
    pub at_most: Option<f64>,
    /// So many nodes there are.
    pub count: Option<u64>,
}

const JSON_TESTS: &[&str] = &[
    "equals", "contains", "matches", "exists", "at-least", "at-most", "count",
];

impl<'de> Deserialize<'de> for JsonTest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let Value::Object(tests) = value else {
            return Ok(Self {
                equals: Some(value),
                ..Self::default()
            });
        };
        let mut test = Self::default();
        for (key, value) in tests {
            match (key.as_str(), value) {
                ("equals", value) => test.equals = Some(value),
                ("contains", value) => test.contains = Some(value),
                ("matches", Value::String(text)) => test.matches = Some(text),
                ("exists", Value::Bool(exists)) => test.exists = Some(exists),
                ("at-least", Value::Number(number)) => test.at_least = number.as_f64(),
                ("at-most", Value::Number(number)) => test.at_most = number.as_f64(),
                ("count", Value::Number(number)) if number.is_u64() => test.count = number.as_u64(),
                ("matches", _) => {
                    return Err(D::Error::custom(
                        "`matches` needs a regular expression in quotes",
                    ));
                }
                ("exists", _) => return Err(D::Error::custom("`exists` needs `true` or `false`")),
                ("at-least" | "at-most", _) => {
                    return Err(D::Error::custom(format!("`{key}` needs a number")));
                }
                ("count", _) => return Err(D::Error::custom("`count` needs a whole number")),
                (other, _) => return Err(D::Error::unknown_field(other, JSON_TESTS)),
            }
        }
        Ok(test)
    }
}

/// Tests of the elements that a CSS selector or an XPath finds. One of them must pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SelectorTests {
    /// Its text, with single spaces, is this.
    pub equals: Option<String>,
    /// These are in its text.
    pub contains: Option<OneOrMore>,
    /// This regular expression matches in its text.
    pub matches: Option<String>,
    /// There is an element at all; `false`: there is none.
    pub exists: Option<bool>,
    /// So many elements there are.
    pub count: Option<u64>,
}

/// A plain text, which must be equal, or [`SelectorTests`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectorTest(pub SelectorTests);

impl<'de> Deserialize<'de> for SelectorTest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Test;
        impl<'de> Visitor<'de> for Test {
            type Value = SelectorTest;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter
                    .write_str("a text, or a mapping of equals, contains, matches, exists, count")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<SelectorTest, E> {
                Ok(SelectorTest(SelectorTests {
                    equals: Some(text.to_owned()),
                    ..SelectorTests::default()
                }))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<SelectorTest, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<SelectorTest, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_bool<E: Error>(self, truth: bool) -> Result<SelectorTest, E> {
                self.visit_str(&truth.to_string())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SelectorTest, A::Error> {
                SelectorTests::deserialize(MapAccessDeserializer::new(map)).map(SelectorTest)
            }
        }
        deserializer.deserialize_any(Test)
    }
}

macro_rules! inline_schema {
    ($type:ident, $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let schema: fn(&mut SchemaGenerator) -> Schema = $schema;
                schema(generator)
            }
        }
    };
}
inline_schema!(OneOrMore, |_| json_schema!({
    "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
}));
inline_schema!(TextTest, |generator| {
    let tests = generator.subschema_for::<TextTests>();
    json_schema!({ "anyOf": [{ "type": ["string", "integer"] }, tests] })
});
inline_schema!(
    Scalar,
    |_| json_schema!({ "type": ["string", "number", "boolean"] })
);
inline_schema!(SelectorTest, |generator| {
    let tests = generator.subschema_for::<SelectorTests>();
    json_schema!({ "anyOf": [{ "type": ["string", "integer", "boolean"] }, tests] })
});
inline_schema!(JsonTest, |_| json_schema!({
    "anyOf": [
        { "type": ["string", "number", "boolean", "null", "array"] },
        {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "equals": { "description": "Each node is this value." },
                "contains": { "description": "Each node is a text with this in it, or a list with this element." },
                "matches": { "type": "string", "description": "This regular expression matches each node." },
                "exists": { "type": "boolean", "description": "Whether there is a node." },
                "at-least": { "type": "number", "description": "Each node is a number that is not smaller." },
                "at-most": { "type": "number", "description": "Each node is a number that is not larger." },
                "count": { "type": "integer", "minimum": 0, "description": "So many nodes there are." }
            }
        }
    ]
}));
