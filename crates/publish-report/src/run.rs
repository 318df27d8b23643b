//! The gate: reads the verdicts, asks GitHub where they belong, posts.

use gate::{Context, Draft, Error, FoundVerdicts, Gate, OutputSpec, Problem, Report, SecretSpec};
use github_client::{Client, Options};
use http_client::Secret;
use pipeline_config::Section;
use verdict::{Conclusion, Evidence, Finding};

use crate::diff;
use crate::fetch;
use crate::inputs::Inputs;
use crate::plan::{Plan, plan};
use crate::policy::{Policy, ReportConfig};
use crate::selection::{Selection, select};
use crate::surfaces::{Posted, post};
use crate::target::{self, Whose};

/// The gate.
#[derive(Debug)]
pub struct PublishReport;

const fn output(name: &'static str, description: &'static str) -> OutputSpec {
    OutputSpec { name, description }
}

impl Gate for PublishReport {
    const NAME: &'static str = "publish-report";
    const ABOUT: &'static str = "Shows a run's verdicts as one comment and one check run";
    const SECTION: &'static str = "report";
    const OUTPUTS: &'static [OutputSpec] = &[
        output("comment-url", "The comment; empty when there is none."),
        output("check-run-id", "The check run; empty when there is none."),
        output(
            "overall",
            "The worst conclusion of all verdicts: pass, warn, fail, pending or error.",
        ),
    ];
    const SECRETS: &'static [SecretSpec] = &[SecretSpec {
        name: "GITHUB_TOKEN",
        description: "Reads the run and its artifacts; writes the comment and the check run.",
    }];
    type Inputs = Inputs;
    type Config = ReportConfig;

    async fn run(
        inputs: Inputs,
        config: Section<ReportConfig>,
        context: &Context,
    ) -> Result<Report, Error> {
        // The run keeps the page, when there is one.
        let run = context.runner.run.as_ref().filter(|_| context.html);
        let run_url = run.map(|run| run.url.as_str());
        let policy = Policy::new(&inputs, &config.values, run_url);
        let github = client(context)?;
        match publish(&inputs, &policy, &github, context).await {
            Err(Error::Undecided(problems)) => Ok(undecided(&problems)),
            answer => answer,
        }
    }
}

fn client(context: &Context) -> Result<Client, Error> {
    let mut problems = Vec::new();
    let repository = context.runner.repository.as_ref();
    if repository.is_none() {
        let problem = Problem::new("no repository is known");
        problems.push(problem.fix("run it in a workflow, or set GITHUB_REPOSITORY"));
    }
    let token = context.secret("GITHUB_TOKEN").map(Secret::new);
    if token.is_none() {
        let problem = Problem::new("GITHUB_TOKEN is not set");
        problems.push(problem.fix("pass `env: GITHUB_TOKEN: ${{ github.token }}`"));
    }
    let (Some(repository), Some(token)) = (repository, token) else {
        return Err(Error::Usage(problems));
    };
    Client::new(&Options::new(&context.runner.api_url, repository, token))
        .map_err(|error| Error::usage(error.to_string()))
}

async fn publish(
    inputs: &Inputs,
    policy: &Policy,
    github: &Client,
    context: &Context,
) -> Result<Report, Error> {
    let found = evidence(inputs, github, context).await?;
    let evidence: Vec<Evidence> = found
        .verdicts
        .iter()
        .map(|found| found.evidence.clone())
        .collect();
    let finding_target = target::find(github, context, inputs);
    let target = context
        .progress
        .during("asking GitHub", finding_target)
        .await?;
    let selection = select(found, &target, &github.repository());
    let asking = diff::of(github, &selection, &target);
    let diff = context.progress.during("asking what changed", asking).await;
    let plan = plan(policy, &selection, &target, diff.as_ref());
    let mut posted = if policy.dry_run {
        pretend(&plan)
    } else {
        let posting = post(github, &plan, &policy.author, target.run);
        context.progress.during("posting", posting).await
    };
    if let Some(warning) = target.warning {
        let text = format!("the pull request cannot be looked up: {warning}");
        posted.warnings.push(Finding::warning("surface", text));
    }
    Ok(report(posted, &selection, evidence).showing(selection.shown))
}

/// The verdicts: from a folder, or from the artifacts of the run.
async fn evidence(
    inputs: &Inputs,
    github: &Client,
    context: &Context,
) -> Result<FoundVerdicts, Error> {
    let run = match target::whose(context, inputs) {
        _ if !inputs.verdicts.is_empty() => return context.read_verdicts(&inputs.verdicts),
        Whose::Other(id) => id,
        Whose::Ours if inputs.artifacts.is_empty() => return context.read_verdicts(&[]),
        Whose::Ours => match &context.runner.run {
            Some(run) => run.id,
            None => return Err(Error::usage("no run is known").fix("pass `run-id`")),
        },
    };
    let names = fetch::patterns(&inputs.artifacts)?;
    let fetching = fetch::fetch(github, run, &names);
    context
        .progress
        .during("downloading verdicts", fetching)
        .await
}

fn pretend(plan: &Plan) -> Posted {
    let mut done = Vec::new();
    for comment in &plan.comments {
        let length = comment.body.chars().count();
        done.push(format!(
            "would comment on #{} ({length} characters)",
            comment.pull
        ));
    }
    if let Some(check) = &plan.check_run {
        let count = check.annotations.len();
        done.push(format!(
            "would set check run {} ({count} annotations)",
            check.name
        ));
    }
    Posted {
        done,
        ..Posted::default()
    }
}

fn report(posted: Posted, selection: &Selection, evidence: Vec<Evidence>) -> Report {
    let overall = selection.overall();
    let done = if posted.done.is_empty() {
        "nothing was posted".to_owned()
    } else {
        posted.done.join("; ")
    };
    let refused = selection.refused.len();
    let (conclusion, title) = if refused > 0 {
        let title = format!("{refused} file(s) or verdict(s) were refused; {done}");
        (Conclusion::Error, title)
    } else if selection.complete {
        (Conclusion::Pass, format!("overall {overall}: {done}"))
    } else {
        (Conclusion::Error, format!("no verdict is there; {done}"))
    };
    let mut findings = posted.warnings;
    findings.extend(selection.refused.iter().map(problem_finding));
    if !selection.complete {
        let finding = Finding::error("undecided", "no verdict of the commit is there");
        findings
            .push(finding.fix("upload each gate's verdict as an artifact `verdict-…` of the run"));
    }
    let draft = Draft::new(conclusion, title)
        .findings(gate::worst_findings(findings))
        .evidence(evidence);
    Report::new(draft)
        .output("comment-url", posted.comment_url.unwrap_or_default())
        .output(
            "check-run-id",
            posted
                .check_run
                .map_or_else(String::new, |id| id.to_string()),
        )
        .output("overall", overall)
}

fn undecided(problems: &[Problem]) -> Report {
    let title = match problems {
        [only] => format!("could not publish: {}", only.message),
        many => format!("could not publish: {} problems", many.len()),
    };
    let findings = problems.iter().map(problem_finding).collect();
    Report::new(Draft::new(Conclusion::Error, title).findings(findings))
        .output("overall", Conclusion::Error)
}

fn problem_finding(problem: &Problem) -> Finding {
    let finding = Finding::error("undecided", &problem.message);
    match &problem.fix {
        Some(fix) => finding.fix(fix),
        None => finding,
    }
}
