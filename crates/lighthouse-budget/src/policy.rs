//! The `lighthouse` section of `stagegate.yml`.

use std::collections::BTreeMap;

use clap::ValueEnum;
use pipeline_config::{ByteSize, Located, Millis, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rules::Aggregation;

/// Budgets of pages.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// How often each page is measured, 1 to 25. Default: 5.
    pub runs: Located<u8>,
    /// Which of the runs counts. Default: median.
    pub aggregate: Aggregate,
    /// Devices to measure as. Default: mobile.
    pub profiles: Vec<Profile>,
    /// The limits. One that is not written has its default; `null` takes it away.
    pub budgets: Budgets,
    /// Pages to run Lighthouse on when neither reports nor pages are given as input. Paths, such as `/artists`, are pages of
    /// every deployment that is given as `url`.
    pub urls: Vec<String>,
    /// Reports to judge, as globs, when neither reports nor pages are given as input.
    pub reports: Vec<String>,
    /// A lighthouserc or a budget.json whose assertions hold too. With one, only the limits written here hold beside it.
    pub extends: Vec<Located<String>>,
    /// Whose results to give. `lhci`: what lighthouse-ci gives for its own config files, number by number; nothing else
    /// of this section holds then.
    pub compat: Option<Compat>,
    /// Comparison with a base, measured in turn with the head on the same machine.
    pub regression: Regression,
    /// Runs on a machine slower than this are discarded and redone: Lighthouse's `benchmarkIndex`, about 1500 on a
    /// hosted runner. No default.
    pub min_benchmark_index: Option<Located<f64>>,
    /// So many slow runs per page and device are redone. Default: 3.
    pub max_redone: u8,
    /// Further flags for Chrome, such as `--no-sandbox`.
    pub chrome_flags: Vec<String>,
    /// The longest one run may take, Chrome's start included. Default: 120 s.
    pub deadline: Millis,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            runs: Located::nowhere(5),
            aggregate: Aggregate::default(),
            profiles: Vec::new(),
            budgets: Budgets::default(),
            urls: Vec::new(),
            reports: Vec::new(),
            extends: Vec::new(),
            compat: None,
            regression: Regression::default(),
            min_benchmark_index: None,
            max_redone: 3,
            chrome_flags: Vec::new(),
            deadline: Millis::from_millis(120_000),
        }
    }
}

/// Whose results to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Compat {
    /// lighthouse-ci 0.15.1.
    Lhci,
}

/// Comparison of base and head.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Regression {
    /// What is compared. Default: lcp, tbt and cls.
    pub metrics: Vec<Compared>,
    /// A median that is slower by more than this is a regression. Default: 5 %.
    pub max: Located<Percent>,
    /// A shift below this, in milliseconds, is none, however large its share. Default: 20 ms.
    pub min: Millis,
    /// What an undecided comparison counts as. Default: warn.
    pub on_inconclusive: Located<OnInconclusive>,
}

impl Default for Regression {
    fn default() -> Self {
        Self {
            metrics: vec![Compared::Lcp, Compared::Tbt, Compared::Cls],
            max: Located::nowhere(Percent::from_percent(5)),
            min: Millis::from_millis(20),
            on_inconclusive: Located::nowhere(OnInconclusive::Warn),
        }
    }
}

/// A metric that base and head are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Compared {
    /// Largest Contentful Paint.
    Lcp,
    /// First Contentful Paint.
    Fcp,
    /// Total Blocking Time.
    Tbt,
    /// Speed Index.
    SpeedIndex,
    /// Time To Interactive.
    Tti,
    /// Cumulative Layout Shift: by the majority of the runs over its limit, since it jumps between few values.
    Cls,
}

/// What an undecided comparison counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnInconclusive {
    /// It is only said.
    Pass,
    /// A warning.
    Warn,
    /// A failure.
    Fail,
}

