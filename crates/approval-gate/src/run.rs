//! The gate: reads the verdicts, asks GitHub, decides, and writes the release record when the answer is
//! yes. An answer that cannot be found is `decision=error`, which is neither yes nor no.

use std::path::Path;

use gate::{
    Context, Draft, Error, FoundVerdict, FoundVerdicts, Gate, OutputSpec, Problem, Report,
    SecretSpec,
};
use pipeline_config::Section;
use verdict::{Conclusion, Evidence, EvidenceState, Finding, Source};

use crate::collect::{Release, collect};
use crate::decide::{Decision, Outcome, decide};
use crate::inputs::Inputs;
use crate::policy::{ApprovalConfig, Policy};
use crate::record::{record, write_record};
use crate::surroundings::Surroundings;

/// Where the record goes unless told otherwise.
const RECORD: &str = ".stagegate/release-record.json";

/// Gates that act on the decision or show it; their verdicts cannot prove it.
const AFTERWARDS: [&str; 2] = ["approval-gate", "publish-report"];

/// The gate.
#[derive(Debug)]
pub struct ApprovalGate;

const fn output(name: &'static str, description: &'static str) -> OutputSpec {
    OutputSpec { name, description }
}

impl Gate for ApprovalGate {
    const NAME: &'static str = "approval-gate";
    const ABOUT: &'static str =
        "Decides whether a release may go to production, and writes the release record";
    const SECTION: &'static str = "approval";
    const OUTPUTS: &'static [OutputSpec] = &[
        output("decision", "approved, pending, rejected, blocked or error."),
        output("reason", "The decision in one line."),
        output(
            "missing",
            "What does not hold, as a JSON list of `{rule, message, fix}`.",
        ),
        output("approvers", "Who approved, as a JSON list of logins."),
        output("record-path", "The release record; empty unless approved."),
        output(
            "record-sha256",
            "SHA-256 of the record's bytes; empty unless approved.",
        ),
    ];
    const SECRETS: &'static [SecretSpec] = &[
        SecretSpec {
            name: "GITHUB_TOKEN",
            description: "Reads runs, deployments, reviews and pull requests; nothing is written.",
        },
        SecretSpec {
            name: "STAGEGATE_TEAM_TOKEN",
            description: "Token of an App with members: read, when approvers name a team: GITHUB_TOKEN sees no teams.",
        },
    ];
    type Inputs = Inputs;
    type Config = ApprovalConfig;

    async fn run(
        inputs: Inputs,
        config: Section<ApprovalConfig>,
        context: &Context,
    ) -> Result<Report, Error> {
        let policy = Policy::new(&inputs, &config.values)?;
        let surroundings = Surroundings::of(context)?;
        match evaluate(&inputs, &policy, &surroundings, context).await {
            Err(Error::Undecided(problems)) => Ok(undecided(&problems)),
            answer => answer,
        }
    }
}

async fn evaluate(
    inputs: &Inputs,
    policy: &Policy,
    surroundings: &Surroundings,
    context: &Context,
) -> Result<Report, Error> {
    let verdicts = read_verdicts(inputs, context)?;
    let github = surroundings.client(context, &surroundings.token)?;
    let teams = match &surroundings.team_token {
        Some(token) => surroundings.client(context, token)?,
        None => github.clone(),
    };
    let runner = &context.runner;
    let actors = [&runner.actor, &runner.triggering_actor];
    let release = Release {
        sha: &surroundings.sha,
        digest: &surroundings.digest,
        run: surroundings.run.id,
        evidence_run: inputs.evidence_run_id,
        actors: actors.into_iter().flatten().cloned().collect(),
    };
    let asking = collect(&github, &teams, policy, &release, &verdicts);
    let facts = context.progress.during("asking GitHub", asking).await?;
    let decision = decide(policy, &facts);
    let mut evidence: Vec<Evidence> = verdicts.into_iter().map(|found| found.evidence).collect();
    evidence.push(Evidence {
        source: Source::Url(surroundings.run.url.clone()),
        sha256: None,
        bytes: None,
        state: EvidenceState::Clean,
        note: Some(format!(
            "{} review(s) of run {}",
            facts.reviews.len(),
            surroundings.run.id
        )),
    });
    let mut report = report(policy, &decision, evidence)?;
    if decision.outcome == Outcome::Approved {
        let path = inputs.record.as_deref().unwrap_or(Path::new(RECORD));
        let path = context.path(path);
        let record = record(policy, &facts, decision, surroundings, context);
        let sha256 = write_record(&record, &path, context)?;
        report = report
            .output("record-path", context.display(&path))
            .output("record-sha256", sha256);
    }
    Ok(report)
}

/// The verdicts to judge. One that cannot be read may be the one that says no.
fn read_verdicts(inputs: &Inputs, context: &Context) -> Result<Vec<FoundVerdict>, Error> {
    let FoundVerdicts {
        mut verdicts,
        refused,
    } = context.read_verdicts(&inputs.verdicts)?;
    if !refused.is_empty() {
        return Err(Error::Undecided(refused));
    }
    verdicts.retain(|found| !AFTERWARDS.contains(&found.verdict.gate.as_str()));
    if verdicts.is_empty() {
        let places = if inputs.verdicts.is_empty() {
            gate::VERDICTS_FOLDER.to_owned()
        } else {
            inputs.verdicts.join(", ")
        };
        return Err(Error::undecided(format!("no verdict in {places}"))
            .fix("download the artifacts `verdict-*` of this run before this gate"));
    }
    Ok(verdicts)
}

fn report(policy: &Policy, decision: &Decision, evidence: Vec<Evidence>) -> Result<Report, Error> {
    let title = decision.title(policy);
    let missing: Vec<_> = decision
        .unmet
        .iter()
        .map(|unmet| serde_json::json!({"rule": unmet.rule, "message": unmet.message, "fix": unmet.fix}))
        .collect();
    let approvers: Vec<_> = decision
        .approvals
        .iter()
        .map(|approval| &approval.login)
        .collect();
    let json = |value: Result<String, serde_json::Error>| {
        value.map_err(|error| Error::undecided(format!("outputs do not serialise: {error}")))
    };
    let draft = Draft::new(decision.outcome.conclusion(), &title)
        .findings(decision.findings())
        .evidence(evidence);
    Ok(Report::new(draft)
        .output("decision", decision.outcome.as_str())
        .output("reason", title)
        .output("missing", json(serde_json::to_string(&missing))?)
        .output("approvers", json(serde_json::to_string(&approvers))?))
}

fn undecided(problems: &[Problem]) -> Report {
    let title = match problems {
        [only] => format!("could not decide: {}", only.message),
        many => format!("could not decide: {} problems", many.len()),
    };
    let findings = problems.iter().map(|problem| {
        let finding = Finding::error("undecided", &problem.message);
        match &problem.fix {
            Some(fix) => finding.fix(fix),
            None => finding,
        }
    });
    let draft = Draft::new(Conclusion::Error, &title).findings(findings.collect());
    Report::new(draft)
        .output("decision", "error")
        .output("reason", title)
        .output("missing", "[]")
        .output("approvers", "[]")
}
