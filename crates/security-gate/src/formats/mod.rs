//! The report formats: which one a file is in, and its reading.

mod lenient;
mod npm_audit;
mod sarif;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::issue::ScanReport;
use crate::policy::ReportFormat;

/// Why a report proves nothing. Follows the report's path in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("is empty")]
    Empty,
    #[error("is no JSON: {0}")]
    Json(String),
    #[error("is no {format}: {reason}")]
    Format {
        format: &'static str,
        reason: String,
    },
    #[error(
        "is {format}, which is not read yet (accepted: SARIF 2.1.0, npm audit of npm 7 and later)"
    )]
    Unsupported { format: &'static str },
    #[error("is in no format that is read (accepted: SARIF 2.1.0, npm audit of npm 7 and later)")]
    Unknown,
    #[error("says that the scan failed: {0}")]
    Failed(String),
}

/// Reads a report.
pub(crate) fn read(
    format: ReportFormat,
    allow_empty: bool,
    bytes: &[u8],
) -> Result<ScanReport, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return if allow_empty {
            Ok(ScanReport::default())
        } else {
            Err(ReadError::Empty)
        };
    }
    match format {
        ReportFormat::Auto => match sniff(bytes)? {
            Known::Sarif => sarif::read(bytes, allow_empty),
            Known::NpmAudit => npm_audit::read(bytes),
        },
        ReportFormat::Sarif => sarif::read(bytes, allow_empty),
        ReportFormat::NpmAudit => npm_audit::read(bytes),
    }
}

enum Known {
    Sarif,
    NpmAudit,
}

/// The keys that tell formats apart. Nothing is guessed: `[]` and `null` are several scanners' way to
/// say that they found nothing, and others' way to fail.
#[derive(Deserialize)]
struct Keys {
    runs: Option<IgnoredAny>,
    #[serde(rename = "auditReportVersion")]
    npm_audit: Option<IgnoredAny>,
    #[serde(rename = "statusCode")]
    status: Option<IgnoredAny>,
    error: Option<IgnoredAny>,
    advisories: Option<IgnoredAny>,
    #[serde(rename = "SchemaVersion")]
    trivy: Option<IgnoredAny>,
    #[serde(rename = "packageManager")]
    snyk: Option<IgnoredAny>,
    matches: Option<IgnoredAny>,
    results: Option<IgnoredAny>,
    #[serde(rename = "@programName")]
    zap: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    cyclonedx: Option<IgnoredAny>,
    #[serde(rename = "@context")]
    openvex: Option<IgnoredAny>,
    check_type: Option<IgnoredAny>,
}

fn sniff(bytes: &[u8]) -> Result<Known, ReadError> {
    let json = |error: serde_json::Error| ReadError::Json(error.to_string());
    let first = bytes.trim_ascii_start().first();
    if first != Some(&b'{') {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(json)?;
        return if first == Some(&b'[') {
            list(bytes)
        } else {
            Err(ReadError::Unknown)
        };
    }
    let keys: Keys = serde_json::from_slice(bytes).map_err(json)?;
    if keys.runs.is_some() {
        return Ok(Known::Sarif);
    }
    if keys.npm_audit.is_some() || keys.status.is_some() && keys.error.is_some() {
        return Ok(Known::NpmAudit);
    }
    let others = [
        (keys.advisories, "an audit of npm 6 or pnpm"),
        (
            keys.trivy,
            "a Trivy report; have Trivy write `--format sarif`",
        ),
        (keys.snyk, "a Snyk report; have Snyk write `--sarif`"),
        (keys.matches, "a Grype report; have Grype write `-o sarif`"),
        (keys.zap, "a ZAP report"),
        (keys.cyclonedx, "a CycloneDX document"),
        (keys.openvex, "an OpenVEX document"),
        (
            keys.check_type,
            "a Checkov report; have Checkov write `-o sarif`",
        ),
        (
            keys.results,
            "an OSV-Scanner, Semgrep or similar report; have it write SARIF",
        ),
    ];
    match others.into_iter().find(|(key, _)| key.is_some()) {
        Some((_, format)) => Err(ReadError::Unsupported { format }),
        None => Err(ReadError::Unknown),
    }
}

