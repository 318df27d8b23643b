//! The tables and the chart that explain the decision.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use verdict::{Area, Column, Figure, Table, Treemap};

use super::routes::{before, grown_modules, limit_of};
use super::{delta, number, size};
use crate::facts::{ChunkFacts, Facts, RouteFacts};
use crate::terms::Terms;

/// So many rows a table has at most.
const ROWS: usize = 100;
/// So many parts of a chunk are drawn.
const PARTS: usize = 12;
/// So many modules are drawn where there are no scripts around them.
const AREAS: usize = 100;

/// All figures; those without content are left out.
pub(super) fn figures(facts: &Facts, terms: &Terms<'_>) -> Vec<Figure> {
    let tables = [
        routes(facts, terms),
        grown(facts),
        changed(facts, terms),
        duplicates(facts, terms),
    ];
    let mut figures: Vec<Figure> = tables.into_iter().flatten().map(Figure::Table).collect();
    figures.extend(treemap(facts));
    figures
}

/// Cuts a table on a row border and says so.
fn cut(table: &mut Table, what: &str) {
    let more = table.rows.len().saturating_sub(ROWS);
    if more > 0 {
        table.rows.truncate(ROWS);
        table.title = format!("{} (the first {ROWS}; {more} more {what})", table.title);
    }
}

fn routes(facts: &Facts, terms: &Terms<'_>) -> Option<Table> {
    if facts.routes.is_empty() {
        return None;
    }
    let others: Vec<_> = facts
        .compressions
        .iter()
        .copied()
        .filter(|compression| *compression != terms.gate)
        .collect();
    let compared = facts.base.is_some();
    let mut table = Table::new(
        format!("First-load JavaScript by route, {}", facts.made_by),
        ["route"],
    );
    let numbers = std::iter::once(terms.gate.as_str())
        .chain(["limit"])
        .chain(compared.then_some(["base", "change"]).into_iter().flatten());
    let numbers = numbers
        .chain(others.iter().map(|compression| compression.as_str()))
        .chain(["later"]);
    table.columns.extend(numbers.map(|name| Column {
        name: name.to_owned(),
        number: true,
    }));
    table.columns.push(Column {
        name: "from".to_owned(),
        number: false,
    });
    let mut sorted: Vec<&RouteFacts> = facts.routes.iter().collect();
    sorted.sort_by_key(|route| {
        (
            Reverse(route.sizes.map_or(u64::MAX, |sizes| sizes.of(terms.gate))),
            &route.name,
        )
    });
    for route in sorted {
        let limit = limit_of(&route.name, terms).and_then(|budget| budget.limit.as_ref());
        let Some(sizes) = route.sizes else {
            let mut row = vec![route.name.clone(), "a chunk is missing".to_owned()];
            row.resize(table.columns.len(), String::new());
            table.rows.push(row);
            continue;
        };
        let now = sizes.of(terms.gate);
        let mut row = vec![
            route.name.clone(),
            size(now),
            limit.map_or(String::new(), |(limit, _)| size(*limit)),
        ];
        if compared {
            match before(route, terms.gate, facts) {
                Some(before) => row.extend([size(before), delta(now, before)]),
                None => row.extend(["".to_owned(), "new".to_owned()]),
            }
        }
        row.extend(
            others
                .iter()
                .map(|compression| size(sizes.of(*compression))),
        );
        row.push(size(route.later.of(terms.gate)));
        row.push(route.source.as_str().to_owned());
        table.rows.push(row);
    }
    cut(&mut table, "routes");
    Some(table)
}

/// The modules that grew, by route.
fn grown(facts: &Facts) -> Option<Table> {
    let mut table = Table::new(
        "What grew in first loads (raw bytes)",
        ["route", "module", "#base", "#now", "#change"],
    );
    for route in &facts.routes {
        for (module, now, before) in grown_modules(route, facts).into_iter().take(5) {
            table.rows.push(vec![
                route.name.clone(),
                module.to_owned(),
                size(before),
                size(now),
                delta(now, before),
            ]);
        }
    }
    cut(&mut table, "modules");
    (!table.rows.is_empty()).then_some(table)
}

