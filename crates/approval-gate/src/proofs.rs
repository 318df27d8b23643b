//! The rules about verdicts and staging: each proof must be there, good, and about these very bytes.

use std::collections::BTreeMap;

use verdict::{Conclusion, Digest};

use crate::decide::Unmet;
use crate::facts::{Facts, Judged};
use crate::policy::Policy;

/// What the verdicts leave open.
pub(crate) fn verdicts(policy: &Policy, facts: &Facts) -> Vec<Unmet> {
    let mut unmet = Vec::new();
    for required in &policy.require {
        let answered = facts.verdicts.iter().any(|judged| {
            judged.gate == required.gate
                && (required.instance.is_none() || judged.instance == required.instance)
        });
        if !answered {
            unmet.push(Unmet::new(
                "verdict-missing",
                format!("{required} gave no verdict"),
                "let the job run, upload its verdict and download it before this gate",
            ));
        }
    }
    unmet.extend(said_twice(facts));
    // Not only the required ones: a gate that said no is not outvoted by leaving it off the list.
    for judged in &facts.verdicts {
        unmet.extend(objections(policy, facts, judged));
    }
    unmet
}

/// Two verdicts of one gate and instance: nobody can tell which of them it stands by, and the older one may be about
/// something else. Instances tell apart what ran on purpose more than once.
fn said_twice(facts: &Facts) -> Vec<Unmet> {
    let mut files = BTreeMap::<_, Vec<&str>>::new();
    for judged in &facts.verdicts {
        let said = files.entry((&judged.gate, &judged.instance)).or_default();
        said.push(&judged.file);
    }
    let twice = files.into_iter().filter(|(_, files)| files.len() > 1);
    let object = |((gate, instance), files): ((&String, &Option<String>), Vec<&str>)| {
        let name = name(gate, instance.as_deref());
        let (count, files) = (files.len(), files.join(", "));
        Unmet::new(
            "verdict-twice",
            format!("{name} answered {count} times: {files}"),
            "collect one verdict of it, or give each its own `instance`",
        )
    };
    twice.map(object).collect()
}

/// A gate, as people know it.
fn name(gate: &str, instance: Option<&str>) -> String {
    match instance {
        Some(instance) => format!("{gate} ({instance})"),
        None => gate.to_owned(),
    }
}

fn objections(policy: &Policy, facts: &Facts, judged: &Judged) -> Vec<Unmet> {
    let name = name(&judged.gate, judged.instance.as_deref());
    let mut unmet = Vec::new();
    let mut object = |rule, message: String, fix| unmet.push(Unmet::new(rule, message, fix));
    let good = match judged.conclusion {
        Conclusion::Pass => true,
        Conclusion::Warn => policy.allow_warn,
        Conclusion::Fail | Conclusion::Pending | Conclusion::Error => false,
    };
    if !good {
        let conclusion = judged.conclusion;
        object(
            "verdict-conclusion",
            format!("{name} says {conclusion}: {}", judged.title),
            "mend what it names and run it again",
        );
    }
    if judged
        .repository
        .as_ref()
        .is_some_and(|of| !of.eq_ignore_ascii_case(&facts.repository))
    {
        object(
            "verdict-subject",
            format!("{name} judged another repository ({})", judged.file),
            "collect the verdicts of this repository only",
        );
    }
    if judged.sha.as_ref() != Some(&facts.sha) {
        let of = judged.sha.as_ref().map_or("no commit", |sha| sha.short());
        object(
            "verdict-subject",
            format!("{name} judged {of}, not {}", facts.sha.short()),
            "run it on the commit that is to be released",
        );
    }
    match &judged.digest {
        Some(digest) if *digest != facts.digest => object(
            "verdict-digest",
            format!(
                "{name} judged {}, not {}",
                digest.short(),
                facts.digest.short()
            ),
            "run it on the build that is to be released",
        ),
        None if policy.bound_to_digest.contains(&judged.gate) => object(
            "verdict-digest",
            format!("{name} does not say which build it judged"),
            "pass the build's `digest` to that gate",
        ),
        _ => {}
    }
    match judged.run {
        Some(run) if facts.runs.contains(&run) => {}
        Some(run) => object(
            "verdict-run",
            format!("{name} comes from run {run}"),
            "collect this run's verdicts, or name the other run in `evidence-run-id`",
        ),
        None => object(
            "verdict-run",
            format!("{name} comes from no run"),
            "let the gate run in a workflow",
        ),
    }
    unmet
}

/// What staging leaves open.
pub(crate) fn staging(policy: &Policy, facts: &Facts) -> Vec<Unmet> {
    let environment = &policy.staging_environment;
    let Some(staging) = &facts.staging else {
        return vec![Unmet::new(
            "staging-missing",
            format!("{} was never deployed to {environment}", facts.sha.short()),
            "deploy it with vercel-deploy before this gate",
        )];
    };
    let mut unmet = Vec::new();
    let mut object = |rule, message: String, fix| unmet.push(Unmet::new(rule, message, fix));
    if staging.digest.as_ref() != Some(&facts.digest) {
        let serves = staging
            .digest
            .as_ref()
            .map_or("an unnamed build", Digest::short);
        object(
            "staging-digest",
            format!("{environment} got {serves}, not {}", facts.digest.short()),
            "deploy the build that is to be released to it",
        );
    }
    if !staging.succeeded {
        object(
            "staging-status",
            format!(
                "the newest deployment to {environment} (#{}) is no success",
                staging.id
            ),
            "look at its log and deploy again",
        );
    }
    if staging.url.is_empty() {
        object(
            "staging-url",
            format!(
                "deployment #{} does not say where {environment} answers",
                staging.id
            ),
            "set `environment_url` in its status",
        );
    }
    unmet
}
