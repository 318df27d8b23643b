//! Reads ESLint's `json` formatter.
//!
//! One entry per file, so an empty list means that no file was linted. Exit code 1 without an error
//! happens too: `--max-warnings` was passed. 2 is a crash or a configuration error.

use std::borrow::Cow;

use gate::foreign_text;
use serde::Deserialize;
use verdict::{Finding, Level, Place};

use super::{Broken, Reading, crashed};

#[derive(Deserialize)]
struct File<'a> {
    #[serde(rename = "filePath", borrow)]
    path: Cow<'a, str>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
    #[serde(rename = "errorCount")]
    errors: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow, default)]
    rule_id: Option<Cow<'a, str>>,
    severity: u8,
    #[serde(default)]
    fatal: bool,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(default)]
    line: Option<u32>,
    #[serde(default)]
    column: Option<u32>,
    #[serde(default)]
    end_line: Option<u32>,
    #[serde(default)]
    end_column: Option<u32>,
    #[serde(default)]
    fix: Option<serde::de::IgnoredAny>,
}

pub(super) fn read(stdout: &[u8], code: i32) -> Reading {
    // Exit code 2 leaves no JSON behind: the crash is the better message then.
    if code > 1 {
        return Reading::broken(
            crashed(code).fix("read its output in the log; 2 is a crash or a configuration error"),
        );
    }
    let files: Vec<File<'_>> = match serde_json::from_slice(stdout) {
        Ok(files) => files,
        Err(_) if stdout.trim_ascii().is_empty() && code != 0 => {
            return Reading::broken(crashed(code));
        }
        Err(error) => {
            let broken = Broken::new(format!("did not print ESLint's JSON: {error}"));
            return Reading::broken(broken.fix("run it with `-f json` and without other output"));
        }
    };
    let mut findings: Vec<Finding> = files
        .iter()
        .flat_map(|file| {
            file.messages
                .iter()
                .map(|message| finding(&file.path, message))
        })
        .collect();
    let errors = count(&findings, Level::Error);
    let claimed: usize = files
        .iter()
        .fold(0, |sum, file| sum.saturating_add(file.errors));
    let broken = if files.is_empty() {
        let broken = Broken::new("linted no file");
        Some(broken.fix("correct `files` and `ignores` in eslint.config, or the command's paths"))
    } else if claimed != errors {
        Some(Broken::new(format!(
            "claims {claimed} errors and lists {errors}"
        )))
    } else if code == 1 && findings.is_empty() {
        Some(crashed(code))
    } else {
        None
    };
    if code == 1 && errors == 0 && broken.is_none() {
        let warnings = count(&findings, Level::Warning);
        let message = format!("{warnings} warnings are more than `--max-warnings` allows");
        findings.push(Finding::error("eslint/max-warnings", message));
    }
    Reading {
        files: Some(files.len()),
        findings,
        broken,
    }
}

fn count(findings: &[Finding], level: Level) -> usize {
    findings
        .iter()
        .filter(|finding| finding.level == level)
        .count()
}

fn finding(path: &str, message: &Message<'_>) -> Finding {
    let rule = match &message.rule_id {
        Some(rule) => format!("eslint/{}", foreign_text(rule)),
        None if message.fatal => "eslint/parse".to_owned(),
        None => "eslint/directive".to_owned(),
    };
    // 1 is a warning; anything that is not surely one counts as an error.
    let level = if message.severity == 1 && !message.fatal {
        Level::Warning
    } else {
        Level::Error
    };
    let place = Place {
        // A whole-file problem has line 0.
        line: message.line.filter(|line| *line > 0),
        column: message.column.filter(|column| *column > 0),
        end_line: message.end_line,
        end_column: message.end_column,
        ..Place::file(path)
    };
    let finding = Finding::new(level, rule, foreign_text(&message.message)).at(place);
    match message.fix {
        Some(_) => finding.fix("run `eslint --fix`"),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use verdict::Level;

    use super::read;

    const WARNING: &str = r#"{"ruleId":"no-var","severity":1,"message":"m","line":2,"column":1,"fix":{"range":[0,1],"text":""}}"#;
    const FATAL: &str = r#"{"ruleId":null,"fatal":true,"severity":2,"message":"Parsing error","line":1,"column":7}"#;

    fn file(messages: &[&str], errors: usize) -> String {
        let messages = messages.join(",");
        format!(
            r#"[{{"filePath":"/r/a.ts","messages":[{messages}],"errorCount":{errors},"source":"x"}}]"#
        )
    }

    #[test]
    fn output_and_exit_code_must_fit_together() {
        let cases = [
            ("clean", file(&[], 0), 0, None),
            ("no file", "[]".to_owned(), 0, Some("linted no file")),
            ("crash", String::new(), 2, Some("exit code 2")),
            (
                "crash after the report",
                file(&[WARNING], 0),
                2,
                Some("exit code 2"),
            ),
            (
                "another format",
                "a.ts: line 1".to_owned(),
                1,
                Some("-f json"),
            ),
            ("failed without a problem", file(&[], 0), 1, Some("crashed")),
            ("too many warnings", file(&[WARNING], 0), 1, None),
            (
                "half a report",
                r#"[{"filePath":"/r/a.ts","messages":[],"errorCount":0}"#.to_owned(),
                0,
                Some("JSON"),
            ),
            ("counts that differ", file(&[], 3), 1, Some("claims 3")),
            (
                "a message without its severity",
                file(&[r#"{"message":"m"}"#], 0),
                1,
                Some("severity"),
            ),
        ];
        for (name, stdout, code, expected) in cases {
            let broken = read(stdout.as_bytes(), code).broken;
            match (expected, &broken) {
                (None, None) => {}
                (Some(part), Some(broken)) if format!("{broken:?}").contains(part) => {}
                _ => panic!("{name}: {broken:?}"),
            }
        }
    }

    #[test]
    fn too_many_warnings_fail_as_eslint_does() {
        let reading = read(file(&[WARNING], 0).as_bytes(), 1);
        let levels: Vec<_> = reading
            .findings
            .iter()
            .map(|f| (f.rule.as_str(), f.level))
            .collect();
        assert_eq!(
            levels,
            [
                ("eslint/no-var", Level::Warning),
                ("eslint/max-warnings", Level::Error)
            ]
        );
        assert_eq!(
            reading.findings[0].fix.as_deref(),
            Some("run `eslint --fix`")
        );
        let silent = read(file(&[WARNING], 0).as_bytes(), 0);
        assert_eq!(silent.findings.len(), 1);
    }

    #[test]
    fn a_syntax_error_has_no_rule_and_counts() {
        let reading = read(file(&[FATAL], 1).as_bytes(), 1);
        assert_eq!(reading.broken, None);
        assert_eq!(reading.findings[0].rule, "eslint/parse");
        assert_eq!(
            reading.findings[0].place.as_ref().unwrap().to_string(),
            "/r/a.ts:1:7"
        );
    }
}
