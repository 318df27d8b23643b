//! What a team expects of its edge, as it writes it. A profile gives every limit that is not written.

use pipeline_config::Located;
use schemars::JsonSchema;
use serde::Deserialize;

/// Checks of the edge: security headers, TLS, caching, compression, rate limit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EdgePolicy {
    /// Where limits come from that are not written here.
    pub profile: Profile,
    /// The page whose headers are scored; default `/`.
    pub path: Option<Located<String>>,
    /// The lowest grade of the MDN HTTP Observatory, `A+` to `F`; by profile A+, B or B+.
    pub min_grade: Option<Located<String>>,
    /// What Strict-Transport-Security must say.
    pub hsts: HstsPolicy,
    /// What TLS must be like.
    pub tls: TlsPolicy,
    /// How answers are cached, by path.
    pub cache: Vec<CachePolicy>,
    /// Paths whose answers must be compressed with Brotli when a browser accepts it.
    pub compression: Vec<Located<String>>,
    /// How many requests are let through. Sends that many requests and some more.
    pub rate_limit: Option<RateLimitPolicy>,
}

/// Limits for what is not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Grade A+, HSTS of a year with subdomains, 30 days of certificate; every weakness is an error.
    Strict,
    /// Grade B, HSTS of six months, 14 days of certificate; weaknesses are warnings.
    #[default]
    Standard,
    /// Grade B+, HSTS of a year with subdomains, 30 days of certificate; weaknesses are warnings.
    Requirements,
}

/// What Strict-Transport-Security must say.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct HstsPolicy {
    /// The shortest max-age, in seconds.
    pub max_age: Option<Located<u64>>,
    /// Whether subdomains must be included.
    pub include_subdomains: Option<Located<bool>>,
    /// Whether it must ask for preloading.
    pub preload: Option<Located<bool>>,
}

/// What TLS must be like.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TlsPolicy {
    /// The oldest version that may be accepted, `1.2` or `1.3`; default 1.2.
    pub min_version: Option<Located<String>>,
    /// How many days the certificates must last at least.
    pub certificate_days: Option<Located<u32>>,
}

/// How an answer is cached.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CachePolicy {
    /// A path, or a pattern such as `/_next/static/**/*.js`: the first such address in the page is asked.
    pub path: Located<String>,
    /// Directives Cache-Control must hold, such as `public` or `immutable`.
    #[serde(default)]
    pub directives: Vec<Located<String>>,
    /// The shortest max-age, in seconds.
    #[serde(default)]
    pub max_age: Option<Located<u64>>,
    /// Whether the CDN must answer the second request from its cache. Proved by behaviour, because a CDN may keep
    /// `s-maxage` to itself.
    #[serde(default)]
    pub cdn: Option<Located<bool>>,
}

/// How many requests are let through.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RateLimitPolicy {
    /// The path that is limited.
    pub path: Located<String>,
    /// How many requests must pass, at most 500.
    pub requests: Located<u32>,
    /// How many more may pass before the first 429, because a limit refills while it is tried; default a tenth, at
    /// least 5.
    #[serde(default)]
    pub slack: Option<Located<u32>>,
}
