//! What inputs and config mean together. Every contradiction is reported, not only the first.

use std::{path::PathBuf, time::Duration};

use gate::Problem;
use pipeline_config::{Located, Percent, Section};

use crate::{
    inputs::{GithubDeployment, Inputs, Mode},
    policy::Deploy,
};

const DEFAULT_OUTPUT: &str = ".vercel/output";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);
const DEFAULT_SAMPLES: u32 = 20;
/// More would be a load test.
const MOST_SAMPLES: u32 = 1000;

/// Where a build goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Preview,
    Production,
    /// A custom environment: our name for it, and Vercel's slug.
    Custom {
        name: String,
        slug: String,
    },
}

impl Environment {
    fn new(name: &str, config: &Deploy) -> Self {
        match name {
            "preview" => Self::Preview,
            "production" => Self::Production,
            name => {
                let slug = config
                    .environment_slugs
                    .get(name)
                    .map_or(name, String::as_str);
                Self::Custom {
                    name: name.to_owned(),
                    slug: slug.to_owned(),
                }
            }
        }
    }

    /// As people and GitHub call it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Preview => "preview",
            Self::Production => "production",
            Self::Custom { name, .. } => name,
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) mode: Mode,
    pub(crate) environment: Environment,
    pub(crate) output_dir: PathBuf,
    /// Whether the build's bytes were named, and so must agree with everything else.
    pub(crate) output_given: bool,
    pub(crate) staged: bool,
    /// Id or host.
    pub(crate) deployment: Option<String>,
    pub(crate) record: Option<PathBuf>,
    /// Hosts; empty means the project's.
    pub(crate) domains: Vec<String>,
    pub(crate) timeout: Duration,
    pub(crate) rolling: RollingPlan,
    pub(crate) github: bool,
    pub(crate) dry_run: bool,
}

/// How a rolling release is judged.
#[derive(Clone, Debug)]
pub(crate) struct RollingPlan {
    pub(crate) stages: Option<Vec<Percent>>,
    pub(crate) samples: u32,
    /// 0 to 1.
    pub(crate) max_error_rate: f64,
    pub(crate) path: String,
    pub(crate) bake: Duration,
}

impl Plan {
    /// Checks inputs and config.
    pub(crate) fn new(inputs: Inputs, config: &Section<Deploy>) -> Result<Self, Vec<Problem>> {
        let policy = &config.values;
        let mode = inputs.mode.unwrap_or_default();
        let mut problems = contradictions(&inputs, mode);
        let mut domains = Vec::new();
        let given = inputs.domains.into_iter().map(Located::nowhere);
        let configured = policy.domains.iter().cloned();
        let chosen: Vec<_> = if given.len() > 0 {
            given.collect()
        } else {
            configured.collect()
        };
        for domain in &chosen {
            match host(&domain.value) {
                Some(host) => domains.push(host),
                None => {
                    let text = format!(
                        "`{}` is no domain: write it like `app.example.com`",
                        domain.value
                    );
                    problems.push(Problem::new(text).at(config.place(domain)));
                }
            }
        }
        let rolling = &policy.rolling;
        let samples = inputs.samples.map(Located::nowhere).or(rolling.samples);
        if let Some(samples) =
            samples.filter(|samples| !(1..=MOST_SAMPLES).contains(&samples.value))
        {
            let text = format!("samples is {}; it is 1 to {MOST_SAMPLES}", samples.value);
            problems.push(Problem::new(text).at(config.place(&samples)));
        }
        let path = inputs
            .sample_path
            .map(Located::nowhere)
            .or_else(|| rolling.path.clone());
        if let Some(path) = path.as_ref().filter(|path| !path.value.starts_with('/')) {
            let text = format!("sample path `{}` does not begin with `/`", path.value);
            problems.push(Problem::new(text).at(config.place(path)));
        }
        let default = match mode {
            Mode::Deploy | Mode::Digest => "preview",
            Mode::Promote | Mode::Rolling | Mode::Rollback => "production",
        };
        let plan = Self {
            mode,
            environment: Environment::new(inputs.environment.as_deref().unwrap_or(default), policy),
            output_given: inputs.output_dir.is_some() || inputs.record.is_some(),
            output_dir: inputs.output_dir.unwrap_or_else(|| DEFAULT_OUTPUT.into()),
            staged: inputs.staged,
            deployment: inputs.deployment.as_deref().and_then(host),
            record: inputs.record,
            domains,
            timeout: inputs
                .timeout
                .or(policy.timeout)
                .map_or(DEFAULT_TIMEOUT, |timeout| timeout.duration()),
            rolling: RollingPlan {
                stages: rolling.stages.as_ref().map(|stages| stages.value.clone()),
                samples: samples.map_or(DEFAULT_SAMPLES, |samples| samples.value),
                max_error_rate: inputs
                    .max_error_rate
                    .or(rolling.max_error_rate)
                    .map_or(0.0, Percent::ratio),
                path: path.map_or_else(|| "/".to_owned(), |path| path.value),
                bake: inputs
                    .bake
                    .or(rolling.bake)
                    .map_or(Duration::ZERO, |bake| bake.duration()),
            },
            github: inputs.github_deployment.unwrap_or_default() == GithubDeployment::Auto,
            dry_run: inputs.dry_run,
        };
        if problems.is_empty() {
            Ok(plan)
        } else {
            Err(problems)
        }
    }
}

