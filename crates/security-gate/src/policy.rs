//! The section `security` of `stagegate.yml`.

use pipeline_config::Located;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::severity::Threshold;

/// What security-gate reads and lets pass.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SecurityPolicy {
    /// The scanners whose reports must be there.
    pub scanners: Vec<ScannerPolicy>,
    /// Least severity that fails; `high` without this.
    pub fail_on: Option<Threshold>,
    /// Least severity that warns; `low` without this.
    pub warn_on: Option<Threshold>,
}

/// A scanner's report.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScannerPolicy {
    /// What the scanner is called in messages.
    pub name: String,
    /// Path or glob of its reports.
    pub path: Located<String>,
    /// What the reports are written in; found out by their content without this.
    #[serde(default)]
    pub format: ReportFormat,
    /// Whether nothing can be decided without this scanner; `true` without this.
    #[serde(default = "yes")]
    pub required: bool,
    /// Whether an empty file, or SARIF without a run, is how this scanner says that it found nothing; `false` without this.
    #[serde(default)]
    pub allow_empty: bool,
}

/// What a report is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportFormat {
    /// By its content.
    #[default]
    Auto,
    /// SARIF 2.1.0.
    Sarif,
    /// `npm audit --json` of npm 7 and later.
    NpmAudit,
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use pipeline_config::ConfigFile;

    use super::{ReportFormat, SecurityPolicy, Threshold};

    fn read(text: &str) -> Result<SecurityPolicy, String> {
        ConfigFile::from_text("stagegate.yml", text)
            .section("security")
            .map(|section| section.values)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_scanner_is_required_unless_it_says_otherwise() {
        let text = "security:\n  fail-on: critical\n  scanners:\n    - { name: a, path: a.sarif }\n    - { name: b, path: b.json, format: npm-audit, required: false, allow-empty: true }\n";
        let policy = read(text).unwrap();
        assert_eq!(
            (policy.fail_on, policy.warn_on),
            (Some(Threshold::Critical), None)
        );
        let [a, b] = policy.scanners.as_slice() else {
            panic!("two scanners")
        };
        assert_eq!(
            (a.format, a.required, a.allow_empty),
            (ReportFormat::Auto, true, false)
        );
        assert_eq!(
            (b.format, b.required, b.allow_empty),
            (ReportFormat::NpmAudit, false, true)
        );
        assert_eq!(a.path.position.unwrap().line, 4);
    }

    #[test]
    fn what_is_not_read_yet_is_refused_with_what_is() {
        let error =
            read("security: { scanners: [{ name: a, path: a, format: trivy }] }").unwrap_err();
        assert!(error.contains("sarif, npm-audit"), "{error}");
        let error = read("security: { fail-on: severe }").unwrap_err();
        assert!(error.contains("moderate"), "{error}");
    }
}
