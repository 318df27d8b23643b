//! What a script looks like, in 64 bytes: enough to recognise it under another name after a small change.
//!
//! Minifiers rename short names and keep property names and texts, so the words of four letters and more, taken four in a
//! row, survive a rebuild. Their hashes are a set; the smallest sixteen of it are the sketch (bottom-k of MinHash).

use std::collections::BTreeSet;

/// How many hashes are kept.
const KEPT: usize = 16;
/// Shorter words are what minifiers make up.
const SHORTEST: usize = 4;
/// So many words are one feature.
const ROW: usize = 4;
/// What is looked at of a script at most, in bytes.
const MOST: usize = 4 << 20;

/// The sketch of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch(Vec<u32>);

impl Sketch {
    /// Of a script; `None` when it is too short to be recognised.
    pub(crate) fn of(script: &[u8]) -> Option<Self> {
        let features = features(script);
        (features.len() >= KEPT).then(|| Self(features.into_iter().take(KEPT).collect()))
    }

    /// How much two scripts share, from 0 to 1: an estimate of the Jaccard index.
    pub(crate) fn likeness(&self, other: &Self) -> f64 {
        let (a, b): (BTreeSet<u32>, BTreeSet<u32>) = (
            self.0.iter().copied().collect(),
            other.0.iter().copied().collect(),
        );
        let smallest: Vec<&u32> = a.union(&b).take(KEPT).collect();
        let shared = smallest
            .iter()
            .filter(|hash| a.contains(hash) && b.contains(hash))
            .count();
        let shared = u32::try_from(shared).unwrap_or_default();
        f64::from(shared) / f64::from(u32::try_from(smallest.len().max(1)).unwrap_or(1))
    }

    /// As hex digits.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|hash| format!("{hash:08x}")).collect()
    }

    /// Reads what [`Sketch::text`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != KEPT * 8 || !text.is_ascii() {
            return None;
        }
        (0..KEPT)
            .map(|at| u32::from_str_radix(text.get(at * 8..at * 8 + 8)?, 16).ok())
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }
}

/// The hashes of all rows of words, the smallest first.
pub(crate) fn features(script: &[u8]) -> BTreeSet<u32> {
    let script = script.get(..MOST).unwrap_or(script);
    let mut row = [0_u32; ROW];
    let mut found = BTreeSet::new();
    let words = script
        .split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')))
        .filter(|word| word.len() >= SHORTEST);
    for (count, word) in words.enumerate() {
        row.rotate_left(1);
        if let Some(last) = row.last_mut() {
            *last = hash(word);
        }
        if count + 1 >= ROW {
            let bytes: Vec<u8> = row.iter().flat_map(|word| word.to_le_bytes()).collect();
            found.insert(hash(&bytes));
        }
    }
    found
}

/// FNV-1a, with its bits mixed once more so that the smallest hashes are any hashes.
fn hash(bytes: &[u8]) -> u32 {
    let fnv = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    let mixed = (fnv ^ (fnv >> 16)).wrapping_mul(0x85eb_ca6b);
    mixed ^ (mixed >> 13)
}

#[cfg(test)]
mod tests {
    use super::Sketch;

    fn script(words: std::ops::Range<usize>) -> String {
        words
            .map(|word| format!("a.property{word}(b,\"text{}\");", word * 7))
            .collect()
    }

    #[test]
    fn a_small_change_keeps_the_likeness_and_another_script_has_none() {
        let of = |text: &str| Sketch::of(text.as_bytes()).unwrap();
        let before = of(&script(0..400));
        assert!(before.likeness(&of(&script(0..420))) > 0.7);
        assert!(before.likeness(&of(&script(5000..5400))) < 0.2);
        assert_eq!(Sketch::parse(&before.text()), Some(before));
    }

    #[test]
    fn a_short_script_has_no_sketch() {
        assert_eq!(Sketch::of(b"let a = 1"), None);
        assert_eq!(Sketch::parse("zz"), None);
    }
}
