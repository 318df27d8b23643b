//! The limits that rolling releases and warming are held to: inputs first, then the config, then defaults.

use std::time::Duration;

use gate::Problem;
use pipeline_config::{Located, Percent, Section};

use crate::{
    inputs::{Inputs, Step},
    policy::Deploy,
};

const DEFAULT_SAMPLES: u32 = 20;
/// More would be a load test.
const MOST_SAMPLES: u32 = 1000;
const DEFAULT_PATHS: u32 = 200;
/// More would be a crawl.
const MOST_PATHS: u32 = 5000;

/// How a rolling release is judged.
#[derive(Clone, Debug)]
pub(crate) struct RollingPlan {
    pub(crate) step: Step,
    pub(crate) stages: Option<Vec<Percent>>,
    pub(crate) samples: u32,
    /// 0 to 1.
    pub(crate) max_error_rate: f64,
    pub(crate) max_p95: Option<Duration>,
    /// Program and arguments.
    pub(crate) command: Option<Vec<String>>,
    pub(crate) path: String,
    pub(crate) bake: Duration,
}

/// What is warmed.
#[derive(Clone, Debug)]
pub(crate) struct WarmPlan {
    pub(crate) paths: Vec<String>,
    pub(crate) sitemap: Option<String>,
    pub(crate) most: usize,
    /// 0 to 1.
    pub(crate) min_hit_rate: f64,
}

pub(super) fn rolling(
    inputs: &Inputs,
    config: &Section<Deploy>,
    problems: &mut Vec<Problem>,
) -> RollingPlan {
    let policy = &config.values.rolling;
    let samples = inputs.samples.map(Located::nowhere).or(policy.samples);
    if let Some(samples) = samples.filter(|samples| !(1..=MOST_SAMPLES).contains(&samples.value)) {
        let text = format!("samples is {}; it is 1 to {MOST_SAMPLES}", samples.value);
        problems.push(Problem::new(text).at(config.place(&samples)));
    }
    let path = inputs.sample_path.clone().map(Located::nowhere);
    let path = path.or_else(|| policy.path.clone());
    if let Some(path) = path.as_ref().filter(|path| !path.value.starts_with('/')) {
        let text = format!("sample path `{}` does not begin with `/`", path.value);
        problems.push(Problem::new(text).at(config.place(path)));
    }
    let words =
        |text: &String| Located::nowhere(text.split_whitespace().map(str::to_owned).collect());
    let command: Option<Located<Vec<String>>> = inputs.stage_command.as_ref().map(words);
    let command = command.or_else(|| policy.command.clone());
    if let Some(command) = command.as_ref().filter(|command| command.value.is_empty()) {
        let text =
            "the command between stages is empty: write it like `[./check-canary.sh, --strict]`";
        problems.push(Problem::new(text).at(config.place(command)));
    }
    RollingPlan {
        step: inputs.step.unwrap_or_default(),
        stages: policy.stages.as_ref().map(|stages| stages.value.clone()),
        samples: samples.map_or(DEFAULT_SAMPLES, |samples| samples.value),
        max_error_rate: inputs
            .max_error_rate
            .or(policy.max_error_rate)
            .map_or(0.0, Percent::ratio),
        max_p95: inputs
            .max_p95
            .or(policy.max_p95)
            .map(|limit| limit.duration()),
        command: command.map(|command| command.value),
        path: path.map_or_else(|| "/".to_owned(), |path| path.value),
        bake: inputs
            .bake
            .or(policy.bake)
            .map_or(Duration::ZERO, |bake| bake.duration()),
    }
}

pub(super) fn warm(
    inputs: &Inputs,
    config: &Section<Deploy>,
    problems: &mut Vec<Problem>,
) -> WarmPlan {
    let policy = &config.values.warm;
    let given: Vec<_> = inputs.paths.iter().cloned().map(Located::nowhere).collect();
    let paths = if given.is_empty() {
        policy.paths.clone()
    } else {
        given
    };
    let sitemap = inputs.sitemap.clone().map(Located::nowhere);
    let sitemap = sitemap.or_else(|| policy.sitemap.clone());
    for path in paths.iter().chain(&sitemap) {
        // A query would pin or miss the cache, and another host is not the one that was promoted.
        if !path.value.starts_with('/')
            || path.value.starts_with("//")
            || path.value.contains(['#', ' '])
        {
            let text = format!(
                "`{}` is no path to warm: write it like `/pricing`",
                path.value
            );
            problems.push(Problem::new(text).at(config.place(path)));
        }
    }
    let most = inputs.max_paths.map(Located::nowhere).or(policy.max_paths);
    if let Some(most) = most.filter(|most| !(1..=MOST_PATHS).contains(&most.value)) {
        let text = format!("max-paths is {}; it is 1 to {MOST_PATHS}", most.value);
        problems.push(Problem::new(text).at(config.place(&most)));
    }
    let mut paths: Vec<String> = paths.into_iter().map(|path| path.value).collect();
    if paths.is_empty() && sitemap.is_none() {
        paths.push("/".to_owned());
    }
    WarmPlan {
        paths,
        sitemap: sitemap.map(|path| path.value),
        most: most.map_or(DEFAULT_PATHS, |most| most.value) as usize,
        min_hit_rate: inputs
            .min_hit_rate
            .or(policy.min_hit_rate)
            .map_or(1.0, Percent::ratio),
    }
}
