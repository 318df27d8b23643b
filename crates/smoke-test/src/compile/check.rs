//! One check: its address, method, headers and body.

use std::collections::BTreeMap;

use http_client::{Body, HeaderMap, HeaderName, HeaderValue, Method, Url, header};
use pipeline_config::Located;

use super::{
    Compiler,
    body::{authorization, body},
    captures::captures,
    rules::rules,
};
use crate::{
    expectations::Scalar,
    plan::Check,
    policy::CheckPolicy,
    target::{Target, is_private},
    template::Template,
    world::World,
};

/// What compressed answers are decoded.
pub(crate) const ENCODINGS: HeaderValue = HeaderValue::from_static("gzip, br");

/// The check of a policy whose values are filled in.
pub(super) fn check(
    template: &Template,
    policy: &CheckPolicy,
    compiler: &mut Compiler<'_>,
    world: &World,
) -> Option<Check> {
    let before = compiler.problems.len();
    let url = url(policy, compiler, &world.target).map(|mut url| {
        if !policy.query.is_empty() {
            let pairs = policy
                .query
                .iter()
                .map(|(name, at)| (name, at.value.text()));
            url.query_pairs_mut().extend_pairs(pairs);
        }
        url
    });
    let method = match &policy.method {
        Some(at) => method(at, compiler),
        None => Method::GET,
    };
    let mut headers = headers(&policy.headers, compiler);
    if let Some(value) = cookies(&policy.cookies, compiler) {
        headers.insert(header::COOKIE, value);
    }
    if let Some(value) = authorization(policy, compiler) {
        headers.insert(header::AUTHORIZATION, value);
    }
    if policy.compressed {
        headers.insert(header::ACCEPT_ENCODING, ENCODINGS);
    }
    let body = body(policy, &mut headers, compiler, world);
    if matches!(method, Method::GET | Method::HEAD) && !matches!(body, Body::Empty) {
        let at = place_of(policy);
        compiler.refuse(
            &at,
            format!("{method} carries no body: give the method, such as POST"),
        );
    }
    let rules = rules(policy, &method, compiler, world);
    let captures = captures(policy, compiler);
    let check = Check {
        name: template.name.clone(),
        place: compiler.place(policy.name.as_ref().unwrap_or(&place_of(policy))),
        method,
        url: url?,
        headers,
        body,
        rules,
        captures,
        max_time: policy.expect.max_time.as_ref().map(|at| at.value),
        redirects: 0,
    };
    (compiler.problems.len() == before).then_some(check)
}

/// Its path or address, or nowhere.
pub(super) fn place_of(policy: &CheckPolicy) -> Located<String> {
    let written = policy.path.as_ref().or(policy.url.as_ref());
    written
        .or(policy.name.as_ref())
        .cloned()
        .unwrap_or_else(|| Located::nowhere(String::new()))
}

fn url(policy: &CheckPolicy, compiler: &mut Compiler<'_>, target: &Target) -> Option<Url> {
    match (&policy.path, &policy.url) {
        (Some(path), None) => address(path, compiler, target),
        (None, Some(at)) => {
            let url = compiler.accept(at, "no address", at.value.parse::<Url>())?;
            if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
                compiler.refuse(at, format!("`{}` is no http or https address", at.value));
                return None;
            }
            Some(url)
        }
        _ => {
            compiler.refuse(
                &place_of(policy),
                "a check needs either `path` or `url`, and not both",
            );
            None
        }
    }
}

pub(super) fn address(
    path: &Located<String>,
    compiler: &mut Compiler<'_>,
    target: &Target,
) -> Option<Url> {
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
    let wanted = at.value.trim().to_ascii_uppercase();
    METHODS
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

/// The methods a check may have.
pub(crate) const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

fn headers(policy: &BTreeMap<String, Located<String>>, compiler: &mut Compiler<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, at) in policy {
        // It would be sent as it stands, and the check would test something nobody meant.
        if at.value.contains("${") {
            let message = "`${…}` is not filled in: write `{{NAME}}` and list NAME under `secrets`";
            compiler.refuse(at, message);
        }
        let name = compiler.accept(
            at,
            &format!("`{name}` is no header name"),
            name.parse::<HeaderName>(),
        );
        // Not its text: the value may be a secret.
        let value = compiler.accept(at, "no header value", at.value.parse::<HeaderValue>());
        if let (Some(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    headers
}

fn cookies(
    policy: &BTreeMap<String, Located<String>>,
    compiler: &mut Compiler<'_>,
) -> Option<HeaderValue> {
    let (_, first) = policy.first_key_value()?;
    let pairs: Vec<String> = policy
        .iter()
        .map(|(name, at)| format!("{name}={}", at.value))
        .collect();
    compiler.accept(first, "no cookie", pairs.join("; ").parse::<HeaderValue>())
}

/// Refuses to send a secret unencrypted; `secret` says whether the check uses one. Gives whether all is well.
pub(super) fn keep_private(
    check: &Check,
    secret: bool,
    at: &Located<String>,
    compiler: &mut Compiler<'_>,
) -> bool {
    let keeps = !secret || is_private(&check.url);
    if !keeps {
        let host = check.url.host_str().unwrap_or_default();
        compiler.refuse(
            at,
            format!("a secret would travel unencrypted to {host}: use https"),
        );
    }
    keeps
}

/// The parameters of a form as text.
pub(super) fn pairs(map: &BTreeMap<String, Located<Scalar>>) -> Vec<(&str, String)> {
    map.iter()
        .map(|(name, at)| (name.as_str(), at.value.text()))
        .collect()
}
