//! Reads the text of tsc, and of what prints the same (tsgo, vue-tsc).
//!
//! A diagnostic is `path(line,column): error TS2322: text`, or `path:line:column - error TS2322: text`
//! when it is pretty; lines indented by two spaces continue it. Errors without a path and errors in a
//! tsconfig say that the program was not checked as meant: they are broken evidence, not debt.

use gate::foreign_text;
use verdict::{Finding, Place};

use super::{Broken, Reading, crashed};

/// `listing` says that `--listFiles` was given, so that files must be listed.
pub(super) fn read(stdout: &[u8], code: i32, listing: bool) -> Reading {
    let text = String::from_utf8_lossy(stdout);
    let mut lines = text.lines().peekable();
    let mut reading = Reading::default();
    let mut files = 0;
    let mut unplaced = 0;
    let mut announced = None;
    while let Some(line) = lines.next() {
        let line = plain(line);
        if let Some(diagnostic) = diagnostic(&line) {
            let mut message = diagnostic.message.to_owned();
            while let Some(more) = lines.next_if(|line| line.starts_with("  ")) {
                // A long explanation is cut where it is shown; no need to collect all of it.
                if message.len() < gate::MAX_TEXT {
                    message.push('\n');
                    message.push_str(more.trim_end());
                }
            }
            unplaced += usize::from(diagnostic.concerns_config());
            let rule = format!("tsc/TS{}", diagnostic.code);
            let finding = Finding::error(rule, foreign_text(&message));
            reading.findings.push(match diagnostic.place {
                Some(place) => finding.at(place),
                None => finding,
            });
        } else if is_source(&line) {
            files += 1;
        } else if let Some(count) = summary(&line) {
            announced = Some(count);
        }
    }
    reading.files = listing.then_some(files);
    reading.broken = judge(&reading, code, unplaced, announced);
    reading
}

fn judge(
    reading: &Reading,
    code: i32,
    unplaced: usize,
    announced: Option<usize>,
) -> Option<Broken> {
    let found = reading.findings.len();
    if unplaced > 0 {
        let broken = Broken::new(format!(
            "has {unplaced} configuration error(s), so the sources were not checked as meant"
        ));
        return Some(broken.fix("correct the tsconfig; such an error is no debt to record"));
    }
    if let Some(announced) = announced.filter(|announced| *announced != found) {
        return Some(Broken::new(format!(
            "announced {announced} errors and {found} could be read"
        )));
    }
    match code {
        0..=2 if code > 0 && found == 0 => Some(crashed(code)),
        0..=2 if reading.files == Some(0) => Some(Broken::new("checked no file").fix(
            "correct `include` in tsconfig.json, or name the project in `quality.tools.tsc.run`",
        )),
        0..=2 => None,
        _ => Some(Broken::new(format!("ended with exit code {code}"))),
    }
}

struct Diagnostic<'a> {
    place: Option<Place>,
    code: u32,
    message: &'a str,
}

impl Diagnostic<'_> {
    /// Whether this says that the program itself is set up wrongly.
    fn concerns_config(&self) -> bool {
        let Some(place) = &self.place else {
            return true;
        };
        let name = place.path.rsplit(['/', '\\']).next().unwrap_or_default();
        name.ends_with(".json") && (5000..7000).contains(&self.code)
            || name.ends_with(".json") && name.contains("config")
    }
}

fn diagnostic(line: &str) -> Option<Diagnostic<'_>> {
    const MARK: &str = "error TS";
    for (at, _) in line.match_indices(MARK) {
        let (before, rest) = (&line[..at], &line[at + MARK.len()..]);
        let Some((digits, message)) = rest.split_once(':') else {
            continue;
        };
        let Ok(code) = digits.parse() else { continue };
        let place = if let Some(before) = before.strip_suffix("): ") {
            parenthesised(before)
        } else if let Some(before) = before.strip_suffix(" - ") {
            coloned(before)
        } else if before.is_empty() {
            None
        } else {
            continue;
        };
        return Some(Diagnostic {
            place,
            code,
            message: message.trim(),
        });
    }
    None
}

/// `app/(shop)/page.tsx(12,5`: the last parenthesis opens the position.
fn parenthesised(text: &str) -> Option<Place> {
    let (path, position) = text.rsplit_once('(')?;
    let (line, column) = position.split_once(',')?;
    place(path, line, column)
}

fn coloned(text: &str) -> Option<Place> {
    let (text, column) = text.rsplit_once(':')?;
    let (path, line) = text.rsplit_once(':')?;
    place(path, line, column)
}

fn place(path: &str, line: &str, column: &str) -> Option<Place> {
    let (line, column) = (line.parse().ok()?, column.parse().ok()?);
    (!path.is_empty()).then(|| Place::line(path, line).column(column))
}

