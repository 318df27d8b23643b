//! The decision by property: the requirements are stated here once more, in other words than the code's.

use std::collections::BTreeSet;

use proptest::prelude::*;
use verdict::{Conclusion, Digest};

use super::samples::{facts, judged, policy, review, sha};
use super::{Outcome, decide};
use crate::facts::{Facts, Judged, Review, Staging};
use crate::policy::{Policy, Required};

fn any_judged() -> impl Strategy<Value = Judged> {
    let conclusions = prop::sample::select(vec![
        Conclusion::Pass,
        Conclusion::Pass,
        Conclusion::Warn,
        Conclusion::Fail,
        Conclusion::Pending,
        Conclusion::Error,
    ]);
    let gates = prop::sample::select(vec![
        ("quality-gate", None),
        ("smoke-test", Some("staging")),
        ("smoke-test", None),
        ("security-gate", None),
    ]);
    let digests = prop::sample::select(vec![
        Some(&b"build"[..]),
        Some(b"build"),
        Some(b"other"),
        None,
    ]);
    let shas = prop::sample::select(vec!['a', 'a', 'a', 'b']);
    let runs = prop::sample::select(vec![Some(9), Some(9), Some(8), None]);
    (gates, conclusions, digests, shas, runs).prop_map(
        |((gate, instance), conclusion, digest, of, run)| Judged {
            conclusion,
            digest: digest.map(Digest::of),
            sha: Some(sha(of)),
            run,
            ..judged(gate, instance)
        },
    )
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let mostly = || prop::bool::weighted(0.8);
    let reviews = prop::collection::vec((mostly(), mostly(), mostly(), 1u64..4), 0..3);
    let staging = prop::option::weighted(0.9, (mostly(), mostly(), mostly()));
    (
        prop::collection::vec(any_judged(), 0..4),
        mostly(),
        reviews,
        staging,
        any::<bool>(),
        mostly(),
    )
        .prop_map(
            |(mut verdicts, complete, reviews, staging, waiting, once)| {
                if complete {
                    let same = |one: &Judged, other: &Judged| {
                        one.gate == other.gate && one.instance == other.instance
                    };
                    let whole = facts().verdicts;
                    // Mostly once each, or hardly a release would be approved.
                    if once {
                        verdicts.retain(|one| !whole.iter().any(|other| same(one, other)));
                    }
                    verdicts.extend(whole);
                }
                let review = |(approved, is_approver, human, id): (bool, bool, bool, u64)| Review {
                    is_approver,
                    is_bot: !human,
                    ..review(&format!("person-{id}"), id, approved)
                };
                Facts {
                    verdicts,
                    reviews: reviews.into_iter().map(review).collect(),
                    staging: staging.map(|(same, succeeded, there)| Staging {
                        id: 4,
                        digest: Some(Digest::of(if same { b"build" } else { b"other" })),
                        succeeded,
                        url: if there {
                            "https://staging.example".to_owned()
                        } else {
                            String::new()
                        },
                    }),
                    waiting,
                    ..facts()
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn approved_means_that_every_requirement_holds(facts in any_facts(), allow_warn: bool, allow_self: bool) {
        let policy = Policy { allow_warn, allow_self, ..policy() };
        let decision = decide(&policy, &facts);
        prop_assert_eq!(decision.outcome == Outcome::Approved, decision.unmet.is_empty());
        if decision.outcome != Outcome::Approved {
            return Ok(());
        }
        for (gate, instance) in [("quality-gate", None), ("smoke-test", Some("staging"))] {
            let matches = |v: &&Judged| v.gate == gate && (instance.is_none() || v.instance.as_deref() == instance);
            prop_assert!(facts.verdicts.iter().any(|v| matches(&v)));
        }
        let names: BTreeSet<_> = facts.verdicts.iter().map(|v| (&v.gate, &v.instance)).collect();
        prop_assert_eq!(names.len(), facts.verdicts.len());
        for verdict in &facts.verdicts {
            let warned = verdict.conclusion == Conclusion::Warn;
            prop_assert!(verdict.conclusion == Conclusion::Pass || (warned && allow_warn));
            prop_assert_eq!(verdict.sha.as_ref(), Some(&facts.sha));
            prop_assert_eq!(verdict.run, Some(9));
            prop_assert!(verdict.digest.as_ref() == Some(&facts.digest) || (verdict.digest.is_none() && verdict.gate != "smoke-test"));
        }
        let staging = facts.staging.as_ref().unwrap();
        prop_assert!(staging.succeeded && staging.digest.as_ref() == Some(&facts.digest) && !staging.url.is_empty());
        prop_assert!(facts.reviews.iter().all(|review| review.approved));
        prop_assert!(facts.reviews.iter().any(|r| r.is_approver && !r.is_bot && (allow_self || r.id != 2)));
        prop_assert!(!decision.approvals.is_empty());
    }

    #[test]
    fn without_any_one_fact_it_is_not_approved(
        gates in prop::collection::btree_set("[a-z]{1,8}", 1..6),
        which in any::<prop::sample::Index>(),
        spoil in 0usize..6,
    ) {
        let gates: Vec<String> = gates.into_iter().collect();
        let require = gates.iter().map(|gate| Required { gate: gate.clone(), instance: None });
        let policy = Policy { require: require.collect(), bound_to_digest: gates.clone(), ..policy() };
        let whole = Facts { verdicts: gates.iter().map(|gate| judged(gate, None)).collect(), ..facts() };
        prop_assert_eq!(decide(&policy, &whole).outcome, Outcome::Approved);

        let mut lacking = whole.clone();
        match which.index(gates.len() + 2) {
            index if index < gates.len() => drop(lacking.verdicts.remove(index)),
            index if index == gates.len() => lacking.staging = None,
            _ => lacking.reviews.clear(),
        }
        prop_assert_ne!(decide(&policy, &lacking).outcome, Outcome::Approved);

        let mut spoilt = whole;
        let verdict = &mut spoilt.verdicts[which.index(gates.len())];
        match spoil {
            0 => verdict.conclusion = Conclusion::Error,
            1 => verdict.sha = None,
            2 => verdict.digest = None,
            3 => verdict.run = None,
            4 => verdict.repository = Some("other/web".to_owned()),
            _ => verdict.gate.push('x'),
        }
        prop_assert_ne!(decide(&policy, &spoilt).outcome, Outcome::Approved);
    }
}
