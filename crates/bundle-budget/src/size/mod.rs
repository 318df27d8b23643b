//! How large files are, in every compression that is asked for: each distinct content compressed once, the largest first,
//! on all cores, streamed so that memory does not grow with the files.
//!
//! gzip is zlib-rs at level 9: on the chunks of real builds within 0.5 % of Node's zlib, which size-limit uses, and never
//! byte-equal to it.

mod content;
mod count;
mod measure;

use std::iter::Sum;

pub(crate) use content::{ContentId, contents};
pub(crate) use measure::{KnownSizes, Measured, Unreadable, Wanted, measure};

use crate::policy::Compression;

/// The sizes of a file, or of several together, in bytes; what was not asked for is 0 and never shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sizes([u64; Compression::ALL.len()]);

impl Sizes {
    /// The size in one compression.
    pub(crate) fn of(self, compression: Compression) -> u64 {
        self.0
            .get(compression as usize)
            .copied()
            .unwrap_or_default()
    }

    /// The same sizes with one more.
    #[must_use]
    pub(crate) fn with(mut self, compression: Compression, bytes: u64) -> Self {
        if let Some(slot) = self.0.get_mut(compression as usize) {
            *slot = bytes;
        }
        self
    }

    /// As it lies on disk.
    pub(crate) fn raw(self) -> u64 {
        self.of(Compression::Raw)
    }
}

impl Sum for Sizes {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), |total, sizes| {
            Compression::ALL
                .into_iter()
                .fold(total, |total, compression| {
                    // A hostile baseline may hold any number.
                    let sum = total.of(compression).saturating_add(sizes.of(compression));
                    total.with(compression, sum)
                })
        })
    }
}
