//! Whole suites, and every kind of mistake in one.

use super::compile;
use crate::{
    suite::{Files, SuiteSection},
    testing::{check, mistakes, plan, section, world},
    variables::Variables,
};

#[test]
fn a_whole_suite() {
    let plan = plan(
        "version: {header: x-release, path: /api/health}
checks:
  - name: home
    path: /
    expect: {status: [200], headers: {content-type: {contains: text/html}}, body: {contains: [Set lists]}, max-time: 2 s}
  - path: /api/health?full=1
    method: post
    headers: {accept: application/json}
    tags: [api]
    health: true
watch: {window: 5 s, max-error-rate: 2 %, max-p95: 3 s, min-samples: 30, windows: 3}
",
    );
    assert_eq!(
        plan.version.as_ref().unwrap().url.as_str(),
        "https://app.example/api/health"
    );
    assert_eq!(plan.lanes.len(), 2);
    let (home, health) = (check(&plan, 0), check(&plan, 1));
    assert_eq!((home.name.as_str(), home.rules.len()), ("home", 4));
    assert_eq!(
        home.place.as_ref().unwrap().to_string(),
        "stagegate.yml:4:13"
    );
    assert_eq!(
        (health.name.as_str(), health.rules.len()),
        ("POST /api/health?full=1", 2)
    );
    assert_eq!(plan.limits.windows, 3);
    assert_eq!(plan.limits.max_p95, Some(3000.0));
}

#[test]
fn mistakes_are_named_with_their_line() {
    let one = |check: &str| format!("checks:\n  - path: /\n    {check}\n");
    let cases = [
        "checks: []".to_owned(),
        one("pth: /x"),
        one("captures: {a: b}"),
        one("expect: {certificate: 7}"),
        one("expect: {statuss: 200}"),
        one("expect: {status: 999}"),
        one("expect: {status: []}"),
        one("expect: {headers: {content-type: {containss: x}}}"),
        one("expect: {headers: {content-type: {}}}"),
        one("expect: {headers: {'a b': x}}"),
        one("expect: {json: {status: healthy}}"),
        one("expect: {json: {$.status: {equal: healthy}}}"),
        one("expect: {json: {$.status: {exists: false, equals: 1}}}"),
        one("expect: {body: {matches: '('}}"),
        one("expect: {body: {sha256: abc}}"),
        one("expect: {body: {contains: ''}}"),
        one("expect: {max-time: soon}"),
        one("method: FETCH"),
        one("method: HEAD\n    expect: {body: {contains: x}}"),
        one("headers: {authorization: 'Bearer ${TOKEN}'}"),
        "checks: [{path: api}]".to_owned(),
        "checks: [{path: '/{{id}}'}]".to_owned(),
        "checks: [{path: /}, {path: /}]".to_owned(),
        "scenarios: []".to_owned(),
        "scenarios: [{name: s, steps: []}]".to_owned(),
        "scenarios: [{name: s, steps: [{path: '/{{id}}'}, {path: /a, captures: {id: {json: $.id}}}]}]".to_owned(),
        "scenarios: [{name: s, steps: [{path: /a, captures: {id: {json: $.id, header: a}, 'a b': {json: $}}}]}]".to_owned(),
        "scenarios: [{name: s, steps: [{path: /a, tags: [x]}]}]".to_owned(),
        one("always: true"),
        one("json: {a: 1}"),
        one("method: POST\n    json: {a: 1}\n    body: b"),
        one("method: POST\n    file: no-such-file"),
        one("method: POST\n    json: {a: '{{b'}"),
        one("url: https://other.example/"),
        "checks: [{url: 'ftp://a.example'}]".to_owned(),
        one("basic-auth: {user: a, password: b}\n    bearer: c"),
        one("expect: {schema: {type: objekt}}"),
        one("expect: {schema: no-such-file.json}"),
        one("expect: {selector: {'h1[': x}}"),
        one("expect: {selector: {h1: {}}}"),
        one("expect: {tls: {min-version: '1.1'}}"),
        one("expect: {xpath: {'//h1[': x}}"),
        one("expect: {xpath: {count(//h1): {exists: true}}}"),
        "load: {rps: 500, duration: 1 h, max-requests: 0, hosts: ['*']}\nchecks: [{path: /}]".to_owned(),
        "budgets: {error-rate: 100 %}\nchecks: [{path: /}]".to_owned(),
        "version: {}\nchecks: [{path: /}]".to_owned(),
        "version: {header: a, json: $.b}\nchecks: [{path: /}]".to_owned(),
        "watch: {min-samples: 0, windows: 0, window: 100 ms, max-error-rate: 100 %}\nchecks: [{path: /}]".to_owned(),
        "checks: [{path: x, method: GO}, {path: /, expect: {status: 200, body: {matches: '['}}}]".to_owned(),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|case| format!("{case}\n=> {}\n", mistakes(case).replace('\n', "\n=> ")))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn tags_select_and_must_exist() {
    let base = section(
        "checks: [{path: /a, tags: [x]}, {path: /b, tags: [x, y]}, {path: /c}]
scenarios: [{name: s, tags: [y], steps: [{path: /d}, {path: /e}]}]",
    )
    .unwrap();
    let select = |tags: &[&str]| {
        let tags: Vec<_> = tags.iter().map(ToString::to_string).collect();
        let (files, none) = (Files::default(), Variables::default());
        compile(&base, &files, &tags, &none, &world("app.example")).map(|plan| plan.steps().count())
    };
    assert_eq!(select(&[]), Ok(5));
    assert_eq!(select(&["x"]), Ok(2));
    assert_eq!(select(&["y"]), Ok(3));
    assert_eq!(
        select(&["x", "z"]).unwrap_err()[0].message,
        "no check has the tag `z` (tags: x, y)"
    );
}

#[test]
fn suite_files_replace_or_join_checks_and_win_over_the_rest() {
    let base = section("version: {header: a}\nchecks: [{path: /a}]").unwrap();
    let file = section("checks: [{path: /b}]\nwatch: {windows: 5}").unwrap();
    let other = section("checks: [{path: /c}]\nwatch: {windows: 7}").unwrap();
    let compile = |sections: &[SuiteSection], replace| {
        let files = Files {
            sections: sections.to_vec(),
            replace,
            ..Files::default()
        };
        compile(
            &base,
            &files,
            &[],
            &Variables::default(),
            &world("app.example"),
        )
    };
    let plan = compile(std::slice::from_ref(&file), true).unwrap();
    let names: Vec<_> = plan.steps().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["GET /b"]);
    assert_eq!(plan.limits.windows, 5);
    assert!(plan.version.is_some());
    let joined = compile(std::slice::from_ref(&file), false).unwrap();
    assert_eq!(joined.steps().count(), 2);
    let problems = compile(&[file, other], true).unwrap_err();
    assert!(problems[0].message.contains("set `watch`"), "{problems:?}");
}
