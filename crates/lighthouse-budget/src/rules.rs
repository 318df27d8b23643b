//! The one form that every limit is compiled to, whoever wrote it: our own section, a lighthouserc or a budget.json.

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An audit of this name.
    Audit(String),
    /// The score of a category.
    Category(String),
    /// Bytes or number of requests of a resource type.
    Resource {
        /// `script`, `total` …
        kind: String,
        /// Bytes or requests.
        what: Amount,
    },
    /// A mark or measure of the page, by its name in kebab case.
    UserTiming(String),
    /// What `performance-budget` found at collection time.
    PerformanceBudget,
    /// What lighthouse-ci throws at, in words; only when it would be looked at.
    Thrown(String),
}

/// What is counted of a resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Bytes over the network.
    Size,
    /// Requests.
    Count,
}

impl Subject {
    /// Reads a key such as `resource-summary:script:size`, with `.` or `:` between its parts.
    pub(crate) fn of_key(key: &str) -> Self {
        let mut parts = key.split(['.', ':']).filter(|part| !part.is_empty());
        let audit = parts.next().unwrap_or_default();
        let property: Vec<&str> = parts.collect();
        match (audit, property.as_slice()) {
            ("performance-budget", _) => Self::PerformanceBudget,
            ("categories", [category]) => Self::Category((*category).to_owned()),
            ("resource-summary", [kind, what @ ("size" | "count")]) => Self::Resource {
                kind: (*kind).to_owned(),
                what: if *what == "size" {
                    Amount::Size
                } else {
                    Amount::Count
                },
            },
            ("categories" | "resource-summary", [_, ..]) => Self::Thrown(format!(
                "Invalid resource-summary assertion \"{}\"",
                property.join(".")
            )),
            ("user-timings", [_, ..]) => {
                Self::UserTiming(crate::lhci::alphanumeric_kebab_case(&property.join("-")))
            }
            _ => Self::Audit(audit.to_owned()),
        }
    }

    /// The audit of the report that has it.
    pub(crate) fn audit(&self) -> &str {
        match self {
            Self::Audit(name) => name,
            Self::Category(_) => "categories",
            Self::Resource { .. } => "resource-summary",
            Self::UserTiming(_) => "user-timings",
            Self::PerformanceBudget => "performance-budget",
            Self::Thrown(_) => "",
        }
    }
}

/// How bad it is when a limit is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Fails.
    Error,
    /// Warns.
    Warn,
    /// Any other word: lighthouse-ci reports it and never fails.
    Other(String),
}

impl Level {
    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Other(word) => word,
        }
    }
}

/// Which of several runs counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aggregation {
    /// The best run; lighthouse-ci's default.
    Optimistic,
    /// The worst run.
    Pessimistic,
    /// The middle one, or the mean of the middle two.
    Median,
    /// The run nearest to the medians of FCP and TTI.
    MedianRun,
    /// A word lighthouse-ci does not know: it takes the largest value.
    Largest,
}

impl Aggregation {
    /// lighthouse-ci's words.
    pub(crate) fn of_word(word: &str) -> Self {
        match word {
            "optimistic" => Self::Optimistic,
            "pessimistic" => Self::Pessimistic,
            "median" => Self::Median,
            "median-run" => Self::MedianRun,
            _ => Self::Largest,
        }
    }
}

/// The limits of one rule, in the order they are checked. Scores are 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Limits {
    /// At most so many rows.
    pub max_length: Option<f64>,
    /// At most this number.
    pub max_numeric: Option<f64>,
    /// At least this score; 0.9 when there is no limit at all.
    pub min_score: Option<f64>,
}

/// One assertion.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    /// As it was written, in kebab case.
    pub key: String,
    /// What is looked at.
    pub subject: Subject,
    /// How bad it is.
    pub level: Level,
    /// The limits.
    pub limits: Limits,
    /// Which run counts, and whether somebody wrote so.
    pub aggregation: (Aggregation, bool),
}

/// Assertions for some pages.
#[derive(Clone, Debug)]
pub(crate) struct RuleSet {
    /// Which pages: a JavaScript regular expression on the final URL, and its text. All when absent.
    pub pattern: Option<(String, Result<regress::Regex, String>)>,
    /// The assertions, in order.
    pub rules: Vec<Rule>,
    /// The preset they start from.
    pub preset: Option<String>,
    /// The keys that were written by name, beside the preset, in kebab case.
    pub named: Vec<String>,
    /// What the preset has only for some majors of Lighthouse; lighthouse-ci holds one preset against all.
    pub more: Vec<(Vec<u32>, Rule)>,
}

#[cfg(test)]
mod tests {
    use super::{Amount, Subject};

    #[test]
    fn keys_are_split_as_lighthouse_ci_splits_them() {
        let resource = |kind: &str, what| Subject::Resource {
            kind: kind.to_owned(),
            what,
        };
        for (key, expected) in [
            ("speed-index", Subject::Audit("speed-index".to_owned())),
            (
                "speed-index:ignored",
                Subject::Audit("speed-index".to_owned()),
            ),
            ("categories", Subject::Audit("categories".to_owned())),
            ("categories:seo", Subject::Category("seo".to_owned())),
            (
                "resource-summary:third-party:size",
                resource("third-party", Amount::Size),
            ),
            (
                "resource-summary.script.count",
                resource("script", Amount::Count),
            ),
            (
                "user-timings:my mark:2",
                Subject::UserTiming("my-mark-2".to_owned()),
            ),
            ("performance-budget:x", Subject::PerformanceBudget),
        ] {
            assert_eq!(Subject::of_key(key), expected, "{key}");
        }
        for key in [
            "resource-summary:script",
            "resource-summary:script:sum",
            "categories:a:b",
        ] {
            assert!(matches!(Subject::of_key(key), Subject::Thrown(_)), "{key}");
        }
    }
}
