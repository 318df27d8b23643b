//! The team's rules: config section `approval`, with inputs on top.

use gate::{Error, Problem};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::inputs::Inputs;

/// Gates that judge the build itself: their verdicts mean nothing for other bytes.
const JUDGES_OF_THE_BUILD: [&str; 4] = [
    "bundle-budget",
    "lighthouse-budget",
    "smoke-test",
    "vercel-deploy",
];

/// Modes that are named in the documentation and not there yet.
const MODES_TO_COME: [&str; 3] = ["request", "respond", "wait"];

/// Section `approval` of stagegate.yml.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApprovalConfig {
    /// GitHub environment that is approved. Default: `production`.
    environment: Option<String>,
    /// GitHub environment the release was proved in. Default: `staging`.
    staging_environment: Option<String>,
    /// Gates that must have answered: `gate` asks for at least one verdict of the gate; name instances, `gate/instance`, to
    /// require each.
    require: Vec<String>,
    /// Gates whose verdict must carry the digest of the build. Default: all gates that judge the build.
    bound_to_digest: Option<Vec<String>>,
    /// Whether a verdict with warnings is good enough. Default: true.
    allow_warn: Option<bool>,
    /// Who may approve, as `login` or `team:slug`.
    approvers: Vec<String>,
    /// Whether somebody may approve what they made or started. Default: false.
    allow_self: Option<bool>,
    /// Whether commits count whose author has no account at GitHub, so that nobody can say it is not the approver.
    /// Default: false.
    allow_unknown_authors: Option<bool>,
    /// Whether the job runs behind the environment, so that no approval means a bypass. Default: true.
    behind_environment: Option<bool>,
}

/// The rules in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) environment: String,
    pub(crate) staging_environment: String,
    pub(crate) require: Vec<Required>,
    pub(crate) bound_to_digest: Vec<String>,
    pub(crate) allow_warn: bool,
    pub(crate) approvers: Vec<Approver>,
    pub(crate) allow_self: bool,
    pub(crate) allow_unknown_authors: bool,
    pub(crate) behind_environment: bool,
}

/// A gate that must have answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Required {
    pub(crate) gate: String,
    /// One instance; `None` asks for at least one.
    pub(crate) instance: Option<String>,
}

/// Who may approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Approver {
    User(String),
    /// A team of the repository's organisation, by slug.
    Team(String),
}

impl Policy {
    /// Puts inputs on top of the config; every mistake is reported.
    pub(crate) fn new(inputs: &Inputs, config: &ApprovalConfig) -> Result<Self, Error> {
        let mut problems = Vec::new();
        problems.extend(inputs.mode.as_deref().and_then(unknown_mode));
        let either = |input: &[String], config: &[String]| -> Vec<String> {
            let chosen = if input.is_empty() { config } else { input };
            chosen.iter().map(|text| text.trim().to_owned()).collect()
        };
        let text = |input: &Option<String>, config: &Option<String>, default: &str| {
            let given = input.as_deref().or(config.as_deref());
            given.unwrap_or(default).to_owned()
        };
        let require = either(&inputs.require, &config.require);
        if require.is_empty() {
            problems.push(
                Problem::new("no gate is required, so nothing would be proved")
                    .fix("list gates under `approval.require` or in input `require`"),
            );
        }
        let approvers = either(&inputs.approvers, &config.approvers);
        if approvers.is_empty() {
            problems.push(Problem::new("nobody may approve").fix(
                "list logins or `team:slug` under `approval.approvers` or in input `approvers`",
            ));
        }
        let approvers = approvers.iter().filter_map(|text| match approver(text) {
            Ok(approver) => Some(approver),
            Err(problem) => {
                problems.push(problem);
                None
            }
        });
        let approvers = approvers.collect();
        if !problems.is_empty() {
            return Err(Error::Usage(problems));
        }
        let default_bound: Vec<String> = JUDGES_OF_THE_BUILD.map(str::to_owned).to_vec();
        Ok(Self {
            environment: text(&inputs.environment, &config.environment, "production"),
            staging_environment: text(
                &inputs.staging_environment,
                &config.staging_environment,
                "staging",
            ),
            require: require.iter().map(|text| required(text)).collect(),
            bound_to_digest: either(
                &inputs.bound_to_digest,
                config.bound_to_digest.as_deref().unwrap_or(&default_bound),
            ),
            allow_warn: inputs.allow_warn.or(config.allow_warn).unwrap_or(true),
            approvers,
            allow_self: inputs.allow_self.or(config.allow_self).unwrap_or(false),
            allow_unknown_authors: config.allow_unknown_authors.unwrap_or(false),
            behind_environment: inputs
                .behind_environment
                .or(config.behind_environment)
                .unwrap_or(true),
        })
    }
}

