//! Numbers that are the same on every machine, for inputs made from a fixed seed.

/// `SplitMix64`.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is far smaller than 2^64; 0 for an `end` of 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let number = self.next() >> 1;
        usize::try_from(number).map_or(0, |number| number.checked_rem(end).unwrap_or(0))
    }

    /// In `0.0..1.0`, never 0.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let (one, two) = (self.unit(), self.unit());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
    }

    /// A size in bytes: lognormal, `centre` and `spread` being those of its logarithm, and never outside the limits.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the limits are positive and far below 2^53"
    )]
    pub(super) fn size(&mut self, centre: f64, spread: f64, limits: [f64; 2]) -> usize {
        (centre + spread * self.normal())
            .exp()
            .clamp(limits[0], limits[1]) as usize
    }
}