/// Which of several runs counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// The middle one, or the mean of the middle two.
    #[default]
    Median,
    /// The best one.
    Best,
    /// The worst one.
    Worst,
}

impl Aggregate {
    pub(crate) const fn aggregation(self) -> Aggregation {
        match self {
            Self::Median => Aggregation::Median,
            Self::Best => Aggregation::Optimistic,
            Self::Worst => Aggregation::Pessimistic,
        }
    }

    /// The word people read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Best => "best",
            Self::Worst => "worst",
        }
    }
}

/// The device that is emulated.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// A mid-range phone on a slow network, Lighthouse's default.
    Mobile,
    /// A desktop on a fast network.
    Desktop,
}

impl Profile {
    /// The word used in reports and metric names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Desktop => "desktop",
        }
    }
}

/// Upper limits of metrics and lower limits of scores.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budgets {
    /// Largest Contentful Paint. Default: 2.5 s.
    pub lcp: Option<Located<Millis>>,
    /// First Contentful Paint. Default: 1.8 s.
    pub fcp: Option<Located<Millis>>,
    /// Cumulative Layout Shift, without unit. Default: 0.1.
    pub cls: Option<Located<f64>>,
    /// Interaction to Next Paint; a navigation cannot measure it, which is said. Default: 200 ms.
    pub inp: Option<Located<Millis>>,
    /// Time To First Byte. Default: 800 ms.
    pub ttfb: Option<Located<Millis>>,
    /// Time To Interactive. Default: 3.8 s.
    pub tti: Option<Located<Millis>>,
    /// Total Blocking Time. Default: 200 ms.
    pub tbt: Option<Located<Millis>>,
    /// Speed Index. No default.
    pub speed_index: Option<Located<Millis>>,
    /// Category scores, 0 to 100.
    pub scores: Scores,
    /// Size and number of requests by type: total, document, script, stylesheet, image, media, font, other, third-party.
    pub resources: BTreeMap<ResourceKind, ResourceBudget>,
}

impl Default for Budgets {
    fn default() -> Self {
        let millis = |value| Some(Located::nowhere(Millis::from_millis(value)));
        Self {
            lcp: millis(2500),
            fcp: millis(1800),
            cls: Some(Located::nowhere(0.1)),
            inp: millis(200),
            ttfb: millis(800),
            tti: millis(3800),
            tbt: millis(200),
            speed_index: None,
            scores: Scores::default(),
            resources: BTreeMap::new(),
        }
    }
}

/// What Lighthouse counts requests by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// All requests.
    Total,
    /// Pages.
    Document,
    /// JavaScript.
    Script,
    /// CSS.
    Stylesheet,
    /// Images.
    Image,
    /// Sound and video.
    Media,
    /// Fonts.
    Font,
    /// The rest.
    Other,
    /// Everything from other hosts.
    ThirdParty,
}

impl ResourceKind {
    /// Lighthouse's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Document => "document",
            Self::Script => "script",
            Self::Stylesheet => "stylesheet",
            Self::Image => "image",
            Self::Media => "media",
            Self::Font => "font",
            Self::Other => "other",
            Self::ThirdParty => "third-party",
        }
    }
}

/// Limits of one resource type.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ResourceBudget {
    /// Bytes over the network.
    pub size: Option<Located<ByteSize>>,
    /// Number of requests.
    pub count: Option<Located<u32>>,
}

/// Lower limits of category scores, 0 to 100.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scores {
    /// Default: 90.
    pub performance: Option<Located<f64>>,
    /// Default: 90.
    pub accessibility: Option<Located<f64>>,
    /// Default: 90.
    pub best_practices: Option<Located<f64>>,
    /// Default: 90.
    pub seo: Option<Located<f64>>,
}

impl Default for Scores {
    fn default() -> Self {
        let ninety = Some(Located::nowhere(90.0));
        Self {
            performance: ninety,
            accessibility: ninety,
            best_practices: ninety,
            seo: ninety,
        }
    }
}
