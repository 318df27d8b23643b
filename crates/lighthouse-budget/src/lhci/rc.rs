//! Reads a lighthouserc: JSON or YAML, `extends`, and which of its sections are the options of `lhci assert`.

use super::js::Js;

/// Why a file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub(crate) struct RcError {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
    /// Where, when the parser says so.
    pub line: Option<u32>,
}

/// Parses a file by its name: YAML when it ends so, JSON otherwise.
pub(crate) fn parse(path: &str, text: &str) -> Result<Js, RcError> {
    let lower = path.to_lowercase();
    let fail = |message: String, line| RcError {
        path: path.to_owned(),
        message,
        line,
    };
    if lower.ends_with(".yml") || lower.ends_with(".yaml") {
        // `off` is a word in the YAML that lighthouse-ci reads, and no boolean.
        let options = serde_saphyr::options! { strict_booleans: true };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let line = error
                .location()
                .and_then(|location| u32::try_from(location.line()).ok());
            fail(error.to_string(), line)
        })
    } else {
        serde_json::from_str(text)
            .map_err(|error| fail(error.to_string(), u32::try_from(error.line()).ok()))
    }
}

/// The options of all commands together, as lighthouse-ci gives them to each: of a file, merged over the one it extends,
/// merged over the one that extends, and so on.
pub(crate) fn options(files: Vec<Js>) -> Js {
    let flat = files.into_iter().map(|mut rc| {
        rc.dots_to_colons();
        flatten(&rc)
    });
    let merged = flat.rev().reduce(Js::merge);
    merged.unwrap_or(Js::Object(Vec::new()))
}

/// The path of the file that a file extends, relative to it.
pub(crate) fn extends(rc: &Js) -> Option<&str> {
    ci(rc, "extends")
        .and_then(Js::text)
        .filter(|path| !path.is_empty())
}

/// A section of `ci`, wherever it is written; the later place wins.
fn ci<'a>(rc: &'a Js, section: &str) -> Option<&'a Js> {
    let client = rc.get("ci:client").filter(|_| section != "server");
    let server = rc.get("ci:server").filter(|_| section == "server");
    [server, client, rc.get("lhci"), rc.get("ci")]
        .into_iter()
        .find_map(|place| place?.get(section))
}

fn flatten(rc: &Js) -> Js {
    let mut options = Js::Object(Vec::new());
    for command in ["wizard", "assert", "collect", "upload", "server"] {
        spread(&mut options, ci(rc, command));
    }
    options
}

fn spread(into: &mut Js, from: Option<&Js>) {
    for (key, value) in from.and_then(Js::entries).unwrap_or_default() {
        into.set(key, value.clone());
    }
}

/// The line where a key is written, counted from 1.
pub(crate) fn line_of(text: &str, key: &str) -> Option<u32> {
    let written = |line: &str| {
        let line = line.trim_start().trim_start_matches(['{', ',', ' ']);
        [format!("\"{key}\""), format!("'{key}'"), format!("{key}:")]
            .iter()
            .any(|form| {
                line.starts_with(form.as_str())
                    || (form.starts_with('"') && line.contains(form.as_str()))
            })
    };
    let found = text.lines().position(written)?;
    u32::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::{Js, extends, line_of, options, parse};

    #[test]
    fn yaml_and_json_give_the_same_options() {
        let yaml = "ci:\n  assert:\n    assertions:\n      speed-index: off\n      'categories.seo': [warn, {minScore: 0.5}]\n";
        let json = r#"{"ci": {"assert": {"assertions": {"speed-index": "off", "categories.seo": ["warn", {"minScore": 0.5}]}}}}"#;
        let read = |path: &str, text: &str| options(vec![parse(path, text).unwrap()]);
        let expected: Js = serde_json::from_str(
            r#"{"assertions": {"speed-index": "off", "categories:seo": ["warn", {"minScore": 0.5}]}}"#,
        )
        .unwrap();
        assert_eq!(read(".lighthouserc.yml", yaml), expected);
        assert_eq!(read("lighthouserc.json", json), expected);
        assert_eq!(line_of(yaml, "speed-index"), Some(4));
        assert_eq!(line_of(yaml, "categories.seo"), Some(5));
        assert_eq!(line_of(yaml, "lcp"), None);
    }

    #[test]
    fn a_file_extends_another_and_wins() {
        let rc = |text: &str| serde_json::from_str::<Js>(text).unwrap();
        let child = rc(
            r#"{"ci": {"extends": "./base.json", "assert": {"assertions": {"a": ["error", {"minScore": 1}]}}}}"#,
        );
        let base = rc(
            r#"{"ci": {"assert": {"preset": "lighthouse:all", "assertions": {"a": ["warn", {"maxLength": 0}], "b": "off"}}}}"#,
        );
        assert_eq!(extends(&child), Some("./base.json"));
        assert_eq!(extends(&base), None);
        let expected = rc(
            r#"{"preset": "lighthouse:all", "assertions": {"a": ["error", {"maxLength": 0, "minScore": 1}], "b": "off"}}"#,
        );
        assert_eq!(options(vec![child, base]), expected);
    }
}
