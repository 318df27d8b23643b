//! Code that one visit may load twice. Where the build says which module is in which script, modules are counted; where
//! it does not, scripts are compared by what they look like.

use std::collections::{BTreeMap, BTreeSet};

use super::walk;
use crate::baseline::features;
use crate::facts::Duplicate;
use crate::modules::{Parts, Unreadable, label};
use crate::policy::Compression;
use crate::site::{Build, Chunk, Route, Router};
use crate::size::Measured;

/// Smaller modules and scripts are glue, such as the runtimes that bundlers repeat.
const SMALLEST: u64 = 4_000;
/// So much of the smaller script must be in the larger one.
const CONTAINED: f64 = 0.8;
/// Comparing every script with every other grows fast: only the largest are compared.
const MOST: usize = 200;

/// Finds them, the most wasteful first.
pub(super) fn find(
    build: &Build,
    measured: &Measured,
    parts: &Parts,
    gate: Compression,
) -> Result<Vec<Duplicate>, Unreadable> {
    let mut found: BTreeMap<(String, Vec<String>), Duplicate> = BTreeMap::new();
    for (route, visit) in visits(build) {
        let known: BTreeSet<&Chunk> = visit
            .iter()
            .filter(|chunk| parts.contains_key(chunk))
            .collect();
        for duplicate in by_module(build, measured, parts, gate, route, &known) {
            found
                .entry((duplicate.what.clone(), duplicate.chunks.clone()))
                .or_insert(duplicate);
        }
        let unknown: BTreeSet<&Chunk> = visit
            .iter()
            .filter(|chunk| !parts.contains_key(chunk))
            .collect();
        for duplicate in by_look(build, measured, gate, route, &unknown)? {
            found
                .entry((duplicate.what.clone(), duplicate.chunks.clone()))
                .or_insert(duplicate);
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by(|a, b| b.wasted.cmp(&a.wasted).then_with(|| a.what.cmp(&b.what)));
    Ok(found)
}

/// What one visit may load: all routes of one router share a page, and a document stands alone.
fn visits(build: &Build) -> Vec<(&Route, BTreeSet<Chunk>)> {
    let mut visits: Vec<(&Route, BTreeSet<Chunk>)> = Vec::new();
    for route in &build.routes {
        let chunks = route.first.union(&route.later).cloned();
        let shared = visits
            .iter_mut()
            .find(|(first, _)| first.router == route.router && route.router != Router::Documents);
        match shared {
            Some((_, visit)) => visit.extend(chunks),
            None => visits.push((route, chunks.collect())),
        }
    }
    visits
}

fn by_module(
    build: &Build,
    measured: &Measured,
    parts: &Parts,
    gate: Compression,
    route: &Route,
    chunks: &BTreeSet<&Chunk>,
) -> Vec<Duplicate> {
    let mut places: BTreeMap<&str, Vec<(&Chunk, u64)>> = BTreeMap::new();
    for chunk in chunks {
        for (module, bytes) in parts.get(chunk).into_iter().flatten() {
            places.entry(module).or_default().push((chunk, *bytes));
        }
    }
    // Modules of one package that are in the same scripts are one finding.
    let mut packages: BTreeMap<(String, Vec<&Chunk>), (u64, u64)> = BTreeMap::new();
    for (module, places) in places {
        if places.len() < 2 {
            continue;
        }
        let total: u64 = places.iter().map(|(_, bytes)| *bytes).sum();
        let largest = places
            .iter()
            .map(|(_, bytes)| *bytes)
            .max()
            .unwrap_or_default();
        let chunks = places.iter().map(|(chunk, _)| *chunk).collect();
        let sum = packages.entry((label(module), chunks)).or_default();
        let wasted: u64 = places
            .iter()
            .map(|(chunk, bytes)| scaled(*bytes, measured, build, chunk, gate))
            .sum();
        let kept = places
            .iter()
            .map(|(chunk, bytes)| scaled(*bytes, measured, build, chunk, gate))
            .max()
            .unwrap_or_default();
        sum.0 += total - largest;
        sum.1 += wasted - kept;
    }
    packages
        .into_iter()
        .filter(|(_, (raw, _))| *raw >= SMALLEST)
        .map(|((what, chunks), (_, wasted))| Duplicate {
            what,
            chunks: chunks.into_iter().map(ToString::to_string).collect(),
            route: route.name.clone(),
            wasted,
        })
        .collect()
}

/// A part of a script in the gated compression, by the share the whole script keeps.
fn scaled(bytes: u64, measured: &Measured, build: &Build, chunk: &Chunk, gate: Compression) -> u64 {
    let sizes = measured.of(&build.folder.path(chunk.as_str()));
    let share = u128::from(bytes) * u128::from(sizes.of(gate)) / u128::from(sizes.raw().max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

fn by_look(
    build: &Build,
    measured: &Measured,
    gate: Compression,
    route: &Route,
    chunks: &BTreeSet<&Chunk>,
) -> Result<Vec<Duplicate>, Unreadable> {
    let mut sized: Vec<_> = chunks
        .iter()
        .map(|chunk| (measured.of(&build.folder.path(chunk.as_str())), *chunk))
        .filter(|(sizes, _)| sizes.raw() >= SMALLEST)
        .collect();
    sized.sort_by(|a, b| b.0.raw().cmp(&a.0.raw()).then_with(|| a.1.cmp(b.1)));
    sized.truncate(MOST);
    let mut looks: Vec<(&Chunk, u64, BTreeSet<u32>)> = Vec::new();
    let mut found = Vec::new();
    for (sizes, chunk) in sized {
        let path = build.folder.path(chunk.as_str());
        let bytes = walk::head(&path).map_err(|reason| Unreadable {
            path: chunk.to_string(),
            reason: reason.to_string(),
        })?;
        let look = features(&bytes);
        // The larger ones come first, so the smaller is what may be contained.
        let holder = looks.iter().find(|(_, _, larger)| contained(&look, larger));
        if let Some((holder, _, _)) = holder {
            found.push(Duplicate {
                what: chunk.to_string(),
                chunks: vec![holder.to_string(), chunk.to_string()],
                route: route.name.clone(),
                wasted: sizes.of(gate),
            });
        }
        looks.push((chunk, sizes.raw(), look));
    }
    Ok(found)
}

fn contained(smaller: &BTreeSet<u32>, larger: &BTreeSet<u32>) -> bool {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    // A script of few words looks like many.
    smaller.len() >= 64
        && count(smaller.intersection(larger).count()) > CONTAINED * count(smaller.len())
}
