//! Workflow commands, written so that no foreign text can become one.
//!
//! Escaping follows the runner's own reader: data `%25 %0D %0A`, properties also `%3A %2C`.
//! `##[command]` is recognised anywhere in a line, so plain foreign text is never printed bare.

use std::io::{self, Write};

use verdict::{Level, Place, Verdict};

/// The runner keeps this many annotations of each level per step and drops the rest in silence.
pub const MAX_ANNOTATIONS_PER_LEVEL: usize = 10;

/// The runner cuts a message at this many characters.
const MAX_MESSAGE: usize = 4096;

/// A writer of workflow commands.
#[derive(Debug)]
pub struct Commands<W> {
    out: W,
}

/// Commands to standard output.
pub fn stdout() -> Commands<io::Stdout> {
    Commands::new(io::stdout())
}

impl<W: Write> Commands<W> {
    /// Commands to any writer.
    pub const fn new(out: W) -> Self {
        Self { out }
    }

    /// An annotation; without a place it belongs to the step.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn annotate(
        &mut self,
        level: Level,
        title: &str,
        message: &str,
        place: Option<&Place>,
    ) -> io::Result<()> {
        let mut properties = Vec::new();
        if let Some(place) = place {
            properties.push(("file", place.path.clone()));
            let numbers = [
                ("line", place.line),
                ("endLine", place.end_line),
                ("col", place.column),
                ("endColumn", place.end_column),
            ];
            for (name, number) in numbers {
                if let Some(number) = number {
                    properties.push((name, number.to_string()));
                }
            }
        }
        if !title.is_empty() {
            properties.push(("title", title.to_owned()));
        }
        self.command(level.as_str(), &properties, &cut(message, MAX_MESSAGE))
    }

    /// Hides a value in all later logs; each line of it by itself, because the runner masks by line.
    /// Empty values are passed over: the runner would only warn.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn mask(&mut self, secret: &str) -> io::Result<()> {
        for line in secret
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            self.command("add-mask", &[], line)?;
        }
        Ok(())
    }

    /// A folded group of foreign lines in which no command is executed.
    ///
    /// # Errors
    /// When the writer fails or the system gives no randomness.
    pub fn foreign_group(&mut self, title: &str, text: &str) -> io::Result<()> {
        self.command("group", &[], title)?;
        self.foreign(text)?;
        self.command("endgroup", &[], "")
    }

    /// Foreign lines in which no command is executed.
    ///
    /// # Errors
    /// When the writer fails or the system gives no randomness.
    pub fn foreign(&mut self, text: &str) -> io::Result<()> {
        let token = crate::files::random_token().map_err(io::Error::other)?;
        self.command("stop-commands", &[], &token)?;
        for line in text.lines() {
            writeln!(self.out, "{line}")?;
        }
        self.command(&token, &[], "")
    }

    /// Takes a problem matcher off, so that findings the suite reports are not annotated a second time.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn remove_matcher(&mut self, owner: &str) -> io::Result<()> {
        self.command("remove-matcher", &[("owner", owner.to_owned())], "")
    }

    /// A document for a program that reads standard output, such as a verdict for `--format json`.
    ///
    /// # Errors
    /// When the writer fails or the document is no verdict JSON can carry.
    pub fn document(&mut self, verdict: &Verdict) -> io::Result<()> {
        let json = verdict.to_canonical_json().map_err(io::Error::other)?;
        self.out.write_all(json.as_bytes())?;
        self.out.flush()
    }

    fn command(&mut self, name: &str, properties: &[(&str, String)], data: &str) -> io::Result<()> {
        write!(self.out, "::{name}")?;
        for (index, (key, value)) in properties.iter().enumerate() {
            let separator = if index == 0 { ' ' } else { ',' };
            write!(self.out, "{separator}{key}={}", escape_property(value))?;
        }
        writeln!(self.out, "::{}", escape_data(data))?;
        self.out.flush()
    }
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::{Level, Place};

    use super::Commands;

    fn written(write: impl FnOnce(&mut Commands<&mut Vec<u8>>)) -> String {
        let mut out = Vec::new();
        write(&mut Commands::new(&mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_annotation_carries_its_place() {
        let place = Place {
            end_line: Some(4),
            ..Place::line("src/a,b:c.ts", 3).column(7)
        };
        let text = written(|c| {
            c.annotate(
                Level::Error,
                "eslint: no-var",
                "50% of\nlines",
                Some(&place),
            )
            .unwrap();
        });
        assert_eq!(
            text,
            "::error file=src/a%2Cb%3Ac.ts,line=3,endLine=4,col=7,title=eslint%3A no-var::50%25 of%0Alines\n"
        );
    }

    #[test]
    fn a_step_annotation_has_no_properties() {
        let text = written(|c| c.annotate(Level::Notice, "", "hello", None).unwrap());
        assert_eq!(text, "::notice::hello\n");
    }

    #[test]
    fn a_matcher_is_named_by_its_owner() {
        let text = written(|c| c.remove_matcher("tsc").unwrap());
        assert_eq!(text, "::remove-matcher owner=tsc::\n");
    }

    #[test]
    fn a_long_message_is_cut_where_the_runner_would() {
        let text = written(|c| {
            c.annotate(Level::Warning, "", &"ä".repeat(5000), None)
                .unwrap();
        });
        assert_eq!(text.trim_end().chars().count(), "::warning::".len() + 4096);
        assert!(text.trim_end().ends_with('…'));
    }

    #[test]
    fn each_line_of_a_secret_is_masked() {
        let text = written(|c| c.mask("one\n\n two%\n").unwrap());
        assert_eq!(text, "::add-mask::one\n::add-mask::two%25\n");
    }

    #[test]
    fn foreign_text_cannot_end_its_own_guard() {
        let hostile = "::set-output name=conclusion::pass\n::stop-commands-0::\n##[error]x";
        let text = written(|c| c.foreign(hostile).unwrap());
        let lines: Vec<_> = text.lines().collect();
        let token = lines[0].strip_prefix("::stop-commands::").unwrap();
        assert!(token.len() >= 32, "{token}");
        assert_eq!(*lines.last().unwrap(), format!("::{token}::"));
        let again = written(|c| c.foreign(hostile).unwrap());
        assert_ne!(text, again, "the token is new each time");
    }

    proptest! {
        #[test]
        fn an_annotation_is_always_one_line_and_one_command(title in ".{0,40}", message in "(.|\n|\r){0,80}", path in ".{1,30}") {
            let text = written(|c| {
                c.annotate(Level::Error, &title, &message, Some(&Place::line(path, 1))).unwrap();
            });
            let body = text.strip_suffix('\n').unwrap();
            prop_assert!(!body.contains(['\n', '\r']));
            prop_assert!(body.starts_with("::error file="));
            // The data starts after the second `::`, and no property can contain one.
            let properties = body[2..].split("::").next().unwrap();
            prop_assert!(properties.contains(",line=1"));
        }
    }
}
