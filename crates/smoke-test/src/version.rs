//! Reads which version answered. A health check is as green on the old deployment as on the new one, so a release is only
//! tested once the new version is seen to answer.

use http_client::{HeaderName, Redactor, Response};
use regex_lite::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::quote::quote;

/// Where an answer says its version.
#[derive(Clone, Debug)]
pub enum VersionSource {
    /// A response header.
    Header(HeaderName),
    /// What a JSONPath finds first in the JSON body.
    Json(JsonPath),
    /// The content of a `<meta>` element of this name.
    HtmlMeta(String),
}

impl VersionSource {
    /// The version an answer says.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn read(&self, response: &Response, redactor: &Redactor) -> Result<String, String> {
        let version = match self {
            Self::Header(name) => response
                .header(name.as_str())
                .map(str::to_owned)
                .ok_or_else(|| format!("header `{name}` is missing"))?,
            Self::Json(path) => {
                let json: Value = response
                    .json()
                    .map_err(|error| format!("the body is no JSON ({error})"))?;
                match path.query(&json).first() {
                    Some(Value::String(text)) => text.clone(),
                    Some(Value::Number(number)) => number.to_string(),
                    Some(other) => {
                        return Err(format!(
                            "`{path}` is {}, no text",
                            quote(redactor, &other.to_string())
                        ));
                    }
                    None => return Err(format!("`{path}` finds nothing")),
                }
            }
            Self::HtmlMeta(name) => meta(&response.text(), name)
                .ok_or_else(|| format!("no <meta name=\"{name}\" content=…> in the body"))?,
        };
        let version = version.trim();
        if version.is_empty() {
            return Err("the version is empty".to_owned());
        }
        Ok(version.to_owned())
    }
}

/// Whether the version found is the one expected. Of commit ids, one may be the beginning of the other: apps often show the
/// short form. Seven digits are git's own shortest.
pub fn same(expected: &str, found: &str) -> bool {
    let (short, long) = if expected.len() <= found.len() {
        (expected, found)
    } else {
        (found, expected)
    };
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ids = matches!(long.len(), 40 | 64) && hex(long) && short.len() >= 7 && hex(short);
    expected == found
        || (ids
            && long
                .to_ascii_lowercase()
                .starts_with(&short.to_ascii_lowercase()))
}

/// The content of the first `<meta>` element of this name, whatever the order and quotes of its attributes.
fn meta(html: &str, name: &str) -> Option<String> {
    let element = Regex::new(r"(?is)<meta\s([^>]*)>").ok()?;
    let attribute =
        Regex::new(r#"(?s)([a-zA-Z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#).ok()?;
    for found in element.captures_iter(html) {
        let (mut matching, mut content) = (false, None);
        for part in attribute.captures_iter(found.get(1)?.as_str()) {
            let value = [2, 3, 4]
                .into_iter()
                .find_map(|group| part.get(group))
                .map(|value| value.as_str());
            match part.get(1)?.as_str().to_ascii_lowercase().as_str() {
                "name" | "property" => matching |= value == Some(name),
                "content" => content = value,
                _ => {}
            }
        }
        if let (true, Some(content)) = (matching, content) {
            return Some(content.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use http_client::Redactor;
    use serde_json_path::JsonPath;

    use super::{VersionSource, same};
    use crate::testing::answer;

    #[test]
    fn sources() {
        let header = VersionSource::Header("x-release".parse().unwrap());
        let json = VersionSource::Json(JsonPath::parse("$.build.version").unwrap());
        let meta = VersionSource::HtmlMeta("release".to_owned());
        let page = |body: &str| answer(200, &[], body);
        let read = |source: &VersionSource, response| source.read(&response, &Redactor::default());
        assert_eq!(
            read(&header, answer(500, &[("X-Release", " v2 ")], "")).as_deref(),
            Ok("v2")
        );
        assert_eq!(
            read(&json, page(r#"{"build":{"version":"v2"}}"#)).as_deref(),
            Ok("v2")
        );
        assert_eq!(
            read(&json, page(r#"{"build":{"version":7}}"#)).as_deref(),
            Ok("7")
        );
        for html in [
            r#"<meta charset="utf-8"><meta name="release" content="v2">"#,
            r#"<META content='v2' data-x="1" name='release' />"#,
            "<meta name=release content=v2>",
            "<meta\n name=\"release\"\n content=\"v2\">",
        ] {
            assert_eq!(read(&meta, page(html)).as_deref(), Ok("v2"), "{html}");
        }
        for (source, response) in [
            (&header, page("v2")),
            (&header, answer(200, &[("x-release", "")], "")),
            (&json, page("<html>")),
            (&json, page(r#"{"build":{}}"#)),
            (&json, page(r#"{"build":{"version":null}}"#)),
            (&json, page(r#"{"build":{"version":" "}}"#)),
            (&meta, page(r#"<meta name="releases" content="v2">"#)),
            (&meta, page(r#"<meta name="release"><p content="v2">"#)),
        ] {
            assert!(read(source, response).is_err());
        }
    }

    #[test]
    fn versions_are_equal_or_forms_of_one_commit() {
        let full = "0123456789abcdef0123456789abcdef01234567";
        for (expected, found, is) in [
            ("v2", "v2", true),
            ("v2", "v20", false),
            ("v20", "v2", false),
            (full, "0123456", true),
            ("0123456", full, true),
            (full, "012345", false),
            (full, "0123457", false),
            (full, &full.to_uppercase(), true),
            ("1234567", "12345678", false),
            ("", "", true),
        ] {
            assert_eq!(same(expected, found), is, "{expected} {found}");
        }
    }
}
