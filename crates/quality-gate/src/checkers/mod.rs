//! The checkers: how each is started and how its answer is read.
//!
//! An exit code alone proves nothing (tsc says 2, `tsc -b` says 1, a wrapper says 0), and neither does
//! empty output. Each reader therefore holds the two against each other, and what does not fit together
//! is [`Broken`], not clean.

mod eslint;
mod prettier;
mod tsc;

use std::time::Duration;

use verdict::Finding;

use crate::process::{Capture, End};

/// A checker the gate can run and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Checker {
    Tsc,
    Eslint,
    Prettier,
}

/// What a checker said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// Paths are as the checker wrote them.
    pub findings: Vec<Finding>,
    /// How many files it looked at, where it says so.
    pub files: Option<usize>,
    /// Why the answer proves nothing, when it does not.
    pub broken: Option<Broken>,
}

/// Why a checker's answer proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Follows the checker's name in a sentence.
    pub reason: String,
    pub fix: Option<String>,
}

impl Broken {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            fix: None,
        }
    }

    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl Reading {
    pub(crate) fn broken(broken: Broken) -> Self {
        Self {
            broken: Some(broken),
            ..Self::default()
        }
    }
}

impl Checker {
    pub(crate) const ALL: [Self; 3] = [Self::Tsc, Self::Eslint, Self::Prettier];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tsc => "tsc",
            Self::Eslint => "eslint",
            Self::Prettier => "prettier",
        }
    }

    /// The command that is run when the config names none: program and arguments.
    pub(crate) const fn default_command(self) -> &'static [&'static str] {
        match self {
            // `--listFiles` proves that files were checked: a tsconfig that includes none exits 0.
            Self::Tsc => &["tsc", "--noEmit", "--pretty", "false", "--listFiles"],
            Self::Eslint => &["eslint", "-f", "json", "."],
            Self::Prettier => &["prettier", "--list-different", "."],
        }
    }

    /// Reads what a run of `command` left behind.
    pub(crate) fn read(self, command: &[String], capture: &Capture, timeout: Duration) -> Reading {
        let code = match capture.end {
            End::Exited(code) => code,
            End::Killed => {
                let broken = Broken::new("was killed, likely because memory ran out");
                return Reading::broken(
                    broken.fix("raise the runner's memory or check fewer files"),
                );
            }
            End::TimedOut => {
                let broken = Broken::new(format!("did not end within {} s", timeout.as_secs()));
                return Reading::broken(broken.fix("raise `quality.timeout` in stagegate.yml"));
            }
            End::Flooded => {
                return Reading::broken(Broken::new("wrote more than this gate reads"));
            }
            End::Interrupted => return Reading::broken(Broken::new("was interrupted")),
        };
        match self {
            Self::Tsc => {
                let lists = |argument: &String| argument.eq_ignore_ascii_case("--listFiles");
                tsc::read(&capture.stdout, code, command.iter().any(lists))
            }
            Self::Eslint => eslint::read(&capture.stdout, code),
            Self::Prettier => prettier::read(&capture.stdout, &capture.stderr, code),
        }
    }
}

/// An exit code that no finding explains.
fn crashed(code: i32) -> Broken {
    Broken::new(format!(
        "ended with exit code {code} and named no problem: it crashed"
    ))
    .fix("read its output in the log")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::Checker;
    use crate::process::{Capture, End};

    fn read(checker: Checker, end: End, stdout: &[u8], stderr: &[u8]) -> super::Reading {
        let command: Vec<_> = checker
            .default_command()
            .iter()
            .map(ToString::to_string)
            .collect();
        let capture = Capture {
            end,
            stdout: stdout.to_vec(),
            stderr: stderr.to_vec(),
        };
        checker.read(&command, &capture, Duration::from_secs(600))
    }

    #[test]
    fn an_end_that_is_no_exit_is_never_clean() {
        for checker in Checker::ALL {
            for end in [End::Killed, End::TimedOut, End::Flooded, End::Interrupted] {
                assert!(read(checker, end, b"[]", b"").broken.is_some());
            }
        }
    }

    #[test]
    fn silence_is_no_answer_from_tsc_and_eslint() {
        assert!(
            read(Checker::Tsc, End::Exited(0), b"", b"")
                .broken
                .is_some()
        );
        assert!(
            read(Checker::Eslint, End::Exited(0), b"", b"")
                .broken
                .is_some()
        );
    }

    proptest! {
        #[test]
        fn no_output_makes_a_reader_panic(
            stdout in prop::collection::vec(any::<u8>(), 0..300),
            stderr in prop::collection::vec(any::<u8>(), 0..100),
            code in 0i32..4,
        ) {
            for checker in Checker::ALL {
                read(checker, End::Exited(code), &stdout, &stderr);
            }
        }

        #[test]
        fn a_failing_exit_code_is_never_clean(
            stdout in "[a-z\\[\\]{}():., \n]{0,80}",
            stderr in "(\\[error\\] |[a-z:]|\n){0,20}",
            code in 1i32..256,
        ) {
            for checker in Checker::ALL {
                let reading = read(checker, End::Exited(code), stdout.as_bytes(), stderr.as_bytes());
                prop_assert!(reading.broken.is_some() || !reading.findings.is_empty());
            }
        }
    }
}