fn unknown_mode(mode: &str) -> Option<Problem> {
    if mode == "evaluate" {
        return None;
    }
    let message = if MODES_TO_COME.contains(&mode) {
        format!("mode `{mode}` is not there yet: this version decides once and ends")
    } else {
        format!("mode `{mode}` is unknown")
    };
    let fix = "use `mode: evaluate` in a job with `environment:`, which GitHub holds until somebody reviews it; \
               to come: request, respond, wait";
    Some(Problem::new(message).fix(fix))
}

fn required(text: &str) -> Required {
    match text.split_once('/') {
        Some((gate, instance)) => Required {
            gate: gate.to_owned(),
            instance: Some(instance.to_owned()),
        },
        None => Required {
            gate: text.to_owned(),
            instance: None,
        },
    }
}

fn approver(text: &str) -> Result<Approver, Problem> {
    let valid = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    let name = text.trim_start_matches('@');
    match name.strip_prefix("team:") {
        Some(slug) if valid(slug) => Ok(Approver::Team(slug.to_owned())),
        None if valid(name) => Ok(Approver::User(name.to_owned())),
        _ => Err(
            Problem::new(format!("approver `{text}` is no login and no team"))
                .fix("write `login` or `team:slug`; bots cannot approve"),
        ),
    }
}

impl std::fmt::Display for Required {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.gate)?;
        match &self.instance {
            Some(instance) => write!(formatter, "/{instance}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(change: impl FnOnce(&mut Inputs)) -> Inputs {
        let mut inputs = Inputs::default();
        change(&mut inputs);
        inputs
    }

    #[test]
    fn inputs_win_over_the_config_and_the_config_over_defaults() {
        let config = ApprovalConfig {
            require: vec!["quality-gate".to_owned()],
            approvers: vec!["team:release".to_owned()],
            allow_warn: Some(false),
            environment: Some("live".to_owned()),
            ..ApprovalConfig::default()
        };
        let policy = Policy::new(&inputs(|_| {}), &config).unwrap();
        assert_eq!(
            (
                policy.environment.as_str(),
                policy.staging_environment.as_str()
            ),
            ("live", "staging")
        );
        assert!(!policy.allow_warn && !policy.allow_self && policy.behind_environment);
        assert_eq!(policy.bound_to_digest, JUDGES_OF_THE_BUILD);
        let policy = Policy::new(
            &inputs(|inputs| {
                inputs.require = vec!["smoke-test/staging".to_owned()];
                inputs.allow_warn = Some(true);
                inputs.approvers = vec!["@release-manager".to_owned()];
            }),
            &config,
        )
        .unwrap();
        assert!(policy.allow_warn);
        assert_eq!(policy.require[0].instance.as_deref(), Some("staging"));
        assert_eq!(
            policy.approvers,
            [Approver::User("release-manager".to_owned())]
        );
    }

    #[test]
    fn all_mistakes_come_together() {
        let error = Policy::new(
            &inputs(|inputs| {
                inputs.mode = Some("wait".to_owned());
                inputs.approvers = vec!["team:".to_owned(), "github-actions[bot]".to_owned()];
            }),
            &ApprovalConfig::default(),
        )
        .unwrap_err();
        let messages: Vec<_> = error
            .problems()
            .iter()
            .map(|p| p.message.as_str())
            .collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        mode `wait` is not there yet: this version decides once and ends
        no gate is required, so nothing would be proved
        approver `team:` is no login and no team
        approver `github-actions[bot]` is no login and no team
        ");
    }

    #[test]
    fn without_approvers_there_is_no_policy() {
        let config = ApprovalConfig {
            require: vec!["quality-gate".to_owned()],
            ..ApprovalConfig::default()
        };
        assert!(Policy::new(&inputs(|_| {}), &config).is_err());
    }
}
