//! Every way a run can end, and the promise that nothing unproven passes.

use gate::Report;
use pipeline_config::Millis;
use proptest::prelude::*;
use verdict::{Conclusion, Evidence, EvidenceState, Source};

use super::decide;
use crate::{
    attempt::{Failure, Pass},
    budget::Budgets,
    facts::{CheckFacts, Facts, VersionEnd, VersionFacts},
    repeat::{End, Settled},
    rule::Mismatch,
    sampling::Watched,
    wall::Wall,
    watch::{Breach, Ending, Limits, Places, Sample},
};

fn pass() -> End {
    let url = Source::Url("https://app.example/".to_owned());
    End::Passed(Pass {
        warnings: Vec::new(),
        took: 12.0,
        ttfb: 9.0,
        captured: Vec::new(),
        evidence: Evidence::read(url, b"body", EvidenceState::Clean),
        version: None,
    })
}

fn warned() -> End {
    let End::Passed(pass) = pass() else {
        unreachable!()
    };
    let warning = Mismatch::error("health", "service `search` is `degraded`").warn();
    End::Passed(Pass {
        warnings: vec![warning],
        ..pass
    })
}

fn failure() -> Failure {
    Failure {
        exhibit: Some("answered 500 Internal Server Error, body `oops`".to_owned()),
        ..Failure::without_answer("status", "status 500, expected 2xx")
    }
}

fn check(name: &str, end: Option<End>) -> CheckFacts {
    let failed = matches!(end, Some(End::Failed(_)));
    CheckFacts {
        name: name.to_owned(),
        request: "GET https://app.example/".to_owned(),
        place: Some(verdict::Place::line("stagegate.yml", 4)),
        max_time: None,
        settled: end.map(|end| Settled {
            tries: if failed { 7 } else { 1 },
            failed: if failed { 7 } else { 0 },
            took: if failed { Vec::new() } else { vec![12.0] },
            ttfb: if failed { Vec::new() } else { vec![9.0] },
            end,
        }),
    }
}

fn version(end: VersionEnd, flips: u32) -> VersionFacts {
    VersionFacts {
        expected: Some("v2".to_owned()),
        found: Some("v1".to_owned()),
        end,
        flips,
    }
}

fn old_version() -> VersionEnd {
    VersionEnd::Failed(Failure::without_answer(
        "version",
        "version `v1` answers, expected `v2`",
    ))
}

fn watched(ending: Ending, count: u64) -> Watched {
    let sample = |at| Sample {
        at: std::time::Duration::from_secs(at),
        passed: true,
        took: Millis::from_millis(40),
    };
    Watched {
        ending,
        samples: (0..count).map(sample).collect(),
        last_failure: (ending != Ending::Held).then(|| ("home".to_owned(), failure())),
    }
}

fn facts(checks: Vec<CheckFacts>) -> Facts {
    Facts {
        host: "app.example".to_owned(),
        bypass_sent: false,
        version: None,
        checks,
        budgets: Budgets::default(),
        load: None,
        watch: None,
        edge: None,
        limits: Limits::default(),
        watch_places: Places::default(),
    }
}

fn tell(name: &str, report: &Report) -> String {
    let mut text = format!(
        "## {name}\n{}: {}\n",
        report.draft.conclusion, report.draft.title
    );
    for finding in &report.draft.findings {
        let place = finding
            .place
            .as_ref()
            .map_or_else(String::new, |place| format!("{place}: "));
        text += &format!(
            "- {} {place}[{}] {}\n",
            finding.level.as_str(),
            finding.rule,
            finding.message
        );
        if let Some(fix) = &finding.fix {
            text += &format!("  fix: {fix}\n");
        }
    }
    let outputs: Vec<_> = report
        .outputs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    text + &outputs.join(" ") + "\n"
}

