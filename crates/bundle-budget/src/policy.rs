//! The `bundle` section of `stagegate.yml`.

use pipeline_config::{ByteSize, Located};
use schemars::JsonSchema;
use serde::Deserialize;

/// Budgets of a build.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Which size is held to the limits; both are always shown. Default: gzip.
    pub gate: Compression,
    /// Budgets of routes. The first entry that matches a route and names a limit sets it, so narrow entries stand above
    /// wide ones; the `deny` and `lazy` lists of every matching entry apply.
    pub routes: Vec<RouteRule>,
    /// Budgets of files, by glob.
    pub files: Vec<FileRule>,
}

/// How bytes are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// Compressed by gzip at level 9, each file on its own.
    #[default]
    Gzip,
    /// As they lie on disk.
    Raw,
}

impl Compression {
    /// The word used in metric names and titles.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Raw => "raw",
        }
    }
}

/// A budget of routes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RouteRule {
    /// Glob over routes, such as `/**`, `/dashboard/*` or `/artists/[slug]`; brackets stand for themselves.
    pub route: Located<String>,
    /// The most JavaScript a first visit may load, such as `170 kB`.
    #[serde(default)]
    pub first_load_js: Option<Located<ByteSize>>,
    /// Modules that must not be in the first load: packages (`chart.js`, `@scope/name`, `lodash/debounce`) or files of
    /// the app (`./src/heavy.ts`).
    #[serde(default)]
    pub deny: Vec<Located<String>>,
    /// Modules that must load, but later: not in the first load of any matching route, and in a chunk of the build.
    #[serde(default)]
    pub lazy: Vec<Located<String>>,
}

/// A budget of files.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FileRule {
    /// Glob relative to the app, such as `.next/static/**/*.css`.
    pub path: Located<String>,
    /// The limit, such as `40 kB`.
    pub limit: Located<ByteSize>,
    /// Holds each file to the limit instead of their sum.
    #[serde(default)]
    pub each: bool,
}
