//! What is measured of a page, in which direction it is good, and its limit in the policy.

use pipeline_config::Located;

use crate::policy::Budgets;

/// A web vital or a category score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measure {
    Performance,
    Accessibility,
    BestPractices,
    Seo,
    Lcp,
    Fcp,
    Cls,
    Inp,
    Ttfb,
    Tti,
    Tbt,
    SpeedIndex,
}

impl Measure {
    /// In the order they are shown.
    pub(crate) const ALL: [Self; 12] = [
        Self::Performance,
        Self::Accessibility,
        Self::BestPractices,
        Self::Seo,
        Self::Lcp,
        Self::Fcp,
        Self::Cls,
        Self::Inp,
        Self::Ttfb,
        Self::Tti,
        Self::Tbt,
        Self::SpeedIndex,
    ];

    /// The key in the config.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Performance => "performance",
            Self::Accessibility => "accessibility",
            Self::BestPractices => "best-practices",
            Self::Seo => "seo",
            Self::Lcp => "lcp",
            Self::Fcp => "fcp",
            Self::Cls => "cls",
            Self::Inp => "inp",
            Self::Ttfb => "ttfb",
            Self::Tti => "tti",
            Self::Tbt => "tbt",
            Self::SpeedIndex => "speed-index",
        }
    }

    /// The audit that has it; a score has none, it belongs to the category of its key.
    pub(crate) const fn audit(self) -> &'static str {
        match self {
            Self::Performance | Self::Accessibility | Self::BestPractices | Self::Seo => {
                "categories"
            }
            Self::Lcp => "largest-contentful-paint",
            Self::Fcp => "first-contentful-paint",
            Self::Cls => "cumulative-layout-shift",
            Self::Inp => "interaction-to-next-paint",
            Self::Ttfb => "metrics",
            Self::Tti => "interactive",
            Self::Tbt => "total-blocking-time",
            Self::SpeedIndex => "speed-index",
        }
    }

    /// The unit of its metric.
    pub(crate) const fn unit(self) -> &'static str {
        match self {
            Self::Cls => "",
            _ if self.is_score() => "score",
            _ => "ms",
        }
    }

    /// Scores are better when higher; everything else is better when lower.
    pub(crate) const fn is_score(self) -> bool {
        matches!(
            self,
            Self::Performance | Self::Accessibility | Self::BestPractices | Self::Seo
        )
    }

    /// A value as people read it.
    pub(crate) fn shown(self, value: f64) -> String {
        match self.unit() {
            "ms" => format!("{value:.0} ms"),
            "score" => format!("{value:.0}"),
            _ => format!("{value:.3}"),
        }
    }

    /// Its limit, when it is held to one.
    pub(crate) fn limit(self, budgets: &Budgets) -> Option<Located<f64>> {
        let scores = &budgets.scores;
        let millis = match self {
            Self::Performance => return scores.performance,
            Self::Accessibility => return scores.accessibility,
            Self::BestPractices => return scores.best_practices,
            Self::Seo => return scores.seo,
            Self::Cls => return budgets.cls,
            Self::Lcp => budgets.lcp,
            Self::Fcp => budgets.fcp,
            Self::Inp => budgets.inp,
            Self::Ttfb => budgets.ttfb,
            Self::Tti => budgets.tti,
            Self::Tbt => budgets.tbt,
            Self::SpeedIndex => budgets.speed_index,
        };

        millis.map(|limit| Located {
            value: limit.value.value(),
            position: limit.position,
        })
    }
}
