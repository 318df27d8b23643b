//! The five answers a gate can give, and how answers add up.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A gate's answer. Ordered from best to worst, so the worst of several is their maximum.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Everything was checked and is within policy.
    Pass,
    /// Within policy, with something a person should look at.
    Warn,
    /// Not decided yet: somebody still has to act.
    Pending,
    /// Outside policy.
    Fail,
    /// Could not be decided: evidence is missing or broken, a tool crashed, an API did not answer.
    Error,
}

impl Conclusion {
    /// Every conclusion, best first.
    pub const ALL: [Self; 5] = [
        Self::Pass,
        Self::Warn,
        Self::Pending,
        Self::Fail,
        Self::Error,
    ];

    /// The word used in JSON, outputs and text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Pending => "pending",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }

    /// Whether a pipeline may go on: `pass` and `warn` only.
    pub const fn allows(self) -> bool {
        matches!(self, Self::Pass | Self::Warn)
    }

    /// The worst of several conclusions; nothing at all is an [`Conclusion::Error`], because a gate
    /// that checked nothing has not passed.
    pub fn worst(conclusions: impl IntoIterator<Item = Self>) -> Self {
        conclusions.into_iter().max().unwrap_or(Self::Error)
    }
}

impl fmt::Display for Conclusion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Conclusion::{self, Error, Fail, Pass, Pending, Warn};

    #[test]
    fn worst_follows_the_order_and_nothing_is_an_error() {
        assert_eq!(Conclusion::worst([Pass, Warn, Pass]), Warn);
        assert_eq!(Conclusion::worst([Pending, Fail]), Fail);
        assert_eq!(Conclusion::worst([Fail, Error, Pass]), Error);
        assert_eq!(Conclusion::worst([]), Error);
    }

    #[test]
    fn only_pass_and_warn_allow() {
        let allowing: Vec<_> = Conclusion::ALL.into_iter().filter(|c| c.allows()).collect();
        assert_eq!(allowing, [Pass, Warn]);
    }

    #[test]
    fn the_word_is_the_json_form() {
        for conclusion in Conclusion::ALL {
            let json = serde_json::to_string(&conclusion).unwrap();
            assert_eq!(json, format!("\"{conclusion}\""));
        }
    }
}
