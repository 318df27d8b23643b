//! The decision, by tables and properties.

use pipeline_config::{ConfigFile, Section};
use proptest::prelude::*;
use verdict::{Conclusion, Finding};

use super::together;
use crate::facts::{Broken, Facts, FileFacts, HtmlCheck, ModuleFacts, Presence, Proof, RouteFacts};
use crate::policy::{Compression, Policy};
use crate::site::Source;
use crate::size::Sizes;
use crate::terms::{Peers, Terms};

/// The answer as the gate gives it.
struct Decision {
    draft: gate::Draft,
    first_load_max: Option<u64>,
}

fn decide(facts: &Facts, policy: &Section<Policy>) -> Decision {
    let terms = Terms::new(policy, None, Peers::default()).unwrap();
    let mut facts = facts.clone();
    facts.compressions = terms.compressions().into_iter().collect();
    let (draft, all) = together(vec![(String::new(), super::decide(&facts, &terms))]);
    Decision {
        draft,
        first_load_max: all.first_load_max.map(|(bytes, _)| bytes),
    }
}

fn sizes(raw: u64, gzip: u64) -> Sizes {
    Sizes::default()
        .with(Compression::Raw, raw)
        .with(Compression::Gzip, gzip)
}

fn policy(text: &str) -> Section<Policy> {
    ConfigFile::from_text("stagegate.yml", format!("bundle:\n{text}"))
        .section("bundle")
        .unwrap()
}

fn route(name: &str, gzip: u64) -> RouteFacts {
    RouteFacts {
        name: name.to_owned(),
        source: Source::Stats,
        sizes: Some(sizes(gzip * 3, gzip)),
        later: Sizes::default(),
        html: None,
        modules: Vec::new(),
        parts: std::collections::BTreeMap::new(),
    }
}

fn with_module(name: &str, presence: Presence) -> RouteFacts {
    let modules = vec![ModuleFacts {
        name: "chart.js".to_owned(),
        presence,
    }];
    RouteFacts {
        modules,
        ..route(name, 1000)
    }
}

fn facts(routes: Vec<RouteFacts>) -> Facts {
    Facts {
        routes,
        ..Facts::default()
    }
}

fn first() -> Presence {
    Presence::FirstLoad {
        chunk: "static/a.js".to_owned(),
        proof: Proof::SourceMap,
    }
}

fn later() -> Presence {
    Presence::Later {
        chunk: "static/z.js".to_owned(),
        proof: Proof::Texts,
    }
}

const fn absent() -> Presence {
    Presence::Absent {
        proof: Proof::SourceMap,
    }
}

fn unknown() -> Presence {
    Presence::Unknown {
        reason: "no evidence".to_owned(),
    }
}

fn lines(decision: &Decision) -> String {
    let line = |finding: &Finding| {
        let place = finding.place.as_ref().map(ToString::to_string);
        format!(
            "{} {} {}: {}\n",
            finding.level.as_str(),
            finding.rule,
            place.unwrap_or_default(),
            finding.message
        )
    };
    let findings: String = decision.draft.findings.iter().map(line).collect();
    let draft = &decision.draft;
    format!("{}: {}\n{findings}", draft.conclusion.as_str(), draft.title)
}

#[test]
fn the_first_matching_entry_that_names_a_limit_sets_it() {
    let policy = policy(
        "  routes:\n  - {route: /docs/**, deny: [x]}\n  - {route: /docs/*, first-load-js: 2 kB}\n  - {route: /**, first-load-js: 1 kB}\n",
    );
    let limits = |name: &str| {
        let mut searched = route(name, 1500);
        searched.modules = vec![ModuleFacts {
            name: "x".to_owned(),
            presence: absent(),
        }];
        let decision = decide(&facts(vec![searched]), &policy);
        (
            decision.draft.metrics[0].limit,
            decision.draft.metrics[0].conclusion,
        )
    };
    assert_eq!(limits("/docs/a"), (Some(2000.0), Conclusion::Pass));
    assert_eq!(limits("/"), (Some(1000.0), Conclusion::Fail));
}

