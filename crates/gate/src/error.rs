//! Why a gate gives no answer of its own: it was asked wrongly, or it could not find out.

use std::fmt;

use verdict::{Finding, Place};

/// One thing that is wrong, with its fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A lowercase fragment that names the thing.
    pub message: String,
    /// What to do.
    pub fix: Option<String>,
    /// Where.
    pub place: Option<Place>,
}

impl Problem {
    /// A problem in words.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            fix: None,
            place: None,
        }
    }

    /// The same problem with its fix.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The same problem at a place.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }

    fn finding(&self, rule: &str) -> Finding {
        let finding = Finding::error(rule, &self.message);
        let finding = match &self.place {
            Some(place) => finding.at(place.clone()),
            None => finding,
        };
        match &self.fix {
            Some(fix) => finding.fix(fix),
            None => finding,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(formatter, "{place}: ")?;
        }
        formatter.write_str(&self.message)?;
        match &self.fix {
            Some(fix) => write!(formatter, " (fix: {fix})"),
            None => Ok(()),
        }
    }
}

/// Why there is no decision. Every problem found is listed, not only the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Inputs or config cannot be meant so: exit code 2.
    #[error("wrong usage: {}", list(.0))]
    Usage(Vec<Problem>),
    /// The evidence does not allow a decision: exit code 3.
    #[error("could not decide: {}", list(.0))]
    Undecided(Vec<Problem>),
}

impl Error {
    /// One usage problem.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(vec![Problem::new(message)])
    }

    /// One reason why nothing can be decided.
    pub fn undecided(message: impl Into<String>) -> Self {
        Self::Undecided(vec![Problem::new(message)])
    }

    /// The same error with a fix for its last problem.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        let (Self::Usage(problems) | Self::Undecided(problems)) = &mut self;
        if let Some(problem) = problems.last_mut() {
            problem.fix = Some(fix.into());
        }
        self
    }

    /// The problems.
    pub fn problems(&self) -> &[Problem] {
        let (Self::Usage(problems) | Self::Undecided(problems)) = self;
        problems
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        let rule = match self {
            Self::Usage(_) => "usage",
            Self::Undecided(_) => "undecided",
        };
        self.problems()
            .iter()
            .map(|problem| problem.finding(rule))
            .collect()
    }
}

fn list(problems: &[Problem]) -> String {
    let texts: Vec<_> = problems.iter().map(Problem::to_string).collect();
    texts.join("; ")
}

impl From<pipeline_config::ConfigError> for Error {
    fn from(error: pipeline_config::ConfigError) -> Self {
        let place = match &error {
            pipeline_config::ConfigError::Content { path, position, .. } => {
                Some(position.map_or_else(
                    || Place::file(path),
                    |position| Place::line(path, position.line).column(position.column),
                ))
            }
            _ => None,
        };
        let message = match error {
            pipeline_config::ConfigError::Content { message, .. } => message,
            other => other.to_string(),
        };
        Self::Usage(vec![Problem::new(message).at(place)])
    }
}
