//! One scale for all scanners.
//!
//! | here     | npm audit  | SARIF `security-severity` | SARIF `level` without it |
//! |----------|------------|---------------------------|--------------------------|
//! | critical | `critical` | 9.0 and more              |                          |
//! | high     | `high`     | 7.0 to 8.9                | `error`                  |
//! | moderate | `moderate` | 4.0 to 6.9                | `warning`                |
//! | low      | `low`      | 0.1 to 3.9                | `note`                   |
//! | info     | `info`     | 0.0                       | `none`                   |
//!
//! The bands are CVSS's, which code scanning uses too. A word that is on no scale counts as high.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Info,
    Low,
    Moderate,
    High,
    Critical,
}

/// A severity a policy may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Threshold {
    /// Only critical.
    Critical,
    /// High and worse.
    High,
    /// Moderate and worse.
    Moderate,
    /// Low and worse.
    Low,
}

impl Severity {
    /// Those that are counted, worst first.
    pub(crate) const COUNTED: [Self; 4] = [Self::Critical, Self::High, Self::Moderate, Self::Low];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// From the word npm and GitHub's advisories use.
    pub(crate) fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "moderate" | "medium" => Self::Moderate,
            "low" => Self::Low,
            "info" | "none" => Self::Info,
            _ => Self::High,
        }
    }

    /// From a score of 0 to 10.
    pub(crate) fn from_score(score: f64) -> Self {
        match score {
            score if score < 0.1 => Self::Info,
            score if score < 4.0 => Self::Low,
            score if score < 7.0 => Self::Moderate,
            score if score < 9.0 => Self::High,
            _ => Self::Critical,
        }
    }

    /// From a SARIF level; absent means `warning`, as the standard has it.
    pub(crate) fn from_level(level: Option<&str>) -> Self {
        match level {
            Some("none") => Self::Info,
            Some("note") => Self::Low,
            Some("warning") | None => Self::Moderate,
            Some(_) => Self::High,
        }
    }

    /// The SARIF level that stands for it.
    pub(crate) const fn level(self) -> &'static str {
        match self {
            Self::Info => "none",
            Self::Low => "note",
            Self::Moderate => "warning",
            Self::High | Self::Critical => "error",
        }
    }

    /// A score inside its band, for advisories without one.
    pub(crate) const fn typical_score(self) -> &'static str {
        match self {
            Self::Info => "0.0",
            Self::Low => "2.0",
            Self::Moderate => "5.5",
            Self::High => "8.0",
            Self::Critical => "9.5",
        }
    }
}

impl From<Threshold> for Severity {
    fn from(threshold: Threshold) -> Self {
        match threshold {
            Threshold::Critical => Self::Critical,
            Threshold::High => Self::High,
            Threshold::Moderate => Self::Moderate,
            Threshold::Low => Self::Low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Severity::{self, Critical, High, Info, Low, Moderate};

    #[test]
    fn the_bands_are_those_of_cvss() {
        let cases = [
            (0.0, Info),
            (0.1, Low),
            (3.9, Low),
            (4.0, Moderate),
            (6.9, Moderate),
            (7.0, High),
            (8.9, High),
            (9.0, Critical),
            (10.0, Critical),
        ];
        for (score, expected) in cases {
            assert_eq!(Severity::from_score(score), expected, "{score}");
        }
        // What compares with nothing is not harmless.
        assert_eq!(Severity::from_score(f64::NAN), Critical);
    }

    #[test]
    fn unknown_words_are_not_harmless() {
        assert_eq!(Severity::from_word("catastrophic"), High);
        assert_eq!(Severity::from_level(Some("fatal")), High);
        assert_eq!(Severity::from_level(None), Moderate);
    }

    #[test]
    fn a_typical_score_lies_in_its_own_band() {
        for severity in [Info, Low, Moderate, High, Critical] {
            let score: f64 = severity.typical_score().parse().unwrap();
            assert_eq!(Severity::from_score(score), severity);
        }
    }
}
