//! The `lighthouse` section of `stagegate.yml`.

use clap::ValueEnum;
use pipeline_config::{Located, Millis};
use schemars::JsonSchema;
use serde::Deserialize;

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
            chrome_flags: Vec::new(),
            deadline: Millis::from_millis(120_000),
        }
    }
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
        }
    }
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
