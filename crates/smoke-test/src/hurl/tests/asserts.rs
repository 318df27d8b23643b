//! Lines of `[Asserts]` that hold, and those that do not and why.

use super::{faults, markup, page};
use crate::testing::answer;

#[test]
fn assertions_that_hold() {
    for assertion in [
        "status == 200",
        "status < 300",
        "url == \"https://app.example/\"",
        "header \"Content-Type\" contains \"json\"",
        "header \"X-Two\" count == 2",
        "header \"X-Two\" contains \"b\"",
        "header \"x-none\" not exists",
        "cookie \"s\" == \"abc\"",
        "body startsWith \"{\"",
        "body contains \"\\u{74}ext\"",
        "bytes count == 103",
        "bytes startsWith hex,7b;",
        "jsonpath \"$.n\" == 1",
        "jsonpath \"$.n\" == 1.0",
        "jsonpath \"$.n\" isInteger",
        "jsonpath \"$.f\" isFloat",
        "jsonpath \"$.f\" > 1",
        "jsonpath \"$.t\" isString",
        "jsonpath \"$.t\" matches /^text \\d+$/",
        "jsonpath \"$.t\" matches \"^text\"",
        "jsonpath \"$.t\" regex /(\\d+)/ toInt == 42",
        "jsonpath \"$.t\" split \" \" nth 1 == \"42\"",
        "jsonpath \"$.t\" replace \"text \" \"\" == \"42\"",
        "jsonpath \"$.e\" isEmpty",
        "jsonpath \"$.l\" count == 3",
        "jsonpath \"$.l[*]\" contains 2",
        "jsonpath \"$.l\" first == 1",
        "jsonpath \"$.l\" last == 3",
        "jsonpath \"$.l\" nth -2 == 2",
        "jsonpath \"$.l\" isList",
        "jsonpath \"$.o\" isObject",
        "jsonpath \"$.o.a\" == null",
        "jsonpath \"$.o.a\" exists",
        "jsonpath \"$.none\" not exists",
        "jsonpath \"$.none\" not == 1",
        "jsonpath \"$.b\" == true",
        "jsonpath \"$.b\" isBoolean",
        "jsonpath \"$.enc\" base64Decode == hex,61;",
        "jsonpath \"$.enc\" base64Decode utf8Decode == \"a\"",
        "jsonpath \"$.enc\" urlEncode == \"YQ%3D%3D\" # a comment",
        "variable \"id\" == 7",
        "variable \"id\" toString == \"7\"",
        "duration < 1000",
    ] {
        assert_eq!(faults(assertion, &page()), [""; 0], "{assertion}");
    }
}

#[test]
fn assertions_that_do_not_hold() {
    for (assertion, said) in [
        ("status == 201", "found `200`"),
        ("status == \"200\"", "found `200`"),
        ("header \"x-none\" exists", "found nothing"),
        ("header \"x-none\" == \"a\"", "found nothing"),
        ("jsonpath \"$.t\" == \"text\"", "found `text 42`"),
        ("jsonpath \"$.t\" not contains \"text\"", "found `text 42`"),
        ("jsonpath \"$.n\" contains \"1\"", "`1` is of another kind"),
        (
            "jsonpath \"$.n\" not contains \"1\"",
            "`1` is of another kind",
        ),
        ("jsonpath \"$.n\" > \"0\"", "`1` is of another kind"),
        (
            "jsonpath \"$.l\" toInt == 1",
            "does not fit the filter `ToInt`",
        ),
        ("jsonpath \"$.l\" nth 7 == 1", "found nothing"),
        (
            "jsonpath \"$.none\" count not == 1",
            "there is nothing to filter",
        ),
        (
            "jsonpath \"$.t\" count == 7",
            "does not fit the filter `Count`",
        ),
        (
            "certificate \"Expire-Date\" daysAfterNow > 7",
            "there is nothing to filter",
        ),
        ("sha256 == hex,00;", "found `"),
    ] {
        let found = faults(assertion, &page());
        assert!(
            found.len() == 1 && found[0].contains(said) && found[0].contains("does not hold"),
            "{assertion}: {found:?}"
        );
    }
    let no_json = faults("jsonpath \"$.a\" exists", &answer(200, &[], "<html>"));
    assert!(no_json[0].contains("the body is no JSON"), "{no_json:?}");
}

#[test]
fn xpath_is_about_html_and_xml() {
    for assertion in [
        "xpath \"//li\" count == 2",
        "xpath \"count(//li)\" == 2",
        "xpath \"//li\" exists",
        "xpath \"//p\" not exists",
        "xpath \"//li\" isCollection",
        "xpath \"//li\" not isList",
        "xpath \"//p\" isEmpty",
        "xpath \"string(//li[2])\" == \"two\"",
        "xpath \"boolean(//p)\" == false",
        "body xpath \"string(//li[1])\" == \"one\"",
    ] {
        assert_eq!(faults(assertion, &markup()), [""; 0], "{assertion}");
    }
    for (assertion, said) in [
        ("xpath \"//li\" == 2", "found `2 nodes`"),
        (
            "xpath \"//li\" contains \"one\"",
            "`2 nodes` is of another kind",
        ),
        ("xpath \"//p\" exists", "found `0 nodes`"),
        ("xpath \"//a:li\" not exists", "declares no namespace `a`"),
        ("xpath \"number(//li)\" == 1", "computes no number"),
        (
            "xpath \"//li\" toInt == 2",
            "does not fit the filter `ToInt`",
        ),
    ] {
        let found = faults(assertion, &markup());
        assert!(
            found.len() == 1 && found[0].contains(said),
            "{assertion}: {found:?}"
        );
    }
    let json = faults("xpath \"//a\" not exists", &page());
    assert!(
        json[0].contains("`content-type` is `application/json`"),
        "{json:?}"
    );
}
