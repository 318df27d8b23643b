//! The decisions, without any I/O: may this deployment be promoted, does production serve it, may a stage go on.

use vercel_client::JobStatus;
use verdict::{Digest, Finding, ReleaseRecord, Sha};

/// Everything that claims to be about one release, before it is promoted.
#[derive(Debug, Default)]
pub(crate) struct Claims<'a> {
    /// The commit of the event or of `--sha`.
    pub(crate) sha: Option<&'a Sha>,
    /// `--digest`.
    pub(crate) digest: Option<&'a Digest>,
    /// What was approved.
    pub(crate) record: Option<&'a ReleaseRecord>,
    /// The build on this machine.
    pub(crate) bytes: Option<&'a Digest>,
    /// What Vercel has; `None` before it is deployed.
    pub(crate) deployed: Option<Deployed<'a>>,
    /// Where it is to go.
    pub(crate) environment: &'a str,
}

/// A deployment's own statements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deployed<'a> {
    pub(crate) id: &'a str,
    pub(crate) digest: Option<&'a str>,
    pub(crate) sha: Option<&'a str>,
    pub(crate) ready: bool,
    pub(crate) production: bool,
}

/// Compares all claims with each other. An error among the findings means: touch nothing.
pub(crate) fn bind(claims: &Claims<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(record) = claims.record
        && record.environment != claims.environment
    {
        let text = format!(
            "the release record approves {}, not {}",
            record.environment, claims.environment
        );
        let fix = "have the release approved for this environment";
        findings.push(Finding::error("wrong-environment", text).fix(fix));
    }
    let mut shas = Vec::new();
    shas.extend(
        claims
            .record
            .and_then(ReleaseRecord::sha)
            .map(|sha| ("the release record", sha.as_str())),
    );
    shas.extend(claims.sha.map(|sha| ("this run", sha.as_str())));
    let mut digests = Vec::new();
    digests.extend(
        claims
            .record
            .and_then(ReleaseRecord::digest)
            .map(|digest| ("the release record", digest.as_str())),
    );
    digests.extend(
        claims
            .digest
            .map(|digest| ("the input `digest`", digest.as_str())),
    );
    digests.extend(claims.bytes.map(|digest| ("the build", digest.as_str())));
    if let Some(deployed) = &claims.deployed {
        findings.extend(usable(deployed));
        for (list, stated, rule, what) in [
            (&mut shas, deployed.sha, "wrong-commit", "commit"),
            (&mut digests, deployed.digest, "wrong-bytes", "digest"),
        ] {
            match stated {
                Some(stated) => list.push(("the deployment", stated)),
                None if !list.is_empty() => {
                    let text = format!(
                        "{} carries no {what}, so nothing shows what it was built from",
                        deployed.id
                    );
                    findings.push(
                        Finding::error(rule, text).fix(
                            "deploy the build with vercel-deploy, then promote that deployment",
                        ),
                    );
                }
                None => {}
            }
        }
    }
    findings.extend(disagreement("wrong-commit", &shas));
    findings.extend(disagreement("wrong-bytes", &digests));
    findings
}

fn usable(deployed: &Deployed<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !deployed.production {
        let text = format!(
            "{} was not deployed for production: Vercel would rebuild it, and other bytes would go live",
            deployed.id
        );
        let fix = "deploy the same build with `environment: production` and `staged: true`, then promote that";
        findings.push(Finding::error("rebuild", text).fix(fix));
    }
    if !deployed.ready {
        findings.push(Finding::error(
            "not-ready",
            format!("{} is not READY", deployed.id),
        ));
    }
    findings
}

/// One finding when not all say the same.
fn disagreement(rule: &str, claims: &[(&str, &str)]) -> Option<Finding> {
    let (_, first) = claims.first()?;
    if claims.iter().all(|(_, value)| value == first) {
        return None;
    }
    let said: Vec<String> = claims
        .iter()
        .map(|(who, value)| format!("{who} says {value}"))
        .collect();
    let fix =
        "promote the deployment that was made from the approved build, in the run that built it";
    Some(Finding::error(rule, said.join(", ")).fix(fix))
}

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
    if job == Some(JobStatus::Failed) {
        findings.push(Finding::error(
            "alias-job-failed",
            "Vercel reports that moving the domains failed",
        ));
    }
    findings
}

/// Requests of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) sent: u32,
    /// No answer, or a status of 400 and above.
    pub(crate) failed: u32,
}

/// What a stage showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    /// Visits that were pinned to the canary.
    pub(crate) canary: Tally,
    /// Visits without a cookie: what the public gets, from either side.
    pub(crate) public: Tally,
}

/// What speaks against going on after a stage; nothing does if it is empty. No sample is no proof.
pub(crate) fn stage(stage: &Stage, limit: f64) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (who, tally) in [("the canary", stage.canary), ("the public", stage.public)] {
        if tally.sent == 0 {
            findings.push(Finding::error(
                "canary-unproven",
                format!("no request of {who} was sent"),
            ));
            continue;
        }
        let rate = f64::from(tally.failed) / f64::from(tally.sent);
        // Written so that NaN fails.
        let within = rate <= limit;
        if !within {
            let (failed, sent) = (tally.failed, tally.sent);
            let (rate, limit) = (rate * 100.0, limit * 100.0);
            let text = format!(
                "{failed} of {sent} requests of {who} failed ({rate:.1} %, limit {limit:.1} %)"
            );
            findings.push(Finding::error("canary-errors", text));
        }
    }
    findings
}

/// What ends a stage that held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The stage with this index.
    Approve(u32),
    /// Everybody.
    Complete,
}

/// How a release goes on. `None` when there is a next stage without an index: to complete instead would give everybody
/// what only some were to meet.
pub(crate) fn step(next: Option<&vercel_client::Stage>) -> Option<Step> {
    match next {
        None => Some(Step::Complete),
        Some(next) if next.target_percentage >= 100.0 => Some(Step::Complete),
        Some(next) => next.index.map(Step::Approve),
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
