//! `mode: alias`: points domains that are not production's at a deployment, and proves it. Production is moved by promote
//! alone, because only that compares the bytes with what was approved.

use vercel_client::ReadyState;
use verdict::{Figure, Finding, Table};

use crate::{
    domains,
    session::{Session, Stop},
    switch,
};

/// Points the domains; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let deployment = switch::named(session).await?;
    let (id, wanted) = (deployment.id.clone(), session.plan.domains.clone());
    let production = session.vercel.production_domains().await?;
    if let Some(taken) = wanted.iter().find(|domain| production.contains(domain)) {
        let text = format!("{taken} serves production");
        return Err(Stop::usage(
            text,
            "use `mode: promote`, which checks what it puts live",
        ));
    }
    if deployment.ready_state != ReadyState::Ready {
        session.find(Finding::error("not-ready", format!("{id} is not READY")));
        return Ok(format!("{id} is not READY; no domain was moved"));
    }
    let before = domains::look_up(session, &wanted).await?;
    let mut table = Table::new("Domains", ["domain", "before", "now"]);
    table.rows = before
        .iter()
        .map(|fact| {
            let old = fact
                .points_to
                .clone()
                .unwrap_or_else(|| "nothing".to_owned());
            vec![fact.domain.clone(), old, id.clone()]
        })
        .collect();
    let moves: Vec<&String> = before
        .iter()
        .filter(|fact| fact.points_to.as_deref() != Some(&*id))
        .map(|fact| &fact.domain)
        .collect();
    if session.plan.dry_run {
        let moves: Vec<&str> = moves.iter().map(|domain| domain.as_str()).collect();
        return Ok(match moves.as_slice() {
            [] => format!(
                "dry run: nothing to do, {} point at {id}",
                wanted.join(", ")
            ),
            moves => format!("dry run: would point {} at {id}", moves.join(", ")),
        });
    }
    let job = session.vercel.project().await?.last_alias_request;
    for domain in &moves {
        let resume = "each domain points at the old or the new deployment; run it again";
        session.step(format!("pointing {domain} at {id}"), resume);
        match session.vercel.assign_alias(&id, domain).await {
            Ok(_) => {}
            // Where it points now is looked up below.
            Err(error) if error.may_have_landed() => {
                tracing::warn!(%error, "looking whether {domain} moved")
            }
            Err(error) => return Err(error.into()),
        }
    }
    let proven = domains::settle(session, &wanted, &id, job.as_ref()).await?;
    session.ledger.figures.push(Figure::Table(table));
    Ok(if proven {
        format!("{} serves {id}", wanted.join(", "))
    } else {
        format!("{} was not proven to serve {id}", wanted.join(", "))
    })
}
