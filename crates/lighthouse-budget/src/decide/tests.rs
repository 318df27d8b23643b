//! The decision, by tables and properties.

use std::collections::BTreeMap;

use pipeline_config::{ConfigFile, Section};
use proptest::prelude::*;
use verdict::Conclusion;

use super::{Decision, Given};
use crate::measure::Measure;
use crate::policy::{Policy, Profile};
use crate::report::{Lhr, Run};

fn policy(text: &str) -> Section<Policy> {
    ConfigFile::from_text("stagegate.yml", format!("lighthouse:\n{text}"))
        .section("lighthouse")
        .unwrap()
}

fn decide(runs: &[Run], policy: &Section<Policy>) -> Decision {
    super::decide(&Given {
        runs,
        policy,
        extended: &[],
        field: &[],
        base: None,
    })
}

/// Only LCP is held.
const LCP: &str = "  budgets:\n    lcp: 2500\n    fcp: null\n    cls: null\n    inp: null\n    ttfb: null\n    tti: null\n    tbt: null\n    scores: {performance: null, accessibility: null, best-practices: null, seo: null}\n";

fn run(values: &[(Measure, f64)]) -> Run {
    Run {
        version: "12.8.2".to_owned(),
        url: "https://a.example/".to_owned(),
        profile: Profile::Mobile,
        values: values.iter().copied().collect(),
        ttfb_source: Some("metrics.timeToFirstByte"),
        lhr: Lhr::default(),
    }
}

fn good() -> BTreeMap<Measure, f64> {
    let value = |measure: Measure| match measure.unit() {
        "score" => 95.0,
        "ms" => 150.0,
        _ => 0.01,
    };
    Measure::ALL
        .into_iter()
        .filter(|measure| *measure != Measure::Inp)
        .map(|measure| (measure, value(measure)))
        .collect()
}

fn lcps(values: &[f64]) -> Vec<Run> {
    values
        .iter()
        .map(|value| run(&[(Measure::Lcp, *value)]))
        .collect()
}

fn lines(decision: &Decision) -> String {
    let draft = &decision.draft;
    let findings = draft.findings.iter().map(|finding| {
        let place = finding
            .place
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        format!(
            "{} {} {place}: {}\n",
            finding.level.as_str(),
            finding.rule,
            finding.message
        )
    });
    format!(
        "{}: {}\n{}",
        draft.conclusion.as_str(),
        draft.title,
        findings.collect::<String>()
    )
}

#[test]
fn the_median_is_held_and_every_run_is_shown() {
    let decision = decide(&lcps(&[2400.0, 9000.0, 2600.0]), &policy(LCP));
    insta::assert_snapshot!(lines(&decision));
    let policy = |how: &str| policy(&format!("  aggregate: {how}\n{LCP}"));
    let conclusion = |values: &[f64], how| decide(&lcps(values), &policy(how)).draft.conclusion;
    for (values, how, expected) in [
        (vec![2400.0, 9000.0, 2500.0], "median", Conclusion::Pass),
        (vec![2400.0, 2602.0], "median", Conclusion::Fail),
        (vec![2400.0, 2600.0], "median", Conclusion::Pass),
        (vec![9000.0, 2500.0], "best", Conclusion::Pass),
        (vec![2501.0, 2400.0], "worst", Conclusion::Fail),
    ] {
        assert_eq!(conclusion(&values, how), expected, "{values:?} {how}");
    }
}

