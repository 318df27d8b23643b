//! One check: its address, method and headers.

use std::collections::BTreeMap;

use http_client::{HeaderMap, HeaderName, HeaderValue, Method, Url};
use pipeline_config::Located;

use super::{Compiler, rules::rules};
use crate::{plan::Check, policy::CheckPolicy, target::Target};

pub(super) fn check(
    policy: &CheckPolicy,
    compiler: &mut Compiler<'_>,
    target: &Target,
) -> Option<Check> {
    let before = compiler.problems.len();
    let url = address(&policy.path, compiler, target);
    let method = match &policy.method {
        Some(at) => method(at, compiler),
        None => Method::GET,
    };
    let headers = headers(&policy.headers, compiler);
    let rules = rules(policy, &method, compiler);
    let name = match &policy.name {
        Some(name) if !name.value.trim().is_empty() => name.value.trim().to_owned(),
        _ => format!("{method} {}", policy.path.value),
    };
    let check = Check {
        name,
        place: compiler
            .section
            .place(policy.name.as_ref().unwrap_or(&policy.path)),
        method,
        url: url?,
        headers,
        body: policy.body.clone(),
        tags: policy.tags.clone(),
        rules,
        max_time: policy.expect.max_time.as_ref().map(|at| at.value),
    };
    (compiler.problems.len() == before).then_some(check)
}

pub(super) fn address(
    path: &Located<String>,
    compiler: &mut Compiler<'_>,
    target: &Target,
) -> Option<Url> {
    refuse_variables(path, compiler);
    let url = target.join(&path.value);
    if url.is_none() {
        compiler.refuse(
            path,
            format!(
                "path `{}` must start with `/` and stay on the host of the input `url`",
                path.value
            ),
        );
    }
    url
}

fn method(at: &Located<String>, compiler: &mut Compiler<'_>) -> Method {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    let wanted = at.value.trim().to_ascii_uppercase();
    known
        .into_iter()
        .find(|method| method.as_str() == wanted)
        .unwrap_or_else(|| {
            let message = format!(
                "unknown method `{}` (accepted: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS)",
                at.value
            );
            compiler.refuse(at, message);
            Method::GET
        })
}

fn headers(policy: &BTreeMap<String, Located<String>>, compiler: &mut Compiler<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, at) in policy {
        refuse_variables(at, compiler);
        let name = compiler.accept(
            at,
            &format!("`{name}` is no header name"),
            name.parse::<HeaderName>(),
        );
        let value = compiler.accept(at, "no header value", at.value.parse::<HeaderValue>());
        if let (Some(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A placeholder would be sent as it stands, and the check would test something nobody meant.
fn refuse_variables(at: &Located<String>, compiler: &mut Compiler<'_>) {
    if at.value.contains("{{") || at.value.contains("${") {
        compiler.refuse(
            at,
            format!(
                "variables such as in `{}` are not supported yet: write the value out",
                at.value
            ),
        );
    }
}
