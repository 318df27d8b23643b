//! Lighthouse's JSON report, versions 10 to 13. Only what is judged is kept: most of a report is screenshots, texts and
//! audit details, which are skipped while reading.

mod audit;
mod lhr;
mod number;

pub(crate) use audit::{Audit, Row};
pub(crate) use lhr::{Lhr, Wanted};
pub(crate) use number::Number;

use std::collections::BTreeMap;

use serde::de::DeserializeSeed as _;
use url::Url;

use crate::measure::Measure;
use crate::policy::Profile;
use crate::wall;

/// The majors whose reports mean what is read here.
pub(crate) const MAJORS: std::ops::RangeInclusive<u32> = 10..=13;

/// One measurement of one page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// Of Lighthouse.
    pub version: String,
    /// The page that was asked for.
    pub url: String,
    /// As which device.
    pub profile: Profile,
    /// What was measured; what is missing could not be.
    pub values: BTreeMap<Measure, f64>,
    /// Where the TTFB comes from.
    pub ttfb_source: Option<&'static str>,
    /// The rest.
    pub lhr: Lhr,
}

/// Why a report proves nothing about the app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    /// Not a report.
    #[error("no Lighthouse report: {0}")]
    NotAReport(String),
    /// Another version.
    #[error("a report of Lighthouse {0}; 10 to 13 can be read")]
    Version(String),
    /// The page did not load.
    #[error("Lighthouse could not load {url}: {code} ({message})")]
    RuntimeError {
        url: String,
        code: String,
        message: String,
    },
    /// The page asks for a login.
    #[error(
        "{url} is protected: it answered {status}; set VERCEL_AUTOMATION_BYPASS_SECRET, or measure a page that is open"
    )]
    Protected { url: String, status: u16 },
    /// Another page was measured.
    #[error("{0}")]
    OtherPage(String),
}

/// Reads a report of any version, and keeps the audits that are wanted.
///
/// # Errors
/// When it is no report.
pub(crate) fn read_lhr(json: &[u8], wanted: &Wanted) -> Result<Lhr, Unusable> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let not = |error: serde_json::Error| Unusable::NotAReport(error.to_string());
    let lhr = wanted.deserialize(&mut reader).map_err(not)?;
    reader.end().map_err(not)?;
    Ok(lhr)
}

impl Run {
    /// A measurement of the app, or why it is none.
    pub(crate) fn of(lhr: Lhr) -> Result<Self, Unusable> {
        if !lhr.major().is_some_and(|major| MAJORS.contains(&major)) {
            return Err(Unusable::Version(lhr.version));
        }
        let reached = lhr
            .final_displayed_url
            .as_ref()
            .or(lhr.main_document_url.as_ref())
            .or(lhr.final_url.as_ref());
        let Some(reached) = reached.cloned() else {
            return Err(Unusable::NotAReport("it names no page".to_owned()));
        };
        // A timespan starts on a page that is there already, so none was asked for.
        let url = match (&lhr.requested_url, lhr.gather_mode.as_deref()) {
            (Some(url), _) => url.clone(),
            (None, Some("timespan" | "snapshot")) => reached.clone(),
            (None, _) => return Err(Unusable::NotAReport("it names no page".to_owned())),
        };
        if let Some(error) = lhr
            .runtime_error
            .as_ref()
            .filter(|error| error.code != "NO_ERROR")
        {
            return Err(unloaded(url, error));
        }
        let parsed = |text: &str| {
            Url::parse(text).map_err(|error| Unusable::NotAReport(format!("`{text}`: {error}")))
        };
        if let Some(words) = wall::other_page(&parsed(&url)?, &parsed(&reached)?) {
            return Err(Unusable::OtherPage(words));
        }
        let profile = match lhr.settings.form_factor.as_deref() {
            Some("mobile") => Profile::Mobile,
            Some("desktop") => Profile::Desktop,
            other => {
                let other = other.unwrap_or("none").to_owned();
                return Err(Unusable::NotAReport(format!(
                    "form factor `{other}`; mobile or desktop is needed"
                )));
            }
        };
        Ok(Self {
            version: lhr.version.clone(),
            url,
            profile,
            values: values(&lhr),
            ttfb_source: lhr.first_byte().map(|(_, source)| source),
            lhr,
        })
    }
}

fn unloaded(url: String, error: &lhr::RuntimeError) -> Unusable {
    let status = [401, 403]
        .into_iter()
        .find(|status| error.message.contains(&format!("Status code: {status}")));
    match status {
        Some(status) => Unusable::Protected { url, status },
        None => Unusable::RuntimeError {
            url,
            code: error.code.clone(),
            message: error.message.clone(),
        },
    }
}

impl Lhr {
    /// Time to first byte in milliseconds, and where it comes from. With simulated throttling the first source includes
    /// the network of the emulated device, as a user meets it; the second is the bare wait for the server.
    pub(crate) fn first_byte(&self) -> Option<(f64, &'static str)> {
        let metrics = || {
            let row = self.audits.get("metrics")?.rows.as_ref()?.first()?;
            Some((row.time_to_first_byte.finite()?, "metrics.timeToFirstByte"))
        };
        metrics().or_else(|| {
            Some((
                self.numeric("server-response-time")?,
                "server-response-time",
            ))
        })
    }

