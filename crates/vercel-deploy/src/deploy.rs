//! `mode: deploy`: the bytes as they are, under their digest, until they answer and their domains are settled.

use build_output::{Archive, BuildOutput};
use vercel_client::{
    Created, Deployment, Error, NewDeployment, Progress, Project, Shipment, Target,
};
use verdict::{Digest, Finding, Metric};

use crate::{
    build_log,
    decide::{Claims, Staged, bind},
    domains, github, meta, packing,
    plan::Environment,
    record,
    session::{Session, Stop},
};

/// Deploys; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let plan = session.plan;
    let (output, digest) = read(session).await?;
    let shipment = Shipment::of(&output, plan.root_directory.as_deref());
    let warnings = packing::warnings(plan.archive, &output, shipment.contents());
    session.ledger.findings.extend(warnings);
    if session.failed() {
        return Ok("this cannot be deployed as agreed; nothing was sent".to_owned());
    }
    let environment = plan.environment.name();
    let what = format!(
        "{} files ({}) to {environment}",
        output.entries().len(),
        packing::size(output.bytes())
    );
    let (project, serves) = destination(session).await?;
    if plan.dry_run {
        let name = project.as_ref().map_or("", |project| &project.name);
        return Ok(dry_run(session, &what, name, &shipment, &serves));
    }

    let created = send(session, &output, shipment, &digest, project.as_ref(), &what).await?;
    session.enter(&created.deployment);
    let id = created.deployment.id.clone();
    session.step(
        format!("waiting for {id}"),
        format!("{id} goes on by itself; look at it on Vercel"),
    );
    if !plan.staged {
        // A staged deployment serves nobody, so it is no deployment in GitHub's list: its promote will be.
        github::open(session, &id, digest.as_str()).await;
    }
    let progress = session.context.progress;
    let waiting = format!("waiting for {id}");
    let (deployment, outcome, log) = progress
        .during(&waiting, build_log::ready(session, &id))
        .await?;
    session.enter(&deployment);
    if let Progress::Failed(reason) = outcome {
        let text = format!("{id} failed: {reason}{}", log.end());
        let finding = Finding::error("deployment-failed", text);
        session.find(match deployment.inspector_url {
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
    if plan.staged && !is_staged(session, &deployment).await? {
        return Ok(format!("{id} was to be staged, and it is live"));
    }
    let before = project.and_then(|project| project.last_alias_request);
    if !serves.is_empty() && !domains::settle(session, &serves, &id, before.as_ref()).await? {
        let text = "the deployment is ready but its domains do not serve it";
        let fix = "after a rollback Vercel moves no domains by itself: promote this deployment";
        session.find(Finding::error("not-live", text).fix(fix));
        return Ok(format!(
            "{id} is ready, but {} does not serve it",
            serves.join(", ")
        ));
    }
    let done = if plan.staged { "staged" } else { "deployed" };
    Ok(format!("{done} {what}: {}", session.ledger.value("url")))
}

/// Whether a deployment is staged as it was to be; what speaks against it is entered.
async fn is_staged(session: &mut Session<'_>, deployment: &Deployment) -> Result<bool, Stop> {
    let staged = Staged {
        id: &deployment.id,
        url: &deployment.url,
        substate: deployment.ready_substate,
        alias: &deployment.alias,
    };
    let production = if staged.depends_on_domains() {
        session.vercel.production_domains().await?
    } else {
        Vec::new()
    };
    session.ledger.findings.extend(staged.check(&production));
    Ok(!session.failed())
}

/// Reads what is to be deployed, and compares it with what was agreed on.
async fn read(session: &mut Session<'_>) -> Result<(BuildOutput, Digest), Stop> {
    let (context, plan) = (session.context, session.plan);
    session.step("reading the build", "nothing was deployed");
    let record = record::read(context, plan)?;
    let (output, evidence) = record::open(context, plan).await?;
    let digest = output.digest();
    session.ledger.evidence.push(evidence);
    session.ledger.output("digest", &digest);
    session.ledger.output("files-total", output.entries().len());
    session.ledger.digest = Some(digest.clone());
    session.ledger.figures = packing::figures(&output);
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
    if output.is_source() {
        let text =
            "Vercel builds these sources: the digest is of what was sent, not of what is served";
        session.find(Finding::notice("built-by-vercel", text));
    }
    Ok((output, digest))
}

/// The project, where anything depends on it, and the domains that must serve the deployment. Both are asked for before
/// anything is sent, so that a project without a domain is no half-done deployment.
async fn destination(session: &mut Session<'_>) -> Result<(Option<Project>, Vec<String>), Stop> {
    let plan = session.plan;
    let production = plan.environment == Environment::Production;
    // A preview depends on nothing that the project says: one request less.
    if !production && !plan.dry_run && plan.domains.is_empty() {
        return Ok((None, Vec::new()));
    }
    session.step("asking Vercel for the project", "nothing was deployed");
    let project = session.vercel.project().await?;
    if production {
        let previous = project.production_id().unwrap_or_default();
        session.ledger.output("previous-deployment-id", previous);
    }
    let serves = match &plan.environment {
        Environment::Production if plan.staged => Vec::new(),
        Environment::Production => domains::production(session).await?,
        Environment::Preview | Environment::Custom { .. } => plan.domains.clone(),
    };
    Ok((Some(project), serves))
}

fn dry_run(
    session: &Session<'_>,
    what: &str,
    project: &str,
    shipment: &Shipment,
    serves: &[String],
) -> String {
    let plan = session.plan;
    let how = if packing::at_once(plan.archive, shipment.files()) {
        "as one archive".to_owned()
    } else {
        format!("at most {} uploads", shipment.contents())
    };
    let moves = match (plan.staged, serves) {
        (true, _) => "; no domain moves".to_owned(),
        (false, []) => String::new(),
        (false, serves) => format!("; {} would serve it", serves.join(", ")),
    };
    format!("dry run: would deploy {what} of project {project}, {how}{moves}")
}

/// Uploads and orders; as an archive where that is asked for, or where too much is missing.
async fn send(
    session: &mut Session<'_>,
    output: &BuildOutput,
    shipment: Shipment,
    digest: &Digest,
    project: Option<&Project>,
    what: &str,
) -> Result<Created, Stop> {
    let (context, plan) = (session.context, session.plan);
    session.step(
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
    let name = match project {
        Some(project) => project.name.clone(),
        None => meta::host_name(&session.vercel.scope().project_id),
    };
    let mut new = NewDeployment {
        name: &name,
        target,
        meta: meta::stamp(context, plan, digest),
        git: meta::git(context, plan),
        attempt: meta::attempt(context),
        most_uploads: packing::most_uploads(plan.archive),
    };
    let uploading = format!("uploading {what}");
    let mut archived = packing::at_once(plan.archive, shipment.files());
    let mut created = Err(Error::TooManyUploads {
        missing: shipment.contents(),
        bytes: output.bytes(),
    });
    if !archived {
        let work = session.vercel.create(&shipment, &new);
        created = context.progress.during(&uploading, work).await;
    }
    if let Err(Error::TooManyUploads { missing, .. }) = &created {
        let line = format!("packing an archive in place of {missing} uploads");
        context.progress.line(&line);
        archived = true;
        new.most_uploads = None;
        created = Box::pin(send_archive(session, output, &new, &uploading)).await?;
    }
    let created = created?;
    enter_upload(session, &created, shipment.files(), archived);
    Ok(created)
}

async fn send_archive(
    session: &Session<'_>,
    output: &BuildOutput,
    new: &NewDeployment<'_>,
    uploading: &str,
) -> Result<Result<Created, Error>, Stop> {
    let (context, plan) = (session.context, session.plan);
    let (packed, root) = (output.clone(), plan.root_directory.clone());
    let work = tokio::task::spawn_blocking(move || Archive::pack(&packed, root.as_deref()));
    let archive = context
        .progress
        .during("packing the archive", work)
        .await
        .map_err(|error| Stop::undecided(format!("packing ended early: {error}")))??;
    let shipment = Shipment::of_archive(&archive, output, plan.root_directory.as_deref());
    let work = session.vercel.create(&shipment, new);
    Ok(context.progress.during(uploading, work).await)
}

fn enter_upload(session: &mut Session<'_>, created: &Created, files: usize, archived: bool) {
    let uploaded = created.uploaded;
    session.ledger.output("files-uploaded", uploaded.files);
    session.ledger.output("bytes-uploaded", uploaded.bytes);
    session.ledger.output("archived", archived);
    #[expect(clippy::cast_precision_loss, reason = "a number for people")]
    session.ledger.metrics.extend([
        Metric::new("files", files as f64, "count"),
        Metric::new("files-uploaded", uploaded.files as f64, "count"),
        Metric::new("bytes-uploaded", uploaded.bytes as f64, "bytes"),
    ]);
}
