//! Benchmarks: ours and a peer interleaved (A B A B …), one warm-up, at least five counted runs, on
//! the same input in the same run. CPU, wall and peak memory are the operating system's accounting of
//! each child; what is compared is the ratio, peer / ours.

mod bundle;
mod chunks;
mod deploy;
mod lighthouse;
mod measure;
mod random;
mod report;
mod site;
mod smoke;
mod start_up;
mod surfaces;

pub use measure::{SMALL, sample};
pub use report::{Comparison, Promise, Ratio, Row, Sample, Side, json, table};

use std::path::Path;

use crate::Error;

/// A benchmark: its name and what it measures.
type Benchmark = (&'static str, fn(&Path) -> Result<Vec<Row>, Error>);

/// All benchmarks. A new one is one more line here.
const BENCHMARKS: &[Benchmark] = &[
    ("bundle", bundle::run),
    ("deploy", deploy::run),
    ("lighthouse", lighthouse::run),
    ("smoke", smoke::run),
    ("start-up", start_up::run),
    ("surfaces", surfaces::run),
];

/// Runs all benchmarks, or one.
///
/// # Errors
/// When the name is unknown or our own side cannot be measured.
pub fn run(root: &Path, name: Option<&str>) -> Result<Vec<Row>, Error> {
    let names: Vec<_> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
    if let Some(name) = name.filter(|name| !names.contains(name)) {
        return Err(Error::Unknown(format!(
            "no benchmark `{name}`; there are: {}",
            names.join(", ")
        )));
    }
    let mut rows = Vec::new();
    for (_, benchmark) in BENCHMARKS
        .iter()
        .filter(|(known, _)| name.is_none_or(|name| name == *known))
    {
        rows.extend(benchmark(root)?);
    }
    Ok(rows)
}
