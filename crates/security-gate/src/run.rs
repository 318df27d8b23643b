//! The edge: finds and reads the reports, brings their paths home, writes the merged SARIF.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use gate::{Context, Draft, Error, FindError, Problem, Report, Tree};
use pipeline_config::{Located, Section};
use verdict::{Conclusion, Evidence, EvidenceState, Finding, Place, Source};

use crate::decide::{Absent, Limits, count, decide};
use crate::formats;
use crate::inputs::SecurityInputs;
use crate::issue::ToolRun;
use crate::merge::{Scanned, merge};
use crate::policy::{ReportFormat, ScannerPolicy, SecurityPolicy};
use crate::sarif_out;
use crate::severity::{Severity, Threshold};

/// The largest report that is read, in bytes.
const MAX_REPORT: u64 = 256 * 1024 * 1024;

/// Where the merged SARIF goes when nobody says.
const DEFAULT_SARIF: &str = ".stagegate/security.sarif";

pub(crate) fn run(
    inputs: &SecurityInputs,
    config: &Section<SecurityPolicy>,
    context: &Context,
) -> Result<Report, Error> {
    let scanners = scanners(inputs, config)?;
    let policy = &config.values;
    let limits = Limits {
        fail_on: inputs
            .fail_on
            .or(policy.fail_on)
            .unwrap_or(Threshold::High)
            .into(),
        warn_on: policy.warn_on.unwrap_or(Threshold::Low).into(),
    };
    let tree = Tree::of(context);
    let mut evidence = Vec::new();
    let mut absent = Vec::new();
    let mut scans = Vec::new();
    for scanner in &scanners {
        let (mut scan, reasons) = read_scanner(scanner, context, &mut evidence)
            .map_err(|problem| Error::Usage(vec![problem.at(config.place(&scanner.path))]))?;
        scan.whole = reasons.is_empty();
        bring_home(&mut scan.runs, &tree);
        if !reasons.is_empty() {
            absent.push(Absent {
                scanner: scanner.name.clone(),
                required: scanner.required,
                reason: reasons.join("; "),
                place: config.place(&scanner.path),
            });
        }
        scans.push(scan);
    }
    let merged = merge(scans);
    let mut draft = decide(&merged, &absent, limits, scanners.len(), evidence);
    let path = inputs
        .sarif
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_SARIF));
    let path = context.path(path);
    let written = sarif_out::document(&merged)
        .map_err(|error| error.to_string())
        .and_then(|text| write(&path, &text).map_err(|error| error.to_string()));
    let mut shown = context.display(&path);
    if let Err(reason) = written {
        // Whoever asked for the file must not go on with an old one.
        draft = failed(draft, format!("write {shown}: {reason}"));
        shown = String::new();
    } else if let Some(limit) = sarif_out::over_limit(&merged) {
        draft
            .findings
            .push(Finding::notice("sarif", format!("{shown} holds {limit}")));
    }
    let mut report = Report::new(draft);
    for severity in Severity::COUNTED {
        report = report.output(severity.as_str(), count(&merged, severity));
    }
    Ok(report.output("sarif-path", shown))
}

fn failed(mut draft: Draft, message: String) -> Draft {
    draft.conclusion = Conclusion::Error;
    draft.findings.push(Finding::error("undecided", message));
    draft
}

