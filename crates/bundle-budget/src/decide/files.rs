//! Budgets of files.

use pipeline_config::Section;
use verdict::{Finding, Metric};

use super::{Part, count, number, size};
use crate::facts::FileFacts;
use crate::policy::{FileRule, Policy};

/// `files` holds the matches of every rule, in the order of the rules.
pub(super) fn decide(files: &[Vec<FileFacts>], section: &Section<Policy>) -> Part {
    let mut part = Part::default();
    for (rule, matched) in section.values.files.iter().zip(files) {
        part.append(judge(rule, matched, section));
    }
    part
}

fn judge(rule: &FileRule, matched: &[FileFacts], section: &Section<Policy>) -> Part {
    let mut part = Part::default();
    let gated = section.values.gate;
    let limit = rule.limit.value.bytes();
    let glob = &rule.path.value;
    let sizes = matched.iter().map(|file| file.sizes.of(gated));
    let (what, value) = if rule.each {
        ("largest-file", sizes.max().unwrap_or_default())
    } else {
        ("files", sizes.sum())
    };
    let name = format!("{what}-{} {glob}", gated.as_str());
    part.metrics
        .push(Metric::new(name, number(value), "bytes").at_most(number(limit)));
    let mut over = Vec::new();
    if rule.each {
        let mut large: Vec<_> = matched
            .iter()
            .filter(|file| file.sizes.of(gated) > limit)
            .collect();
        large.sort_by_key(|file| (std::cmp::Reverse(file.sizes.of(gated)), &file.path));
        over.extend(
            large
                .into_iter()
                .map(|file| (file.path.clone(), file.sizes.of(gated))),
        );
    } else if value > limit {
        over.push((
            format!("{} of `{glob}`", count(matched.len(), "file")),
            value,
        ));
    }
    for (what, bytes) in over {
        let message = format!(
            "{what}: {} ({}), {} over the limit of {}",
            size(bytes),
            gated.as_str(),
            size(bytes - limit),
            size(limit),
        );
        let finding = Finding::error("file-size", message);
        part.findings.push(match section.place(&rule.limit) {
            Some(place) => finding.at(place),
            None => finding,
        });
    }
    part
}