#[test]
fn budgets_fail_at_their_line_and_the_largest_route_stands_first() {
    let policy = policy("  routes:\n  - route: /**\n    first-load-js: 170 kB\n");
    let routes = vec![
        route("/a", 169_999),
        route("/b", 190_000),
        route("/c", 170_000),
        route("/d", 170_001),
    ];
    let decision = decide(&facts(routes), &policy);
    insta::assert_snapshot!(lines(&decision));
    let names: Vec<_> = decision
        .draft
        .metrics
        .iter()
        .map(|m| m.name.as_str())
        .collect();
    assert_eq!(
        names[..5],
        [
            "first-load-gzip /b",
            "first-load-gzip /d",
            "first-load-gzip /c",
            "first-load-gzip /a",
            "first-load-raw /b"
        ]
    );
    assert_eq!(decision.first_load_max, Some(190_000));
}

#[test]
fn raw_is_gated_where_the_policy_says_so() {
    let policy = policy("  gate: raw\n  routes:\n  - {route: /**, first-load-js: 2 kB}\n");
    let decision = decide(&facts(vec![route("/", 1000)]), &policy);
    assert_eq!(decision.draft.conclusion, Conclusion::Fail);
    assert_eq!(decision.draft.metrics[0].name, "first-load-raw /");
    assert_eq!(decision.draft.metrics[1].limit, None);
}

#[test]
fn a_module_must_be_proven_out_of_the_first_load() {
    let policy = policy("  routes:\n  - {route: /**, deny: [chart.js]}\n");
    let decided: Vec<String> = [
        vec![with_module("/a", first()), with_module("/b", later())],
        vec![with_module("/a", later())],
        vec![with_module("/a", absent())],
        vec![
            with_module("/a", unknown()),
            with_module("/b", unknown()),
            with_module("/c", first()),
        ],
        vec![route("/a", 1)],
    ]
    .into_iter()
    .map(|routes| lines(&decide(&facts(routes), &policy)))
    .collect();
    insta::assert_snapshot!(decided.join("\n"));
}

#[test]
fn a_lazy_module_must_be_loaded_somewhere() {
    let policy = policy("  routes:\n  - {route: /**, lazy: [chart.js]}\n");
    let decide = |routes| decide(&facts(routes), &policy).draft;
    let nowhere = decide(vec![with_module("/a", absent())]);
    assert_eq!(nowhere.conclusion, Conclusion::Fail, "{}", nowhere.title);
    let somewhere = decide(vec![
        with_module("/a", later()),
        with_module("/b", absent()),
    ]);
    assert_eq!(somewhere.conclusion, Conclusion::Pass);
}

#[test]
fn a_broken_build_fails_even_within_budget() {
    let mut facts = facts(vec![RouteFacts {
        sizes: None,
        ..route("/", 0)
    }]);
    facts.broken.push(Broken {
        message: "chunk static/a.js is missing".to_owned(),
        fix: "build again",
    });
    let policy = policy("  routes:\n  - {route: /**, first-load-js: 1 MB, deny: [chart.js]}\n");
    let decision = decide(&facts, &policy);
    facts.broken.clear();
    let unexplained = decide(&facts, &policy).draft.conclusion;
    assert_eq!(unexplained, Conclusion::Error);
    assert_eq!(decision.draft.conclusion, Conclusion::Fail);
    assert_eq!(decision.draft.findings[0].rule, "integrity");
    assert_eq!(decision.first_load_max, None, "half a sum is no size");
}

