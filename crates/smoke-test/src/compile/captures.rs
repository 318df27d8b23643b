//! What of an answer is kept, understood before the run.

use http_client::HeaderName;
use pipeline_config::Located;
use regex_lite::Regex;

use super::Compiler;
use crate::{
    capture::{Capture, Source},
    policy::{CapturePolicy, CheckPolicy},
    select::Query,
    variables::is_name,
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
        redact: _,
    } = &at.value;
    match (json, header, cookie, matches, selector) {
        (Some(path), None, None, None, None) => compiler.json_path(at, path).map(Source::Json),
        (None, Some(name), None, None, None) => compiler
            .accept(
                at,
                &format!("`{name}` is no header name"),
                name.parse::<HeaderName>(),
            )
            .map(Source::Header),
        (None, None, Some(name), None, None) => Some(Source::Cookie(name.clone())),
        (None, None, None, Some(text), None) => compiler
            .accept(
                at,
                &format!("`{text}` is no regular expression"),
                Regex::new(text),
            )
            .map(Source::Matches),
        (None, None, None, None, Some(text)) => compiler
            .accept(at, "no CSS selector", Query::parse(text))
            .map(Source::Selector),
        _ => {
            compiler.refuse(
                at,
                "a capture needs exactly one of `json`, `header`, `cookie`, `matches` and `selector`",
            );
            None
        }
    }
}
