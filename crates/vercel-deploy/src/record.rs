//! Gathers what claims to be about a release: the record, the bytes on this machine, the deployment's own words.

use build_output::BuildOutput;
use gate::{Context, Problem};
use vercel_client::{Deployment, ReadyState};
use verdict::{Evidence, EvidenceState, Finding, Level, ReleaseRecord, Source, Verdict};

use crate::{
    decide::{Claims, Deployed, bind},
    meta,
    plan::{Origin, Plan},
    session::{Session, Stop},
};

/// More is no config.json.
const LARGEST_CONFIG: u64 = 4 << 20;

/// Reads the release record, if one is named.
pub(crate) fn read(
    context: &Context,
    plan: &Plan,
) -> Result<Option<(ReleaseRecord, Evidence)>, Stop> {
    let Some(path) = &plan.record else {
        return Ok(None);
    };
    let path = context.path(path);
    let (bytes, evidence) = context
        .read(&path, Verdict::MAX_BYTES as u64)
        .map_err(|error| Stop::undecided(error.to_string()))?;
    let record = ReleaseRecord::from_json(&bytes).map_err(|error| {
        let problem = Problem::new(format!("{}: {error}", context.display(&path)));
        Stop::Undecided(vec![
            problem.fix("let approval-gate write the record and pass it on unchanged"),
        ])
    })?;
    Ok(Some((record, evidence)))
}

/// Opens what is deployed, off the thread that reports progress.
pub(crate) async fn open(context: &Context, plan: &Plan) -> Result<(BuildOutput, Evidence), Stop> {
    let (folder, config, source) = match &plan.origin {
        Origin::Output(folder) => (folder, None, false),
        Origin::Static { folder, config } => (folder, config.as_ref(), false),
        Origin::Source(folder) => (folder, None, true),
    };
    let config = config
        .map(|path| {
            let path = context.path(path);
            let (bytes, _) = context
                .read(&path, LARGEST_CONFIG)
                .map_err(|error| Stop::undecided(error.to_string()))?;
            Ok::<_, Stop>((path, bytes))
        })
        .transpose()?;
    let plain = matches!(plan.origin, Origin::Static { .. });
    let folder = context.path(folder);
    let shown = context.display(&folder);
    let work = tokio::task::spawn_blocking(move || match (source, plain) {
        (true, _) => BuildOutput::open_source(folder),
        (_, true) => {
            let config = config
                .as_ref()
                .map(|(path, bytes)| (path.as_path(), bytes.clone()));
            BuildOutput::open_static(folder, config)
        }
        _ => BuildOutput::open(folder),
    });
    let output = context
        .progress
        .during("reading the build", work)
        .await
        .map_err(|error| Stop::undecided(format!("reading the build ended early: {error}")))??;
    let evidence = Evidence {
        source: Source::Path(shown),
        sha256: Some(output.digest().hex().to_owned()),
        bytes: Some(output.bytes()),
        state: EvidenceState::Clean,
        note: Some(format!(
            "{} files; the digest is over their manifest",
            output.entries().len()
        )),
    };
    Ok((output, evidence))
}

/// Compares record, bytes, run and deployment. False means that something disagrees, and nothing may be promoted.
pub(crate) async fn verify(
    session: &mut Session<'_>,
    deployment: &Deployment,
) -> Result<bool, Stop> {
    let (context, plan) = (session.context, session.plan);
    let record = read(context, plan)?;
    let output = if plan.origin_given {
        Some(open(context, plan).await?)
    } else {
        None
    };
    let bytes = output.as_ref().map(|(output, _)| output.digest());
    let record = record.map(|(record, evidence)| {
        session.ledger.evidence.push(evidence);
        record
    });
    session
        .ledger
        .evidence
        .extend(output.map(|(_, evidence)| evidence));
    let findings = bind(&Claims {
        sha: context.subject.sha.as_ref(),
        digest: context.subject.digest.as_ref(),
        record: record.as_ref(),
        bytes: bytes.as_ref(),
        deployed: Some(Deployed {
            id: &deployment.id,
            digest: deployment.meta(meta::DIGEST),
            sha: deployment.meta(meta::COMMIT),
            ready: deployment.ready_state == ReadyState::Ready,
            production: deployment.is_production(),
        }),
        environment: plan.environment.name(),
    });
    let known = bytes
        .or_else(|| context.subject.digest.clone())
        .or_else(|| record.as_ref()?.digest().cloned());
    if known.is_none() {
        let text = format!(
            "nothing was compared with {}: neither a release record nor a digest is given",
            deployment.id
        );
        let fix = "pass `record` (approval-gate) or `digest` (the deploy's output)";
        session
            .ledger
            .findings
            .push(Finding::warning("unbound", text).fix(fix));
    }
    let stamped = deployment
        .meta(meta::DIGEST)
        .and_then(|text| text.parse().ok());
    session.ledger.digest = known.or(stamped);
    if let Some(digest) = session.ledger.digest.clone() {
        session.ledger.output("digest", digest);
    }
    let sound = findings.iter().all(|finding| finding.level != Level::Error);
    session.ledger.findings.extend(findings);
    Ok(sound)
}
