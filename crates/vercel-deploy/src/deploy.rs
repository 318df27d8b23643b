//! `mode: deploy`: the build as it is, under its digest, until it answers and its domains are settled.

use vercel_client::{Deployment, NewDeployment, Progress, Target};
use verdict::{Finding, Level, Metric};

use crate::{
    decide::{Claims, bind},
    domains, github, meta,
    plan::Environment,
    record,
    session::{Session, Stop},
};

/// Lines of the build log that are quoted when a deployment fails.
const QUOTED: usize = 12;

/// Deploys; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let (context, plan) = (session.context, session.plan);
    let record = record::read(context, plan)?;
    let (output, evidence) = record::open(context, plan).await?;
    let digest = output.digest();
    session.ledger.evidence.push(evidence);
    session.ledger.output("digest", &digest);
    session.ledger.output("files-total", output.entries().len());
    session.ledger.digest = Some(digest.clone());
    session.ledger.findings = bind(&Claims {
        sha: context.subject.sha.as_ref(),
        digest: context.subject.digest.as_ref(),
        record: record.as_ref().map(|(record, _)| record),
        bytes: Some(&digest),
        deployed: None,
        environment: plan.environment.name(),
    });
    session
        .ledger
        .evidence
        .extend(record.map(|(_, evidence)| evidence));
    if session
        .ledger
        .findings
        .iter()
        .any(|finding| finding.level == Level::Error)
    {
        return Ok("another build than the one agreed on; nothing was deployed".to_owned());
    }

    session
        .ledger
        .step("asking Vercel for the project", "nothing was deployed");
    let project = session.vercel.project().await?;
    let production = plan.environment == Environment::Production;
    if production {
        session.ledger.output(
            "previous-deployment-id",
            project.production_id().unwrap_or_default(),
        );
    }
    // Asked before anything is sent, so that a project without a domain is no half-done deployment.
    let serves = match &plan.environment {
        Environment::Production if plan.staged => Vec::new(),
        Environment::Production => domains::production(session).await?,
        Environment::Preview | Environment::Custom { .. } => plan.domains.clone(),
    };
    let (files, environment) = (output.entries().len(), plan.environment.name());
    let what = format!(
        "{files} files ({:.1} MB) to {environment}",
        megabytes(output.bytes())
    );
    if plan.dry_run {
        return Ok(format!(
            "dry run: would deploy {what} of project {}",
            project.name
        ));
    }

    session.ledger.step(
        "uploading",
        "run it again: what arrived is kept and is not sent again",
    );
    let target = match &plan.environment {
        Environment::Preview => Target::Preview,
        Environment::Production => Target::Production {
            staged: plan.staged,
        },
        Environment::Custom { slug, .. } => Target::Custom(slug.clone()),
    };
    let new = NewDeployment {
        name: &project.name,
        target,
        meta: meta::stamp(context, &digest),
        attempt: meta::attempt(context),
    };
    let created = context
        .progress
        .during(
            &format!("uploading {what}"),
            session.vercel.create(&output, &new),
        )
        .await?;
    session
        .ledger
        .output("files-uploaded", created.uploaded.files);
    session
        .ledger
        .output("bytes-uploaded", created.uploaded.bytes);
    #[expect(clippy::cast_precision_loss, reason = "a number for people")]
    session.ledger.metrics.extend([
        Metric::new("files", files as f64, "count"),
        Metric::new("files-uploaded", created.uploaded.files as f64, "count"),
        Metric::new("bytes-uploaded", created.uploaded.bytes as f64, "bytes"),
    ]);
    session.enter(&created.deployment);
    let id = created.deployment.id.clone();
    session.ledger.step(
        format!("waiting for {id}"),
        format!("{id} goes on by itself; look at it on Vercel"),
    );
    if !plan.staged {
        // A staged deployment serves nobody, so it is no deployment in GitHub's list: its promote will be.
        github::open(session, &id, digest.as_str()).await;
    }
    let (deployment, outcome) = context
        .progress
        .during(&format!("waiting for {id}"), ready(session, &id))
        .await?;
    session.enter(&deployment);
    if let Progress::Failed(reason) = outcome {
        let log = last_lines(session, &id).await;
        let finding = Finding::error("deployment-failed", format!("{id} failed: {reason}{log}"));
        session
            .ledger
            .findings
            .push(match deployment.inspector_url {
                Some(url) => finding.url(url),
                None => finding,
            });
        return Ok(format!("the deployment to {environment} failed: {reason}"));
    }
    session.witness(
        &format!("/v13/deployments/{id}"),
        format!("READY, digest {digest}"),
    );
    session
        .ledger
        .output("aliases", deployment.alias.join("\n"));
    let before = project.last_alias_request.as_ref();
    if !serves.is_empty() && !domains::settle(session, &serves, &id, before).await? {
        let text = "the deployment is ready but its domains do not serve it";
        let fix = "after a rollback Vercel moves no domains by itself: promote this deployment";
        session
            .ledger
            .findings
            .push(Finding::error("not-live", text).fix(fix));
        return Ok(format!(
            "{id} is ready, but {} does not serve it",
            serves.join(", ")
        ));
    }
    let staged = if plan.staged { "staged" } else { "deployed" };
    Ok(format!("{staged} {what}: {}", session.ledger.value("url")))
}

/// Polls until the deployment is done or failed; time up is no decision.
async fn ready(session: &Session<'_>, id: &str) -> Result<(Deployment, Progress), Stop> {
    let mut poll = 0;
    loop {
        let deployment = session.vercel.deployment(id).await?;
        match deployment.progress() {
            Progress::Waiting => {}
            outcome => return Ok((deployment, outcome)),
        }
        poll += 1;
        let last = deployment.ready_state.to_string();
        session
            .vercel
            .pace()
            .wait(
                poll,
                session.deadline,
                &format!("{id} becoming ready"),
                &last,
            )
            .await?;
    }
}

async fn last_lines(session: &Session<'_>, id: &str) -> String {
    let Ok(events) = session.vercel.events(id, 0).await else {
        return String::new();
    };
    let lines: Vec<String> = events
        .into_iter()
        .map(|event| event.text)
        .filter(|text| !text.trim().is_empty())
        .collect();
    let last = lines.iter().skip(lines.len().saturating_sub(QUOTED));
    last.map(|line| format!("\n{}", line.trim_end())).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a number for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
