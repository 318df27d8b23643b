//! Expressions over HTML and XML, and pages and expressions that are made to be slow.

use proptest::prelude::*;
use scraper::Html;

use super::{Found, Page, Query};

const HTML: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><link rel=canonical href='/a'></head>
<body><h1 id=top>Set\n  <em>lists</em></h1><ul><li>one<li class='x y'>two<li>three</ul>
<table><tr><td>7</table><svg viewBox='0 0 1 1'><path d=M0 /></svg><template><b>within</b></template><!-- note --></body></html>";

const XML: &str = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:i='urn:image'>
<url><loc>https://a.example/?x=1&amp;y=2</loc><i:image i:kind='wide'/></url><url><loc><![CDATA[https://a.example/b]]></loc></url></urlset>";

fn page(kind: &str, text: &str) -> Result<Page, String> {
    let html = Html::parse_document(text);
    Page::of(Some(kind), text, || Ok(&html))
}

fn html(text: &str) -> Page {
    page("text/html; charset=utf-8", text).unwrap()
}

fn texts(expression: &str, page: &Page) -> Vec<String> {
    Query::parse(expression).unwrap().texts(page).unwrap()
}

#[test]
fn html_is_read_as_browsers_do() {
    let page = html(HTML);
    for (expression, expected) in [
        ("//h1", vec!["Set lists"]),
        ("string(//h1)", vec!["Set\n  lists"]),
        ("normalize-space(//h1)", vec!["Set lists"]),
        ("//li[2]", vec!["two"]),
        ("//li[last()]/preceding-sibling::li", vec!["one", "two"]),
        (
            "//li[contains(concat(' ', @class, ' '), ' y ')]",
            vec!["two"],
        ),
        ("//link[@rel='canonical']/@href", vec!["/a"]),
        ("/html/@lang", vec!["en"]),
        ("count(//li)", vec!["3"]),
        ("count(//li) > 3", vec!["false"]),
        ("sum(//td) div 2", vec!["3.5"]),
        ("id('top')/em | //td", vec!["lists", "7"]),
        // The table's body, which nobody wrote, is there.
        ("//table/tbody/tr/td", vec!["7"]),
        ("name(//svg/*)", vec!["path"]),
        ("//template/b", vec!["within"]),
        ("//comment()", vec![" note "]),
        ("//h1/em/ancestor::*[1]/@id", vec!["top"]),
        ("//h2", vec![]),
    ] {
        assert_eq!(texts(expression, &page), expected, "{expression}");
    }
    let find = |expression: &str| Query::parse(expression).unwrap().find(&page).unwrap();
    assert_eq!(find("//li"), Found::Nodes(3));
    assert_eq!(find("//li/text() | //li"), Found::Nodes(6));
    assert_eq!(find("not(//h2)"), Found::Truth(true));
    let told = Query::parse("not(//p:li)").unwrap().find(&page);
    assert_eq!(told, Err("the body declares no namespace `p`".to_owned()));
}

#[test]
fn xml_keeps_its_namespaces_and_texts() {
    for kind in [
        "application/xml",
        "TEXT/XML; charset=utf-8",
        "application/rss+xml",
    ] {
        let page = page(kind, XML).unwrap();
        for (expression, expected) in [
            (
                "//_:loc",
                vec!["https://a.example/?x=1&y=2", "https://a.example/b"],
            ),
            ("//loc", vec![]),
            ("//*[local-name()='url'][2]/*", vec!["https://a.example/b"]),
            ("//i:image/@i:kind", vec!["wide"]),
            ("count(/_:urlset/_:url/node())", vec!["3"]),
            (
                "namespace-uri(/*)",
                vec!["http://www.sitemaps.org/schemas/sitemap/0.9"],
            ),
        ] {
            assert_eq!(texts(expression, &page), expected, "{expression}");
        }
    }
}

#[test]
fn a_body_that_is_no_document_is_named() {
    let deep = "<a>".repeat(1001);
    let many: String = (0..101).map(|n| format!("<b xmlns='urn:{n}'/>")).collect();
    let wide: String = (0..1001).map(|n| format!(" a{n}=''")).collect();
    for (kind, text, expected) in [
        (
            "application/json",
            "{}",
            "`content-type` is `application/json`",
        ),
        ("", "<p>", "`content-type` is ``"),
        ("text/xml", "", "it has no element"),
        ("text/xml", "<a><b></a>", "is no XML"),
        ("text/xml", "<a>", "not closed"),
        ("text/xml", "<a/><b/>", "two outermost"),
        ("text/xml", "<a>&nbsp;</a>", "`&nbsp;` is not defined"),
        (
            "text/xml",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "`&b;` is not defined",
        ),
        ("text/xml", "<p:a/>", "prefix"),
        ("text/xml", "<a b='1' b='2'/>", "is no XML"),
        ("text/xml", &deep, "too many parts"),
        ("text/xml", &format!("<a>{many}</a>"), "too many parts"),
        ("text/xml", &format!("<a{wide}/>"), "too many parts"),
        ("text/html", &"<b>".repeat(250_001), "too many parts"),
    ] {
        let told = page(kind, text).map(|_| ()).unwrap_err();
        assert!(told.contains(expected), "{text:.40}: {told}");
    }
}

