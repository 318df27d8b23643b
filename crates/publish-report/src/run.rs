//! The gate: reads the verdicts, asks GitHub where they belong, posts.

use gate::{Context, Draft, Error, Gate, OutputSpec, Problem, Report, SecretSpec};
use github_client::{Client, Options};
use http_client::Secret;
use pipeline_config::Section;
use verdict::{Conclusion, Evidence, Finding};

use crate::inputs::Inputs;
use crate::plan::{Plan, plan};
use crate::policy::{Policy, ReportConfig};
use crate::selection::select;
use crate::surfaces::{Posted, post};
use crate::target;

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
        description: "Writes the comment and the check run.",
    }];
    type Inputs = Inputs;
    type Config = ReportConfig;

    async fn run(
        inputs: Inputs,
        config: Section<ReportConfig>,
        context: &Context,
    ) -> Result<Report, Error> {
        let policy = Policy::new(&inputs, &config.values);
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
    let found = context.read_verdicts(&inputs.verdicts)?;
    let evidence: Vec<Evidence> = found
        .verdicts
        .iter()
        .map(|found| found.evidence.clone())
        .collect();
    let refused = found.refused.clone();
    let finding_target = target::find(github, context, inputs);
    let target = context
        .progress
        .during("asking GitHub", finding_target)
        .await?;
    let selection = select(found, &target, &github.repository());
    if selection.current == 0 && refused.is_empty() {
        let short = target.sha.short();
        let message = match selection.elsewhere {
            0 => format!("no verdict of {short} is there"),
            count => format!("no verdict of {short} is there, and {count} of other commits"),
        };
        return Err(Error::undecided(message)
            .fix("download the artifacts `verdict-*` of the run before this gate"));
    }
    let overall = selection.overall();
    let plan = plan(policy, &selection, &target);
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
    Ok(report(posted, overall, &refused, evidence))
}

fn pretend(plan: &Plan) -> Posted {
    let mut done = Vec::new();
    if let Some(comment) = &plan.comment {
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

fn report(
    posted: Posted,
    overall: Conclusion,
    refused: &[Problem],
    evidence: Vec<Evidence>,
) -> Report {
    let done = if posted.done.is_empty() {
        "nothing was posted".to_owned()
    } else {
        posted.done.join("; ")
    };
    let mut findings = posted.warnings;
    let (conclusion, title) = if refused.is_empty() {
        (Conclusion::Pass, format!("overall {overall}: {done}"))
    } else {
        let count = refused.len();
        (
            Conclusion::Error,
            format!("{count} file(s) are no verdicts; {done}"),
        )
    };
    findings.extend(refused.iter().map(problem_finding));
    Report::new(
        Draft::new(conclusion, title)
            .findings(findings)
            .evidence(evidence),
    )
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
