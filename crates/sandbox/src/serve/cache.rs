//! What the edge keeps between requests, by host, deployment and path, and how it is thrown away.
//!
//! Ages count answers, not seconds: they rise, as they must, and need no clock.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
};

use super::encode::Compressed;

/// The cache forgets everything when it holds this many answers.
const MOST: usize = 20_000;

/// The cache, and the bodies it compressed.
#[derive(Debug, Default)]
pub(crate) struct EdgeCache {
    kept: Mutex<HashMap<String, Kept>>,
    pub(super) compressed: Compressed,
    pub(super) requests: AtomicU64,
}

/// One cached answer.
#[derive(Debug, Default)]
struct Kept {
    /// How often it was given.
    given: u32,
    /// Whether it was invalidated: given once more, while a fresh one is fetched.
    stale: bool,
    production: bool,
    tags: Vec<String>,
}

/// Which answers to throw away.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    All,
    /// Those that carry one of these tags; of production's or of all other hosts, or of both.
    Tagged(&'a [String], Option<bool>),
}

/// An answer that the cache is asked for.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    pub(super) host: &'a str,
    pub(super) deployment: &'a str,
    pub(super) path: &'a str,
    pub(super) production: bool,
    pub(super) tags: &'a str,
    /// Whether the build made it beforehand, so that even the first answer needs no function.
    pub(super) prerendered: bool,
}

impl EdgeCache {
    /// `x-vercel-cache` and `age` of an answer; it is kept from now on.
    pub(super) fn look(&self, lookup: &Lookup<'_>) -> (&'static str, u32) {
        let key = format!("{} {} {}", lookup.host, lookup.deployment, lookup.path);
        let mut all = self.kept();
        if all.len() >= MOST {
            all.clear();
        }
        let kept = all.entry(key).or_default();
        let before = kept.given;
        kept.given += 1;
        if before == 0 {
            kept.production = lookup.production;
            kept.tags = lookup
                .tags
                .split(',')
                .map(|tag| tag.trim().to_owned())
                .collect();
            return (
                if lookup.prerendered {
                    "PRERENDER"
                } else {
                    "MISS"
                },
                0,
            );
        }
        if std::mem::take(&mut kept.stale) {
            kept.given = 1;
            return ("STALE", before);
        }
        ("HIT", before)
    }

    /// The next request for them is a MISS.
    pub(crate) fn delete(&self, which: Which<'_>) {
        self.kept().retain(|_, kept| !kept.is(which));
    }

    /// The next request for them is STALE, the one after a HIT of something fresh.
    pub(crate) fn invalidate(&self, which: Which<'_>) {
        for kept in self.kept().values_mut().filter(|kept| kept.is(which)) {
            kept.stale = true;
        }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn is(&self, which: Which<'_>) -> bool {
        match which {
            Which::All => true,
            Which::Tagged(tags, production) => {
                production.is_none_or(|production| production == self.production)
                    && self.tags.iter().any(|tag| tags.contains(tag))
            }
        }
    }
}