/// Whether this is a file that `--listFiles` names and the repository owns.
fn is_source(line: &str) -> bool {
    const ENDINGS: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
    let absolute = line.starts_with('/') || line.get(1..3) == Some(":/");
    absolute && ENDINGS.iter().any(|end| line.ends_with(end)) && !line.contains("/node_modules/")
}

/// `Found 9 errors in 2 files.`, which only pretty output has.
fn summary(line: &str) -> Option<usize> {
    let (count, rest) = line.strip_prefix("Found ")?.split_once(' ')?;
    rest.starts_with("error").then(|| count.parse().ok())?
}

/// Without colour; most lines have none.
fn plain(line: &str) -> std::borrow::Cow<'_, str> {
    if line.contains('\u{1b}') {
        foreign_text(line).into()
    } else {
        line.into()
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn rows(text: &str) -> Vec<String> {
        let reading = read(text.as_bytes(), 2, false);
        let row = |finding: &verdict::Finding| {
            let place = finding.place.as_ref().map(ToString::to_string);
            format!(
                "{} {} {}",
                place.unwrap_or_default(),
                finding.rule,
                finding.message
            )
        };
        reading.findings.iter().map(row).collect()
    }

    #[test]
    fn each_form_of_a_diagnostic_is_read() {
        let cases = [
            (
                "src/a.ts(3,7): error TS2322: Type 'a: b' is not (c).",
                "src/a.ts:3:7 tsc/TS2322 Type 'a: b' is not (c).",
            ),
            (
                "app/(shop)/page.tsx(12,5): error TS7006: x",
                "app/(shop)/page.tsx:12:5 tsc/TS7006 x",
            ),
            (
                "\u{1b}[96msrc/a.ts\u{1b}[0m:\u{1b}[93m3\u{1b}[0m:\u{1b}[93m7\u{1b}[0m - \u{1b}[91merror\u{1b}[0m\u{1b}[90m TS2322: \u{1b}[0mx",
                "src/a.ts:3:7 tsc/TS2322 x",
            ),
            (
                "error TS18003: No inputs were found",
                " tsc/TS18003 No inputs were found",
            ),
            (
                "a.ts(1,2): error TS1: a\n  because\n    of b\nother",
                "a.ts:1:2 tsc/TS1 a\n  because\n    of b",
            ),
            (
                "a.ts(1,2): error TS1: says (9,9): error TS2: no",
                "a.ts:1:2 tsc/TS1 says (9,9): error TS2: no",
            ),
            // A position no file has: still an error, and without a place it breaks the evidence.
            ("a.ts(99999999999,1): error TS1: x", " tsc/TS1 x"),
        ];
        for (text, expected) in cases {
            assert_eq!(rows(text), [expected], "{text}");
        }
        for text in [
            "",
            "Version 6.0.3",
            "the error TS thing",
            "x error TS12: y",
            "Files:  12",
        ] {
            assert_eq!(rows(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn output_and_exit_code_must_fit_together() {
        let error = "a.ts(1,2): error TS2322: x\n";
        let listed = "/r/node_modules/typescript/lib/lib.d.ts\n/r/src/a.ts\n";
        let cases = [
            ("clean", listed, 0, true, None),
            (
                "nothing was checked",
                "/r/node_modules/typescript/lib/lib.d.ts\n",
                0,
                true,
                Some("checked no file"),
            ),
            ("crash", "RangeError\n", 1, false, Some("crashed")),
            (
                "errors with a file list",
                &format!("{error}{listed}"),
                2,
                true,
                None,
            ),
            ("a wrapper that hides the exit code", error, 0, false, None),
            (
                "killed from inside",
                error,
                134,
                false,
                Some("exit code 134"),
            ),
            (
                "global error",
                "error TS5058: no such path\n",
                1,
                false,
                Some("configuration"),
            ),
            (
                "error in the tsconfig",
                "tsconfig.json(3,5): error TS5101: baseUrl\n",
                2,
                false,
                Some("configuration"),
            ),
            (
                "error in an imported JSON file",
                "data.json(3,5): error TS1005: x\n",
                2,
                false,
                None,
            ),
            (
                "a part was not understood",
                &format!("{error}Found 2 errors in 2 files.\n"),
                2,
                false,
                Some("announced 2"),
            ),
            (
                "all of it was",
                &format!("{error}Found 1 error in a.ts:1\n"),
                2,
                false,
                None,
            ),
        ];
        for (name, stdout, code, listing, expected) in cases {
            let broken = read(stdout.as_bytes(), code, listing).broken;
            match (expected, &broken) {
                (None, None) => {}
                (Some(part), Some(broken)) if broken.reason.contains(part) => {}
                _ => panic!("{name}: {broken:?}"),
            }
        }
    }
}
