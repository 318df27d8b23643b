//! The verdict: a gate's answer as versioned, canonical JSON.

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::{Conclusion, Evidence, Figure, Finding, Level, Metric, Subject};

/// The version of the verdict format this crate reads and writes.
pub const VERDICT_SCHEMA: &str = "stagegate/verdict/v1";

/// A gate's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// Always [`VERDICT_SCHEMA`].
    pub schema: String,
    /// The gate's name, such as `bundle-budget`.
    pub gate: String,
    /// The app or matrix key, when a gate runs more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The answer.
    pub conclusion: Conclusion,
    /// The answer in one line, such as `3 routes within budget`.
    pub title: String,
    /// What was judged.
    pub subject: Subject,
    /// The problems, worst first.
    pub findings: Vec<Finding>,
    /// The measured numbers, in the gate's own order.
    pub metrics: Vec<Metric>,
    /// Tables and charts that explain the answer, in the gate's own order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// What the gate read.
    pub evidence: Vec<Evidence>,
    /// The run that produced it; absent outside a runner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// What produced it.
    pub tool: Tool,
    /// When the gate started, RFC 3339 UTC.
    pub started_at: String,
    /// When the gate finished, RFC 3339 UTC.
    pub finished_at: String,
}

/// The workflow run a verdict comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The run's id.
    pub id: u64,
    /// Which try of the run, from 1.
    pub attempt: u32,
    /// The job's key in the workflow file.
    pub job: String,
    /// The run's page.
    pub url: String,
}

/// The program that produced a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Always `stagegate`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Why a verdict cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A metric or a figure of this name holds a value JSON cannot carry.
    #[error("`{0}` holds a number that is not finite")]
    NotFinite(String),
    /// Serialisation failed.
    #[error("verdict does not serialise: {0}")]
    Json(#[from] serde_json::Error),
}

/// Why a verdict cannot be read. A verdict may come from a stranger's pull request: nothing in it is
/// believed before it is read by these rules.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Too large to be a verdict.
    #[error("verdict has {bytes} bytes, over the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// [`Verdict::MAX_BYTES`].
        limit: usize,
    },
    /// Another version or another document.
    #[error("schema is `{0}`, not `{VERDICT_SCHEMA}`")]
    Schema(String),
    /// Not a verdict.
    #[error("not a verdict: {0}")]
    Json(#[from] serde_json::Error),
    /// A pass that names errors contradicts itself.
    #[error("conclusion `{conclusion}` contradicts {errors} error finding(s)")]
    Contradiction {
        /// The conclusion claimed.
        conclusion: Conclusion,
        /// How many findings say otherwise.
        errors: usize,
    },
}

impl Verdict {
    /// The largest verdict that is read, in bytes.
    pub const MAX_BYTES: usize = 5 * 1024 * 1024;

    /// Canonical JSON: keys in schema order, findings sorted, two-space indent, final newline.
    ///
    /// # Errors
    /// When a number is not finite.
    pub fn to_canonical_json(&self) -> Result<String, WriteError> {
        if let Some(metric) = self.metrics.iter().find(|metric| !metric.is_finite()) {
            return Err(WriteError::NotFinite(metric.name.clone()));
        }
        if let Some(figure) = self.figures.iter().find(|figure| !figure.is_finite()) {
            return Err(WriteError::NotFinite(figure.title().to_owned()));
        }
        let mut sorted = self.clone();
        sorted.findings.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut json = serde_json::to_string_pretty(&sorted)?;
        json.push('\n');
        Ok(json)
    }

    /// Reads a verdict from anybody: size, schema, unknown keys and contradictions are checked.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(ReadError::TooLarge {
                bytes: bytes.len(),
                limit: Self::MAX_BYTES,
            });
        }
        #[derive(Deserialize)]
        struct Head {
            #[serde(default)]
            schema: String,
        }
        let head: Head = serde_json::from_slice(bytes)?;
        if head.schema != VERDICT_SCHEMA {
            return Err(ReadError::Schema(head.schema));
        }
        let verdict: Self = serde_json::from_slice(bytes)?;
        let errors = verdict.count(Level::Error);
        if verdict.conclusion.allows() && errors > 0 {
            return Err(ReadError::Contradiction {
                conclusion: verdict.conclusion,
                errors,
            });
        }
        Ok(verdict)
    }

    /// How many findings have this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|f| f.level == level).count()
    }

    /// `gate` or `gate (instance)`: the name a person reads.
    pub fn display_name(&self) -> String {
        match &self.instance {
            Some(instance) => format!("{} ({instance})", self.gate),
            None => self.gate.clone(),
        }
    }
}

