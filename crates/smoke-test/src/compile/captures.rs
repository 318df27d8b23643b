//! What of an answer is kept, understood before the run.

use http_client::HeaderName;
use pipeline_config::Located;
use regex_lite::Regex;

use super::Compiler;
use crate::{
    capture::{Capture, Source},
    policy::{CapturePolicy, CheckPolicy},
    rule::Finder,
    select::Query,
    variables::is_name,
    xpath,
};

pub(super) fn captures(policy: &CheckPolicy, compiler: &mut Compiler<'_>) -> Vec<Capture> {
    let mut captures = Vec::new();
    for (name, at) in &policy.captures {
        if !is_name(name) {
            compiler.refuse(
                at,
                format!("`{name}` is no name: letters, digits, `_` and `-` make one"),
            );
        }
        if let Some(source) = source(at, compiler) {
            captures.push(Capture {
                name: name.clone(),
                source,
                redact: at.value.redact,
                place: compiler.place(at),
            });
        }
    }
    captures
}

fn source(at: &Located<CapturePolicy>, compiler: &mut Compiler<'_>) -> Option<Source> {
    let CapturePolicy {
        json,
        header,
        cookie,
        matches,
        selector,
        xpath,
        redact: _,
    } = &at.value;
    let written = [json, header, cookie, matches, selector, xpath];
    if written.into_iter().flatten().count() != 1 {
        compiler.refuse(
            at,
            "a capture needs exactly one of `json`, `header`, `cookie`, `matches`, `selector` and `xpath`",
        );
        return None;
    }
    if let Some(path) = json {
        return compiler.json_path(at, path).map(Source::Json);
    }
    if let Some(name) = header {
        let what = format!("`{name}` is no header name");
        let name = compiler.accept(at, &what, name.parse::<HeaderName>());
        return name.map(Source::Header);
    }
    if let Some(text) = matches {
        let what = format!("`{text}` is no regular expression");
        let regex = compiler.accept(at, &what, Regex::new(text));
        return regex.map(Source::Matches);
    }
    if let Some(text) = selector {
        let query = compiler.accept(at, "no CSS selector", Query::parse(text));
        return query.map(|query| Source::Element(Finder::Selector(query)));
    }
    if let Some(text) = xpath {
        let query = compiler.accept(at, "no XPath", xpath::Query::parse(text));
        return query.map(|query| Source::Element(Finder::Xpath(query)));
    }
    cookie.clone().map(Source::Cookie)
}
