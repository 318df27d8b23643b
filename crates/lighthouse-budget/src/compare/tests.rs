//! Comparisons of runs.

use super::{Standing, deterministic, differs, pairs, standings, timings};
use crate::measure::Measure;
use crate::policy::{Profile, Regression};
use crate::report::{Audit, Lhr, Number, Row, Run};

fn run(host: &str, lcp: f64, cls: f64) -> Run {
    let mut lhr = Lhr {
        version: "13.5.0".to_owned(),
        ..Lhr::default()
    };
    lhr.settings.throttling_method = Some("simulate".to_owned());
    lhr.environment.benchmark_index = Some(1500.0);
    lhr.environment.host_user_agent = Some("X HeadlessChrome/147.0.1.2 Y".to_owned());
    Run {
        version: "13.5.0".to_owned(),
        url: format!("https://{host}.example/a?b=1"),
        profile: Profile::Mobile,
        values: [
            (Measure::Lcp, lcp),
            (Measure::Cls, cls),
            (Measure::Tbt, 0.0),
        ]
        .into(),
        ttfb_source: None,
        lhr,
    }
}

fn side(host: &str, lcps: &[f64], cls: f64) -> Vec<Run> {
    lcps.iter().map(|lcp| run(host, *lcp, cls)).collect()
}

fn requests(runs: &mut [Run], files: &[(&str, f64)]) {
    for run in runs {
        let row = |(url, size): &(&str, f64)| Row {
            url: Some(format!("https://a.example{url}")),
            transfer_size: Number::Value(*size),
            ..Row::default()
        };
        let total = Row {
            resource_type: Some("total".to_owned()),
            transfer_size: Number::Value(files.iter().map(|(_, size)| size).sum()),
            request_count: Number::Value(1.0),
            ..Row::default()
        };
        let audit = |rows| Audit {
            rows: Some(rows),
            ..Audit::default()
        };
        run.lhr.audits.insert(
            "network-requests".to_owned(),
            audit(files.iter().map(row).collect()),
        );
        run.lhr
            .audits
            .insert("resource-summary".to_owned(), audit(vec![total]));
    }
}

const STEADY: [f64; 5] = [1000.0, 1010.0, 990.0, 1005.0, 995.0];
const SLOWER: [f64; 5] = [1200.0, 1210.0, 1190.0, 1205.0, 1195.0];

#[test]
fn a_slower_head_regresses_and_what_grew_is_named() {
    let (mut base, mut head) = (side("base", &STEADY, 0.0), side("head", &SLOWER, 0.2));
    requests(
        &mut base,
        &[("/main-3fa9c1d2e4.js", 50_000.0), ("/a.css", 9_000.0)],
    );
    requests(
        &mut head,
        &[
            ("/main-99a9c1d2e4.js", 90_000.0),
            ("/a.css", 9_100.0),
            ("/b.js", 4_000.0),
        ],
    );
    let pairs = pairs(&base, &head);
    assert_eq!(pairs.len(), 1, "hosts differ, the page does not");
    let comparisons = timings(&pairs, &Regression::default(), 0.1).unwrap();
    let found: Vec<_> = comparisons
        .iter()
        .map(|one| (one.what.as_str(), one.standing))
        .collect();
    assert_eq!(
        found,
        [
            ("lcp", Standing::Regressed),
            ("tbt", Standing::Pass),
            ("cls", Standing::Regressed)
        ]
    );
    assert_eq!(
        comparisons[0].grown,
        [
            "/main-*.js grew from 50.0 kB to 90.0 kB",
            "/b.js is new with 4.0 kB"
        ]
    );
}

#[test]
fn noise_alone_is_no_regression_and_three_runs_cannot_tell() {
    let (base, head) = (
        side("base", &STEADY, 0.0),
        side("head", &[1003.0, 1400.0, 991.0, 1006.0, 998.0], 0.0),
    );
    let noise = timings(&pairs(&base, &head), &Regression::default(), 0.1).unwrap();
    assert!(
        noise.iter().all(|one| one.standing == Standing::Pass),
        "{noise:?}"
    );
    let few = timings(
        &pairs(&base[..3], &side("head", &SLOWER[..3], 0.0)),
        &Regression::default(),
        0.1,
    )
    .unwrap();
    assert_eq!(few[0].standing, Standing::Open);
}

#[test]
fn many_comparisons_share_the_error() {
    // One of ten metrics at p = 1/252: enough alone, not beside nine others.
    let (base, head) = (side("base", &STEADY, 0.0), side("head", &SLOWER, 0.0));
    let pair = pairs(&base, &head).remove(0);
    let lcp = |of| standings(&pair, &Regression::default(), of)[0];
    assert_eq!((lcp(1), lcp(10)), (Standing::Regressed, Standing::Open));
}

#[test]
fn a_missing_value_is_no_comparison() {
    let (mut base, head) = (side("base", &STEADY, 0.0), side("head", &SLOWER, 0.0));
    base[1].values.remove(&Measure::Tbt);
    let error = timings(&pairs(&base, &head), &Regression::default(), 0.1).unwrap_err();
    assert!(
        error.contains("tbt is missing in a run of the base"),
        "{error}"
    );
    assert!(timings(&pairs(&[], &head), &Regression::default(), 0.1).is_err());
}

#[test]
fn bytes_and_scores_are_compared_across_machines() {
    let (mut base, mut head) = (
        side("base", &STEADY[..1], 0.0),
        side("head", &STEADY[..1], 0.0),
    );
    requests(&mut base, &[("/a.js", 100_000.0)]);
    requests(&mut head, &[("/a.js", 106_000.0)]);
    base[0].values.insert(Measure::Seo, 100.0);
    head[0].values.insert(Measure::Seo, 92.0);
    let found: Vec<_> = deterministic(&pairs(&base, &head), &Regression::default())
        .into_iter()
        .map(|one| (one.what, one.standing))
        .collect();
    let expected = [
        ("total size", Standing::Regressed),
        ("total requests", Standing::Pass),
        ("seo", Standing::Regressed),
    ];
    assert_eq!(
        found,
        expected.map(|(what, standing)| (what.to_owned(), standing))
    );
}

#[test]
fn timings_of_another_machine_are_not_compared() {
    let same = [run("a", 1.0, 0.0)];
    let changed = |change: fn(&mut Lhr)| {
        let mut other = run("a", 1.0, 0.0);
        change(&mut other.lhr);
        differs(&[&same[0]], &[&other]).unwrap_or_default()
    };
    assert_eq!(changed(|_| {}), "");
    assert_eq!(
        changed(|lhr| lhr.environment.benchmark_index = Some(1800.0)),
        ""
    );
    for (change, expected) in [
        (
            changed(|lhr| lhr.version = "12.8.2".to_owned()),
            "Lighthouse is 12 now and was 13",
        ),
        (
            changed(|lhr| lhr.environment.benchmark_index = Some(900.0)),
            "benchmarkIndex is 900 now and was 1500",
        ),
        (
            changed(|lhr| lhr.environment.benchmark_index = None),
            "benchmarkIndex",
        ),
        (
            changed(|lhr| lhr.environment.host_user_agent = Some("Chrome/150.1".to_owned())),
            "Chrome is 150 now and was 147",
        ),
        (
            changed(|lhr| lhr.settings.throttling_method = None),
            "throttling is unknown now and was simulate",
        ),
    ] {
        assert!(change.contains(expected), "{change}");
    }
}
