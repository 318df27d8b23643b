//! nextBundleAnalysis: a budget for every page, gzip, in bytes. That tool paints red and never fails, so this one warns.

use serde_json::Value;

use super::File;
use crate::pattern::RoutePattern;
use crate::policy::{Compression, Mode};
use crate::terms::{Growth, Peers, RouteBudget};

/// The rest says where that tool looks and what its comment shows.
const KNOWN: [&str; 7] = [
    "budget",
    "budgetPercentIncreaseRed",
    "minimumChangeThreshold",
    "showDetails",
    "buildOutputDirectory",
    "name",
    "skipCommentIfEmpty",
];

/// Reads the section.
pub(super) fn read(value: &Value, file: &mut File<'_>, peers: &mut Peers) {
    let Some(section) = value.as_object() else {
        file.refuse("nextBundleAnalysis is no section", "nextBundleAnalysis");
        return;
    };
    file.only("nextBundleAnalysis", section, &KNOWN);
    let mut number = |key: &str| {
        let written = section
            .get(key)
            .filter(|value| !value.is_null() && *value != &Value::Bool(false))?;
        let number = written.as_u64();
        if number.is_none() {
            file.refuse(
                format!("`{key}` of nextBundleAnalysis is no whole number: `{written}`"),
                key,
            );
        }
        number
    };
    let (budget, percent, noise) = (
        number("budget"),
        number("budgetPercentIncreaseRed"),
        number("minimumChangeThreshold"),
    );
    peers.noise = noise.or(peers.noise);
    let Ok(pattern) = RoutePattern::new("/**") else {
        return;
    };
    let place = file.place("\"budget\"");
    // Its percentage is one of the budget, not of the page.
    let growth = budget
        .zip(percent)
        .map(|(budget, percent)| budget.saturating_mul(percent) / 100);
    peers.routes.push(RouteBudget {
        pattern,
        limit: budget.map(|budget| (budget, Some(place))),
        growth: Growth {
            bytes: growth.map(|bytes| (bytes, Some(file.place("budgetPercentIncreaseRed")))),
            ratio: None,
        },
        mode: Mode::Warn,
        compression: Compression::Gzip,
    });
}
