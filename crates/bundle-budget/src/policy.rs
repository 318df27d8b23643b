//! The `bundle` section of `stagegate.yml`.

use pipeline_config::{ByteSize, Located, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::site::FrameworkName;

/// Budgets of a build.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// Which size is held to the limits. Default: gzip.
    pub gate: Compression,
    /// Which sizes are measured besides raw and the gated one. Default: gzip and brotli.
    pub compressions: Option<Vec<Compression>>,
    /// What a broken budget does, unless its entry says otherwise. Default: fail.
    pub mode: Mode,
    /// Budgets of routes. The first entry that matches a route and names a limit sets it, so narrow entries stand above
    /// wide ones; the `deny` and `lazy` lists of every matching entry apply.
    pub routes: Vec<RouteRule>,
    /// Budgets of files, by glob.
    pub files: Vec<FileRule>,
    /// Changes that are no growth: at most this many bytes, or this share.
    pub noise: Noise,
    /// A regular expression for the part of a file's name that changes with its content, as `strip-hash` and
    /// `normalizeFilenames` of other tools. What its groups match is replaced, or all of it when it has none.
    pub strip_hash: Option<Located<String>>,
    /// Code that one visit would load twice.
    pub duplicates: Option<Duplicates>,
    /// Images below `static/media` and `public`, and in prerendered pages.
    pub images: Option<Images>,
    /// Several apps of one repository, each with its own build. Without it, there is one app.
    pub apps: Vec<App>,
    /// Files of size-limit, bundlewatch, bundlesize and nextBundleAnalysis (package.json) that are read as they are.
    pub peer_configs: Vec<Located<String>>,
}

/// How bytes are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub enum Compression {
    /// As they lie on disk.
    #[serde(rename = "raw")]
    Raw,
    /// Compressed by gzip at level 9, each file on its own.
    #[default]
    #[serde(rename = "gzip")]
    Gzip,
    /// By brotli at quality 5, about what content delivery networks serve.
    #[serde(rename = "brotli")]
    Brotli,
    /// By brotli at quality 11, the smallest and a hundred times the work; a baseline spares unchanged files.
    #[serde(rename = "brotli-11")]
    Brotli11,
    /// By zstd at its fastest level, about level 1.
    #[serde(rename = "zstd")]
    Zstd,
}

impl Compression {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Raw,
        Self::Gzip,
        Self::Brotli,
        Self::Brotli11,
        Self::Zstd,
    ];

    /// The word used in metric names and titles.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Raw => "raw",
            Self::Brotli => "brotli",
            Self::Brotli11 => "brotli-11",
            Self::Zstd => "zstd",
        }
    }
}

/// What a broken budget does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It fails the gate.
    #[default]
    Fail,
    /// It is a warning.
    Warn,
    /// It is said and changes nothing.
    Info,
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
    /// How much a route may grow against the baseline.
    #[serde(default)]
    pub max_increase: Option<Increase>,
    /// What a broken limit of this entry does; `deny` and `lazy` always fail.
    #[serde(default)]
    pub mode: Option<Mode>,
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
    #[serde(default)]
    pub limit: Option<Located<ByteSize>>,
    /// How much the files may grow against the baseline.
    #[serde(default)]
    pub max_increase: Option<Increase>,
    /// Holds each file to the limit instead of their sum.
    #[serde(default)]
    pub each: bool,
    /// What a broken limit of this entry does.
    #[serde(default)]
    pub mode: Option<Mode>,
}

/// How much something may grow. Every limit that is named holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Increase {
    /// In bytes, such as `2 kB`.
    #[serde(default)]
    pub bytes: Option<Located<ByteSize>>,
    /// Of the size before, such as `2 %`.
    #[serde(default)]
    pub percent: Option<Located<Percent>>,
}

/// Changes that are no growth. Compressors move by some bytes when nothing was added.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Noise {
    /// Default: 100 B.
    pub bytes: Option<ByteSize>,
    /// Default: 0.5 %.
    pub percent: Option<Percent>,
}

/// Code that is shipped twice.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Duplicates {
    /// The most bytes that may be wasted, in the gated compression. Default: none are allowed.
    pub max: Option<Located<ByteSize>>,
    /// Default: warn.
    pub mode: Option<Mode>,
}

/// Rules for images.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Images {
    /// The most bytes of an image that is served as it is, such as `300 kB`.
    pub max_bytes: Option<Located<ByteSize>>,
    /// The longest side in pixels. Default: 3840, the largest device width Next.js serves.
    pub max_side: Option<Located<u64>>,
    /// A raw `<img>` in a prerendered page is reported from this size on. Default: 10 kB.
    pub raw_img: Option<Located<ByteSize>>,
    /// Formats that the optimiser (or, without one, the build) should offer: `avif`, `webp`.
    pub formats: Vec<Located<String>>,
    /// What a broken rule does. Default: warn.
    pub mode: Option<Mode>,
}

/// An app of a monorepo.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct App {
    /// Its name in metrics, findings and the baseline.
    pub name: Located<String>,
    /// Its folder, relative to the working directory.
    pub dir: Located<String>,
    /// What built it. Default: detected.
    #[serde(default)]
    pub framework: FrameworkName,
    /// Its own budgets of routes; they stand before the common ones.
    #[serde(default)]
    pub routes: Vec<RouteRule>,
    /// Its own budgets of files, beside the common ones.
    #[serde(default)]
    pub files: Vec<FileRule>,
}
