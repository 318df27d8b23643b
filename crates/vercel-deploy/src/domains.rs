//! Waits until domains have moved, and visits them.

use http_client::{Redirects, Request, RetryPolicy};
use vercel_client::{AliasJob, Error, JobStatus};

use crate::{
    connect,
    decide::{Answer, DomainFact, settled},
    plan::Environment,
    session::{Session, Stop},
};

/// Polls that an ended job is given until the aliases show it.
const GRACE: u32 = 5;

/// The domains that production is proven by.
pub(crate) async fn production(session: &Session<'_>) -> Result<Vec<String>, Stop> {
    if !session.plan.domains.is_empty() {
        return Ok(session.plan.domains.clone());
    }
    let domains = session.vercel.production_domains().await?;
    if domains.is_empty() {
        let text =
            "the project has no production domain, so nothing could show what production serves";
        return Err(Stop::usage(
            text,
            "name the domains: input or config key `domains`",
        ));
    }
    Ok(domains)
}

/// Where domains point now, not visited.
pub(crate) async fn look_up(
    session: &Session<'_>,
    domains: &[String],
) -> Result<Vec<DomainFact>, Error> {
    let mut facts = Vec::with_capacity(domains.len());
    for domain in domains {
        let points_to = session
            .vercel
            .alias(domain)
            .await?
            .and_then(|alias| alias.deployment_id);
        facts.push(DomainFact {
            domain: domain.clone(),
            points_to,
            answer: Answer::Unasked,
        });
    }
    Ok(facts)
}

/// Whether all point at a deployment.
pub(crate) fn all_at(facts: &[DomainFact], id: &str) -> bool {
    !facts.is_empty()
        && facts
            .iter()
            .all(|fact| fact.points_to.as_deref() == Some(id))
}

/// Waits until all domains point at `wanted`, Vercel's job ends without that, or time is up; then visits them and enters
/// what was found. `before` is the last alias job from before the request, which says nothing about it. True means proven.
pub(crate) async fn settle(
    session: &mut Session<'_>,
    domains: &[String],
    wanted: &str,
    before: Option<&AliasJob>,
) -> Result<bool, Stop> {
    let what = format!("moving {} to {wanted}", domains.join(", "));
    let progress = session.context.progress;
    let (mut facts, job) = progress
        .during(&what, wait(session, domains, wanted, before, &what))
        .await?;
    for fact in &mut facts {
        fact.answer = visit(session, &fact.domain).await?;
        let note = fact.points_to.as_deref().map_or_else(
            || "no such alias".to_owned(),
            |id| format!("points at {id}"),
        );
        session.witness(&format!("/v4/aliases/{}", fact.domain), note);
    }
    let findings = settled(wanted, job, &facts);
    let aliases: Vec<&str> = facts
        .iter()
        .filter(|fact| fact.points_to.as_deref() == Some(wanted))
        .map(|fact| fact.domain.as_str())
        .collect();
    session.ledger.output("aliases", aliases.join("\n"));
    let proven = findings
        .iter()
        .all(|finding| finding.level != verdict::Level::Error);
    let production = session.plan.environment == Environment::Production;
    if let Some(first) = facts.first().filter(|first| {
        production && all_at(&facts, first.points_to.as_deref().unwrap_or_default())
    }) {
        session.ledger.output(
            "production-deployment-id",
            first.points_to.clone().unwrap_or_default(),
        );
    }
    if let (true, Some(domain)) = (proven, domains.first()) {
        session.ledger.output("url", connect::web_address(domain));
    }
    session.ledger.findings.extend(findings);
    Ok(proven)
}

async fn wait(
    session: &Session<'_>,
    domains: &[String],
    wanted: &str,
    before: Option<&AliasJob>,
    what: &str,
) -> Result<(Vec<DomainFact>, Option<JobStatus>), Stop> {
    let (mut poll, mut ended) = (0, 0);
    loop {
        let job = session.vercel.project().await?.last_alias_request;
        let job = job
            .filter(|job| job.to_deployment_id == wanted && Some(job) != before)
            .map(|job| job.job_status);
        let facts = look_up(session, domains).await?;
        if matches!(
            job,
            Some(JobStatus::Failed | JobStatus::Succeeded | JobStatus::Skipped)
        ) {
            ended += 1;
        }
        if all_at(&facts, wanted) || job == Some(JobStatus::Failed) || ended > GRACE {
            return Ok((facts, job));
        }
        poll += 1;
        let last = format!("{job:?}");
        if session
            .vercel
            .pace()
            .wait(poll, session.deadline, what, &last)
            .await
            .is_err()
        {
            return Ok((facts, job));
        }
    }
}

/// What a visitor of a domain's front page gets. A few tries: the edge needs a moment after a move.
async fn visit(session: &Session<'_>, domain: &str) -> Result<Answer, Stop> {
    let url = connect::web_url(domain, "/")?;
    let client = connect::visitor(RetryPolicy {
        attempts: 3,
        ..RetryPolicy::default()
    })?;
    let mut request = Request::get(url)
        .redirects(Redirects::SameOrigin(5))
        .deadline(session.deadline);
    if let Some(secret) = connect::bypass(session.context) {
        request = request.secret_header(connect::BYPASS_HEADER, secret);
    }
    Ok(match client.send(request).await {
        Ok(response) => Answer::Status(response.status.as_u16()),
        Err(error) => Answer::Silent(error.to_string()),
    })
}
