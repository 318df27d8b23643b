//! Reads `prettier --list-different`: the files that differ, one per line of standard output.
//!
//! A file that cannot be parsed is not listed there: its error stands on standard error and the exit
//! code is 2, so a reader of standard output alone would pass it. Prettier never says how many files it
//! looked at; a `.prettierignore` that ignores everything cannot be told from clean files.

use gate::foreign_text;
use verdict::{Finding, Place};

use super::{Broken, Reading, crashed};

const LIST_DIFFERENT: &str = "run it with `--list-different`, whose output this gate reads";

pub(super) fn read(stdout: &[u8], stderr: &[u8], code: i32) -> Reading {
    let (stdout, stderr) = (
        String::from_utf8_lossy(stdout),
        String::from_utf8_lossy(stderr),
    );
    if stdout
        .lines()
        .any(|line| line.trim() == "Checking formatting...")
    {
        let broken = Broken::new("ran with `--check`, which lists files only for people");
        return Reading::broken(broken.fix(LIST_DIFFERENT));
    }
    let listed = stdout
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let mut findings: Vec<Finding> = listed
        .map(|path| {
            Finding::error("prettier/format", "not formatted as Prettier would")
                .at(Place::file(path))
                .fix("run `prettier --write .`")
        })
        .collect();
    let different = findings.len();
    let mut unread = None;
    for line in stderr.lines() {
        match error(&foreign_text(line)) {
            Some(Problem::Syntax(finding)) => findings.push(finding),
            Some(Problem::Other(text)) => unread = unread.or(Some(text)),
            None => {}
        }
    }
    let broken = match code {
        _ if unread.is_some() => {
            let text = unread.unwrap_or_default();
            Some(Broken::new(format!("could not check everything: {text}")))
        }
        0 if different > 0 => {
            Some(Broken::new("ended with 0 although it printed lines").fix(LIST_DIFFERENT))
        }
        0 if !findings.is_empty() => Some(Broken::new("ended with 0 although it met errors")),
        1..=2 if findings.is_empty() => Some(crashed(code)),
        0..=2 => None,
        _ => Some(Broken::new(format!("ended with exit code {code}"))),
    };
    Reading {
        findings,
        files: None,
        broken,
    }
}

enum Problem {
    /// A file that is no valid program.
    Syntax(Finding),
    /// Anything else: a broken configuration, a plugin that is not there, no files.
    Other(String),
}

/// `[error] src/a.ts: SyntaxError: Variable declaration expected. (1:7)`; the lines of the code frame
/// under it begin with a line number or a mark.
fn error(line: &str) -> Option<Problem> {
    let text = line.strip_prefix("[error]")?;
    let text = text.strip_prefix(' ').unwrap_or(text);
    let frame = text.trim_start().trim_start_matches('>').trim_start();
    let frame_rest = frame.trim_start_matches(|c: char| c.is_ascii_digit());
    if frame.is_empty() || frame_rest.trim_start().starts_with('|') {
        return None;
    }
    // A frame that was cut ends with a bare line number.
    if frame_rest.is_empty() {
        return None;
    }
    let Some((path, message)) = text.split_once(": SyntaxError: ") else {
        return Some(Problem::Other(text.to_owned()));
    };
    let (words, place) = match position(message) {
        Some((words, line, column)) => (words, Place::line(path, line).column(column)),
        None => (message, Place::file(path)),
    };
    Some(Problem::Syntax(
        Finding::error("prettier/syntax", words).at(place),
    ))
}

/// Splits the `(1:7)` off the end of a message.
fn position(message: &str) -> Option<(&str, u32, u32)> {
    let (words, position) = message.strip_suffix(')')?.rsplit_once('(')?;
    let (line, column) = position.split_once(':')?;
    Some((words.trim_end(), line.parse().ok()?, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::read;

    /// What Prettier 3.10 wrote for `const = ;`.
    const SYNTAX: &str = "[error] src/bad.ts: SyntaxError: Variable declaration expected. (1:7)\n\
        [error] > 1 | const = ;\n[error]     |       ^\n[error]   2 |\n";

    #[test]
    fn a_file_that_cannot_be_parsed_is_a_finding() {
        let reading = read(b"src/ugly.ts\n", SYNTAX.as_bytes(), 2);
        assert_eq!(reading.broken, None);
        let places: Vec<_> = reading
            .findings
            .iter()
            .map(|finding| {
                (
                    finding.rule.as_str(),
                    finding.place.as_ref().unwrap().to_string(),
                )
            })
            .collect();
        let expected = [
            ("prettier/format", "src/ugly.ts"),
            ("prettier/syntax", "src/bad.ts:1:7"),
        ];
        assert_eq!(
            places,
            expected.map(|(rule, place)| (rule, place.to_owned()))
        );
        let alone = read(b"", SYNTAX.as_bytes(), 2);
        assert_eq!(
            alone.findings.len(),
            1,
            "nothing on standard output is no pass"
        );
    }

    #[test]
    fn output_and_exit_code_must_fit_together() {
        let cases = [
            ("clean", "", "", 0, None),
            ("differs", "a.ts\n", "", 1, None),
            ("crash", "", "TypeError: x\n    at y", 2, Some("crashed")),
            ("failed in silence", "", "", 1, Some("crashed")),
            (
                "no files",
                "",
                "[error] No files matching the pattern were found: \"x\".\n",
                2,
                Some("No files"),
            ),
            (
                "broken configuration",
                "a.ts\n",
                "[error] Invalid configuration for file \"/r/.prettierrc\":\n",
                2,
                Some("Invalid configuration"),
            ),
            (
                "check mode, clean",
                "Checking formatting...\nAll matched files use Prettier code style!\n",
                "",
                0,
                Some("--check"),
            ),
            (
                "check mode, differs",
                "Checking formatting...\n",
                "[warn] a.ts\n",
                1,
                Some("--check"),
            ),
            (
                "a wrapper that talks",
                "> app@1.0.0 format\n",
                "",
                0,
                Some("printed lines"),
            ),
            (
                "a wrapper that hides the exit code",
                "",
                SYNTAX,
                0,
                Some("met errors"),
            ),
            ("killed from inside", "a.ts\n", "", 137, Some("137")),
        ];
        for (name, stdout, stderr, code, expected) in cases {
            let broken = read(stdout.as_bytes(), stderr.as_bytes(), code).broken;
            match (expected, &broken) {
                (None, None) => {}
                (Some(part), Some(broken)) if broken.reason.contains(part) => {}
                _ => panic!("{name}: {broken:?}"),
            }
        }
    }
}
