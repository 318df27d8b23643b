//! Renders every surface of a verdict and prints how large each is: what the benchmark `surfaces` measures.
//! Without arguments the verdict has 100,000 findings; a verdict's file gives that one.

use std::io::Write as _;
use std::process::ExitCode;

use report_render::{CommentContext, TerminalStyle};
use verdict::{Conclusion, Finding, Level, Place, Subject, Tool, VERDICT_SCHEMA, Verdict};

fn main() -> ExitCode {
    let verdict = match std::env::args_os().nth(1) {
        None => huge(),
        Some(path) => {
            let read = std::fs::read(path).ok();
            match read.and_then(|bytes| Verdict::from_json(&bytes).ok()) {
                Some(verdict) => verdict,
                None => return ExitCode::from(2),
            }
        }
    };
    let style = TerminalStyle {
        colour: true,
        links: true,
        width: Some(100),
    };
    let context = CommentContext::default();
    let one = [&verdict];
    // One at a time, as the frame does.
    let surfaces: [(&str, &dyn Fn() -> usize); 8] = [
        ("terminal", &|| {
            report_render::terminal(&verdict, style).len()
        }),
        ("annotations", &|| {
            report_render::annotations(&verdict, 10, None).shown.len()
        }),
        ("summary", &|| report_render::summary(&verdict).len()),
        ("comment", &|| {
            report_render::comment(&one, &context, 0).len()
        }),
        ("check run", &|| {
            report_render::check_run(&one, &context).summary.len()
        }),
        ("SARIF", &|| report_render::sarif(&one).len()),
        ("JUnit", &|| report_render::junit(&one).len()),
        ("HTML", &|| report_render::html(&one).len()),
    ];
    let mut out = std::io::stdout();
    for (name, render) in surfaces {
        if writeln!(out, "{name}: {}", render()).is_err() {
            return ExitCode::from(3);
        }
    }
    ExitCode::SUCCESS
}

/// A verdict as a large repository without a linter would give on its first day with one.
fn huge() -> Verdict {
    let levels = [Level::Error, Level::Warning, Level::Notice];
    let finding = |index: usize| {
        let level = levels[index % levels.len()];
        let message = format!("`value{index}` is assigned a value but never used");
        let line = u32::try_from(index % 900).unwrap_or_default() + 1;
        let path = format!("src/features/module-{:04}.ts", index % 5000);
        Finding::new(level, format!("plugin/rule-{}", index % 90), message)
            .at(Place::line(path, line).column(3))
    };
    Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: "quality-gate".to_owned(),
        instance: None,
        conclusion: Conclusion::Fail,
        title: "100000 findings".to_owned(),
        subject: Subject::default(),
        findings: (0..100_000).map(finding).collect(),
        metrics: Vec::new(),
        figures: Vec::new(),
        evidence: Vec::new(),
        run: None,
        tool: Tool {
            name: "stagegate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        finished_at: "2026-01-01T00:01:00Z".to_owned(),
    }
}