#[test]
fn every_ending_reads_well() {
    let fine = || vec![check("home", Some(pass())), check("health", Some(pass()))];
    let seen = |flips| {
        Some(VersionFacts {
            found: Some("v2".to_owned()),
            ..version(VersionEnd::Seen, flips)
        })
    };
    let unreached = || Failure {
        fix: Some("check the input `url`"),
        ..Failure::without_answer("unresolvable-host", "the host does not resolve (dns error)")
    };
    let broke = |ending| Facts {
        watch: Some(watched(ending, 30)),
        ..facts(fine())
    };
    let cases = [
        ("all pass", facts(fine())),
        (
            "all pass, version seen, watched",
            Facts {
                version: seen(0),
                watch: Some(watched(Ending::Held, 50)),
                ..facts(fine())
            },
        ),
        ("a warning", facts(vec![check("health", Some(warned()))])),
        (
            "one fails",
            facts(vec![
                check("home", Some(pass())),
                check("health", Some(End::Failed(failure()))),
            ]),
        ),
        (
            "two fail",
            facts(vec![
                check("home", Some(End::Failed(unreached()))),
                check("health", Some(End::Failed(failure()))),
            ]),
        ),
        (
            "old version",
            Facts {
                version: Some(version(old_version(), 0)),
                ..facts(vec![check("home", None)])
            },
        ),
        (
            "flipped back",
            Facts {
                version: Some(version(old_version(), 3)),
                ..facts(fine())
            },
        ),
        (
            "flipped once, then settled",
            Facts {
                version: seen(1),
                ..facts(fine())
            },
        ),
        (
            "wall at a check",
            facts(vec![
                check("home", Some(End::Walled(Wall::Protection))),
                check("health", None),
            ]),
        ),
        (
            "wall at the version, with the wrong secret",
            Facts {
                version: Some(version(VersionEnd::Walled(Wall::Protection), 0)),
                bypass_sent: true,
                ..facts(vec![check("home", None)])
            },
        ),
        (
            "challenge",
            facts(vec![check("home", Some(End::Walled(Wall::Challenge)))]),
        ),
        ("nothing", facts(Vec::new())),
        ("never asked", facts(vec![check("home", None)])),
        (
            "watch broke in windows",
            broke(Ending::BrokeInWindows(Breach::ErrorRate(0.125))),
        ),
        (
            "watch broke in all",
            broke(Ending::BrokeInAll(Breach::P95(3200.0))),
        ),
        ("watch too short", broke(Ending::TooFew)),
    ];
    let told: Vec<_> = cases
        .iter()
        .map(|(name, facts)| tell(name, &decide(facts)))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_same_failure_keeps_its_fingerprint_when_the_answer_looks_different() {
    let fingerprint = |exhibit: &str| {
        let failure = Failure {
            exhibit: Some(exhibit.to_owned()),
            ..failure()
        };
        let report = decide(&facts(vec![check("home", Some(End::Failed(failure)))]));
        report.draft.findings[0].fingerprint.clone()
    };
    assert_eq!(
        fingerprint("answered 500, x-vercel-id: a"),
        fingerprint("answered 500, x-vercel-id: b")
    );
}

fn ends() -> impl Strategy<Value = Option<End>> {
    prop_oneof![
        8 => Just(Some(pass())),
        1 => Just(Some(warned())),
        1 => Just(Some(End::Failed(failure()))),
        1 => Just(Some(End::Walled(Wall::Protection))),
        1 => Just(None),
    ]
}

fn versions() -> impl Strategy<Value = Option<VersionFacts>> {
    (0u8..5).prop_map(|kind| match kind {
        0 => Some(version(old_version(), 0)),
        1 => Some(version(VersionEnd::Walled(Wall::Challenge), 0)),
        2 | 3 => Some(version(VersionEnd::Seen, u32::from(kind - 2))),
        _ => None,
    })
}

fn watches() -> impl Strategy<Value = Option<Ending>> {
    let endings = [
        Some(Ending::Held),
        Some(Ending::TooFew),
        Some(Ending::BrokeInAll(Breach::ErrorRate(0.5))),
        Some(Ending::BrokeInWindows(Breach::P95(9.0))),
        None,
    ];
    (0..endings.len()).prop_map(move |index| endings[index])
}

proptest! {
    #[test]
    fn only_what_was_wholly_proven_allows(ends in proptest::collection::vec(ends(), 0..5), version in versions(), watch in watches()) {
        let proven = !ends.is_empty()
            && ends.iter().all(|end| matches!(end, Some(End::Passed(_))))
            && version.as_ref().is_none_or(|version| matches!(version.end, VersionEnd::Seen))
            && watch.is_none_or(|ending| ending == Ending::Held);
        let any_check = !ends.is_empty();
        let walled = ends.iter().any(|end| matches!(end, Some(End::Walled(_))))
            || version.as_ref().is_some_and(|version| matches!(version.end, VersionEnd::Walled(_)));
        let checks = ends.into_iter().enumerate().map(|(index, end)| check(&index.to_string(), end)).collect();
        let facts = Facts { version, watch: watch.map(|ending| watched(ending, 30)), ..facts(checks) };
        let report = decide(&facts);
        prop_assert_eq!(report.draft.conclusion.allows(), proven, "{:?}", report.draft);
        prop_assert!(!walled || report.draft.conclusion == Conclusion::Error);
        prop_assert!(proven || !report.draft.findings.is_empty(), "a bad end without a finding");
        let placed = |finding: &verdict::Finding| finding.place.is_some();
        prop_assert!(!any_check || report.draft.findings.iter().all(placed), "a finding without a line");
    }
}
