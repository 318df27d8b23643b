//! One problem, where it is, and what makes it the same problem next time.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How bad a finding is. The words are those of workflow commands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Worth knowing; never changes a verdict.
    Notice,
    /// Should be looked at.
    Warning,
    /// Outside policy, or not decidable.
    Error,
}

impl Level {
    /// The word used in JSON and in workflow commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Where a finding is. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Path relative to the repository root, with `/`.
    pub path: String,
    /// First line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// First column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Last line, when it differs from the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// Column after the last character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

impl Place {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: None,
            column: None,
            end_line: None,
            end_column: None,
        }
    }

    /// A line of a file.
    pub fn line(path: impl Into<String>, line: u32) -> Self {
        Self {
            line: Some(line),
            ..Self::file(path)
        }
    }

    /// The same place with a column.
    #[must_use]
    pub fn column(mut self, column: u32) -> Self {
        self.column = Some(column);
        self
    }
}

impl std::fmt::Display for Place {
    /// `path:line:column`, as far as known: the form terminals and editors turn into links.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
            if let Some(column) = self.column {
                write!(formatter, ":{column}")?;
            }
        }
        Ok(())
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The rule that found it, such as `eslint/no-unused-vars` or `route-budget`.
    pub rule: String,
    /// What is wrong, in one sentence. Foreign text; surfaces escape it.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// A page that explains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What identifies this finding across runs: 16 hex digits over rule, path and message, not over
    /// the line, so that an edit above does not make old debt look new.
    pub fingerprint: String,
    /// Whether the finding is new against the base, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<bool>,
}

impl Finding {
    /// A finding of any level.
    pub fn new(level: Level, rule: impl Into<String>, message: impl Into<String>) -> Self {
        let mut finding = Self {
            level,
            rule: rule.into(),
            message: message.into(),
            fix: None,
            place: None,
            url: None,
            fingerprint: String::new(),
            new: None,
        };
        finding.stamp();
        finding
    }

    /// A finding that is outside policy.
    pub fn error(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Level::Error, rule, message)
    }

    /// A finding somebody should look at.
    pub fn warning(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, rule, message)
    }

    /// A finding that is only information.
    pub fn notice(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Level::Notice, rule, message)
    }

    /// The same finding at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self.stamp();
        self
    }

    /// The same finding with advice.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The same finding with a page that explains it.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Worst first, then by place, rule and message: the order of a canonical verdict.
    pub(crate) fn order(&self) -> impl Ord + '_ {
        (
            Reverse(self.level),
            self.place.as_ref(),
            &self.rule,
            &self.message,
        )
    }

    fn stamp(&mut self) {
        let path = self.place.as_ref().map_or("", |place| place.path.as_str());
        let mut hash = Sha256::new();
        for part in [self.rule.as_str(), path, self.message.as_str()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        self.fingerprint = crate::subject::hex(&hash.finalize()[..8]);
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Place};

    #[test]
    fn a_fingerprint_survives_a_moved_line_but_not_another_file() {
        let here = Finding::error("r", "m").at(Place::line("a.ts", 3));
        let moved = Finding::error("r", "m").at(Place::line("a.ts", 90));
        let elsewhere = Finding::error("r", "m").at(Place::line("b.ts", 3));
        assert_eq!(here.fingerprint, moved.fingerprint);
        assert_ne!(here.fingerprint, elsewhere.fingerprint);
    }

    #[test]
    fn fingerprint_parts_do_not_run_together() {
        assert_ne!(
            Finding::error("ab", "c").fingerprint,
            Finding::error("a", "bc").fingerprint
        );
    }

    #[test]
    fn a_place_reads_as_editors_expect() {
        assert_eq!(Place::file("a.ts").to_string(), "a.ts");
        assert_eq!(Place::line("a.ts", 3).column(7).to_string(), "a.ts:3:7");
    }
}