fn list(bytes: &[u8]) -> Result<Known, ReadError> {
    #[derive(Deserialize)]
    struct Entry {
        #[serde(rename = "RuleID")]
        gitleaks: Option<IgnoredAny>,
        #[serde(rename = "filePath")]
        eslint: Option<IgnoredAny>,
    }
    let entries: Vec<Entry> = serde_json::from_slice(bytes).map_err(|_| ReadError::Unknown)?;
    match entries.first() {
        Some(entry) if entry.gitleaks.is_some() => Err(ReadError::Unsupported {
            format: "a Gitleaks report; have Gitleaks write `--report-format sarif`",
        }),
        Some(entry) if entry.eslint.is_some() => Err(ReadError::Unsupported {
            format: "ESLint's JSON; use quality-gate, or ESLint's SARIF formatter",
        }),
        _ => Err(ReadError::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ReadError, ReportFormat, read};

    const FORMATS: [ReportFormat; 3] = [
        ReportFormat::Auto,
        ReportFormat::Sarif,
        ReportFormat::NpmAudit,
    ];

    #[test]
    fn what_is_not_read_is_refused_by_name() {
        let cases = [
            (r#"{"SchemaVersion":2,"Results":[]}"#, "Trivy"),
            (r#"{"matches":[]}"#, "Grype"),
            (r#"{"results":[]}"#, "OSV-Scanner"),
            (r#"{"advisories":{},"metadata":{}}"#, "npm 6"),
            (r#"{"bomFormat":"CycloneDX"}"#, "CycloneDX"),
            (r#"[{"RuleID":"x"}]"#, "Gitleaks"),
            (r#"[{"filePath":"x"}]"#, "ESLint"),
            ("[]", "no format"),
            ("null", "no format"),
            ("{}", "no format"),
            ("\"text\"", "no format"),
            ("<html>", "no JSON"),
            ("{\"runs\":", "no JSON"),
        ];
        for (text, expected) in cases {
            let error = read(ReportFormat::Auto, true, text.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn an_empty_file_is_clean_only_when_that_was_declared() {
        for format in FORMATS {
            for text in ["", " \n", "\u{feff}"] {
                assert_eq!(read(format, false, text.as_bytes()), Err(ReadError::Empty));
                assert_eq!(read(format, true, text.as_bytes()).unwrap().degraded, None);
            }
        }
    }

    /// Any JSON with the words the readers look for in any place.
    fn hostile() -> impl Strategy<Value = serde_json::Value> {
        let words = || {
            prop::sample::select(vec![
                "runs",
                "results",
                "tool",
                "driver",
                "rules",
                "name",
                "id",
                "ruleId",
                "ruleIndex",
                "rule",
                "index",
                "locations",
                "physicalLocation",
                "artifactLocation",
                "uri",
                "region",
                "startLine",
                "message",
                "text",
                "level",
                "properties",
                "security-severity",
                "suppressions",
                "kind",
                "invocations",
                "executionSuccessful",
                "auditReportVersion",
                "vulnerabilities",
                "via",
                "url",
                "severity",
                "metadata",
                "fixAvailable",
                "version",
                "2.1.0",
                "tags",
                "arguments",
                "messageStrings",
                "artifacts",
                "originalUriBaseIds",
                "uriBaseId",
            ])
        };
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            words().prop_map(Into::into),
            ".{0,6}".prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::hash_map(words().prop_map(str::to_owned), inner, 0..6)
                    .prop_map(|map| map.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_json_makes_a_reader_panic(value in hostile()) {
            for format in FORMATS {
                let _ = read(format, false, value.to_string().as_bytes());
            }
        }

        #[test]
        fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for format in FORMATS {
                let _ = read(format, false, &bytes);
            }
        }
    }
}
