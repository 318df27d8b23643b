//! `.vercel/output/config.json`, version 3: routes compiled into phases, and overrides.
//! Shapes follow Vercel's Build Output API documentation. What the sandbox does not carry out is named in the build log
//! rather than passed over.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// `config.json` as it is written; keys that do not bear on serving (`crons`, `images`, …) are left alone.
#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    version: u32,
    #[serde(default)]
    routes: Vec<RawRoute>,
    #[serde(default)]
    pub(super) overrides: BTreeMap<String, Override>,
}

/// How one static file is served.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Override {
    /// The URL path it answers on, in place of its own.
    pub(super) path: Option<String>,
    /// Its `content-type`.
    pub(super) content_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRoute {
    handle: Option<String>,
    src: Option<String>,
    dest: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    methods: Option<Vec<String>>,
    #[serde(default, rename = "continue")]
    goes_on: bool,
    #[serde(default)]
    check: bool,
    status: Option<u16>,
    #[serde(default)]
    case_sensitive: bool,
    #[serde(default)]
    has: Vec<RawCondition>,
    #[serde(default)]
    missing: Vec<RawCondition>,
    #[serde(flatten)]
    other: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct RawCondition {
    #[serde(rename = "type")]
    kind: String,
    key: Option<String>,
    value: Option<Value>,
}

/// When a route is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Before anything else.
    First,
    /// After no file was found.
    Filesystem,
    /// Rewrites, after that.
    Rewrite,
    /// Last chance before an error.
    Resource,
    /// On every file found, for its headers.
    Hit,
    /// On every file not found.
    Miss,
    /// For the error page.
    Error,
}

/// A compiled route.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) src: regress::Regex,
    pub(super) dest: Option<String>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) methods: Option<Vec<String>>,
    pub(super) goes_on: bool,
    pub(super) check: bool,
    pub(super) status: Option<u16>,
    pub(super) has: Vec<Condition>,
    pub(super) missing: Vec<Condition>,
}

/// A condition on the request beside its path.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) on: On,
    /// Name of the header, cookie or query parameter; empty for the host.
    pub(super) key: String,
    /// What its whole value must match; `None` asks for presence.
    pub(super) value: Option<regress::Regex>,
}

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Host,
    Header,
    Cookie,
    Query,
}

/// All phases, and what the sandbox leaves out.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) phases: BTreeMap<Phase, Vec<Route>>,
    pub(super) overrides: BTreeMap<String, Override>,
    pub(super) left_out: Vec<String>,
}

impl Config {
    /// Reads `config.json`; an error is a build error.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let raw: Raw =
            serde_json::from_slice(text).map_err(|error| format!("config.json: {error}"))?;
        if raw.version != 3 {
            return Err(format!(
                "config.json: version {} is not served, only 3",
                raw.version
            ));
        }
        let mut config = Self {
            overrides: raw.overrides,
            ..Self::default()
        };
        let mut phase = Phase::First;
        for (index, route) in raw.routes.into_iter().enumerate() {
            if let Some(handle) = &route.handle {
                phase = handle_phase(handle).ok_or(format!(
                    "config.json: routes[{index}]: unknown handle `{handle}`"
                ))?;
                continue;
            }
            for key in route
                .other
                .keys()
                .filter(|key| *key != "important" && *key != "override")
            {
                config.left_out.push(format!(
                    "config.json: routes[{index}]: `{key}` is not carried out here"
                ));
            }
            let route =
                compile(route).map_err(|error| format!("config.json: routes[{index}]: {error}"))?;
            config.phases.entry(phase).or_default().push(route);
        }
        Ok(config)
    }

    pub(super) fn routes(&self, phase: Phase) -> &[Route] {
        self.phases.get(&phase).map_or(&[], Vec::as_slice)
    }
}

fn handle_phase(handle: &str) -> Option<Phase> {
    Some(match handle {
        "filesystem" => Phase::Filesystem,
        "rewrite" => Phase::Rewrite,
        "resource" => Phase::Resource,
        "hit" => Phase::Hit,
        "miss" => Phase::Miss,
        "error" => Phase::Error,
        _ => return None,
    })
}

fn compile(raw: RawRoute) -> Result<Route, String> {
    let src = raw.src.ok_or("a route needs `src` or `handle`")?;
    Ok(Route {
        src: anchored(&src, !raw.case_sensitive)?,
        dest: raw.dest,
        headers: raw
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect(),
        methods: raw.methods,
        goes_on: raw.goes_on,
        check: raw.check,
        status: raw.status,
        has: raw
            .has
            .into_iter()
            .map(condition)
            .collect::<Result<_, _>>()?,
        missing: raw
            .missing
            .into_iter()
            .map(condition)
            .collect::<Result<_, _>>()?,
    })
}

fn condition(raw: RawCondition) -> Result<Condition, String> {
    let on = match raw.kind.as_str() {
        "host" => On::Host,
        "header" => On::Header,
        "cookie" => On::Cookie,
        "query" => On::Query,
        other => return Err(format!("unknown condition `{other}`")),
    };
    let value = match raw.value {
        None => None,
        Some(Value::String(pattern)) => Some(anchored(&pattern, false)?),
        Some(_) => return Err("conditions are served with a text `value` only".to_owned()),
    };
    Ok(Condition {
        on,
        key: raw.key.unwrap_or_default().to_ascii_lowercase(),
        value,
    })
}

/// Patterns match the whole text, whether they say so or not.
fn anchored(pattern: &str, ignore_case: bool) -> Result<regress::Regex, String> {
    let flags = if ignore_case { "i" } else { "" };
    regress::Regex::with_flags(&format!("^(?:{pattern})$"), flags)
        .map_err(|error| format!("`{pattern}`: {error}"))
}
