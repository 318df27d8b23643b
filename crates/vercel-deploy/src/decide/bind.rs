//! May this deployment be promoted: do record, run, bytes and deployment speak of the same build.

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
