//! A value together with the line it was written on, so that a broken budget annotates its own line.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::Position;

/// A value and where it stands in the file. In the JSON Schema it is the value alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands; `None` for values that come from no file.
    pub position: Option<Position>,
}

impl<T> Located<T> {
    /// A value that comes from no file, such as a default.
    pub const fn nowhere(value: T) -> Self {
        Self {
            value,
            position: None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let location = spanned.referenced;
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let position = Position {
            line: number(location.line()),
            column: number(location.column()),
        };
        Ok(Self {
            value: spanned.value,
            position: (position.line > 0).then_some(position),
        })
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
