//! lighthouse-budget against `lhci assert`: the same reports, the same 15 assertions, the same result file. Reports are a
//! real one of the fixtures, padded to what a whole one weighs and varied by a fixed seed.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::measure::interleaved;
use super::report::{Promise, Ratio, Row, Sample, Side, median};
use super::start_up;
use crate::{Error, peers};

const NAME: &str = "lighthouse";

/// Of a whole report, most of it screenshots and texts.
const BYTES: usize = 520_000;

/// All kept, so that both sides end with 0, as a measured run must.
const CONFIG: &str = r#"{"ci":{"assert":{"includePassedAssertions":true,"aggregationMethod":"median","assertions":{
"categories:performance":["error",{"minScore":0.1}],"categories:accessibility":["error",{"minScore":0.1}],
"categories:best-practices":["error",{"minScore":0.1}],"categories:seo":["error",{"minScore":0.1}],
"largest-contentful-paint":["error",{"maxNumericValue":90000}],"first-contentful-paint":["error",{"maxNumericValue":90000}],
"cumulative-layout-shift":["error",{"maxNumericValue":9}],"total-blocking-time":["error",{"maxNumericValue":90000}],
"server-response-time":["error",{"maxNumericValue":90000}],"interactive":["error",{"maxNumericValue":90000}],
"speed-index":["warn",{"maxNumericValue":90000,"aggregationMethod":"median-run"}],
"resource-summary:script:size":["error",{"maxNumericValue":9000000}],"resource-summary:total:count":["error",{"maxNumericValue":900}],
"user-timings:app-hydrate":["warn",{"maxNumericValue":50}],"unused-javascript":["warn",{"maxLength":0,"aggregationMethod":"pessimistic"}]}}}}"#;

/// Five reports are judged before anybody notices.
fn few(ours: &Sample, ratio: &Ratio) -> Vec<Promise> {
    vec![
        Promise::at_most("wall time", ours.wall_s * 1000.0, 20.0, " ms"),
        Promise::at_least("less CPU", ratio.cpu, 25.0, "x"),
    ]
}

/// A whole site costs little, however large the reports; 31.4 MB are 30 MiB.
fn many(ours: &Sample, _: &Ratio) -> Vec<Promise> {
    vec![
        Promise::at_most("CPU", ours.cpu_s, 0.3, " s"),
        Promise::at_most("memory", ours.rss_mb, 31.4, " MB"),
    ]
}

type Judge = fn(&Sample, &Ratio) -> Vec<Promise>;

pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let ours = start_up::build(root)?;
    let peer = match peers::install(root, "lhci") {
        Ok(folder) => folder.join("node_modules/@lhci/cli/src/cli.js"),
        Err(error) => return Ok(vec![Row::missing(NAME, "5 reports", &error.to_string())]),
    };
    let report = root.join("tests/fixtures/lighthouse/home-1.json");
    let report = fs::read_to_string(&report).map_err(Error::read(&report))?;
    let cases = [
        ("5 reports, 15 assertions", 1, few as Judge),
        ("100 reports, 52 MB", 20, many as Judge),
    ];
    cases
        .into_iter()
        .map(|(case, pages, promises)| {
            let folder = root.join(".bench/lighthouse").join(pages.to_string());
            write(&folder, &report, pages)?;
            let (us, them) = interleaved(
                || {
                    let mut command = Command::new(&ours);
                    command.current_dir(&folder).args([
                        "lighthouse-budget",
                        "--compat=lhci",
                        "--format=json",
                    ]);
                    command
                },
                || {
                    let mut command = Command::new("node");
                    command.current_dir(&folder).arg(&peer).arg("assert");
                    command
                },
            )?;
            let none = || Error::Unknown("nothing was measured".to_owned());
            let side = |name: &str, version: &str, samples: &[_]| -> Result<Side, Error> {
                Ok(Side {
                    name: name.to_owned(),
                    version: version.to_owned(),
                    median: median(samples).ok_or_else(none)?,
                })
            };
            Ok(Row::measured(
                NAME,
                case,
                side("stagegate", env!("CARGO_PKG_VERSION"), &us)?,
                side("lhci assert", "0.15.1", &them)?,
            )
            .promising(promises))
        })
        .collect()
}

/// Five runs of so many pages, as `lhci collect` leaves them.
fn write(folder: &Path, report: &str, pages: usize) -> Result<(), Error> {
    let reports = folder.join(".lighthouseci");
    fs::create_dir_all(&reports).map_err(Error::write(&reports))?;
    let padding = "x".repeat(BYTES.saturating_sub(report.len()));
    let whole = report.replacen('{', &format!("{{\"fullPageScreenshot\":\"{padding}\","), 1);
    for page in 0..pages {
        let text = whole.replace(
            "http://127.0.0.1:8080/\"",
            &format!("http://127.0.0.1:8080/page-{page}\""),
        );
        for run in 0..5 {
            // One digit differs from run to run, so that medians have something to do.
            let text = text.replacen(
                "\"numericValue\":",
                &format!("\"numericValue\":{}", run + 1),
                4,
            );
            let path = reports.join(format!("lhr-{:013}.json", page * 5 + run + 1));
            fs::write(&path, text).map_err(Error::write(&path))?;
        }
    }
    let config = folder.join(".lighthouserc.json");
    fs::write(&config, CONFIG).map_err(Error::write(&config))
}
