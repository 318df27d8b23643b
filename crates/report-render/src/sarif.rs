//! SARIF 2.1.0: the exchange format of static analysis, for code scanning and editors.

mod types;

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use verdict::{Conclusion, Finding, Level, Place, Verdict};

use crate::markdown::is_web;
use crate::rank::worst_first;
use types::{
    ArtifactLocation, Automation, Driver, Invocation, Location, Log, Message, Notification,
    PhysicalLocation, Region, Repository, ResultItem, Rule, RuleReference, Run, Tool,
};

/// GitHub takes at most this many results of one run.
const MOST_RESULTS: usize = 25_000;

/// The key of our fingerprints; its version changes with what is hashed.
const FINGERPRINT: &str = "stagegate/v1";

/// What a path may not hold in a URI.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Renders verdicts as one SARIF log, one run per verdict. A finding with a place is a result, the worst
/// 25,000 of each run; one without, which code scanning would refuse, is a notification of the run. A verdict
/// that could not be decided has no run: code scanning takes an absent result for a fixed one.
pub fn sarif(verdicts: &[&Verdict]) -> String {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: verdicts
            .iter()
            .filter(|verdict| verdict.conclusion != Conclusion::Error)
            .map(|verdict| run(verdict))
            .collect(),
    };
    // Only text and whole numbers: nothing that JSON could not carry.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn run(verdict: &Verdict) -> Run<'_> {
    let mut rules = Rules::default();
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    let mut left_out = 0_usize;
    for finding in worst_first(verdict) {
        match &finding.place {
            Some(place) if results.len() < MOST_RESULTS => {
                results.push(result(finding, place, rules.index(finding)));
            }
            None if notifications.len() < MOST_RESULTS => notifications.push(Notification {
                descriptor: Some(RuleReference {
                    id: &finding.rule,
                    index: rules.index(finding),
                }),
                level: level(finding.level),
                message: message(finding),
            }),
            _ => left_out += 1,
        }
    }
    if left_out > 0 {
        notifications.push(Notification {
            descriptor: None,
            level: "note",
            message: Message {
                text: format!("{left_out} more findings are in the verdict file"),
            },
        });
    }
    Run {
        tool: Tool {
            driver: Driver {
                name: "Stagegate",
                semantic_version: &verdict.tool.version,
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: rules.list,
            },
        },
        automation_details: Automation {
            // Code scanning keeps runs with different ids apart; what follows the last slash is one run's.
            id: match &verdict.instance {
                Some(instance) => format!("{}/{instance}/", verdict.gate),
                None => format!("{}/", verdict.gate),
            },
        },
        invocations: vec![Invocation {
            execution_successful: true,
            start_time_utc: crate::time::checked(&verdict.started_at),
            end_time_utc: crate::time::checked(&verdict.finished_at),
            tool_execution_notifications: notifications,
        }],
        version_control_provenance: repository(verdict).into_iter().collect(),
        column_kind: "unicodeCodePoints",
        results,
    }
}

fn result<'a>(finding: &'a Finding, place: &'a Place, rule_index: usize) -> ResultItem<'a> {
    ResultItem {
        rule_id: &finding.rule,
        rule_index,
        level: level(finding.level),
        message: message(finding),
        locations: vec![Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(&place.path),
                    uri_base_id: "%SRCROOT%",
                },
                region: region(place),
            },
        }],
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.as_str())]),
        baseline_state: match finding.new {
            Some(true) => Some("new"),
            Some(false) => Some("unchanged"),
            None => None,
        },
    }
}

/// A path as a relative reference. A colon before the first slash would read as a scheme.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let encoded = utf8_percent_encode(path.trim_start_matches('/'), PATH).to_string();
    match encoded.split('/').next() {
        Some(first) if first.contains(':') => format!("./{encoded}"),
        _ => encoded,
    }
}

fn region(place: &Place) -> Option<Region> {
    let start_line = place.line?.max(1);
    let end_line = place.end_line.filter(|end| *end > start_line);
    let start_column = place.column.filter(|column| *column > 0);
    let end_column = place.end_column.filter(|end| match end_line {
        Some(_) => *end > 0,
        None => start_column.is_some_and(|start| *end >= start),
    });
    Some(Region {
        start_line,
        start_column,
        end_line,
        end_column,
    })
}

fn message(finding: &Finding) -> Message {
    Message {
        text: match &finding.fix {
            Some(fix) => format!("{}\nFix: {fix}", finding.message),
            None => finding.message.clone(),
        },
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "note",
    }
}

/// The repository's address is the run's up to `/actions`.
fn repository(verdict: &Verdict) -> Option<Repository<'_>> {
    let (uri, _) = verdict.run.as_ref()?.url.split_once("/actions/runs/")?;
    is_web(uri).then(|| Repository {
        repository_uri: uri,
        revision_id: verdict.subject.sha.as_ref().map(verdict::Sha::as_str),
    })
}

/// The rules of a run, each once.
#[derive(Default)]
struct Rules<'a> {
    list: Vec<Rule<'a>>,
    known: BTreeMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    fn index(&mut self, finding: &'a Finding) -> usize {
        *self.known.entry(&finding.rule).or_insert_with(|| {
            self.list.push(Rule {
                id: &finding.rule,
                short_description: Message {
                    text: finding.rule.clone(),
                },
                help_uri: finding.url.as_deref().filter(|url| is_web(url)),
            });
            self.list.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use verdict::Place;

    use super::{region, sarif, uri};
    use crate::samples::{empty, ends, failing, huge, passing};

    #[test]
    fn a_log_reads_well() {
        let mut verdict = failing();
        verdict.findings[0].new = Some(true);
        insta::assert_snapshot!(sarif(&[&verdict, &passing(), &empty()]));
    }

    #[test]
    fn a_huge_log_keeps_the_worst_and_says_what_is_left_out() {
        let text = sarif(&[&huge(100_000)]);
        let log: serde_json::Value = serde_json::from_str(&text).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 25_000);
        assert!(results.iter().all(|result| result["level"] == "error"));
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 30);
        let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(told, "75000 more findings are in the verdict file");
        insta::assert_snapshot!(ends(&text));
    }

    #[test]
    fn any_path_is_a_relative_reference() {
        let cases = [
            ("src/a b.ts", "src/a%20b.ts"),
            ("src\\a.ts", "src/a.ts"),
            ("/etc/passwd", "etc/passwd"),
            ("app/[slug]/é.tsx", "app/%5Bslug%5D/%C3%A9.tsx"),
            ("javascript:x", "./javascript:x"),
            ("a#b?c%d", "a%23b%3Fc%25d"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn a_region_never_ends_before_it_starts() {
        let place = |line, column, end_line, end_column| Place {
            column,
            end_line,
            end_column,
            ..Place::line("a", line)
        };
        let backwards = region(&place(9, Some(7), Some(3), Some(2))).unwrap();
        assert_eq!((backwards.start_line, backwards.end_line), (9, None));
        assert_eq!(backwards.end_column, None);
        let spanning = region(&place(0, Some(0), Some(3), Some(2))).unwrap();
        assert_eq!((spanning.start_line, spanning.start_column), (1, None));
        assert_eq!((spanning.end_line, spanning.end_column), (Some(3), Some(2)));
        assert!(region(&Place::file("a")).is_none());
    }
}
