//! JUnit XML, for CI systems and test dashboards: a suite per verdict, a test case per finding and per
//! number with a limit, and always one for the verdict itself.

use std::io;

use jiff::tz::TimeZone;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use verdict::{Conclusion, Finding, Level, Metric, Verdict};

use crate::quantity::quantity;
use crate::rank::worst_first;
use crate::time;

/// The most findings of one verdict that become test cases; readers get slow long before.
const MOST_FINDINGS: usize = 10_000;

/// How a test case ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Errored,
    Skipped,
}

/// A test case.
struct Case {
    name: String,
    outcome: Outcome,
    /// Why it failed, or what it says although it passed.
    message: String,
    file: Option<String>,
    line: Option<u32>,
    kind: &'static str,
}

/// Renders verdicts as one JUnit document.
pub fn junit(verdicts: &[&Verdict]) -> String {
    let suites: Vec<_> = verdicts.iter().map(|v| (*v, cases(v))).collect();
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = document(&mut writer, &suites);
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

fn document(writer: &mut Writer<Vec<u8>>, suites: &[(&Verdict, Vec<Case>)]) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = suites.iter().flat_map(|(_, cases)| cases);
    let seconds: i64 = suites.iter().filter_map(|(v, _)| time::took(v)).sum();
    let mut element = writer.create_element("testsuites");
    for (name, value) in counts(all) {
        element = element.with_attribute((name, value.as_str()));
    }
    element
        .with_attribute(("name", "stagegate"))
        .with_attribute(("time", seconds.to_string().as_str()))
        .write_inner_content(|writer| {
            for (verdict, cases) in suites {
                suite(writer, verdict, cases)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn suite(writer: &mut Writer<Vec<u8>>, verdict: &Verdict, cases: &[Case]) -> io::Result<()> {
    let class = match &verdict.instance {
        Some(instance) => format!("stagegate.{}.{}", verdict.gate, instance.replace('.', "_")),
        None => format!("stagegate.{}", verdict.gate),
    };
    let class = clean(&class);
    let seconds = time::took(verdict).unwrap_or_default().to_string();
    let mut element = writer
        .create_element("testsuite")
        .with_attribute(("name", clean(&verdict.display_name()).as_str()))
        .with_attribute(("time", seconds.as_str()));
    if let Some(at) = time::started(verdict) {
        let local = at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S");
        element = element.with_attribute(("timestamp", local.to_string().as_str()));
    }
    for (name, value) in counts(cases.iter()) {
        element = element.with_attribute((name, value.as_str()));
    }
    element.write_inner_content(|writer| {
        properties(writer, verdict)?;
        for case in cases {
            test_case(writer, case, &class)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn properties(writer: &mut Writer<Vec<u8>>, verdict: &Verdict) -> io::Result<()> {
    let subject = &verdict.subject;
    let known = [
        ("conclusion", Some(verdict.conclusion.as_str().to_owned())),
        ("commit", subject.sha.as_ref().map(ToString::to_string)),
        ("digest", subject.digest.as_ref().map(ToString::to_string)),
        ("run", verdict.run.as_ref().map(|run| clean(&run.url))),
    ];
    writer
        .create_element("properties")
        .write_inner_content(|writer| {
            for (name, value) in known {
                let Some(value) = value else { continue };
                writer
                    .create_element("property")
                    .with_attribute(("name", name))
                    .with_attribute(("value", value.as_str()))
                    .write_empty()?;
            }
            Ok(())
        })?;
    Ok(())
}

fn test_case(writer: &mut Writer<Vec<u8>>, case: &Case, class: &str) -> io::Result<()> {
    let mut element = writer
        .create_element("testcase")
        .with_attribute(("name", case.name.as_str()))
        .with_attribute(("classname", class))
        .with_attribute(("time", "0"));
    if let Some(file) = &case.file {
        element = element.with_attribute(("file", file.as_str()));
    }
    if let Some(line) = case.line {
        element = element.with_attribute(("line", line.to_string().as_str()));
    }
    let body = match case.outcome {
        Outcome::Passed if case.message.is_empty() => {
            element.write_empty()?;
            return Ok(());
        }
        Outcome::Passed => "system-out",
        Outcome::Failed => "failure",
        Outcome::Errored => "error",
        Outcome::Skipped => "skipped",
    };
    element.write_inner_content(|writer| {
        let mut inner = writer.create_element(body);
        if case.outcome != Outcome::Passed {
            let first = case.message.lines().next().unwrap_or_default();
            inner = inner.with_attribute(("message", first));
        }
        if matches!(case.outcome, Outcome::Failed | Outcome::Errored) {
            inner = inner.with_attribute(("type", case.kind));
        }
        inner.write_text_content(BytesText::new(&case.message))?;
        Ok(())
    })?;
    Ok(())
}

/// The attributes that say how many cases ended how.
fn counts<'a>(cases: impl Iterator<Item = &'a Case>) -> [(&'static str, String); 4] {
    let mut count = [0_usize; 4];
    for case in cases {
        count[0] += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Failed => count[1] += 1,
            Outcome::Errored => count[2] += 1,
            Outcome::Skipped => count[3] += 1,
        }
    }
    let [tests, failures, errors, skipped] = count.map(|count| count.to_string());
    [
        ("tests", tests),
        ("failures", failures),
        ("errors", errors),
        ("skipped", skipped),
    ]
}

fn cases(verdict: &Verdict) -> Vec<Case> {
    let broken = verdict.conclusion == Conclusion::Error;
    let mut cases = vec![of_verdict(verdict)];
    cases.extend(verdict.metrics.iter().filter_map(of_metric));
    let findings = worst_first(verdict);
    let shown = findings.iter().take(MOST_FINDINGS);
    cases.extend(shown.map(|finding| of_finding(finding, broken)));
    let more = findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        cases.push(Case {
            name: "more findings".to_owned(),
            outcome: Outcome::Skipped,
            message: format!("{more} more findings are in the verdict file"),
            file: None,
            line: None,
            kind: "finding",
        });
    }
    cases
}

fn of_verdict(verdict: &Verdict) -> Case {
    let outcome = match verdict.conclusion {
        Conclusion::Pass | Conclusion::Warn => Outcome::Passed,
        Conclusion::Pending => Outcome::Skipped,
        Conclusion::Fail => Outcome::Failed,
        Conclusion::Error => Outcome::Errored,
    };
    Case {
        name: "verdict".to_owned(),
        outcome,
        message: clean(&verdict.title),
        file: None,
        line: None,
        kind: "verdict",
    }
}

fn of_metric(metric: &Metric) -> Option<Case> {
    let limit = metric.limit?;
    let number = |value| quantity(value, &metric.unit);
    let held = format!("{}, limit {}", number(metric.value), number(limit));
    Some(Case {
        name: clean(&metric.name),
        outcome: match metric.conclusion {
            Conclusion::Pass | Conclusion::Warn => Outcome::Passed,
            Conclusion::Pending => Outcome::Skipped,
            Conclusion::Fail => Outcome::Failed,
            Conclusion::Error => Outcome::Errored,
        },
        message: clean(&held),
        file: None,
        line: None,
        kind: "limit",
    })
}

fn of_finding(finding: &Finding, broken: bool) -> Case {
    let place = finding.place.as_ref();
    let at = place.map_or(String::new(), |place| format!(" at {place}"));
    // Without a place, what tells two findings of a rule apart is what they say.
    let name = match place {
        Some(_) => format!("{}{at}", finding.rule),
        None => format!("{}: {}", finding.rule, finding.message),
    };
    let fix = finding.fix.as_ref();
    let fix = fix.map_or(String::new(), |fix| format!("\nFix: {fix}"));
    Case {
        name: clean(&crate::markdown::short(&name, 300)).replace('\n', " "),
        outcome: match (finding.level, broken) {
            (Level::Error, true) => Outcome::Errored,
            (Level::Error, false) => Outcome::Failed,
            (Level::Warning | Level::Notice, _) => Outcome::Passed,
        },
        message: clean(&format!("{}{at}{fix}", finding.message)),
        file: place.map(|place| clean(&place.path)),
        line: place.and_then(|place| place.line),
        kind: "finding",
    }
}

/// Text without what XML 1.0 cannot carry, not even escaped.
fn clean(text: &str) -> String {
    let allowed = |c: &char| match c {
        '\t' | '\n' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    };
    text.chars().filter(allowed).collect()
}

#[cfg(test)]
mod tests;
