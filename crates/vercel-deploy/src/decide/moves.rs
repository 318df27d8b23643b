//! Does production serve it: what the domains point at, what they answer, and how Vercel's own job went.

use vercel_client::{AliasJob, JobKind, JobStatus};
use verdict::Finding;

/// A domain, after a promote or rollback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DomainFact {
    pub(crate) domain: String,
    /// The deployment that Vercel says it points at.
    pub(crate) points_to: Option<String>,
    /// What it answers to a visitor.
    pub(crate) answer: Answer,
}

/// What a visitor of a domain gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Not asked.
    Unasked,
    /// A status.
    Status(u16),
    /// No answer on this machine; a firewall may be in the way.
    Silent(String),
}

/// What production serves in place of `id`: the first domain that points elsewhere, because a promote may have moved some
/// already; where no domain points anywhere, the project's word.
pub(crate) fn previous<'a>(
    domains: &'a [DomainFact],
    project: Option<&'a str>,
    id: &str,
) -> Option<&'a str> {
    let mut served = domains
        .iter()
        .filter_map(|fact| fact.points_to.as_deref())
        .peekable();
    let project = project.filter(|_| served.peek().is_none());
    served.chain(project).find(|served| *served != id)
}

/// Whether production is where the last rollback brought it: a rollback that names no deployment has nothing left to do.
pub(crate) fn rolled_back(job: Option<&AliasJob>, domains: &[DomainFact]) -> bool {
    job.is_some_and(|job| {
        job.kind == JobKind::Rollback
            && job.job_status != JobStatus::Failed
            && domains
                .iter()
                .any(|fact| fact.points_to.as_deref() == Some(&*job.to_deployment_id))
    })
}

/// Whether every domain serves the wanted deployment. Without findings it does; without domains it does not.
pub(crate) fn settled(
    wanted: &str,
    job: Option<JobStatus>,
    domains: &[DomainFact],
) -> Vec<Finding> {
    if domains.is_empty() {
        let text = "the project has no production domain, so nothing shows what production serves";
        return vec![
            Finding::error("no-domain", text)
                .fix("name the domains: input or config key `domains`"),
        ];
    }
    let mut findings = Vec::new();
    for fact in domains {
        let domain = &fact.domain;
        match &fact.points_to {
            Some(id) if id == wanted => {}
            Some(id) => findings.push(Finding::error(
                "domain-elsewhere",
                format!("{domain} points at {id}, not at {wanted}"),
            )),
            None => findings.push(
                Finding::error(
                    "domain-unknown",
                    format!("Vercel knows no alias {domain} in this scope"),
                )
                .fix("check `domains`, and that the domain belongs to this project"),
            ),
        }
        match &fact.answer {
            Answer::Status(status) if *status >= 500 => {
                findings.push(Finding::error(
                    "domain-broken",
                    format!("{domain} answers {status}"),
                ));
            }
            Answer::Silent(cause) => {
                findings.push(Finding::warning(
                    "domain-silent",
                    format!("{domain} does not answer here: {cause}"),
                ));
            }
            Answer::Unasked | Answer::Status(_) => {}
        }
    }
    let elsewhere = domains
        .iter()
        .any(|fact| fact.points_to.as_deref() != Some(wanted));
    findings.extend(match job {
        Some(JobStatus::Failed) => {
            let text = "Vercel reports that moving the domains failed";
            Some(Finding::error("alias-job-failed", text).fix("run it again: what moved stays"))
        }
        Some(JobStatus::Skipped) if elsewhere => {
            let text = "Vercel skipped moving the domains";
            let fix = "see the project's deployments on Vercel: another one may have been promoted meanwhile";
            Some(Finding::error("alias-job-skipped", text).fix(fix))
        }
        Some(JobStatus::Pending | JobStatus::InProgress) if elsewhere => {
            let text = "Vercel still moves the domains, and the time is up";
            let fix = "it may go on by itself: look with `mode: status`, then run this again or roll back";
            Some(Finding::error("alias-job-stuck", text).fix(fix))
        }
        _ => None,
    });
    findings
}

/// What production is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// One deployment serves every domain.
    Serving,
    /// A rolling release splits the visitors.
    Rolling,
    /// Domains are being moved.
    Moving,
    /// The last move failed.
    Failed,
    /// Domains point at different deployments, or at none.
    Split,
}

impl Standing {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Rolling => "rolling",
            Self::Moving => "moving",
            Self::Failed => "failed",
            Self::Split => "split",
        }
    }
}

/// Sums up what the domains and the last move say.
pub(crate) fn standing(domains: &[DomainFact], job: Option<JobStatus>, rolling: bool) -> Standing {
    let mut served = domains.iter().map(|fact| fact.points_to.as_deref());
    let first = served.next().flatten();
    let one = first.is_some() && served.all(|other| other == first);
    match job {
        _ if rolling => Standing::Rolling,
        Some(JobStatus::Pending | JobStatus::InProgress) => Standing::Moving,
        _ if !one => Standing::Split,
        // A failed move that left every domain at one place is history; so says what was found, not what it is.
        Some(JobStatus::Failed) => Standing::Failed,
        _ => Standing::Serving,
    }
}

/// What is worth a warning.
pub(crate) fn standing_findings(standing: Standing, domains: &[DomainFact]) -> Vec<Finding> {
    match standing {
        Standing::Serving | Standing::Rolling | Standing::Moving => Vec::new(),
        Standing::Failed => {
            let text = "the last move of the domains failed; all of them stayed";
            vec![Finding::warning("alias-job-failed", text).fix("promote again")]
        }
        Standing::Split => {
            let said: Vec<String> = domains
                .iter()
                .map(|fact| {
                    let points_to = fact.points_to.as_deref().unwrap_or("nothing");
                    format!("{} at {points_to}", fact.domain)
                })
                .collect();
            let text = format!(
                "the domains point at different deployments: {}",
                said.join(", ")
            );
            vec![Finding::warning("split", text).fix("promote again, or roll back")]
        }
    }
}
