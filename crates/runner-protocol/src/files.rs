//! The files the runner reads after the step: outputs and the job summary.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The largest job summary of one step, in bytes; a larger one is dropped whole by the runner.
pub const SUMMARY_LIMIT: u64 = 1024 * 1024;

/// Why a runner file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// An output's name would break the file's format.
    #[error("`{0}` is no output name: letters, digits, `-` and `_` only")]
    Name(String),
    /// The file could not be written.
    #[error("write {path}: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No room is left in the summary.
    #[error("job summary is full: {limit} bytes", limit = SUMMARY_LIMIT)]
    SummaryFull,
}

/// Appends outputs, each between random delimiters, so that no value can forge another output.
///
/// # Errors
/// When a name is malformed (nothing is written then) or the file cannot be written.
pub fn append_outputs<'a>(
    path: &Path,
    outputs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<(), FileError> {
    let mut text = String::new();
    for (name, value) in outputs {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(allowed) {
            return Err(FileError::Name(name.to_owned()));
        }
        // 128 random bits: a value that contains its own delimiter cannot be made in advance.
        let delimiter = random_token().map_err(|source| FileError::Write {
            path: path.to_owned(),
            source: io::Error::other(source),
        })?;
        text.push_str(&format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
    }
    append(path, &text)
}

/// Appends Markdown to the job summary.
///
/// # Errors
/// When it does not fit beside what is already there (nothing is written then), or on I/O.
pub fn append_summary(path: &Path, markdown: &str) -> Result<(), FileError> {
    let present = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if present + markdown.len() as u64 > SUMMARY_LIMIT {
        return Err(FileError::SummaryFull);
    }
    append(path, markdown)
}

fn append(path: &Path, text: &str) -> Result<(), FileError> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| FileError::Write {
            path: path.to_owned(),
            source,
        })
}

/// 128 random bits as hex.
pub(crate) fn random_token() -> Result<String, getrandom::Error> {
    let high = getrandom::u64()?;
    let low = getrandom::u64()?;
    Ok(format!("stagegate-{high:016x}{low:016x}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::{FileError, SUMMARY_LIMIT, append_outputs, append_summary};

    /// Reads an output file as the runner does: `name<<delimiter`, lines, `delimiter`.
    fn read(text: &str) -> Vec<(String, String)> {
        let mut outputs = Vec::new();
        let mut lines = text.split('\n');
        while let Some(head) = lines.next().filter(|line| !line.is_empty()) {
            let (name, delimiter) = head.split_once("<<").unwrap();
            let value: Vec<_> = lines
                .by_ref()
                .take_while(|line| *line != delimiter)
                .collect();
            outputs.push((name.to_owned(), value.join("\n")));
        }
        outputs
    }

    proptest! {
        #[test]
        fn any_value_reads_back(values in prop::collection::vec("(.|\n|<<|=|EOF\n){0,40}", 0..5)) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("output");
            fs::write(&path, "").unwrap();
            append_outputs(&path, values.iter().map(|value| ("title", value.as_str()))).unwrap();
            let read: Vec<_> = read(&fs::read_to_string(&path).unwrap()).into_iter().map(|(_, v)| v).collect();
            prop_assert_eq!(read, values);
        }
    }

    #[test]
    fn a_malformed_name_writes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("output");
        for bad in ["", "a=b", "a<<b", "a\nb", "a b"] {
            let outputs = [("good", "1"), (bad, "2")];
            assert!(matches!(
                append_outputs(&path, outputs),
                Err(FileError::Name(_))
            ));
            assert!(!path.exists(), "{bad:?}");
        }
    }

    #[test]
    fn a_summary_over_the_limit_is_refused_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("summary");
        append_summary(&path, "first\n").unwrap();
        let rest = "x".repeat(usize::try_from(SUMMARY_LIMIT).unwrap() - 6);
        assert!(matches!(
            append_summary(&path, &format!("{rest}x")),
            Err(FileError::SummaryFull)
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "first\n");
        append_summary(&path, &rest).unwrap();
    }
}
