//! What real users measured: a file of the Chrome UX Report's API, or of PageSpeed Insights. A navigation cannot measure
//! how a page answers to people; their visits can.

use serde_json::Value;
use url::Url;

use crate::policy::Profile;

/// INP of real visits, 75th percentile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// The page, or the origin that all its pages share.
    pub url: Url,
    /// Whether it is of the whole origin.
    pub origin: bool,
    /// The devices; all when absent.
    pub profile: Option<Profile>,
    /// In milliseconds.
    pub inp: f64,
    /// What it was read from, in words.
    pub source: &'static str,
}

impl Field {
    /// Whether it speaks for a page.
    pub(crate) fn is_of(&self, page: &str, profile: Profile) -> bool {
        let Ok(page) = Url::parse(page) else {
            return false;
        };
        let place = if self.origin {
            page.origin() == self.url.origin()
        } else {
            page == self.url
        };
        place && self.profile.is_none_or(|own| own == profile)
    }
}

/// Reads a file; one of a page without enough visits has no INP, which is an error and not a pass.
pub(crate) fn parse(json: &[u8]) -> Result<Field, String> {
    let value: Value = serde_json::from_slice(json).map_err(|error| format!("no JSON: {error}"))?;
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let number = |pointer: &str| value.pointer(pointer).and_then(Value::as_f64);
    let (url, origin, inp, source) = if value.get("record").is_some() {
        let place = text("/record/key/url")
            .map(|url| (url, false))
            .or_else(|| text("/record/key/origin").map(|url| (url, true)));
        let (url, origin) = place.ok_or("its record has neither url nor origin")?;
        (
            url,
            origin,
            number("/record/metrics/interaction_to_next_paint/percentiles/p75"),
            "CrUX",
        )
    } else if value.get("loadingExperience").is_some() {
        let url = text("/loadingExperience/id")
            .or_else(|| text("/id"))
            .ok_or("it names no page")?;
        let origin =
            value.pointer("/loadingExperience/origin_fallback") == Some(&Value::Bool(true));
        (
            url,
            origin,
            number("/loadingExperience/metrics/INTERACTION_TO_NEXT_PAINT/percentile"),
            "PageSpeed Insights",
        )
    } else {
        return Err(
            "neither a record of the Chrome UX Report nor an answer of PageSpeed Insights"
                .to_owned(),
        );
    };
    let device = text("/record/key/formFactor")
        .or_else(|| text("/lighthouseResult/configSettings/formFactor"));
    let profile = match device {
        Some("PHONE" | "mobile") => Some(Profile::Mobile),
        Some("DESKTOP" | "desktop") => Some(Profile::Desktop),
        Some(other) => return Err(format!("form factor {other}; PHONE or DESKTOP is needed")),
        None => None,
    };
    Ok(Field {
        url: Url::parse(url).map_err(|error| format!("`{url}`: {error}"))?,
        origin,
        profile,
        inp: inp.ok_or("it has no Interaction to Next Paint; the page has too few visits")?,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::{Field, parse};
    use crate::policy::Profile;

    fn field(text: &str) -> Result<Field, String> {
        parse(text.as_bytes())
    }

    #[test]
    fn both_services_are_read() {
        let crux = r#"{"record": {"key": {"formFactor": "PHONE", "origin": "https://a.example"}, "metrics": {"interaction_to_next_paint": {"percentiles": {"p75": 180}}}}}"#;
        let found = field(crux).unwrap();
        assert_eq!(
            (found.inp, found.profile, found.source),
            (180.0, Some(Profile::Mobile), "CrUX")
        );
        assert!(found.is_of("https://a.example/any", Profile::Mobile));
        assert!(!found.is_of("https://a.example/any", Profile::Desktop));
        assert!(!found.is_of("https://b.example/", Profile::Mobile));
        let insights = r#"{"id": "https://a.example/", "loadingExperience": {"id": "https://a.example/", "metrics": {"INTERACTION_TO_NEXT_PAINT": {"percentile": 250}}}}"#;
        let found = field(insights).unwrap();
        assert_eq!((found.inp, found.profile), (250.0, None));
        assert!(
            found.is_of("https://a.example/", Profile::Desktop)
                && !found.is_of("https://a.example/b", Profile::Desktop)
        );
    }

    #[test]
    fn a_page_without_visits_has_no_field_data() {
        for (text, expected) in [
            (r#"{"error": {"code": 404}}"#, "neither"),
            (
                r#"{"record": {"key": {"url": "https://a.example/"}, "metrics": {}}}"#,
                "too few visits",
            ),
            (r#"{"record": {"metrics": {}}}"#, "neither url nor origin"),
            ("[", "no JSON"),
        ] {
            let error = field(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