/// The config's scanners and those of the input: an input adds a report, it never takes one away.
fn scanners(
    inputs: &SecurityInputs,
    config: &Section<SecurityPolicy>,
) -> Result<Vec<ScannerPolicy>, Error> {
    let mut scanners = config.values.scanners.clone();
    for text in &inputs.report {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name.trim().to_owned(), path.trim()),
            None => (name_of(text), text.trim()),
        };
        scanners.push(ScannerPolicy {
            name,
            path: Located::nowhere(path.to_owned()),
            format: ReportFormat::Auto,
            required: true,
            allow_empty: false,
        });
    }
    if scanners.is_empty() {
        return Err(Error::usage("no scanner is declared")
            .fix("list the scanners in `security.scanners` of stagegate.yml, or give `report`"));
    }
    let mut names = BTreeSet::new();
    let mut problems = Vec::new();
    for scanner in &scanners {
        let problem = if scanner.name.trim().is_empty() {
            "a scanner has no name".to_owned()
        } else if scanner.path.value.trim().is_empty() {
            format!("scanner `{}` has no path", scanner.name)
        } else if names.insert(scanner.name.clone()) {
            continue;
        } else {
            format!(
                "scanner `{}` is declared twice; name each once",
                scanner.name
            )
        };
        problems.push(Problem::new(problem).at(config.place(&scanner.path)));
    }
    if problems.is_empty() {
        Ok(scanners)
    } else {
        Err(Error::Usage(problems))
    }
}

/// `reports/zizmor.sarif` is `zizmor`.
fn name_of(path: &str) -> String {
    let stem = Path::new(path.trim()).file_stem();
    stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Reads a scanner's reports; and why they are not whole, one reason per report.
fn read_scanner(
    scanner: &ScannerPolicy,
    context: &Context,
    evidence: &mut Vec<Evidence>,
) -> Result<(Scanned, Vec<String>), Problem> {
    let glob = &scanner.path.value;
    let found = match context.find_files(glob) {
        Ok(files) if files.is_empty() => Err(format!("no report matches `{glob}`")),
        Err(error @ FindError::Hidden { .. }) => Err(error.to_string()),
        Err(error) => return Err(Problem::new(format!("scanner {}: {error}", scanner.name))),
        Ok(files) => Ok(files),
    };
    let mut scan = Scanned {
        scanner: scanner.name.clone(),
        ..Scanned::default()
    };
    let mut reasons = Vec::new();
    let files = found.unwrap_or_else(|reason| {
        let source = Source::Path(glob.clone());
        evidence.push(Evidence::missing(source, &reason));
        reasons.push(reason);
        Vec::new()
    });
    for file in files {
        let shown = context.display(&file);
        let (bytes, read) = match context.read(&file, MAX_REPORT) {
            Ok(read) => read,
            Err(error) => {
                evidence.push(Evidence::missing(Source::Path(shown), error.to_string()));
                reasons.push(error.to_string());
                continue;
            }
        };
        let (state, note) = match formats::read(scanner.format, scanner.allow_empty, &bytes) {
            Ok(report) => {
                let found: usize = report.runs.iter().map(|run| run.issues.len()).sum();
                scan.runs.extend(report.runs);
                match report.degraded {
                    Some(reason) => {
                        reasons.push(format!("{shown}: {reason}"));
                        (EvidenceState::Degraded, reason)
                    }
                    None if found == 0 => (EvidenceState::Clean, "no result".to_owned()),
                    None => (EvidenceState::Findings, format!("{found} result(s)")),
                }
            }
            Err(error) => {
                reasons.push(format!("{shown} {error}"));
                (EvidenceState::Degraded, error.to_string())
            }
        };
        evidence.push(Evidence { state, ..read }.note(note));
    }
    Ok((scan, reasons))
}

/// Paths relative to the repository; a place outside it becomes words.
fn bring_home(runs: &mut [ToolRun], tree: &Tree) {
    let mut known: HashMap<String, Option<String>> = HashMap::new();
    for issue in runs.iter_mut().flat_map(|run| &mut run.issues) {
        let Some(place) = issue.place.take() else {
            continue;
        };
        let path = known
            .entry(place.path.clone())
            .or_insert_with(|| tree.locate(&place.path));
        match path {
            Some(path) => {
                issue.place = Some(Place {
                    path: path.clone(),
                    ..place
                });
            }
            None => issue.message = gate::foreign_text(&format!("{place}: {}", issue.message)),
        }
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Written beside and renamed, so that a cancelled job leaves no half file.
    let partial = path.with_extension("sarif.partial");
    std::fs::write(&partial, text)?;
    std::fs::rename(&partial, path)
}
