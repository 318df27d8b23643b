//! `mode: digest`: what the build is, without a network.

use gate::Context;

use crate::{
    decide::{Claims, bind},
    ledger::Ledger,
    plan::Plan,
    record,
    session::Stop,
};

/// Digests the build and compares it with `--digest`; gives the title.
pub(crate) async fn run(
    context: &Context,
    plan: &Plan,
    ledger: &mut Ledger,
) -> Result<String, Stop> {
    let (output, evidence) = record::open(context, plan).await?;
    let digest = output.digest();
    ledger.evidence.push(evidence);
    ledger.output("digest", &digest);
    ledger.output("files-total", output.entries().len());
    ledger.findings = bind(&Claims {
        digest: context.subject.digest.as_ref(),
        bytes: Some(&digest),
        environment: plan.environment.name(),
        ..Claims::default()
    });
    ledger.digest = Some(digest.clone());
    let title = if ledger.findings.is_empty() {
        format!("the build is {digest}")
    } else {
        "another build".to_owned()
    };
    Ok(title)
}
