//! The edge: reads the build, measures, and hands the facts to the decision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use build_output::BuildOutput;
use gate::{Context, Error, Problem, Report};
use pipeline_config::Section;
use verdict::{Evidence, EvidenceState, Source};

use crate::decide::decide;
use crate::facts::Facts;
use crate::gather::{file, files, modules, routes, scripts, size_of};
use crate::inputs::Inputs;
use crate::modules::ModuleName;
use crate::next::Build;
use crate::pattern::{RoutePattern, glob};
use crate::policy::Policy;
use crate::size::measure;
use crate::{integrity, next};

/// Where a build is digested unless said otherwise, relative to the app.
const BUILD_OUTPUT: &str = ".vercel/output";

/// Runs the gate.
pub(crate) fn run(
    inputs: &Inputs,
    section: &Section<Policy>,
    context: &Context,
) -> Result<Report, Error> {
    check(section)?;
    // Collected anew, so that `.` leaves no trace in what is shown.
    let app: PathBuf = context
        .path(inputs.app.as_deref().unwrap_or(Path::new("")))
        .components()
        .collect();
    if !app.is_dir() {
        return Err(Error::usage(format!(
            "app {} does not exist",
            context.display(&app)
        )));
    }
    let build = open(&app, section, context)?;
    let output = output(inputs, &app, context)?;
    let matched = files(&app, section, context)?;
    let scripts = build
        .as_ref()
        .map(|build| scripts(build, context))
        .transpose()?
        .unwrap_or_default();
    let missing = build.as_ref().map(integrity::missing).unwrap_or_default();

    let mut wanted: BTreeSet<PathBuf> = matched.iter().flatten().cloned().collect();
    wanted.extend(scripts.iter().cloned());
    if let Some(build) = &build {
        let named = build.routes.iter().flat_map(|route| {
            route
                .first
                .iter()
                .chain(route.page.iter().flat_map(|page| &page.scripts))
        });
        let present = named.filter(|chunk| !missing.contains_key(*chunk));
        wanted.extend(present.map(|chunk| build.folder.path(chunk.as_str())));
    }
    let sizes =
        measure(wanted.into_iter().collect()).map_err(|error| undecided(&error, context))?;

    let mut facts = Facts {
        total_js: scripts.iter().map(|path| size_of(&sizes, path)).sum(),
        files: matched
            .iter()
            .map(|paths| paths.iter().map(|path| file(path, &app, &sizes)).collect())
            .collect(),
        ..Facts::default()
    };
    if let Some(build) = &build {
        facts.broken = integrity::of_missing(&missing, build);
        if let Some(output) = &output {
            let lacking = integrity::of_output(output, build);
            facts
                .broken
                .extend(lacking.map_err(|error| undecided(&error, context))?);
        }
        facts.routes = routes(
            build,
            &sizes,
            &missing,
            modules(build, &scripts, section, &app, context)?,
            context,
        );
    }
    if facts.routes.is_empty() && facts.files.iter().all(Vec::is_empty) {
        return Err(Error::undecided(
            "nothing to measure: the build has no routes, and no file rule is set",
        )
        .fix("check that `next build` built the app, and `bundle: files` for other builds"));
    }
    let decision = decide(&facts, section);
    let mut draft = decision.draft;
    draft.evidence = evidence(build.as_ref(), context);
    let mut report = Report::new(draft)
        .output("routes", decision.routes)
        .output("total-js", decision.total_js);
    if let Some(bytes) = decision.first_load_max {
        report = report.output("first-load-max", bytes);
    }
    if let Some(output) = output {
        let digest = output.digest();
        report = report.output("digest", &digest);
        report.draft = report.draft.digest(digest);
    }
    Ok(report)
}

/// Every pattern and name of the config, all mistakes together.
fn check(section: &Section<Policy>) -> Result<(), Error> {
    let mut problems = Vec::new();
    for rule in &section.values.routes {
        if let Err(reason) = RoutePattern::new(&rule.route.value) {
            problems.push(Problem::new(reason).at(section.place(&rule.route)));
        }
        for module in rule.deny.iter().chain(&rule.lazy) {
            if let Err(reason) = ModuleName::new(&module.value) {
                problems.push(Problem::new(reason).at(section.place(module)));
            }
        }
    }
    for rule in &section.values.files {
        if let Err(reason) = glob(&rule.path.value) {
            let message = format!("glob `{}`: {reason}", rule.path.value);
            problems.push(Problem::new(message).at(section.place(&rule.path)));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Usage(problems))
    }
}

/// The Next.js build. There may be none only where the policy is about files alone.
fn open(app: &Path, section: &Section<Policy>, context: &Context) -> Result<Option<Build>, Error> {
    match Build::open(app) {
        Ok(build) => Ok(Some(build)),
        Err(next::Error::Missing(_))
            if !section.values.files.is_empty() && section.values.routes.is_empty() =>
        {
            Ok(None)
        }
        Err(error) => Err(undecided(&error, context).fix(error.fix())),
    }
}

fn output(inputs: &Inputs, app: &Path, context: &Context) -> Result<Option<BuildOutput>, Error> {
    let folder = match &inputs.build_output {
        Some(given) => context.path(given),
        None => app.join(BUILD_OUTPUT),
    };
    if inputs.build_output.is_none() && !folder.is_dir() {
        return Ok(None);
    }
    BuildOutput::open(&folder)
        .map(Some)
        .map_err(|error| undecided(&error, context))
}

/// An error of the evidence, with paths as people know them.
pub(crate) fn undecided(error: &dyn std::fmt::Display, context: &Context) -> Error {
    let here = format!("{}/", context.working_directory.display());
    Error::undecided(error.to_string().replace(&here, ""))
}

fn evidence(build: Option<&Build>, context: &Context) -> Vec<Evidence> {
    let files = build
        .map(|build| build.folder.evidence())
        .unwrap_or_default();
    let version = build.and_then(|build| build.version.as_ref());
    files
        .into_iter()
        .map(|file| Evidence {
            source: Source::Path(context.display(&file.path)),
            sha256: Some(file.sha256.hex().to_owned()),
            bytes: Some(file.bytes),
            state: EvidenceState::Clean,
            note: version.map(|version| format!("of a build by Next.js {version}")),
        })
        .collect()
}
