//! The shape of a report, as far as it is used. `serde` skips the rest without keeping it, and of the audits only those
//! that somebody asks for are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::audit::{Audit, AuditSeed};
use super::number::Number;

/// Which audits are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted(BTreeSet<String>);

impl Wanted {
    /// These, and those that every reading of a report needs.
    pub(crate) fn new(audits: impl IntoIterator<Item = String>) -> Self {
        let mut wanted: BTreeSet<String> = ALWAYS.map(str::to_owned).into();
        wanted.extend(audits);
        Self(wanted)
    }
}

/// Web vitals, and what explains them.
const ALWAYS: [&str; 11] = [
    "cumulative-layout-shift",
    "first-contentful-paint",
    "interaction-to-next-paint",
    "interactive",
    "largest-contentful-paint",
    "metrics",
    "network-requests",
    "server-response-time",
    "speed-index",
    "total-blocking-time",
    "resource-summary",
];

/// A report, of any version.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lhr {
    /// `lighthouseVersion`.
    pub version: String,
    /// `requestedUrl`; a timespan has none.
    pub requested_url: Option<String>,
    /// `finalUrl`, by which lighthouse-ci groups.
    pub final_url: Option<String>,
    /// `mainDocumentUrl`.
    pub main_document_url: Option<String>,
    /// `finalDisplayedUrl`.
    pub final_displayed_url: Option<String>,
    /// `navigation`, `timespan` or `snapshot`.
    pub gather_mode: Option<String>,
    /// `fetchTime`.
    pub fetch_time: Option<String>,
    /// Why the page could not be measured.
    pub runtime_error: Option<RuntimeError>,
    /// By name.
    pub audits: BTreeMap<String, Audit>,
    /// Name and score (0 to 1), in the report's order.
    pub categories: Vec<(String, Option<f64>)>,
    /// `configSettings`.
    pub settings: Settings,
    /// `environment`.
    pub environment: Environment,
}

/// `runtimeError`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct RuntimeError {
    pub code: String,
    #[serde(default)]
    pub message: String,
}

/// `configSettings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Settings {
    pub form_factor: Option<String>,
    pub throttling_method: Option<String>,
    pub only_categories: Option<Vec<String>>,
    pub only_audits: Option<Vec<String>>,
    pub skip_audits: Option<Vec<String>>,
}

/// `environment`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Environment {
    pub benchmark_index: Option<f64>,
    pub host_user_agent: Option<String>,
}

impl Lhr {
    /// The score of a category: `None` when the report has no such category, `Some(None)` when it has no score.
    #[expect(
        clippy::option_option,
        reason = "JSON has absent and null, and lighthouse-ci tells them apart"
    )]
    pub(crate) fn category(&self, name: &str) -> Option<Option<f64>> {
        self.categories
            .iter()
            .find_map(|(known, score)| (known == name).then_some(*score))
    }

    /// The first number of Chrome's version.
    pub(crate) fn chrome_major(&self) -> Option<&str> {
        let agent = self.environment.host_user_agent.as_deref()?;
        agent.split_once("Chrome/")?.1.split('.').next()
    }

    /// The first number of the version.
    pub(crate) fn major(&self) -> Option<u32> {
        self.version.split('.').next()?.parse().ok()
    }
}

#[derive(Deserialize)]
struct Category {
    #[serde(default)]
    score: Number,
}

impl<'de> DeserializeSeed<'de> for &Wanted {
    type Value = Lhr;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Lhr, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &Wanted {
    type Value = Lhr;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a Lighthouse report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lhr, A::Error> {
        let mut lhr = Lhr::default();
        let mut version = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "lighthouseVersion" => version = Some(map.next_value()?),
                "requestedUrl" => lhr.requested_url = map.next_value()?,
                "finalUrl" => lhr.final_url = map.next_value()?,
                "mainDocumentUrl" => lhr.main_document_url = map.next_value()?,
                "finalDisplayedUrl" => lhr.final_displayed_url = map.next_value()?,
                "gatherMode" => lhr.gather_mode = map.next_value()?,
                "fetchTime" => lhr.fetch_time = map.next_value()?,
                "runtimeError" => lhr.runtime_error = map.next_value()?,
                "audits" => lhr.audits = map.next_value_seed(AuditsSeed(self))?,
                "categories" => lhr.categories = map.next_value_seed(CategoriesSeed)?,
                "configSettings" => lhr.settings = map.next_value()?,
                "environment" => lhr.environment = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        lhr.version = version.ok_or_else(|| A::Error::missing_field("lighthouseVersion"))?;
        Ok(lhr)
    }
}

struct AuditsSeed<'a>(&'a Wanted);

impl<'de> DeserializeSeed<'de> for AuditsSeed<'_> {
    type Value = BTreeMap<String, Audit>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for AuditsSeed<'_> {
    type Value = BTreeMap<String, Audit>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("audits by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut audits = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if self.0.0.contains(&name) {
                if let Some(audit) = map.next_value_seed(AuditSeed::of(&name))? {
                    audits.insert(name, audit);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(audits)
    }
}

struct CategoriesSeed;

impl<'de> DeserializeSeed<'de> for CategoriesSeed {
    type Value = Vec<(String, Option<f64>)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CategoriesSeed {
    type Value = Vec<(String, Option<f64>)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("categories by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut categories = Vec::new();
        while let Some((name, category)) = map.next_entry::<String, Category>()? {
            categories.push((name, category.score.finite()));
        }
        Ok(categories)
    }
}
