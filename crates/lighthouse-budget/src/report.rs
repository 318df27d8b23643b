//! Lighthouse's JSON report, versions 10 to 13. Only what is judged is kept: most of a report is screenshots, texts and
//! audit details, which are skipped while reading.

mod lhr;

use std::collections::BTreeMap;

use url::Url;

use crate::measure::Measure;
use crate::policy::Profile;
use crate::wall;
use lhr::{Audit, Audits, Categories, Category, Lhr};

/// The majors whose reports mean what is read here.
const MAJORS: std::ops::RangeInclusive<u32> = 10..=13;

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

/// Reads a report.
pub(crate) fn parse(json: &[u8]) -> Result<Run, Unusable> {
    let lhr: Lhr =
        serde_json::from_slice(json).map_err(|error| Unusable::NotAReport(error.to_string()))?;
    let major = lhr
        .lighthouse_version
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if !major.is_some_and(|major: u32| MAJORS.contains(&major)) {
        return Err(Unusable::Version(lhr.lighthouse_version));
    }
    let reached = lhr
        .final_displayed_url
        .or(lhr.main_document_url)
        .or(lhr.final_url);
    let (Some(url), Some(reached)) = (lhr.requested_url, reached) else {
        return Err(Unusable::NotAReport("it names no page".to_owned()));
    };
    if let Some(error) = lhr.runtime_error.filter(|error| error.code != "NO_ERROR") {
        return Err(
            match [401, 403]
                .into_iter()
                .find(|status| error.message.contains(&format!("Status code: {status}")))
            {
                Some(status) => Unusable::Protected { url, status },
                None => Unusable::RuntimeError {
                    url,
                    code: error.code,
                    message: error.message,
                },
            },
        );
    }
    let parsed = |text: &str| {
        Url::parse(text).map_err(|error| Unusable::NotAReport(format!("`{text}`: {error}")))
    };
    if let Some(words) = wall::other_page(&parsed(&url)?, &parsed(&reached)?) {
        return Err(Unusable::OtherPage(words));
    }
    let profile = match lhr.config_settings.form_factor.as_deref() {
        Some("mobile") => Profile::Mobile,
        Some("desktop") => Profile::Desktop,
        other => {
            let other = other.unwrap_or("none").to_owned();
            return Err(Unusable::NotAReport(format!(
                "form factor `{other}`; mobile or desktop is needed"
            )));
        }
    };
    let (values, ttfb_source) = values(&lhr.audits, &lhr.categories);
    Ok(Run {
        version: lhr.lighthouse_version,
        url,
        profile,
        values,
        ttfb_source,
    })
}

fn values(
    audits: &Audits,
    categories: &Categories,
) -> (BTreeMap<Measure, f64>, Option<&'static str>) {
    // With simulated throttling this one includes the network of the emulated device, as a user meets it; the audit is
    // the bare wait for the server.
    let simulated = audits
        .metrics
        .as_ref()
        .and_then(|metrics| metrics.details.as_ref()?.items.first()?.time_to_first_byte);
    let of = |audit: &Option<Audit>| audit.as_ref().and_then(Audit::value);
    let server = of(&audits.server_response_time);
    let source = match (simulated, server) {
        (Some(_), _) => Some("metrics.timeToFirstByte"),
        (None, Some(_)) => Some("server-response-time"),
        (None, None) => None,
    };
    let score = |category: &Option<Category>| {
        category
            .as_ref()
            .and_then(|category| category.score)
            .map(|score| score * 100.0)
    };
    let all = [
        (Measure::Performance, score(&categories.performance)),
        (Measure::Accessibility, score(&categories.accessibility)),
        (Measure::BestPractices, score(&categories.best_practices)),
        (Measure::Seo, score(&categories.seo)),
        (Measure::Lcp, of(&audits.largest_contentful_paint)),
        (Measure::Fcp, of(&audits.first_contentful_paint)),
        (Measure::Cls, of(&audits.cumulative_layout_shift)),
        (Measure::Inp, of(&audits.interaction_to_next_paint)),
        (Measure::Ttfb, simulated.or(server)),
        (Measure::Tti, of(&audits.interactive)),
        (Measure::Tbt, of(&audits.total_blocking_time)),
        (Measure::SpeedIndex, of(&audits.speed_index)),
    ];
    let measured = all.into_iter().filter_map(|(measure, value)| {
        Some((
            measure,
            value.filter(|value| value.is_finite() && *value >= 0.0)?,
        ))
    });
    (measured.collect(), source)
}

#[cfg(test)]
mod tests {
    use super::{Unusable, parse};
    use crate::measure::Measure;
    use crate::policy::Profile;

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
