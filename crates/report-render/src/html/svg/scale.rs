//! From values to pixels, with round numbers on the axis.

/// A straight scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale over these values that starts at 0 unless they lie far from it, drawn between two pixels.
    /// Values that no chart could show are passed over; nothing when none is left.
    pub(super) fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| value.abs() < 1e15) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            return None;
        }
        let spread = high - low;
        if low >= 0.0 && low < spread * 2.0 || spread == 0.0 {
            low = low.min(0.0);
        } else {
            low -= spread * 0.08;
        }
        high = if high > low {
            high + (high - low) * 0.04
        } else {
            low + 1.0
        };
        Some(Self {
            low,
            high,
            from,
            to,
        })
    }

    /// Where a value is; what lies outside is drawn at the edge.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Some three to six round values inside it.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let rough = (self.high - self.low) / 4.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .iter()
            .map(|round| round * power)
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let first = (self.low / step).ceil();
        (0..10)
            .map(|index| (first + f64::from(index)) * step)
            .take_while(|tick| *tick <= self.high)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn scale(values: &[f64]) -> Option<Scale> {
        Scale::over(values.iter().copied(), 0.0, 100.0)
    }

    #[test]
    fn ticks_are_round_and_inside() {
        let ticks = scale(&[0.0, 2600.0, 2500.0]).unwrap().ticks();
        assert_eq!(ticks, [0.0, 1000.0, 2000.0]);
        let ticks = scale(&[0.91, 0.97]).unwrap().ticks();
        assert!(
            ticks.len() >= 3 && ticks.iter().all(|t| (0.9..=0.98).contains(t)),
            "{ticks:?}"
        );
    }

    #[test]
    fn every_value_lands_inside() {
        for values in [
            &[5.0][..],
            &[0.0],
            &[-3.0, 4.0],
            &[1e14, 1.0],
            &[f64::MAX, 2.0],
        ] {
            let scale = scale(values).unwrap();
            for value in values {
                assert!(
                    (0.0..=100.0).contains(&scale.at(*value)),
                    "{value} {scale:?}"
                );
            }
        }
        assert!(scale(&[]).is_none() && scale(&[f64::MAX]).is_none());
    }
}