/// The JSON Schema of a verdict, as checked in under `schema/`.
pub fn json_schema() -> Schema {
    schemars::schema_for!(Verdict)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ReadError, Run, Tool, VERDICT_SCHEMA, Verdict, WriteError};
    use crate::{
        Conclusion, Evidence, EvidenceState, Finding, Level, Metric, Place, Source, Subject,
    };

    fn verdict() -> Verdict {
        Verdict {
            schema: VERDICT_SCHEMA.to_owned(),
            gate: "bundle-budget".to_owned(),
            instance: Some("web".to_owned()),
            conclusion: Conclusion::Fail,
            title: "1 of 2 routes over budget".to_owned(),
            subject: Subject {
                repository: Some("acme/web".to_owned()),
                sha: Some("0123456789abcdef0123456789abcdef01234567".parse().unwrap()),
                git_ref: Some("refs/heads/main".to_owned()),
                pull_request: Some(7),
                digest: Some(crate::Digest::of(b"build")),
            },
            findings: vec![
                Finding::warning("size", "b").at(Place::line("stagegate.yml", 4)),
                Finding::error("size", "a").at(Place::line("stagegate.yml", 9)),
                Finding::error("size", "a").at(Place::line("stagegate.yml", 2)),
            ],
            metrics: vec![Metric::new("first-load-gzip /", 180_000.0, "bytes").at_most(170_000.0)],
            figures: Vec::new(),
            evidence: vec![Evidence::read(
                Source::Path("stats.json".to_owned()),
                b"[]",
                EvidenceState::Findings,
            )],
            run: Some(Run {
                id: 9,
                attempt: 1,
                job: "bundle".to_owned(),
                url: "https://github.com/acme/web/actions/runs/9".to_owned(),
            }),
            tool: Tool {
                name: "stagegate".to_owned(),
                version: "0.1.0".to_owned(),
            },
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            finished_at: "2026-01-01T00:00:01Z".to_owned(),
        }
    }

    #[test]
    fn canonical_json_reads_back_and_orders_findings() {
        let json = verdict().to_canonical_json().unwrap();
        insta::assert_snapshot!(json);
        let read = Verdict::from_json(json.as_bytes()).unwrap();
        assert_eq!(read.to_canonical_json().unwrap(), json);
        let lines: Vec<_> = read
            .findings
            .iter()
            .map(|f| f.place.as_ref().unwrap().line.unwrap())
            .collect();
        assert_eq!(lines, [2, 9, 4], "errors first, then by place");
    }

    #[test]
    fn canonical_json_fits_the_published_schema() {
        let schema = serde_json::to_value(super::json_schema()).unwrap();
        let json = verdict().to_canonical_json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&value));
        let mut wrong = value;
        wrong["unknown"] = true.into();
        assert!(!validator.is_valid(&wrong), "unknown keys are refused");
    }

    #[test]
    fn what_is_no_verdict_is_refused_by_name() {
        let json = verdict().to_canonical_json().unwrap();
        let read = |text: &str| Verdict::from_json(text.as_bytes()).unwrap_err();
        assert!(
            matches!(read(&json.replace("/v1", "/v9")), ReadError::Schema(s) if s.ends_with("v9"))
        );
        assert!(matches!(read("[]"), ReadError::Schema(s) if s.is_empty()));
        assert!(matches!(read("<html>"), ReadError::Json(_)));
        assert!(matches!(read("{}"), ReadError::Schema(s) if s.is_empty()));
        assert!(matches!(
            read(&json.replace("\"gate\"", "\"gait\"")),
            ReadError::Json(_)
        ));
        let lie = json.replace(
            "\"conclusion\": \"fail\",\n  \"title\"",
            "\"conclusion\": \"pass\",\n  \"title\"",
        );
        assert!(matches!(
            read(&lie),
            ReadError::Contradiction { errors: 2, .. }
        ));
        let huge = vec![b' '; Verdict::MAX_BYTES + 1];
        assert!(matches!(
            Verdict::from_json(&huge),
            Err(ReadError::TooLarge { .. })
        ));
    }

    #[test]
    fn a_number_json_cannot_carry_is_an_error_not_a_null() {
        let mut broken = verdict();
        broken.metrics[0].value = f64::NAN;
        assert!(matches!(
            broken.to_canonical_json(),
            Err(WriteError::NotFinite(_))
        ));
    }

    proptest! {
        #[test]
        fn the_order_of_findings_does_not_change_the_bytes(
            texts in prop::collection::vec(("[a-c]{1,2}", 0u32..4, 0usize..3), 0..8),
            seed in any::<prop::sample::Index>(),
        ) {
            let levels = [Level::Error, Level::Warning, Level::Notice];
            let mut one = verdict();
            one.findings = texts
                .iter()
                .map(|(text, line, level)| {
                    Finding::new(levels[*level], text.clone(), text.clone())
                        .at(Place::line("f", *line))
                })
                .collect();
            let mut other = one.clone();
            if !other.findings.is_empty() {
                let middle = seed.index(other.findings.len());
                other.findings.rotate_left(middle);
            }
            prop_assert_eq!(one.to_canonical_json().unwrap(), other.to_canonical_json().unwrap());
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Verdict::from_json(&bytes);
        }
    }
}
