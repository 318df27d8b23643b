//! `mode: status`: what production serves, under which domains, and what is under way. It only asks.

use verdict::{Figure, Finding, Level, Table};

use crate::{
    decide::{self, Standing},
    domains,
    session::{Session, Stop},
};

/// Asks; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    session.step("asking Vercel for the project", "nothing was changed");
    let asked = async {
        let project = session.vercel.project().await?;
        let domains = domains::production(session).await?;
        let facts = domains::look_up(session, &domains).await?;
        Ok::<_, Stop>((project, domains, facts))
    };
    let progress = session.context.progress;
    let (project, domains, facts) = progress.during("asking Vercel", asked).await?;
    let release = match session.vercel.rolling_release().await {
        Ok(release) => release.filter(|release| release.is_active()),
        // A plan without rolling releases refuses the question.
        Err(error) if matches!(error.status(), Some(400 | 402 | 403)) => None,
        Err(error) => return Err(error.into()),
    };
    let job = project.last_alias_request.as_ref();
    let standing = decide::standing(&facts, job.map(|job| job.job_status), release.is_some());
    let served = facts.iter().find_map(|fact| fact.points_to.clone());
    let served = served.or_else(|| project.production_id().map(str::to_owned));
    let served = served.unwrap_or_default();
    session.ledger.output("state", standing.word());
    session.ledger.output("production-deployment-id", &served);
    let mut table = Table::new("Production", ["domain", "deployment"]);
    for fact in &facts {
        let points_to = fact
            .points_to
            .clone()
            .unwrap_or_else(|| "nothing".to_owned());
        session.witness(
            &format!("/v4/aliases/{}", fact.domain),
            format!("points at {points_to}"),
        );
        table.rows.push(vec![fact.domain.clone(), points_to]);
    }
    session.ledger.figures.push(Figure::Table(table));
    if let Some(job) = job {
        let text = format!(
            "the last {:?} was to {}: {:?}",
            job.kind, job.to_deployment_id, job.job_status
        );
        session.find(Finding::new(
            Level::Notice,
            "last-move",
            text.to_lowercase(),
        ));
    }
    if let Some(release) = &release {
        let share = release
            .active_stage
            .as_ref()
            .map_or(0.0, |stage| stage.target_percentage);
        let text = format!(
            "{} serves {share} % of visitors, {} the rest",
            release.canary_id(),
            release.current_id()
        );
        session.find(Finding::new(Level::Notice, "rolling", text));
    }
    if project.auto_assign_custom_domains == Some(false) {
        let text =
            "new production deployments do not get the domains by themselves, as after a rollback";
        session.find(
            Finding::new(Level::Notice, "auto-assign-off", text)
                .fix("the next promote turns that on again"),
        );
    }
    session
        .ledger
        .findings
        .extend(decide::standing_findings(standing, &facts));
    let title = format!(
        "production is {}: {} serves {served}",
        standing.word(),
        domains.join(", ")
    );
    let Some(name) = session.plan.deployment.clone() else {
        return Ok(title);
    };
    let deployment = session.vercel.deployment(&name).await?;
    session.enter(&deployment);
    if standing != Standing::Serving || !domains::all_at(&facts, &deployment.id) {
        let text = format!("production does not serve {} alone", deployment.id);
        session.find(Finding::error("not-live", text));
    }
    Ok(title)
}
