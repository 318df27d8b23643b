//! Verdicts for tests: one with everything and hostile text in it, one without findings, one without
//! anything, one with far too much.

use verdict::{
    Area, Bar, Bars, Conclusion, Dots, Evidence, EvidenceState, Figure, Finding, Histogram, Metric,
    Place, Range, Run, Series, Source, Subject, Table, Tool, Treemap, VERDICT_SCHEMA, Verdict,
};

/// A failing verdict with hostile text in it.
pub(crate) fn failing() -> Verdict {
    Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: "bundle-budget".to_owned(),
        instance: Some("web".to_owned()),
        conclusion: Conclusion::Fail,
        title: "1 of 2 routes over budget".to_owned(),
        subject: Subject {
            repository: Some("acme/web".to_owned()),
            sha: Some("0123456789abcdef0123456789abcdef01234567".parse().unwrap()),
            pull_request: Some(7),
            digest: Some(verdict::Digest::of(b"build")),
            ..Subject::default()
        },
        findings: vec![
            Finding::error("route-budget", "first load of / is 180.0 kB, over 170.0 kB")
                .at(Place::line("stagegate.yml", 4))
                .fix("load the chart lazily"),
            Finding::warning("foreign", "@everyone | <img src=x> [a](http://b)\n# c"),
        ],
        metrics: vec![
            Metric::new("first-load-gzip /", 180_000.0, "bytes")
                .at_most(170_000.0)
                .baseline(168_000.0),
            Metric::new("first-load-gzip /about", 120_000.0, "bytes").at_most(170_000.0),
        ],
        figures: figures(),
        evidence: vec![
            Evidence::read(
                Source::Path(".next/stats.json".to_owned()),
                b"[]",
                EvidenceState::Findings,
            ),
            Evidence::missing(Source::Url("https://a.example/x".to_owned()), "404"),
        ],
        run: Some(Run {
            id: 9,
            attempt: 1,
            job: "bundle".to_owned(),
            url: "https://github.com/acme/web/actions/runs/9".to_owned(),
        }),
        tool: Tool {
            name: "stagegate".to_owned(),
            version: "0.1.0".to_owned(),
        },
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        finished_at: "2026-01-01T00:00:41Z".to_owned(),
    }
}

/// One figure of each kind.
pub(crate) fn figures() -> Vec<Figure> {
    let mut table = Table::new("Routes", ["route", "#gzip", "#limit"]);
    table.rows = vec![
        ["/", "180.0 kB", "170.0 kB"].map(str::to_owned).to_vec(),
        ["/about | <b>", "120.0 kB"].map(str::to_owned).to_vec(),
    ];
    let area = |name: &str, value: f64, parts| Area {
        name: name.to_owned(),
        value,
        parts,
    };
    vec![
        Figure::Table(table),
        Figure::Treemap(Treemap {
            title: "Modules".to_owned(),
            unit: "bytes".to_owned(),
            areas: vec![
                area("next", 60_000.0, Vec::new()),
                area(
                    "react-dom",
                    90_000.0,
                    vec![
                        area("client", 80_000.0, Vec::new()),
                        area("server", 9_000.0, Vec::new()),
                    ],
                ),
                area("app", 30_000.0, Vec::new()),
            ],
        }),
        Figure::Dots(Dots {
            title: "LCP of /".to_owned(),
            unit: "ms".to_owned(),
            limit: Some(2500.0),
            series: vec![
                Series {
                    name: "base".to_owned(),
                    values: vec![2100.0, 2050.0, 2180.0],
                },
                Series {
                    name: "head".to_owned(),
                    values: vec![2400.0, 2610.0, 2480.0],
                },
            ],
        }),
        Figure::Histogram(Histogram {
            title: "Answers".to_owned(),
            unit: "ms".to_owned(),
            limit: Some(300.0),
            ranges: [(50.0, 4), (100.0, 21), (200.0, 12), (400.0, 1)]
                .map(|(up_to, count)| Range { up_to, count })
                .to_vec(),
        }),
        Figure::Bars(Bars {
            title: "By severity".to_owned(),
            unit: "count".to_owned(),
            bars: [
                ("critical", 0.0, Some(0.0)),
                ("high", 2.0, Some(0.0)),
                ("low", 7.0, None),
            ]
            .map(|(name, value, limit)| Bar {
                name: name.to_owned(),
                value,
                limit,
            })
            .to_vec(),
        }),
    ]
}

/// A verdict without findings.
pub(crate) fn passing() -> Verdict {
    Verdict {
        gate: "smoke-test".to_owned(),
        instance: None,
        conclusion: Conclusion::Pass,
        title: "12 checks passed".to_owned(),
        findings: Vec::new(),
        metrics: Vec::new(),
        figures: Vec::new(),
        evidence: Vec::new(),
        finished_at: "2026-01-01T00:01:12Z".to_owned(),
        ..failing()
    }
}

/// A verdict with nothing in it but its answer.
pub(crate) fn empty() -> Verdict {
    Verdict {
        conclusion: Conclusion::Error,
        title: "could not decide: no report is there".to_owned(),
        subject: Subject::default(),
        run: None,
        ..passing()
    }
}

/// A verdict with this many findings, a third of each level.
pub(crate) fn huge(findings: usize) -> Verdict {
    let finding = |index: usize| {
        let rule = format!("plugin/rule-{}", index % 90);
        let message = format!("`value{index}` is assigned a value but never used");
        let place = Place::line(format!("src/module-{:04}.ts", index % 5000), 7);
        let finding = match index % 3 {
            0 => Finding::error(rule, message),
            1 => Finding::warning(rule, message),
            _ => Finding::notice(rule, message),
        };
        finding.at(place.column(3)).fix("remove it")
    };
    Verdict {
        gate: "quality-gate".to_owned(),
        title: format!("{findings} findings"),
        findings: (0..findings).map(finding).collect(),
        ..failing()
    }
}

/// How a long text begins and how it ends: what a snapshot of it shows.
pub(crate) fn ends(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let head: String = all.iter().take(1500).collect();
    let tail: String = all.iter().skip(all.len().saturating_sub(700)).collect();
    format!("{head}\n[…]\n{tail}")
}
