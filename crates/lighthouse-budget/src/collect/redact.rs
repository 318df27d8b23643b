//! Takes secrets out of saved reports. Reports are uploaded and read by many: a bypass secret or a cookie in one opens
//! every preview of the project.

use std::path::Path;

use gate::Problem;

/// What stands in their place.
const HIDDEN: &[u8] = b"***";

/// Shorter texts are no secrets, and would be found everywhere.
const SHORTEST: usize = 4;

/// Vercel reads the bypass secret from the address too.
const IN_ADDRESS: &[u8] = b"x-vercel-protection-bypass=";

/// Texts that no report may show.
#[derive(Clone)]
pub(super) struct Secrets(Vec<Vec<u8>>);

impl Secrets {
    /// These.
    pub(super) fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut secrets = Self(Vec::new());
        for text in texts {
            secrets.add(Some(text));
        }
        secrets
    }

    /// And this one, if there is one.
    pub(super) fn add(&mut self, text: Option<String>) {
        let Some(text) = text.filter(|text| text.len() >= SHORTEST) else {
            return;
        };
        let json = serde_json::Value::from(text.as_str()).to_string();
        let escaped = json.trim_matches('"').to_owned();
        // The HTML report has the JSON in it, with this one character written otherwise.
        for form in [escaped.replace('<', "\\u003c"), escaped] {
            if !self.0.iter().any(|known| known == form.as_bytes()) {
                self.0.push(form.into_bytes());
            }
        }
    }

    /// Takes them out of a file, if it is there.
    pub(super) fn redact(&self, path: &Path) -> Result<(), Problem> {
        let failed = |error: std::io::Error| {
            Problem::new(format!("take secrets out of the report: {error}"))
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(error)),
        };
        let clean = self.clean(&bytes);
        if clean == bytes {
            return Ok(());
        }
        std::fs::write(path, clean).map_err(failed)
    }

    fn clean(&self, bytes: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            if let Some(secret) = self.0.iter().find(|secret| rest.starts_with(secret)) {
                clean.extend_from_slice(HIDDEN);
                rest = rest.get(secret.len()..).unwrap_or_default();
            } else if rest.starts_with(IN_ADDRESS) {
                clean.extend_from_slice(IN_ADDRESS);
                clean.extend_from_slice(HIDDEN);
                let value = rest.get(IN_ADDRESS.len()..).unwrap_or_default();
                let end = value
                    .iter()
                    .position(|byte| b"&\"\\ #<>".contains(byte))
                    .unwrap_or(value.len());
                rest = value.get(end..).unwrap_or_default();
            } else {
                clean.push(*first);
                rest = after;
            }
        }
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let mut secrets = Secrets::new(["s3cret-s3cret".to_owned(), "a".to_owned()]);
        secrets.add(Some("qu\"ote".to_owned()));
        for (text, expected) in [
            (
                r#"{"extraHeaders": {"x": "s3cret-s3cret"}}"#,
                r#"{"extraHeaders": {"x": "***"}}"#,
            ),
            (r#"{"x": "qu\"ote", "y": "a"}"#, r#"{"x": "***", "y": "a"}"#),
            (
                r#"{"url": "https://a.example/?x-vercel-protection-bypass=unknown&b=1"}"#,
                r#"{"url": "https://a.example/?x-vercel-protection-bypass=***&b=1"}"#,
            ),
            (r#"{"x": 1}"#, r#"{"x": 1}"#),
        ] {
            assert_eq!(
                String::from_utf8(secrets.clean(text.as_bytes())).unwrap(),
                expected
            );
        }
    }
}