fn contradictions(inputs: &Inputs, mode: Mode) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |wrong: bool, message: &str, fix: &str| {
        if wrong {
            problems.push(Problem::new(message).fix(fix));
        }
    };
    let environment = inputs.environment.as_deref();
    let switches = matches!(mode, Mode::Promote | Mode::Rolling | Mode::Rollback);
    refuse(
        switches && environment.is_some_and(|name| name != "production"),
        "promote, rolling and rollback act on production",
        "leave `environment` out, or deploy the same build there with mode deploy",
    );
    refuse(
        matches!(mode, Mode::Promote | Mode::Rolling) && inputs.deployment.is_none(),
        "no `deployment` is given",
        "pass the output `deployment-id` of the staged deploy",
    );
    refuse(
        inputs
            .deployment
            .as_deref()
            .is_some_and(|text| host(text).is_none()),
        "`deployment` is neither an id nor a host",
        "write it like `dpl_…` or `app-1.vercel.app`",
    );
    refuse(
        !switches && inputs.deployment.is_some(),
        "`deployment` belongs to promote, rolling and rollback",
        "leave it out, or set `mode`",
    );
    refuse(
        inputs.staged && (mode != Mode::Deploy || environment != Some("production")),
        "only a production deploy can be `staged`",
        "set `mode: deploy` and `environment: production`",
    );
    refuse(
        inputs.record.is_some() && matches!(mode, Mode::Rollback | Mode::Digest),
        "a release record says nothing about a rollback or a digest",
        "leave `record` out",
    );
    problems
}

/// A host or id out of what people paste: with or without scheme and final slash.
fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
    let text = text.strip_suffix('/').unwrap_or(text);
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-:[]*".contains(letter);
    (!text.is_empty() && text.chars().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipeline_config::ConfigFile;

    fn plan(inputs: Inputs, config: &str) -> Result<Plan, String> {
        let section = ConfigFile::from_text("stagegate.yml", config)
            .section::<Deploy>("deploy")
            .unwrap();
        Plan::new(inputs, &section).map_err(|problems| {
            problems
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        })
    }

    #[test]
    fn an_input_wins_over_the_config_and_the_config_over_the_default() {
        let config = "deploy:\n  timeout: 5 min\n  domains: [a.example]\n  environment-slugs: {staging: qa}\n  rolling: {samples: 7, max-error-rate: 2 %}\n";
        let inputs = || Inputs {
            environment: Some("staging".to_owned()),
            ..Inputs::default()
        };
        let from_config = plan(inputs(), config).unwrap();
        assert_eq!(from_config.timeout, Duration::from_secs(300));
        assert_eq!(from_config.domains, ["a.example"]);
        assert_eq!(
            from_config.environment,
            Environment::Custom {
                name: "staging".to_owned(),
                slug: "qa".to_owned()
            }
        );
        assert_eq!(from_config.rolling.samples, 7);
        let more = Inputs {
            domains: vec!["https://b.example/".to_owned()],
            timeout: Some("30 s".parse().unwrap()),
            samples: Some(3),
            ..inputs()
        };
        let from_inputs = plan(more, config).unwrap();
        assert_eq!(from_inputs.timeout, Duration::from_secs(30));
        assert_eq!(
            (from_inputs.domains, from_inputs.rolling.samples),
            (vec!["b.example".to_owned()], 3)
        );
        let default = plan(Inputs::default(), "").unwrap();
        assert_eq!(
            (default.timeout, default.environment.name()),
            (DEFAULT_TIMEOUT, "preview")
        );
        assert_eq!(default.rolling.max_error_rate, 0.0);
    }

    #[test]
    fn all_mistakes_are_reported_together() {
        let inputs = Inputs {
            mode: Some(Mode::Promote),
            environment: Some("staging".to_owned()),
            staged: true,
            sample_path: Some("health".to_owned()),
            ..Inputs::default()
        };
        let error = plan(
            inputs,
            "deploy:\n  domains: ['a b']\n  rolling: {samples: 0}\n",
        )
        .unwrap_err();
        insta::assert_snapshot!(error, @r"
        promote, rolling and rollback act on production (fix: leave `environment` out, or deploy the same build there with mode deploy)
        no `deployment` is given (fix: pass the output `deployment-id` of the staged deploy)
        only a production deploy can be `staged` (fix: set `mode: deploy` and `environment: production`)
        stagegate.yml:2:13: `a b` is no domain: write it like `app.example.com`
        stagegate.yml:3:22: samples is 0; it is 1 to 1000
        sample path `health` does not begin with `/`
        ");
    }
}
