//! What must never happen, as tables and properties.

mod bind;
mod moves;
mod stages;

use verdict::{Finding, Level};

fn errors(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .map(|finding| finding.rule.as_str())
        .collect()
}