    /// The value of an audit. One that failed to run may carry a number all the same.
    fn numeric(&self, audit: &str) -> Option<f64> {
        let audit = self.audits.get(audit)?;
        audit
            .numeric
            .finite()
            .filter(|_| audit.mode.as_deref() != Some("error"))
    }
}

fn values(lhr: &Lhr) -> BTreeMap<Measure, f64> {
    let value = |measure: Measure| match measure {
        Measure::Ttfb => lhr.first_byte().map(|(value, _)| value),
        _ if measure.is_score() => lhr
            .category(measure.key())
            .flatten()
            .map(|score| score * 100.0),
        _ => lhr.numeric(measure.audit()),
    };
    let usable = |value: &f64| value.is_finite() && *value >= 0.0;
    Measure::ALL
        .into_iter()
        .filter_map(|measure| Some((measure, value(measure).filter(usable)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Run, Unusable, Wanted, read_lhr};
    use crate::measure::Measure;
    use crate::policy::Profile;

    fn parse(json: &[u8]) -> Result<Run, Unusable> {
        read_lhr(json, &Wanted::new([])).and_then(Run::of)
    }

    fn fixture(name: &str) -> Vec<u8> {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fixtures/lighthouse"
        );
        std::fs::read(format!("{folder}/{name}.json")).unwrap()
    }

    fn edited(change: impl Fn(&mut serde_json::Value)) -> Result<super::Run, Unusable> {
        let mut lhr: serde_json::Value = serde_json::from_slice(&fixture("home-1")).unwrap();
        change(&mut lhr);
        parse(&serde_json::to_vec(&lhr).unwrap())
    }

    #[test]
    fn a_real_report_gives_its_values() {
        let run = parse(&fixture("home-1")).unwrap();
        assert_eq!(
            (run.url.as_str(), run.profile),
            ("http://127.0.0.1:8080/", Profile::Mobile)
        );
        let lhr: serde_json::Value = serde_json::from_slice(&fixture("home-1")).unwrap();
        let numeric = |audit: &str| lhr["audits"][audit]["numericValue"].as_f64().unwrap();
        assert_eq!(
            run.values[&Measure::Lcp],
            numeric("largest-contentful-paint")
        );
        assert_eq!(
            run.values[&Measure::Cls],
            numeric("cumulative-layout-shift")
        );
        assert_eq!(run.values[&Measure::Tbt], numeric("total-blocking-time"));
        let score = lhr["categories"]["seo"]["score"].as_f64().unwrap();
        assert_eq!(run.values[&Measure::Seo], score * 100.0);
        assert!(
            !run.values.contains_key(&Measure::Inp),
            "a navigation has no INP"
        );
        assert_eq!(run.ttfb_source, Some("metrics.timeToFirstByte"));
        assert_eq!(run.values.len(), Measure::ALL.len() - 1);
    }

    #[test]
    fn a_page_that_did_not_load_is_named() {
        let error = parse(&fixture("unreachable")).unwrap_err().to_string();
        assert!(error.contains("FAILED_DOCUMENT_REQUEST"), "{error}");
        let wall = edited(|lhr| {
            lhr["runtimeError"] = serde_json::json!({"code": "ERRORED_DOCUMENT_REQUEST", "message": "… (Status code: 401)"});
        });
        assert!(
            matches!(wall, Err(Unusable::Protected { status: 401, .. })),
            "{wall:?}"
        );
        let login = edited(|lhr| lhr["finalDisplayedUrl"] = "https://vercel.com/login".into());
        assert!(matches!(login, Err(Unusable::OtherPage(_))), "{login:?}");
    }

    #[test]
    fn what_was_not_measured_is_missing_and_not_zero() {
        let run = edited(|lhr| {
            lhr["categories"]["performance"]["score"] = serde_json::Value::Null;
            lhr["audits"]["largest-contentful-paint"]["scoreDisplayMode"] = "error".into();
            lhr["audits"]["metrics"] = serde_json::Value::Null;
            lhr["audits"].as_object_mut().unwrap().remove("interactive");
        })
        .unwrap();
        for measure in [Measure::Performance, Measure::Lcp, Measure::Tti] {
            assert!(!run.values.contains_key(&measure), "{measure:?}");
        }
        assert_eq!(run.ttfb_source, Some("server-response-time"));
    }

    #[test]
    fn other_documents_are_refused() {
        for (version, readable) in [
            ("9.6.8", false),
            ("10.0.0", true),
            ("13.5.0", true),
            ("14.0.0", false),
        ] {
            let run = edited(|lhr| lhr["lighthouseVersion"] = version.into());
            assert_eq!(run.is_ok(), readable, "{version}");
        }
        for bad in ["", "{}", "[]", "{\"lighthouseVersion\":\"12.0.0\"}"] {
            assert!(
                matches!(parse(bad.as_bytes()), Err(Unusable::NotAReport(_))),
                "{bad}"
            );
        }
        let whole = fixture("home-1");
        assert!(parse(&whole[..whole.len() / 2]).is_err(), "half a report");
    }
}