/// The scripts that changed, whatever they are called now.
fn changed(facts: &Facts, terms: &Terms<'_>) -> Option<Table> {
    let mut table = Table::new(
        format!("Scripts that changed ({})", terms.gate.as_str()),
        ["script", "#base", "#now", "#change"],
    );
    let bytes = |sizes: Option<crate::size::Sizes>| sizes.map_or(0, |sizes| sizes.of(terms.gate));
    let mut changes: Vec<_> = facts.changes.iter().collect();
    changes.sort_by_key(|change| {
        (
            Reverse(bytes(change.now).abs_diff(bytes(change.before))),
            &change.path,
        )
    });
    for change in changes {
        let (now, before) = (bytes(change.now), bytes(change.before));
        let text = |there: bool, bytes| if there { size(bytes) } else { "–".to_owned() };
        table.rows.push(vec![
            change.path.clone(),
            text(change.before.is_some(), before),
            text(change.now.is_some(), now),
            delta(now, before),
        ]);
    }
    cut(&mut table, "scripts");
    (!table.rows.is_empty()).then_some(table)
}

fn duplicates(facts: &Facts, terms: &Terms<'_>) -> Option<Table> {
    let mut table = Table::new(
        format!(
            "Code that one visit may load twice ({})",
            terms.gate.as_str()
        ),
        ["what", "scripts", "route", "#wasted"],
    );
    for duplicate in &facts.duplicates {
        table.rows.push(vec![
            duplicate.what.clone(),
            duplicate.chunks.join(", "),
            duplicate.route.clone(),
            size(duplicate.wasted),
        ]);
    }
    cut(&mut table, "duplicates");
    (!table.rows.is_empty()).then_some(table)
}

/// All JavaScript by script and module, or the largest first load by module where only that is known. Raw, because what a
/// module weighs compressed depends on its neighbours.
fn treemap(facts: &Facts) -> Option<Figure> {
    let by_route = facts.chunks.iter().all(|chunk| chunk.parts.is_empty());
    let largest = facts
        .routes
        .iter()
        .filter(|route| by_route && !route.parts.is_empty())
        .max_by_key(|route| route.sizes.map(crate::size::Sizes::raw));
    let (title, areas) = match largest {
        Some(route) => (
            format!("First load of {} by module (raw)", route.name),
            parts(&route.parts, u64::MAX, AREAS),
        ),
        None => (
            "JavaScript by script and module (raw)".to_owned(),
            facts.chunks.iter().map(area).collect(),
        ),
    };
    (!areas.is_empty()).then(|| {
        Figure::Treemap(Treemap {
            title,
            unit: "bytes".to_owned(),
            areas,
        })
    })
}

fn area(chunk: &ChunkFacts) -> Area {
    Area {
        parts: parts(&chunk.parts, chunk.sizes.raw(), PARTS),
        name: chunk.name.clone(),
        value: number(chunk.sizes.raw()),
    }
}

/// The largest modules. What source maps count is rounded by escapes: together the parts never outgrow the whole.
fn parts(modules: &BTreeMap<String, u64>, whole: u64, most: usize) -> Vec<Area> {
    let mut sorted: Vec<(&String, u64)> =
        modules.iter().map(|(name, bytes)| (name, *bytes)).collect();
    sorted.sort_by_key(|(name, bytes)| (Reverse(*bytes), *name));
    let mut left = whole;
    let parts = sorted.into_iter().take(most).map(|(name, bytes)| {
        let bytes = bytes.min(left);
        left -= bytes;
        Area {
            name: name.clone(),
            value: number(bytes),
            parts: Vec::new(),
        }
    });
    parts.filter(|part| part.value > 0.0).collect()
}