#[test]
fn the_defaults_are_those_of_the_web_vitals() {
    let absent = Section::absent("lighthouse", Policy::default());
    let held = |change: &[(Measure, f64)]| {
        let mut run = run(&[]);
        run.values = good();
        run.values.extend(change.iter().copied());
        decide(&[run], &absent).draft
    };
    let fine = held(&[]);
    assert_eq!(fine.conclusion, Conclusion::Pass, "{fine:?}");
    assert!(
        fine.findings[0]
            .message
            .contains("not measurable in a navigation run")
    );
    for (measure, value) in [
        (Measure::Lcp, 2501.0),
        (Measure::Fcp, 1801.0),
        (Measure::Cls, 0.101),
        (Measure::Ttfb, 801.0),
        (Measure::Tti, 3801.0),
        (Measure::Tbt, 201.0),
        (Measure::Inp, 201.0),
        (Measure::Performance, 89.0),
        (Measure::Accessibility, 89.0),
        (Measure::BestPractices, 89.0),
        (Measure::Seo, 89.0),
    ] {
        assert_eq!(
            held(&[(measure, value)]).conclusion,
            Conclusion::Fail,
            "{measure:?}"
        );
    }
    assert_eq!(
        held(&[(Measure::SpeedIndex, 9e9)]).conclusion,
        Conclusion::Pass,
        "no limit"
    );
}

#[test]
fn a_limit_annotates_its_line_and_the_source_of_ttfb_is_named() {
    let text = "  budgets:\n    ttfb: 0.4 s\n    scores:\n      seo: 100\n";
    let mut run = run(&[]);
    run.values = good();
    run.values.insert(Measure::Ttfb, 471.0);
    insta::assert_snapshot!(lines(&decide(&[run], &policy(text))));
}

#[test]
fn pages_and_devices_are_judged_apart() {
    let mut runs = lcps(&[2000.0, 2000.0]);
    runs[1].profile = Profile::Desktop;
    runs.extend(lcps(&[3000.0]));
    runs[2].url = "https://a.example/b".to_owned();
    let decision = decide(&runs, &policy(LCP));
    let names: Vec<_> = decision
        .draft
        .metrics
        .iter()
        .map(|metric| metric.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "lcp https://a.example/ (mobile)",
            "lcp https://a.example/ (desktop)",
            "lcp https://a.example/b (mobile)"
        ]
    );
    assert_eq!(decision.worst[&Measure::Lcp], 3000.0);
    assert_eq!(decision.draft.conclusion, Conclusion::Fail);
}

#[test]
fn no_runs_are_no_pass() {
    assert_eq!(
        decide(&[], &policy(LCP)).draft.conclusion,
        Conclusion::Error
    );
}

fn any_lcps() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(1500.0..3500.0_f64, 1..9)
}

proptest! {
    #[test]
    fn a_slower_run_never_helps(values in any_lcps(), slower in 0.0..9000.0_f64, how in 0..3_usize) {
        // Best-of-runs is the one aggregate that a slower run leaves alone; it must not improve either.
        let how = ["median", "best", "worst"][how];
        let policy = policy(&format!("  aggregate: {how}\n{LCP}"));
        let slowest = values.iter().copied().fold(0.0, f64::max) + slower;
        let before = decide(&lcps(&values), &policy).draft.conclusion;
        let after = decide(&lcps(&[values, vec![slowest]].concat()), &policy).draft.conclusion;
        prop_assert!(after >= before, "{before:?} became {after:?}");
    }

    #[test]
    fn a_missing_value_never_passes(values in any_lcps(), at in any::<prop::sample::Index>()) {
        let mut runs = lcps(&values);
        let at = at.index(runs.len());
        runs[at].values.clear();
        prop_assert_eq!(decide(&runs, &policy(LCP)).draft.conclusion, Conclusion::Error);
    }

    #[test]
    fn the_order_of_runs_changes_nothing(values in any_lcps()) {
        let conclusion = |values: &[f64]| decide(&lcps(values), &policy(LCP)).draft.conclusion;
        let mut reversed = values.clone();
        reversed.reverse();
        prop_assert_eq!(conclusion(&values), conclusion(&reversed));
    }

    #[test]
    fn best_is_never_stricter_than_median_nor_median_than_worst(values in any_lcps()) {
        let conclusion = |how| decide(&lcps(&values), &policy(&format!("  aggregate: {how}\n{LCP}"))).draft.conclusion;
        prop_assert!(conclusion("best") <= conclusion("median"));
        prop_assert!(conclusion("median") <= conclusion("worst"));
    }
}
