//! The edge: reads the builds, measures, and hands the facts to the decision.

use std::path::{Path, PathBuf};

use build_output::BuildOutput;
use gate::{Context, Error, Problem, Report};
use pipeline_config::Section;
use verdict::{Evidence, EvidenceState, Finding, Source};

use crate::baseline::{self, Baseline, Found, Places};
use crate::decide::{Decision, decide, together};
use crate::gather::{self, Earlier, gather};
use crate::inputs::Inputs;
use crate::peers;
use crate::policy::{App, Policy};
use crate::site::{self, Build, FrameworkName};
use crate::terms::{Peers, Terms};

/// Where a build is digested unless said otherwise, relative to the app.
const BUILD_OUTPUT: &str = ".vercel/output";

/// An app to look at.
struct Target<'a> {
    name: &'a str,
    folder: PathBuf,
    framework: FrameworkName,
    terms: Terms<'a>,
}

/// Runs the gate.
pub(crate) async fn run(
    inputs: &Inputs,
    section: &Section<Policy>,
    context: &Context,
) -> Result<Report, Error> {
    let (targets, mut evidence) = targets(inputs, section, context)?;
    let places = Places {
        file: inputs.baseline.as_deref(),
        artifact: inputs.baseline_artifact.as_deref(),
    };
    let found = baseline::find(places, context).await;
    let known = found.known();
    let mut next = Baseline::new(context.subject.sha.as_ref().map(ToString::to_string));
    let mut decisions = Vec::new();
    let mut digest = None;
    let single = targets.len() == 1;
    for target in &targets {
        let build = open(target, context)?;
        let output = output(inputs, target, single, context)?;
        let app = gather::App {
            folder: &target.folder,
            build: build.as_ref(),
            output: output.as_ref(),
        };
        let earlier = Earlier {
            known: &known,
            base: found.of(target.name),
            write: inputs.write_baseline.is_some(),
        };
        let gathered = gather(&app, &target.terms, earlier, context)?;
        if gathered.facts.routes.is_empty() && gathered.facts.files.iter().all(Vec::is_empty) {
            return Err(Error::undecided(format!(
                "nothing to measure in {}: the build has no routes, and no file rule is set",
                context.display(&target.folder)
            ))
            .fix("check that the app was built, and `bundle: files` for other builds"));
        }
        decisions.push((
            target.name.to_owned(),
            decide(&gathered.facts, &target.terms),
        ));
        evidence.extend(build.iter().flat_map(|build| read_of(build, context)));
        next.apps.insert(target.name.to_owned(), gathered.stored);
        next.contents.extend(gathered.contents);
        if single {
            digest = output.map(|output| output.digest());
        }
    }
    if let Some(path) = &inputs.write_baseline {
        let path = context.path(path);
        baseline::write(&path, &next).map_err(|error| {
            Error::undecided(format!(
                "write the baseline {}: {error}",
                context.display(&path)
            ))
        })?;
    }
    let (mut draft, all) = together(decisions);
    draft.findings.extend(about(&found));
    draft.evidence = evidence;
    if let Found::Here { evidence, .. } = found {
        draft.evidence.push(evidence);
    }
    Ok(report(draft, &all, digest))
}

fn report(draft: gate::Draft, all: &Decision, digest: Option<verdict::Digest>) -> Report {
    let mut report = Report::new(draft)
        .output("routes", all.routes)
        .output("total-js", all.total_js);
    if let Some((bytes, _)) = &all.first_load_max {
        report = report.output("first-load-max", bytes);
    }
    if let Some(digest) = digest {
        report = report.output("digest", &digest);
        report.draft = report.draft.digest(digest);
    }
    report
}

