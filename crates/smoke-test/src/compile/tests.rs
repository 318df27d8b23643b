//! Whole suites, and every kind of mistake in one.

use super::compile;
use crate::{
    target::Target,
    testing::{mistakes, plan, section},
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
        plan.version.unwrap().url.as_str(),
        "https://app.example/api/health"
    );
    let [home, health] = plan.checks.as_slice() else {
        panic!("two checks")
    };
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
    let base =
        section("checks: [{path: /a, tags: [x]}, {path: /b, tags: [x, y]}, {path: /c}]").unwrap();
    let target = Target::parse("app.example").unwrap();
    let select = |tags: &[&str]| {
        let tags: Vec<_> = tags.iter().map(ToString::to_string).collect();
        compile(&base, &[], &tags, &target).map(|plan| plan.checks.len())
    };
    assert_eq!(select(&[]), Ok(3));
    assert_eq!(select(&["x"]), Ok(2));
    assert_eq!(select(&["y"]), Ok(1));
    assert_eq!(
        select(&["x", "z"]).unwrap_err()[0].message,
        "no check has the tag `z` (tags: x, y)"
    );
}

#[test]
fn suite_files_replace_checks_and_win_over_the_rest() {
    let base = section("version: {header: a}\nchecks: [{path: /a}]").unwrap();
    let file = section("checks: [{path: /b}]\nwatch: {windows: 5}").unwrap();
    let other = section("checks: [{path: /c}]\nwatch: {windows: 7}").unwrap();
    let target = Target::parse("app.example").unwrap();
    let plan = compile(&base, std::slice::from_ref(&file), &[], &target).unwrap();
    assert_eq!(plan.checks.len(), 1);
    assert_eq!(plan.checks[0].name, "GET /b");
    assert_eq!(plan.limits.windows, 5);
    assert!(plan.version.is_some());
    let problems = compile(&base, &[file, other], &[], &target).unwrap_err();
    assert!(problems[0].message.contains("set `watch`"), "{problems:?}");
}
