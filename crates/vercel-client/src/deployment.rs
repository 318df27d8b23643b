//! A deployment as Vercel shows it, and what its fields mean together.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{
    client::{Call, Vercel},
    error::Error,
};

/// Where a deployment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReadyState {
    /// Accepted.
    Queued,
    /// A builder has it.
    Initializing,
    /// Checks of the source run.
    Analyzing,
    /// Its output is being read.
    Building,
    /// Its output is being spread.
    Deploying,
    /// It answers on its own URL.
    Ready,
    /// It never will.
    Error,
    /// Stopped by request.
    Canceled,
    /// Held back by a rule of the team.
    Blocked,
    /// A state this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What production traffic a deployment has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Substate {
    /// None yet.
    Staged,
    /// It is the canary of a rolling release.
    Rolling,
    /// It serves or has served production.
    Promoted,
    /// A substate this version does not know.
    #[serde(other)]
    Unknown,
}

macro_rules! upper_case_display {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(&format!("{self:?}").to_uppercase())
            }
        }
    };
}
upper_case_display!(ReadyState);
upper_case_display!(Substate);

/// A deployment, as far as we read it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `dpl_…`.
    pub id: String,
    /// Its own host, without scheme.
    pub url: String,
    /// Where it is in its life.
    #[serde(default)]
    pub ready_state: ReadyState,
    /// What production traffic it has seen.
    #[serde(default)]
    pub ready_substate: Option<Substate>,
    /// `production`, or a custom environment's slug; `None` is a preview.
    #[serde(default)]
    pub target: Option<String>,
    /// The domains that point at it.
    #[serde(default)]
    pub alias: Vec<String>,
    /// Whether its domains were assigned. Vercel sends the time, or true.
    #[serde(default, deserialize_with = "truthy")]
    pub alias_assigned: bool,
    /// Why its domains were not assigned.
    #[serde(default)]
    pub alias_error: Option<Problem>,
    /// Why the build failed.
    #[serde(default)]
    pub error_message: Option<String>,
    /// The page with the build log.
    #[serde(default)]
    pub inspector_url: Option<String>,
    /// What was stamped on it when it was made.
    #[serde(default)]
    pub meta: BTreeMap<String, Value>,
    /// Checks of the second generation.
    #[serde(default)]
    checks: Option<BTreeMap<String, Check>>,
}

/// A code and words.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub struct Problem {
    /// Vercel's code.
    pub code: String,
    /// Vercel's words.
    pub message: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Check {
    #[serde(default)]
    state: String,
}

/// How far a deployment is from being usable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not there yet.
    Waiting,
    /// It answers and its domains are settled.
    Done,
    /// It never will; why.
    Failed(String),
}

impl Deployment {
    /// How far it is. READY alone is not done: domains are assigned afterwards, and that may fail.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let failed = |text: String| Progress::Failed(text);
        match self.ready_state {
            ReadyState::Error => {
                return failed(
                    self.error_message
                        .clone()
                        .unwrap_or_else(|| "the build failed".to_owned()),
                );
            }
            ReadyState::Canceled => return failed("it was cancelled".to_owned()),
            ReadyState::Blocked => return failed("it is blocked by a rule of the team".to_owned()),
            _ => {}
        }
        if let Some(problem) = &self.alias_error {
            return failed(format!("its domains were not assigned: {}", problem.text()));
        }
        let alias_check = self
            .checks
            .as_ref()
            .and_then(|checks| checks.get("deployment-alias"));
        if alias_check.is_some_and(|check| check.state == "failed") {
            return failed(
                "the check `deployment-alias` failed: its domains were not assigned".to_owned(),
            );
        }
        if self.ready_state == ReadyState::Ready && self.alias_assigned {
            Progress::Done
        } else {
            Progress::Waiting
        }
    }

    /// A value that was stamped on it.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.get(key)?.as_str()
    }

    /// Whether it was made for production.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.target.as_deref() == Some("production")
    }
}

impl Problem {
    fn text(&self) -> &str {
        if self.message.is_empty() {
            &self.code
        } else {
            &self.message
        }
    }
}

/// True for everything but `null`, `false` and 0.
fn truthy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => false,
        Value::Bool(value) => value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    })
}

impl Vercel {
    /// A deployment by id or by host.
    ///
    /// # Errors
    /// When there is none in this scope.
    pub async fn deployment(&self, id_or_host: &str) -> Result<Deployment, Error> {
        self.call(Call::get(&["v13", "deployments", id_or_host]))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn progress(fields: Value) -> Progress {
        let mut whole = json!({"id": "dpl_1", "url": "a.vercel.app", "readyState": "READY", "aliasAssigned": 1_700_000_000_000_i64});
        whole
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        serde_json::from_value::<Deployment>(whole)
            .unwrap()
            .progress()
    }

    #[test]
    fn ready_is_not_done_until_domains_are_settled() {
        for (fields, expected) in [
            (json!({}), Progress::Done),
            (json!({"aliasAssigned": true}), Progress::Done),
            (json!({"aliasAssigned": null}), Progress::Waiting),
            (json!({"aliasAssigned": false}), Progress::Waiting),
            (json!({"aliasAssigned": 0}), Progress::Waiting),
            (json!({"readyState": "BUILDING"}), Progress::Waiting),
            (json!({"readyState": "SOMETHING_NEW"}), Progress::Waiting),
        ] {
            assert_eq!(progress(fields.clone()), expected, "{fields}");
        }
        for (fields, words) in [
            (
                json!({"readyState": "ERROR", "errorMessage": "no lambda"}),
                "no lambda",
            ),
            (json!({"readyState": "CANCELED"}), "cancelled"),
            (json!({"readyState": "BLOCKED"}), "blocked"),
            (
                json!({"aliasError": {"code": "forbidden", "message": "not yours"}}),
                "not yours",
            ),
            (json!({"aliasError": {"code": "forbidden"}}), "forbidden"),
            (
                json!({"checks": {"deployment-alias": {"state": "failed"}}}),
                "deployment-alias",
            ),
        ] {
            let Progress::Failed(reason) = progress(fields.clone()) else {
                panic!("{fields}")
            };
            assert!(reason.contains(words), "{fields}: {reason}");
        }
    }
}
