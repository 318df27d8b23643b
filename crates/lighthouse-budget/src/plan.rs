//! What inputs, section and peers' files say together: which pages are measured and how. All mistakes are found at once.

use gate::{Error, Problem};
use pipeline_config::Section;
use url::Url;

use crate::extended::Extended;
use crate::inputs::Inputs;
use crate::lhci::Js;
use crate::measure::Measure;
use crate::policy::{Compat, Policy, Profile};

/// Settled.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Pages to measure; none when there are reports.
    pub urls: Vec<Url>,
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
    let written: Vec<String> = [
        inputs.url.clone(),
        policy.urls.clone(),
        texts(collect("url")),
    ]
    .into_iter()
    .find(|urls| !urls.is_empty())
    .filter(|_| inputs.report.is_empty() || !inputs.url.is_empty())
    .unwrap_or_default();
    if inputs.report.is_empty() && written.is_empty() && !compat {
        problems.push(
            Problem::new("neither report nor url is given")
                .fix("give reports to judge, or pages to measure"),
        );
    }
    if !inputs.report.is_empty() && !inputs.url.is_empty() {
        problems.push(
            Problem::new("both report and url are given")
                .fix("judge reports and measure pages in two steps"),
        );
    }
    if written.is_empty() && !inputs.skip_audit.is_empty() {
        problems.push(
            Problem::new("skip-audit is given with reports that exist already")
                .fix("leave audits out where Lighthouse runs"),
        );
    }
    if written.is_empty() && inputs.base_url.is_some() {
        problems.push(
            Problem::new("base-url is given with reports that exist already")
                .fix("give the base's reports as `baseline`, or the pages as `url`"),
        );
    }
    if inputs.base_url.is_some() && !inputs.baseline.is_empty() {
        problems.push(
            Problem::new("both base-url and baseline are given").fix("compare with one of them"),
        );
    }
    let mut page = |text: &String| match address(text) {
        Ok(url) => Some(url),
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let urls: Vec<Url> = written.iter().filter_map(&mut page).collect();
    let base = inputs.base_url.as_ref().and_then(&mut page);
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

fn address(text: &str) -> Result<Url, Problem> {
    match Url::parse(&with_scheme(text)) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none() =>
        {
            Ok(url)
        }
        Ok(_) => Err(Problem::new(format!(
            "url `{text}` is no page: http or https without user and password is needed"
        ))),
        Err(error) => Err(Problem::new(format!("url `{text}`: {error}"))
            .fix("write it like `https://app.example/page`")),
    }
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

/// Vercel names deployments without a scheme: https then, and http on this machine.
fn with_scheme(text: &str) -> String {
    if text.contains("://") {
        return text.to_owned();
    }
    let http =
        Url::parse(&format!("http://{text}")).is_ok_and(|url| http_client::is_loopback(&url));
    format!("{}://{text}", if http { "http" } else { "https" })
}

#[cfg(test)]
mod tests {
    use super::with_scheme;

    #[test]
    fn a_deployment_may_be_named_without_scheme() {
        for (text, expected) in [
            ("app-1.vercel.app", "https://app-1.vercel.app"),
            ("127.0.0.1:3000/a", "http://127.0.0.1:3000/a"),
            ("[::1]:3000", "http://[::1]:3000"),
            ("localhost:3000", "http://localhost:3000"),
            ("localhost.example", "https://localhost.example"),
            ("http://app.example", "http://app.example"),
            ("file:///etc/passwd", "file:///etc/passwd"),
        ] {
            assert_eq!(with_scheme(text), expected);
        }
    }
}
