//! Errors that name file, line, column and the nearest accepted word.

use std::fmt;
use std::path::PathBuf;

/// A place in a config file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Why the config cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file was named and is not there, or cannot be read.
    #[error("read config {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Two files where one is allowed.
    #[error("both {first} and {second} exist; keep one", first = first.display(), second = second.display())]
    Ambiguous {
        /// The first file.
        first: PathBuf,
        /// The second file.
        second: PathBuf,
    },
    /// The file's content is not accepted.
    #[error("{path}{at}: {message}", at = at(*position))]
    Content {
        /// The file, relative to the repository root.
        path: String,
        /// Where, when the parser knows.
        position: Option<Position>,
        /// What is wrong and what is accepted.
        message: String,
    },
}

impl ConfigError {
    pub(crate) fn content(path: &str, error: &serde_saphyr::Error) -> Self {
        let position = error.location().map(|location| Position {
            line: u32::try_from(location.line()).unwrap_or(u32::MAX),
            column: u32::try_from(location.column()).unwrap_or(u32::MAX),
        });
        Self::Content {
            path: path.to_owned(),
            position: position.filter(|position| position.line > 0),
            message: message(error),
        }
    }
}

fn at(position: Option<Position>) -> impl fmt::Display {
    match position {
        Some(Position { line, column }) => format!(":{line}:{column}"),
        None => String::new(),
    }
}

fn message(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error as E;
    match error {
        E::WithSnippet { error, .. } => message(error),
        E::SerdeUnknownField {
            field, expected, ..
        } => unknown("key", field, expected),
        E::SerdeUnknownVariant {
            variant, expected, ..
        } => unknown("value", variant, expected),
        E::SerdeMissingField { field, .. } => format!("key `{field}` is missing"),
        E::DuplicateMappingKey { key, .. } => match key {
            Some(key) => format!("key `{key}` stands twice; keep one"),
            None => "a key stands twice; keep one".to_owned(),
        },
        other => {
            // The library appends the position in its own words; ours stands in front already.
            let text = other.to_string();
            let end = [" at line ", "\n"]
                .iter()
                .filter_map(|mark| text.find(mark))
                .min();
            text[..end.unwrap_or(text.len())].to_owned()
        }
    }
}

fn unknown(what: &str, found: &str, expected: &[&str]) -> String {
    let hint = match nearest(found, expected) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    let accepted = expected.join(", ");
    format!("unknown {what} `{found}`{hint} (accepted: {accepted})")
}

/// The accepted word a typo most likely meant: at most a third of the letters differ.
fn nearest<'a>(found: &str, accepted: &[&'a str]) -> Option<&'a str> {
    let distance = |word: &str| strsim::damerau_levenshtein(found, word);
    let best = accepted.iter().copied().min_by_key(|word| distance(word))?;
    (distance(best) <= found.chars().count().div_ceil(3)).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typo_finds_its_word_and_nonsense_finds_none() {
        let words = ["routes", "files", "gate"];
        assert_eq!(nearest("route", &words), Some("routes"));
        assert_eq!(nearest("fiels", &words), Some("files"));
        assert_eq!(nearest("compression", &words), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
