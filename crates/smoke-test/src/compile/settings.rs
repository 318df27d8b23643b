//! What a run has once: where the version is read, and what a watch is held to.

use http_client::HeaderName;
use pipeline_config::Located;

use super::{Compiler, check::address};
use crate::{
    plan::VersionProbe,
    policy::{VersionPolicy, WatchPolicy},
    target::Target,
    version::VersionSource,
    watch::Limits,
};

pub(super) fn version_probe(
    written: &Located<VersionPolicy>,
    compiler: &mut Compiler<'_>,
    target: &Target,
) -> Option<VersionProbe> {
    let policy = &written.value;
    let slash = Located::nowhere("/".to_owned());
    let path = policy.path.as_ref().unwrap_or(&slash);
    let url = address(path, compiler, target)?;
    let (source, at) = match (&policy.header, &policy.json, &policy.html_meta) {
        (Some(at), None, None) => {
            let name = compiler.accept(at, "no header name", at.value.parse::<HeaderName>())?;
            (VersionSource::Header(name), at)
        }
        (None, Some(at), None) => (VersionSource::Json(compiler.json_path(at, &at.value)?), at),
        (None, None, Some(at)) => (VersionSource::HtmlMeta(at.value.clone()), at),
        _ => {
            compiler.refuse(
                written,
                "`version` needs exactly one of `header`, `json` and `html-meta`",
            );
            return None;
        }
    };
    let place = compiler.section.place(at);
    Some(VersionProbe { url, source, place })
}

pub(super) fn limits(policy: &WatchPolicy, compiler: &mut Compiler<'_>) -> Limits {
    let usual = Limits::default();
    let at_least_one = |at: &Option<Located<u32>>, usual: u32, compiler: &mut Compiler<'_>| match at
    {
        Some(at) if at.value == 0 => {
            compiler.refuse(
                at,
                "0 would decide without a single answer: 1 or more is needed",
            );
            usual
        }
        Some(at) => at.value,
        None => usual,
    };
    if let Some(window) = policy
        .window
        .as_ref()
        .filter(|window| window.value.value() < 1000.0)
    {
        compiler.refuse(
            window,
            format!(
                "a window of {} is too short for 5 requests a second: 1 s or more is needed",
                window.value
            ),
        );
    }
    if let Some(rate) = policy
        .max_error_rate
        .as_ref()
        .filter(|rate| rate.value.ratio() >= 1.0)
    {
        compiler.refuse(
            rate,
            "an error rate of 100 % would accept a dead deployment",
        );
    }
    Limits {
        window: policy
            .window
            .as_ref()
            .map_or(usual.window, |window| window.value.duration()),
        max_error_rate: policy
            .max_error_rate
            .as_ref()
            .map_or(usual.max_error_rate, |rate| rate.value.ratio()),
        max_p95: policy.max_p95.as_ref().map(|limit| limit.value.value()),
        min_samples: at_least_one(&policy.min_samples, usual.min_samples, compiler),
        windows: at_least_one(&policy.windows, usual.windows, compiler),
    }
}
