//! The edge of the deployment: `smoke.edge`, checked once the checks have passed, because only then it is known who answers.

use std::time::Duration;

use edge_checks::{Judged, Mistake, Visit, judge, policy::EdgePolicy, visit};
use gate::{Problem, Progress};
use http_client::{Client, Deadline};
use pipeline_config::Located;
use verdict::Place;

use crate::{compile::Compiler, target::Target};

/// The time everything at the edge gets together.
const DEADLINE: Duration = Duration::from_secs(120);

/// Understands the section; every mistake is a problem at its line.
pub(crate) fn compile(
    policy: &EdgePolicy,
    compiler: &mut Compiler<'_>,
) -> Option<edge_checks::Plan> {
    let plan = edge_checks::Plan::compile(policy, &|at: &Located<()>| compiler.place(at));
    match plan {
        Ok(plan) => Some(plan),
        Err(mistakes) => {
            let problem = |mistake: Mistake| Problem::new(mistake.message).at(mistake.place);
            compiler.problems.extend(mistakes.into_iter().map(problem));
            None
        }
    }
}

/// Looks at the edge and judges it; what has no line of its own stands at the section's.
pub(crate) async fn check(
    plan: &edge_checks::Plan,
    place: Option<&Place>,
    target: &Target,
    client: &Client,
    progress: &Progress,
) -> Judged {
    let order = Visit {
        client,
        target: target.url(),
        deadline: Deadline::after(DEADLINE),
    };
    let what = format!("looking at the edge of {}", target.host());
    let facts = progress.during(&what, visit(order, plan)).await;
    let mut judged = judge(plan, &facts);
    for finding in &mut judged.findings {
        finding.place = finding.place.take().or_else(|| place.cloned());
    }
    judged
}