/// The apps with their terms; every mistake of config and inputs is in the error.
fn targets<'a>(
    inputs: &Inputs,
    section: &'a Section<Policy>,
    context: &Context,
) -> Result<(Vec<Target<'a>>, Vec<Evidence>), Error> {
    let policy = &section.values;
    let mut problems = Vec::new();
    let written = policy
        .peer_configs
        .iter()
        .map(|path| context.path(&path.value));
    let given = inputs.peer_config.iter().map(|path| context.path(path));
    let paths: Vec<PathBuf> = written.chain(given).collect();
    let one = inputs.app.is_some() || policy.apps.is_empty();
    if !paths.is_empty() && !one {
        problems.push(Problem::new(
            "`peer-configs` is for one app: run the gate once per app, with `app` and `instance`",
        ));
    }
    let (peers, evidence) = match peers::read(&paths, context) {
        Ok(read) => read,
        Err(Error::Usage(found)) => {
            problems.extend(found);
            (Peers::default(), Vec::new())
        }
        Err(error) => return Err(error),
    };
    let framework = inputs.framework.unwrap_or_default();
    let mut peers = Some(peers);
    let mut targets = Vec::new();
    let mut add = |name: &'a str,
                   app: Option<&'a App>,
                   folder: &Path,
                   framework,
                   problems: &mut Vec<Problem>| {
        // Collected anew, so that `.` leaves no trace in what is shown.
        let folder: PathBuf = context.path(folder).components().collect();
        if !folder.is_dir() {
            let place = app.and_then(|app| section.place(&app.dir));
            problems.push(
                Problem::new(format!("app {} does not exist", context.display(&folder))).at(place),
            );
        }
        match Terms::new(section, app, peers.take().unwrap_or_default()) {
            Ok(terms) => targets.push(Target {
                name,
                folder,
                framework,
                terms,
            }),
            Err(found) => problems.extend(found),
        }
    };
    if one {
        add(
            "",
            None,
            inputs.app.as_deref().unwrap_or(Path::new("")),
            framework,
            &mut problems,
        );
    } else {
        for app in &policy.apps {
            add(
                &app.name.value,
                Some(app),
                Path::new(&app.dir.value),
                app.framework,
                &mut problems,
            );
        }
    }
    let names: Vec<&str> = policy
        .apps
        .iter()
        .map(|app| app.name.value.as_str())
        .collect();
    for (at, app) in policy.apps.iter().enumerate() {
        if names.iter().take(at).any(|name| *name == app.name.value) {
            problems.push(
                Problem::new(format!("two apps are called `{}`", app.name.value))
                    .at(section.place(&app.name)),
            );
        }
    }
    // Several apps share the common rules: what is wrong there is wrong once.
    let mut told: Vec<Problem> = Vec::new();
    for problem in problems {
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    if told.is_empty() {
        Ok((targets, evidence))
    } else {
        Err(Error::Usage(told))
    }
}

/// The build of an app. There may be none only where the policy is about files alone.
fn open(target: &Target<'_>, context: &Context) -> Result<Option<Build>, Error> {
    let files_alone = !target.terms.files.is_empty()
        && target.terms.rules.is_empty()
        && target.terms.routes.is_empty();
    match site::open(&target.folder, target.framework) {
        Ok(build) => Ok(build),
        Err(error)
            if error.is_absent() && files_alone && target.framework == FrameworkName::Auto =>
        {
            Ok(None)
        }
        Err(error) => Err(undecided(&error, context).fix(error.fix())),
    }
}

fn output(
    inputs: &Inputs,
    target: &Target<'_>,
    single: bool,
    context: &Context,
) -> Result<Option<BuildOutput>, Error> {
    let given = inputs.build_output.as_ref().filter(|_| single);
    let folder = match given {
        Some(given) => context.path(given),
        None => target.folder.join(BUILD_OUTPUT),
    };
    if given.is_none() && !folder.join("config.json").is_file() {
        return Ok(None);
    }
    BuildOutput::open(&folder)
        .map(Some)
        .map_err(|error| undecided(&error, context))
}

/// What is to be said about the baseline itself.
fn about(found: &Found) -> Option<Finding> {
    match found {
        Found::NotAsked => None,
        Found::Here { place, baseline, .. } => baseline
            .commit
            .as_ref()
            .map(|commit| Finding::notice("baseline", format!("compared with {place}, built from {commit}"))),
        Found::Unusable { place, reason } => Some(
            Finding::notice("no-baseline", format!("no baseline in {place}: {reason}; nothing is compared"))
                .fix("the first run on the main branch writes one (`write-baseline`); keep it as an artifact (`baseline-artifact`) or in a cache"),
        ),
    }
}

/// An error of the evidence, with paths as people know them.
pub(crate) fn undecided(error: &dyn std::fmt::Display, context: &Context) -> Error {
    let here = context.working_directory.display().to_string();
    let text = error.to_string().replace(&format!("{here}/"), "");
    Error::undecided(text.replace(&here, "."))
}

fn read_of(build: &Build, context: &Context) -> Vec<Evidence> {
    build
        .folder
        .evidence()
        .into_iter()
        .map(|file| Evidence {
            source: Source::Path(context.display(&file.path)),
            sha256: Some(file.sha256.hex().to_owned()),
            bytes: Some(file.bytes),
            state: EvidenceState::Clean,
            note: Some(format!("of a build by {}", build.made_by)),
        })
        .collect()
}
