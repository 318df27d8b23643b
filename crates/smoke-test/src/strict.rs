//! Mappings that answer words of other tools and of later versions by name. `captures` or `scenario` in a suite would get
//! "unknown key", which leaves open whether it was misspelt; here it gets what to do instead.

use std::{borrow::Cow, fmt, marker::PhantomData, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// Words a mapping refuses, each with the reason that completes "`word` …".
pub type RefusedWords = &'static [(&'static str, &'static str)];

/// A mapping with words of its own to refuse.
pub trait Refuses {
    /// Those words.
    const WORDS: RefusedWords;
}

/// A `T` whose refused words are answered by name. In the JSON Schema it is the `T` alone.
#[derive(Clone, Debug, Default)]
pub struct Strict<T>(pub T);

impl<T> Deref for Strict<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de> + Refuses> Deserialize<'de> for Strict<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Mapping(PhantomData)).map(Self)
    }
}

struct Mapping<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Refuses> Visitor<'de> for Mapping<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, inner: A) -> Result<T, A::Error> {
        let words = T::WORDS;
        T::deserialize(MapAccessDeserializer::new(Refusing { inner, words }))
    }
}

/// Hands a mapping on, key by key, unless a key is refused.
struct Refusing<A> {
    inner: A,
    words: RefusedWords,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Refusing<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let words = self.words;
        self.inner.next_key_seed(Key { seed, words })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

struct Key<K> {
    seed: K,
    words: RefusedWords,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        let key = String::deserialize(deserializer)?;
        if let Some((word, reason)) = self.words.iter().find(|(word, _)| *word == key) {
            return Err(D::Error::custom(format!("`{word}` {reason}")));
        }
        self.seed
            .deserialize(serde::de::value::StringDeserializer::new(key))
    }
}

impl<T: JsonSchema> JsonSchema for Strict<T> {
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
