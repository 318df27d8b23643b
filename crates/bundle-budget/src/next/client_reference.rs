//! The client-reference manifest of a page: JavaScript with one JSON object in it, which is read without a JavaScript
//! engine.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What is used of the manifest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientReferences {
    /// Turbopack only: layout or page to the chunks its server render puts into the page.
    #[serde(rename = "entryJSFiles")]
    pub entry_js_files: Option<BTreeMap<String, Vec<String>>>,
    /// Every client module a page may meet.
    #[serde(default)]
    pub client_modules: BTreeMap<String, ClientModule>,
}

/// A client module.
#[derive(Debug, Deserialize)]
pub(super) struct ClientModule {
    /// webpack: id, file, id, file …
    #[serde(default)]
    pub chunks: Vec<IdOrFile>,
}

/// An entry of `chunks`: ids are texts or numbers.
#[derive(Debug)]
pub(super) enum IdOrFile {
    /// A file, or an id.
    Text(String),
    /// An id.
    Number,
}

impl<'de> Deserialize<'de> for IdOrFile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = IdOrFile;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("the id or the file of a chunk")
            }

            fn visit_str<E>(self, text: &str) -> Result<IdOrFile, E> {
                Ok(IdOrFile::Text(text.to_owned()))
            }

            fn visit_u64<E>(self, _: u64) -> Result<IdOrFile, E> {
                Ok(IdOrFile::Number)
            }

            fn visit_f64<E>(self, _: f64) -> Result<IdOrFile, E> {
                Ok(IdOrFile::Number)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Reads `globalThis.__RSC_MANIFEST["/a/page"] = {…};`.
pub(super) fn parse(text: &str) -> Result<ClientReferences, String> {
    let (_, assignment) = text
        .split_once("globalThis.__RSC_MANIFEST[")
        .ok_or("no assignment to globalThis.__RSC_MANIFEST")?;
    // The name of a route may hold `]` itself, so its closing quote counts. Next.js 15 writes no spaces around the sign.
    let (_, rest) = assignment.split_once("\"]").ok_or("no value is assigned")?;
    let value = rest
        .trim_start()
        .strip_prefix('=')
        .ok_or("no value is assigned")?;
    let mut values = serde_json::Deserializer::from_str(value).into_iter::<ClientReferences>();
    match values.next() {
        Some(Ok(references)) => Ok(references),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("no value is assigned".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_object_is_found_in_the_script() {
        let turbopack = r#"globalThis.__RSC_MANIFEST = globalThis.__RSC_MANIFEST || {};
globalThis.__RSC_MANIFEST["/artists/[slug]/page"] = {"clientModules":{"a":{"id":1}},"entryJSFiles":{"[project]/p":["static/chunks/a.js"]}};"#;
        let files = parse(turbopack).unwrap().entry_js_files.unwrap();
        assert_eq!(files["[project]/p"], ["static/chunks/a.js"]);
        for sign in ["=", " = "] {
            let webpack = format!(
                r#"globalThis.__RSC_MANIFEST=(globalThis.__RSC_MANIFEST||{{}});globalThis.__RSC_MANIFEST["/page"]{sign}{{"clientModules":{{"m":{{"id":1,"chunks":["794",794,"static/a.js"]}}}}}};"#
            );
            let found = parse(&webpack).unwrap();
            assert!(found.entry_js_files.is_none());
            assert_eq!(found.client_modules["m"].chunks.len(), 3);
        }
    }

    #[test]
    fn half_a_script_is_an_error() {
        for bad in [
            "",
            "globalThis.__RSC_MANIFEST[\"/page\"]",
            "globalThis.__RSC_MANIFEST[\"/page\"] = ",
            "globalThis.__RSC_MANIFEST[\"/page\"] = {\"entryJSFiles\":{\"a\":[\"st",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
