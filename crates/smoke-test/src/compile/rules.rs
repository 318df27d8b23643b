//! Turns a check's expectations into rules: expressions and paths are read once, digests and contradictions are looked at.

use http_client::{HeaderName, Method};
use pipeline_config::Located;
use regex_lite::Regex;

use super::{Compiler, check::place_of};
use crate::{
    expectations::{JsonTest, OneOrMore, SelectorTest, TextTest},
    policy::{BodyPolicy, CheckPolicy, ExpectPolicy},
    rule::{Demand, ElementRule, Finder, JsonRule, Rule, Schema, TextRule, TlsVersion},
    select::Query,
    status::StatusSet,
    world::World,
    xpath,
};

/// The rules of a check, in the order an answer is read.
pub(super) fn rules(
    policy: &CheckPolicy,
    method: &Method,
    compiler: &mut Compiler<'_>,
    world: &World,
) -> Vec<Rule> {
    let (expect, here) = (&policy.expect, place_of(policy));
    let mut rules = Vec::new();
    let redirect = expect.redirect.as_ref().and_then(|at| {
        let rule = text_rule(at, compiler)?;
        Some((at, rule))
    });
    let status = match (&expect.status, &redirect) {
        (Some(at), _) => at.clone(),
        (None, Some((at, rule))) if !rule.absent => Located {
            value: StatusSet::redirects(),
            position: at.position,
        },
        _ => Located {
            value: StatusSet::class(2),
            position: here.position,
        },
    };
    push(
        &mut rules,
        compiler,
        &status,
        Demand::Status(status.value.clone()),
    );
    if let Some((at, rule)) = redirect {
        push(&mut rules, compiler, at, Demand::Redirect(rule));
    }
    for (name, at) in &expect.headers {
        let name = compiler.accept(
            at,
            &format!("`{name}` is no header name"),
            name.parse::<HeaderName>(),
        );
        if let (Some(name), Some(rule)) = (name, text_rule(at, compiler)) {
            push(&mut rules, compiler, at, Demand::Header(name, rule));
        }
    }
    for (name, at) in &expect.cookies {
        if let Some(rule) = text_rule(at, compiler) {
            push(&mut rules, compiler, at, Demand::Cookie(name.clone(), rule));
        }
    }
    let without_body = rules.len();
    body_rules(&expect.body, compiler, &mut rules);
    for (path, at) in &expect.json {
        if let (Some(path), Some(rule)) = (compiler.json_path(at, path), json_rule(at, compiler)) {
            push(&mut rules, compiler, at, Demand::Json(path, rule));
        }
    }
    if let Some(at) = &expect.schema {
        let schema = schema(&at.value, world);
        if let Some(schema) = compiler.accept(at, "no JSON Schema", schema) {
            push(&mut rules, compiler, at, Demand::Schema(schema));
        }
    }
    for (text, at) in &expect.selector {
        let finder = compiler.accept(at, "no CSS selector", Query::parse(text));
        let rule = finder.and_then(|query| element_rule(Finder::Selector(query), at, compiler));
        if let Some(rule) = rule {
            push(&mut rules, compiler, at, Demand::Elements(rule));
        }
    }
    for (text, at) in &expect.xpath {
        let finder = compiler.accept(at, "no XPath", xpath::Query::parse(text));
        let rule = finder.and_then(|query| element_rule(Finder::Xpath(query), at, compiler));
        if let Some(rule) = rule {
            push(&mut rules, compiler, at, Demand::Elements(rule));
        }
    }
    if policy.health {
        push(&mut rules, compiler, &here, Demand::Health);
    }
    if *method == Method::HEAD && rules.len() > without_body {
        compiler.refuse(&here, "an answer to HEAD has no body to test: use GET");
    }
    connection_rules(expect, compiler, &mut rules);
    rules
}

/// A schema that is written out, or that a file holds.
fn schema(written: &serde_json::Value, world: &World) -> Result<Schema, String> {
    let serde_json::Value::String(path) = written else {
        return Schema::new(written);
    };
    let bytes = world
        .file(path)
        .map_err(|error| format!("file `{path}`: {error}"))?;
    let read = serde_json::from_slice(&bytes).map_err(|error| format!("file `{path}`: {error}"))?;
    Schema::new(&read).map_err(|error| format!("file `{path}`: {error}"))
}

fn connection_rules(expect: &ExpectPolicy, compiler: &mut Compiler<'_>, rules: &mut Vec<Rule>) {
    if let Some(at) = &expect.max_time {
        push(rules, compiler, at, Demand::MaxTime(at.value));
    }
    if let Some(at) = &expect.max_ttfb {
        push(rules, compiler, at, Demand::MaxTtfb(at.value));
    }
    if let Some(at) = &expect.max_size {
        push(rules, compiler, at, Demand::MaxSize(at.value));
    }
    let Some(tls) = &expect.tls else { return };
    if let Some(at) = &tls.value.min_version {
        match TlsVersion::parse(&at.value) {
            Some(version) => push(rules, compiler, at, Demand::TlsVersion(version)),
            None => compiler.refuse(
                at,
                format!(
                    "`{}` is no TLS version: write `1.2` or `1.3` in quotes",
                    at.value
                ),
            ),
        }
    }
    if let Some(at) = &tls.value.certificate_days {
        push(rules, compiler, at, Demand::CertificateDays(at.value));
    }
    if tls.value.min_version.is_none() && tls.value.certificate_days.is_none() {
        compiler.refuse(
            tls,
            "this tests nothing: write `min-version` or `certificate-days`",
        );
    }
}

