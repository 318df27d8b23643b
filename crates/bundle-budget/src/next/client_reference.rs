//! The client-reference manifest of a page: JavaScript with one JSON object in it, which is read without a JavaScript
//! engine.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What is used of the manifest.
#[derive(Debug, Deserialize)]
pub(super) struct ClientReferences {
    /// Turbopack only: layout or page to the chunks its server render puts into the page.
    #[serde(rename = "entryJSFiles")]
    pub entry_js_files: Option<BTreeMap<String, Vec<String>>>,
}

/// Reads `globalThis.__RSC_MANIFEST["/a/page"] = {…};`.
pub(super) fn parse(text: &str) -> Result<ClientReferences, String> {
    let (_, assignment) = text
        .split_once("globalThis.__RSC_MANIFEST[")
        .ok_or("no assignment to globalThis.__RSC_MANIFEST")?;
    let start = assignment.find("] =").ok_or("no value is assigned")?;
    let value = assignment.get(start + 3..).unwrap_or_default();
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
        let webpack = r#"globalThis.__RSC_MANIFEST=(globalThis.__RSC_MANIFEST||{});globalThis.__RSC_MANIFEST["/page"] = {"clientModules":{}};"#;
        assert!(parse(webpack).unwrap().entry_js_files.is_none());
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
