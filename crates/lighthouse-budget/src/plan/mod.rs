//! What inputs, section and peers' files say together: which pages are measured and how. All mistakes are found at once.

mod pages;

use gate::{Error, Problem};
use pipeline_config::Section;
use url::Url;

use crate::extended::Extended;
use crate::inputs::Inputs;
use crate::lhci::Js;
use crate::measure::Measure;
use crate::policy::{Compat, Policy, Profile};
use pages::Pages;

/// Settled.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Pages to measure; none when there are reports.
    pub urls: Vec<Url>,
    /// Globs of reports, when there are no pages to measure.
    pub reports: Vec<String>,
    /// The base to compare with.
    pub base: Option<Url>,
    /// As which devices.
    pub profiles: Vec<Profile>,
    /// How often.
    pub runs: u8,
    /// Whether lighthouse-ci's results are given.
    pub compat: bool,
    /// Audits left out.
    pub skip_audits: Vec<String>,
    /// Settings of a lighthouserc for Lighthouse, as JSON.
    pub settings: Option<String>,
    /// Header values in them.
    pub secrets: Vec<String>,
    /// For Chrome.
    pub chrome_flags: Vec<String>,
}

/// What `ci.collect` may say that is left to others, and to whom.
const ELSEWHERE: [(&str, &str); 5] = [
    (
        "startServerCommand",
        "start the server in a step before, and give its address as `url`",
    ),
    (
        "staticDistDir",
        "serve the folder in a step before, and give its address as `url`",
    ),
    (
        "puppeteerScript",
        "log in before, or measure with Lighthouse's own flows and give the reports",
    ),
    (
        "puppeteerLaunchOptions",
        "give Chrome's flags as `chrome-flags`",
    ),
    (
        "isSinglePageApplication",
        "serve the folder in a step before",
    ),
];

/// Settles everything, or says all that is wrong.
pub(crate) fn settle(
    inputs: &Inputs,
    section: &Section<Policy>,
    extended: &[Extended],
) -> Result<Plan, Error> {
    let mut problems = Vec::new();
    let policy = &section.values;
    let compat = inputs.compat.or(policy.compat) == Some(Compat::Lhci);
    let collect = |key: &str| {
        extended
            .iter()
            .find_map(|file| file.written.get(key).filter(|value| value.truthy()))
    };
    let Pages {
        urls,
        reports,
        base,
    } = pages::settle(inputs, policy, texts(collect("url")), compat, &mut problems);
    if !urls.is_empty() {
        for (key, fix) in ELSEWHERE {
            if collect(key).is_some() {
                problems.push(Problem::new(format!("ci.collect.{key} is not done here")).fix(fix));
            }
        }
    }
    limits(section, &mut problems);
    let settings = collect("settings").cloned();
    let desktop = settings
        .as_ref()
        .and_then(|settings| settings.get("preset"))
        .and_then(Js::text)
        == Some("desktop");
    let profiles = [&inputs.profile, &policy.profiles]
        .into_iter()
        .find(|profiles| !profiles.is_empty())
        .cloned()
        .unwrap_or_else(|| {
            vec![if desktop {
                Profile::Desktop
            } else {
                Profile::Mobile
            }]
        });
    let their_runs = match collect("numberOfRuns") {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        Some(Js::Number(runs)) if (1.0..=25.0).contains(runs) => Some(*runs as u8),
        Some(_) if !urls.is_empty() => {
            problems.push(Problem::new("ci.collect.numberOfRuns: 1 to 25 is needed"));
            None
        }
        _ => None,
    };
    let ours = policy.runs.position.map(|_| policy.runs.value);
    let chrome_flags = [policy.chrome_flags.as_slice(), &inputs.chrome_flags].concat();
    if problems.is_empty() {
        Ok(Plan {
            urls,
            reports,
            base,
            profiles,
            runs: inputs
                .runs
                .or(ours)
                .or(their_runs)
                .unwrap_or(policy.runs.value),
            compat,
            skip_audits: inputs.skip_audit.clone(),
            secrets: settings.as_ref().map(header_values).unwrap_or_default(),
            chrome_flags: [
                chrome_flags,
                settings.as_ref().map(flags).unwrap_or_default(),
            ]
            .concat(),
            settings: settings.map(|settings| for_lighthouse(&settings)),
        })
    } else {
        Err(Error::Usage(problems))
    }
}

fn texts(value: Option<&Js>) -> Vec<String> {
    match value {
        Some(Js::Text(text)) => vec![text.clone()],
        Some(Js::Array(items)) => items
            .iter()
            .filter_map(Js::text)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// Chrome is ours, so its flags come to us.
fn flags(settings: &Js) -> Vec<String> {
    match settings.get("chromeFlags") {
        Some(Js::Text(flags)) => flags.split_whitespace().map(str::to_owned).collect(),
        other => texts(other),
    }
}

/// The settings without those that we set ourselves.
fn for_lighthouse(settings: &Js) -> String {
    let kept = settings
        .entries()
        .unwrap_or_default()
        .iter()
        .filter(|(key, _)| {
            ![
                "chromeFlags",
                "preset",
                "port",
                "hostname",
                "output",
                "outputPath",
            ]
            .contains(&key.as_str())
        });
    Js::Object(kept.cloned().collect()).to_json()
}

fn header_values(settings: &Js) -> Vec<String> {
    let headers = settings
        .get("extraHeaders")
        .and_then(Js::entries)
        .unwrap_or_default();
    headers
        .iter()
        .filter_map(|(_, value)| value.text())
        .map(str::to_owned)
        .collect()
}

fn limits(section: &Section<Policy>, problems: &mut Vec<Problem>) {
    let runs = &section.values.runs;
    if !(1..=25).contains(&runs.value) {
        problems.push(
            Problem::new(format!("runs is {}: 1 to 25 is needed", runs.value))
                .at(section.place(runs)),
        );
    }
    for measure in Measure::ALL {
        let Some(limit) = measure.limit(&section.values.budgets) else {
            continue;
        };
        let most = if measure.is_score() { 100.0 } else { f64::MAX };
        if !(0.0..=most).contains(&limit.value) {
            let accepted = if measure.is_score() {
                "0 to 100"
            } else {
                "a number of 0 or more"
            };
            let message = format!("{} is {}: {accepted} is needed", measure.key(), limit.value);
            problems.push(Problem::new(message).at(section.place(&limit)));
        }
    }
}
