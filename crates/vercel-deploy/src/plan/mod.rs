//! What inputs and config mean together. Every contradiction is reported, not only the first.

mod limits;
mod rules;

use std::{path::PathBuf, time::Duration};

use gate::Problem;
use pipeline_config::{Located, Section};

use crate::{
    inputs::{Archive, GithubDeployment, Inputs, Mode},
    policy::Deploy,
};

pub(crate) use limits::{RollingPlan, WarmPlan};

const DEFAULT_OUTPUT: &str = ".vercel/output";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

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

/// What is deployed, and how it has to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A build output.
    Output(PathBuf),
    /// A plain folder, and the config.json for it.
    Static {
        folder: PathBuf,
        config: Option<PathBuf>,
    },
    /// Sources.
    Source(PathBuf),
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) mode: Mode,
    pub(crate) environment: Environment,
    pub(crate) origin: Origin,
    /// Whether the build's bytes were named, and so must agree with everything else.
    pub(crate) origin_given: bool,
    /// Relative to the repository, with `/`.
    pub(crate) root_directory: Option<String>,
    pub(crate) archive: Archive,
    pub(crate) meta: Vec<(String, String)>,
    pub(crate) staged: bool,
    /// Id or host.
    pub(crate) deployment: Option<String>,
    pub(crate) record: Option<PathBuf>,
    pub(crate) allow_rebuild: bool,
    /// Hosts; empty means the project's.
    pub(crate) domains: Vec<String>,
    pub(crate) timeout: Duration,
    pub(crate) rolling: RollingPlan,
    pub(crate) warm: WarmPlan,
    pub(crate) github: bool,
    pub(crate) dry_run: bool,
}

impl Plan {
    /// Checks inputs and config.
    pub(crate) fn new(inputs: Inputs, config: &Section<Deploy>) -> Result<Self, Vec<Problem>> {
        let policy = &config.values;
        let mode = inputs.mode.unwrap_or_default();
        let mut problems = rules::contradictions(&inputs, mode);
        let domains = domains(&inputs, config, mode, &mut problems);
        let rolling = limits::rolling(&inputs, config, &mut problems);
        let warm = limits::warm(&inputs, config, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let environment = inputs
            .environment
            .as_deref()
            .unwrap_or(rules::default_environment(mode));
        Ok(Self {
            mode,
            environment: Environment::new(environment, policy),
            origin_given: inputs.output_dir.is_some()
                || inputs.static_dir.is_some()
                || inputs.record.is_some(),
            origin: match (inputs.static_dir, inputs.source_dir) {
                (Some(folder), _) => Origin::Static {
                    folder,
                    config: inputs.static_config,
                },
                (None, Some(folder)) => Origin::Source(folder),
                (None, None) => {
                    Origin::Output(inputs.output_dir.unwrap_or_else(|| DEFAULT_OUTPUT.into()))
                }
            },
            root_directory: inputs
                .root_directory
                .map(|path| path.trim_matches('/').to_owned()),
            archive: inputs.archive.or(policy.archive).unwrap_or_default(),
            meta: inputs
                .meta
                .iter()
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.trim().to_owned(), value.to_owned()))
                .collect(),
            staged: inputs.staged,
            deployment: inputs.deployment.as_deref().and_then(host),
            record: inputs.record,
            allow_rebuild: inputs.allow_rebuild,
            domains,
            timeout: inputs
                .timeout
                .or(policy.timeout)
                .map_or(DEFAULT_TIMEOUT, |timeout| timeout.duration()),
            rolling,
            warm,
            github: inputs.github_deployment.unwrap_or_default() == GithubDeployment::Auto,
            dry_run: inputs.dry_run,
        })
    }
}

fn domains(
    inputs: &Inputs,
    config: &Section<Deploy>,
    mode: Mode,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let given: Vec<_> = inputs
        .domains
        .iter()
        .cloned()
        .map(Located::nowhere)
        .collect();
    // The config names production's domains: the very ones that alias must not touch.
    let chosen = if given.is_empty() && mode != Mode::Alias {
        &config.values.domains
    } else {
        &given
    };
    let mut domains = Vec::new();
    for domain in chosen {
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
    domains
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
#[path = "tests.rs"]
mod tests;