fn push<V>(rules: &mut Vec<Rule>, compiler: &Compiler<'_>, at: &Located<V>, demand: Demand) {
    let place = compiler.place(at);
    rules.push(Rule { place, demand });
}

fn body_rules(body: &BodyPolicy, compiler: &mut Compiler<'_>, rules: &mut Vec<Rule>) {
    let lists = [
        (&body.contains, Demand::BodyContains as fn(String) -> Demand),
        (&body.not_contains, Demand::BodyLacks),
    ];
    for (list, demand) in lists {
        let Some(at) = list else { continue };
        if at.value.0.is_empty() || at.value.0.iter().any(String::is_empty) {
            compiler.refuse(
                at,
                "an empty text is in every body: write what must be there or not",
            );
        }
        for text in &at.value.0 {
            push(rules, compiler, at, demand(text.clone()));
        }
    }
    if let Some(at) = &body.matches
        && let Some(regex) = regex(at, &at.value, compiler)
    {
        push(rules, compiler, at, Demand::BodyMatches(regex));
    }
    if let Some(at) = &body.sha256 {
        let digest = at
            .value
            .trim()
            .trim_start_matches("sha256:")
            .to_ascii_lowercase();
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            compiler.refuse(
                at,
                format!("`{}` is no SHA-256: 64 hex digits are needed", at.value),
            );
        }
        push(rules, compiler, at, Demand::BodySha256(digest));
    }
}

fn regex<V>(at: &Located<V>, text: &str, compiler: &mut Compiler<'_>) -> Option<Regex> {
    compiler.accept(
        at,
        &format!("`{text}` is no regular expression"),
        Regex::new(text),
    )
}

fn text_rule(at: &Located<TextTest>, compiler: &mut Compiler<'_>) -> Option<TextRule> {
    let tests = &at.value.0;
    let others = tests.equals.is_some() || tests.contains.is_some() || tests.matches.is_some();
    agree(at, tests.exists, others, compiler)?;
    tests_of_text(
        at,
        tests.equals.as_ref(),
        tests.contains.as_ref(),
        tests.matches.as_ref(),
        tests.exists,
        compiler,
    )
}

fn tests_of_text<V>(
    at: &Located<V>,
    equals: Option<&String>,
    contains: Option<&OneOrMore>,
    matches: Option<&String>,
    exists: Option<bool>,
    compiler: &mut Compiler<'_>,
) -> Option<TextRule> {
    let matches = match matches {
        Some(text) => Some(regex(at, text, compiler)?),
        None => None,
    };
    Some(TextRule {
        equals: equals.cloned(),
        contains: contains.cloned().unwrap_or_default().0,
        matches,
        absent: exists == Some(false),
    })
}

fn element_rule(
    finder: Finder,
    at: &Located<SelectorTest>,
    compiler: &mut Compiler<'_>,
) -> Option<ElementRule> {
    let tests = &at.value.0;
    if !finder.finds_nodes() && (tests.exists.is_some() || tests.count.is_some()) {
        let message = "this computes a value, which is always there: write the value, or `exists` and `count` of nodes";
        compiler.refuse(at, message);
        return None;
    }
    let others = tests.equals.is_some() || tests.contains.is_some() || tests.matches.is_some();
    agree(at, tests.exists, others || tests.count.is_some(), compiler)?;
    let rule = tests_of_text(
        at,
        tests.equals.as_ref(),
        tests.contains.as_ref(),
        tests.matches.as_ref(),
        tests.exists,
        compiler,
    )?;
    Some(ElementRule {
        finder,
        count: tests.count,
        text: (others || tests.exists.is_some()).then_some(rule),
    })
}

fn json_rule(at: &Located<JsonTest>, compiler: &mut Compiler<'_>) -> Option<JsonRule> {
    let test = &at.value;
    let others = test.equals.is_some() || test.contains.is_some() || test.matches.is_some();
    let numbers = test.at_least.is_some() || test.at_most.is_some() || test.count.is_some();
    agree(at, test.exists, others || numbers, compiler)?;
    let matches = match &test.matches {
        Some(text) => Some(regex(at, text, compiler)?),
        None => None,
    };
    Some(JsonRule {
        equals: test.equals.clone(),
        contains: test.contains.clone(),
        matches,
        absent: test.exists == Some(false),
        at_least: test.at_least,
        at_most: test.at_most,
        count: test.count,
    })
}

/// Refuses a test that tests nothing, and one that wants a thing both gone and with a value.
fn agree<V>(
    at: &Located<V>,
    exists: Option<bool>,
    others: bool,
    compiler: &mut Compiler<'_>,
) -> Option<()> {
    match (exists, others) {
        (None, false) => compiler.refuse(
            at,
            "this tests nothing: write a value, or equals, contains, matches or exists",
        ),
        (Some(false), true) => {
            compiler.refuse(at, "`exists: false` leaves nothing for the other tests")
        }
        _ => return Some(()),
    }
    None
}
