//! The section `quality` of `stagegate.yml`.

use std::collections::BTreeMap;

use pipeline_config::{Located, Millis};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// What quality-gate checks.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct QualityPolicy {
    /// The checkers to run; without this, those of tsc, ESLint and Prettier the app has a configuration of.
    pub tools: Option<Checkers>,
    /// How long one checker may take; 10 min without this.
    pub timeout: Option<Millis>,
    /// The test suites whose reports `mode: ingest` reads, by name.
    pub tests: BTreeMap<String, SuitePolicy>,
}

/// The checkers to run. A key without a value runs the checker with its default command.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checkers {
    /// TypeScript, by default `tsc --noEmit --pretty false --listFiles`.
    #[serde(deserialize_with = "named")]
    pub tsc: Option<CheckerPolicy>,
    /// ESLint, by default `eslint -f json .`.
    #[serde(deserialize_with = "named")]
    pub eslint: Option<CheckerPolicy>,
    /// Prettier, by default `prettier --list-different .`.
    #[serde(deserialize_with = "named")]
    pub prettier: Option<CheckerPolicy>,
}

/// How to run one checker.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckerPolicy {
    /// Program and arguments, one list item each; the program is looked for in `node_modules/.bin` first. The output must be what the default command prints.
    pub run: Option<Vec<String>>,
    /// How long this checker may take.
    pub timeout: Option<Millis>,
}

/// A test suite's reports.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SuitePolicy {
    /// Path or glob of the reports, such as `reports/vitest-*.json`.
    pub report: Located<String>,
    /// What the reports are written in; without this, by the file's ending: `.json` is Vitest's JSON, `.xml` is JUnit.
    #[serde(default)]
    pub format: Option<ReportFormat>,
    /// How many reports there must be, one per shard.
    #[serde(default)]
    pub shards: Option<u32>,
    /// What a test that passed only after a retry means; `warn` without this.
    #[serde(default)]
    pub flaky: Flaky,
}

/// What a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReportFormat {
    /// The `json` reporter of Vitest, and of Jest, which has the same shape.
    VitestJson,
    /// JUnit XML.
    Junit,
}

/// What a flaky test means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flaky {
    /// A warning.
    #[default]
    Warn,
    /// An error.
    Fail,
    /// Only counted.
    Ignore,
}

/// `eslint:` alone means ESLint with its defaults, not "no ESLint": nothing that was named is left out
/// in silence.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CheckerPolicy>, D::Error> {
    Option::<CheckerPolicy>::deserialize(deserializer)
        .map(|policy| Some(policy.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use pipeline_config::ConfigFile;

    use super::{Flaky, QualityPolicy, ReportFormat};

    fn read(text: &str) -> Result<QualityPolicy, String> {
        let file = ConfigFile::from_text("stagegate.yml".to_owned(), text.to_owned());
        file.section("quality")
            .map(|section| section.values)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_checker_named_without_a_value_is_not_left_out() {
        let policy =
            read("quality:\n  tools:\n    eslint:\n    tsc: { run: [tsc, -b] }\n").unwrap();
        let tools = policy.tools.unwrap();
        assert_eq!(tools.eslint, Some(super::CheckerPolicy::default()));
        assert_eq!(tools.tsc.unwrap().run.unwrap(), ["tsc", "-b"]);
        assert_eq!(tools.prettier, None);
    }

    #[test]
    fn suites_are_read_with_their_place() {
        let text = "quality:\n  tests:\n    unit: { report: 'r/*.json', format: vitest-json, shards: 4, flaky: fail }\n    e2e: { report: r.xml }\n";
        let policy = read(text).unwrap();
        let unit = &policy.tests["unit"];
        assert_eq!(unit.report.value, "r/*.json");
        assert_eq!(unit.report.position.unwrap().line, 3);
        assert_eq!(unit.format, Some(ReportFormat::VitestJson));
        assert_eq!((unit.shards, unit.flaky), (Some(4), Flaky::Fail));
        assert_eq!(policy.tests["e2e"].flaky, Flaky::Warn);
    }

    #[test]
    fn typos_are_answered_with_the_nearest_word() {
        let error = read("quality:\n  tools:\n    esling: {}\n").unwrap_err();
        assert!(error.contains("did you mean `eslint`"), "{error}");
        let error =
            read("quality:\n  tests:\n    unit: { report: r, format: vitest }\n").unwrap_err();
        assert!(error.contains("vitest-json"), "{error}");
        let error = read("quality:\n  tests:\n    unit: { shards: 4 }\n").unwrap_err();
        assert!(error.contains("report"), "{error}");
    }
}