#[test]
fn doubts_are_warnings() {
    let check = |gzip| HtmlCheck {
        page: ".next/server/app/index.html".to_owned(),
        difference: sizes(gzip, gzip),
    };
    let html = |gzip| RouteFacts {
        html: Some(check(gzip)),
        ..route("/", 1000)
    };
    let budget = policy("  routes:\n  - {route: /**, first-load-js: 1 MB}\n");
    let conclusion = |routes, policy| decide(&facts(routes), policy).draft.conclusion;
    assert_eq!(conclusion(vec![html(1000)], &budget), Conclusion::Pass);
    assert_eq!(conclusion(vec![html(1001)], &budget), Conclusion::Warn);
    let none = policy("  routes: []\n");
    assert_eq!(conclusion(vec![route("/", 1)], &none), Conclusion::Warn);
    let typo = policy("  routes:\n  - {route: /dashbord/**, first-load-js: 1 MB}\n");
    assert_eq!(conclusion(vec![route("/", 1)], &typo), Conclusion::Warn);
}

#[test]
fn files_are_held_as_a_sum_or_each() {
    let file = |path: &str, gzip| FileFacts {
        path: path.to_owned(),
        sizes: sizes(gzip * 2, gzip),
        before: None,
    };
    let files = vec![file("a.css", 600), file("b.css", 500), file("c.css", 700)];
    let facts = Facts {
        files: vec![files.clone(), files.clone(), files],
        ..Facts::default()
    };
    let policy = policy(
        "  files:\n  - {path: '*.css', limit: 1800 B}\n  - {path: '*.css', limit: 1 kB}\n  - {path: '*.css', limit: 550 B, each: true}\n",
    );
    insta::assert_snapshot!(lines(&decide(&facts, &policy)));
}

fn any_route() -> impl Strategy<Value = RouteFacts> {
    let presence = prop_oneof![
        Just(first()),
        Just(later()),
        Just(absent()),
        Just(unknown())
    ];
    ("/[ab]{0,3}", 0_u64..400_000, presence).prop_map(|(name, gzip, presence)| {
        let mut route = with_module(&name, presence);
        route.sizes = Some(sizes(gzip * 2, gzip));
        route
    })
}

const STRICT: &str =
    "  routes:\n  - {route: /**, first-load-js: 200 kB, deny: [chart.js], lazy: [chart.js]}\n";

proptest! {
    #[test]
    fn another_route_never_turns_a_refusal_into_a_pass_of_its_own_finding(
        routes in prop::collection::vec(any_route(), 1..6),
        more in any_route(),
    ) {
        let policy = policy(STRICT.replace(", lazy: [chart.js]", "").as_str());
        let before = decide(&facts(routes.clone()), &policy).draft.conclusion;
        let after = decide(&facts([routes, vec![more]].concat()), &policy).draft.conclusion;
        prop_assert!(after >= before, "{before:?} became {after:?}");
    }

    #[test]
    fn more_bytes_never_help(gzip in 0_u64..400_000, more in 0_u64..400_000) {
        let policy = policy("  routes:\n  - {route: /**, first-load-js: 200 kB}\n");
        let conclusion = |gzip| decide(&facts(vec![route("/", gzip)]), &policy).draft.conclusion;
        prop_assert!(conclusion(gzip + more) >= conclusion(gzip));
    }

    #[test]
    fn what_cannot_be_told_never_passes(routes in prop::collection::vec(any_route(), 1..6)) {
        let doubtful = routes.iter().any(|route| matches!(route.modules[0].presence, Presence::Unknown { .. }));
        let conclusion = decide(&facts(routes), &policy(STRICT)).draft.conclusion;
        prop_assert_eq!(conclusion == Conclusion::Error, doubtful);
    }

    #[test]
    fn the_order_of_routes_changes_nothing(mut routes in prop::collection::vec(any_route(), 1..6)) {
        routes.dedup_by(|a, b| a.name == b.name);
        let forward = decide(&facts(routes.clone()), &policy(STRICT)).draft;
        routes.reverse();
        let backward = decide(&facts(routes), &policy(STRICT)).draft;
        prop_assert_eq!(forward.conclusion, backward.conclusion);
        prop_assert_eq!(forward.findings.len(), backward.findings.len());
    }
}
