//! What a request carries: its body in one of four forms, and who asks.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http_client::{Body, HeaderMap, HeaderValue, header::CONTENT_TYPE};

use super::{
    Compiler,
    check::{pairs, place_of},
};
use crate::{policy::CheckPolicy, world::World};

/// The body, with its content type unless the check has one of its own.
pub(super) fn body(
    policy: &CheckPolicy,
    headers: &mut HeaderMap,
    compiler: &mut Compiler<'_>,
    world: &World,
) -> Body {
    let forms = [
        policy.body.is_some(),
        policy.json.is_some(),
        !policy.form.is_empty(),
        policy.file.is_some(),
    ];
    if forms.into_iter().filter(|given| *given).count() > 1 {
        let at = place_of(policy);
        compiler.refuse(
            &at,
            "at most one of `body`, `json`, `form` and `file` can be sent",
        );
    }
    let mut typed = |kind: &'static str| {
        headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static(kind));
    };
    if let Some(at) = &policy.json {
        typed("application/json");
        return Body::Bytes(at.value.to_string().into_bytes());
    }
    if !policy.form.is_empty() {
        typed("application/x-www-form-urlencoded");
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs(&policy.form));
        return Body::Bytes(form.finish().into_bytes());
    }
    if let Some(at) = &policy.file {
        let read = world.file(&at.value);
        let bytes = compiler.accept(at, &format!("file `{}`", at.value), read);
        return Body::Bytes(bytes.unwrap_or_default());
    }
    match &policy.body {
        Some(at) => Body::Bytes(at.value.clone().into_bytes()),
        None => Body::Empty,
    }
}

/// The value of `Authorization`.
pub(super) fn authorization(
    policy: &CheckPolicy,
    compiler: &mut Compiler<'_>,
) -> Option<HeaderValue> {
    let value = match (&policy.basic_auth, &policy.bearer) {
        (None, None) => return None,
        (Some(auth), None) => {
            let pair = format!("{}:{}", auth.value.user, auth.value.password);
            format!("Basic {}", BASE64_STANDARD.encode(pair))
        }
        (None, Some(token)) => format!("Bearer {}", token.value),
        (Some(_), Some(token)) => {
            compiler.refuse(
                token,
                "`basic-auth` and `bearer` are one header: write one of them",
            );
            return None;
        }
    };
    let Ok(mut value) = HeaderValue::from_str(&value) else {
        let at = place_of(policy);
        compiler.refuse(&at, "the credentials have characters that HTTP forbids");
        return None;
    };
    value.set_sensitive(true);
    Some(value)
}