#[test]
fn an_expression_is_understood_before_there_is_a_page() {
    for (expression, expected) in [
        ("", "``"),
        ("//h1[", "`//h1[`"),
        ("//h1]", "`//h1]`"),
        ("lower-case(//h1)", "has no function `lower-case`"),
        ("//h1[matches(., 'a')]", "has no function `matches`"),
        ("count()", "`count` does not take 0 arguments"),
        ("concat('a')", "`concat` does not take 1 arguments"),
        (
            "//a[@href = $url]",
            "`$url` is no variable: write it as `{{url}}`",
        ),
        (&"(".repeat(200), "more than 50 brackets"),
        (&"-".repeat(200), "more than 50 brackets"),
        (&format!("1{}", "+1".repeat(100)), "more than 50 brackets"),
        (&"a".repeat(501), "longer than 500"),
    ] {
        let told = Query::parse(expression).unwrap_err();
        assert!(told.contains(expected), "{expression:.40}: {told}");
    }
    for (expression, nodes) in [
        ("//h1", true),
        ("(//h1)[1]", true),
        ("(//h1)", true),
        ("//a | //b", true),
        ("id('a')", true),
        ("id('a')/b", true),
        ("string(//h1)", false),
        ("(1)", false),
        ("'a'", false),
        ("//a = 1", false),
        ("-1", false),
    ] {
        let query = Query::parse(expression).unwrap();
        assert_eq!(query.finds_nodes(), nodes, "{expression}");
        let found = query.find(&html("")).unwrap();
        assert_eq!(matches!(found, Found::Nodes(_)), nodes, "{expression}");
    }
}

#[test]
fn a_page_that_is_made_to_be_slow_is_refused_and_not_answered_by_a_part() {
    let deep = html(&"<div>".repeat(2000));
    let wide = html(&"<b a=1>x</b>".repeat(40_000));
    for expression in [
        "//*[count(//*) = 0]",
        "//*//*//*",
        "//*[ancestor::p]",
        "//b[count(preceding::b) < 0]",
        "//*[contains(string(/), 'y')]",
        "count(//*[. = //*])",
        "//*[not(following::*[not(preceding::*)])]",
        "//b[count(following-sibling::b) = 0]/@a",
    ] {
        let query = Query::parse(expression).unwrap();
        let refused = [&deep, &wide].map(|page| query.find(page).is_err());
        assert!(refused.contains(&true), "{expression}");
    }
    // A plain question is answered also then.
    assert_eq!(texts("count(//b[@a='1'])", &wide), ["40000"]);
    assert_eq!(texts("count(//div[@class])", &deep), ["0"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_makes_it_panic(
        expression in proptest::collection::vec(prop_oneof![
            Just("//"), Just("/"), Just("@"), Just("*"), Just("a"), Just("li"), Just("["), Just("]"), Just("("), Just(")"),
            Just("1"), Just("-"), Just(" div "), Just(" mod "), Just("|"), Just("="), Just("<"), Just("'x'"), Just(","),
            Just("ancestor::"), Just("following::"), Just("attribute::"), Just("namespace::"), Just("preceding-sibling::"),
            Just("count"), Just("string"), Just("substring"), Just("translate"), Just("id"), Just("position()"), Just("last()"),
            Just("text()"), Just("node()"), Just(".."), Just("."), Just(":"), Just("$"), Just("ü"), Just("\""), Just("9e9"),
        ], 0..12),
        body in proptest::collection::vec(prop_oneof![
            Just("<a b=c>"), Just("</a>"), Just("<li>"), Just("<table>"), Just("<template>"), Just("text"), Just("&amp;"),
            Just("&#x10ffff;"), Just("<!--"), Just("-->"), Just("<?x y?>"), Just("<![CDATA["), Just("]]>"), Just("<svg>"),
            Just("<a xmlns='u' xmlns:p='v'/>"), Just("<p:a p:b='1'/>"), Just("\u{0}"), Just("ß"),
        ], 0..16),
        xml in any::<bool>(),
    ) {
        let (expression, body) = (expression.concat(), body.concat());
        let page = page(if xml { "text/xml" } else { "text/html" }, &body);
        if let (Ok(query), Ok(page)) = (Query::parse(&expression), page) {
            let found = query.find(&page);
            let texts = query.texts(&page);
            prop_assert_eq!(found.is_ok(), texts.is_ok());
            if let (Ok(Found::Nodes(count)), Ok(texts)) = (found, texts) {
                prop_assert_eq!(count, texts.len());
            }
        }
    }
}
