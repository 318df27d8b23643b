//! The statistics of a comparison: exact, without a normal approximation, because there are three to nine runs a side.

/// The probability that runs like these come out at least so slow for the head when base and head do not differ: the
/// exact one-sided Mann-Whitney test, conditional on ties.
///
/// Every way to deal the ranks to both sides is equally likely then. Ranks are counted double, so that the mean rank of
/// ties is whole.
pub(crate) fn mann_whitney(base: &[f64], head: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = base.iter().map(|value| (*value, false)).collect();
    all.extend(head.iter().map(|value| (*value, true)));
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut ranks = Vec::with_capacity(all.len());
    let mut observed = 0;
    for (value, is_head) in &all {
        let below = all.iter().filter(|(other, _)| other < value).count();
        let equal = all.iter().filter(|(other, _)| other == value).count();
        let doubled = 2 * below + equal + 1;
        ranks.push(doubled);
        observed += if *is_head { doubled } else { 0 };
    }
    // ways[taken * width + sum]: how many choices of ranks have this sum. 18 values make at most 48,620 choices.
    let width = ranks.iter().sum::<usize>() + 1;
    let mut ways = vec![0.0_f64; width * (head.len() + 1)];
    if let Some(nothing) = ways.first_mut() {
        *nothing = 1.0;
    }
    for rank in ranks {
        for taken in (1..=head.len()).rev() {
            let (fewer, this) = ways.split_at_mut(taken * width);
            let fewer = fewer.iter().skip((taken - 1) * width);
            for (into, count) in this.iter_mut().take(width).skip(rank).zip(fewer) {
                *into += count;
            }
        }
    }
    let sums = ways.get(head.len() * width..).unwrap_or_default();
    let total: f64 = sums.iter().sum();
    let extreme: f64 = sums.iter().skip(observed).sum();
    if total > 0.0 { extreme / total } else { 1.0 }
}

/// The middle value; the mean of the middle two. NaN without values.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    f64::midpoint(at(sorted.len().saturating_sub(1) / 2), at(sorted.len() / 2))
}

/// Which of several tests are significant at `alpha` for all together, by Holm: the smallest probability is held to
/// `alpha / n`, the next to `alpha / (n - 1)`, up to the first that is not.
pub(crate) fn holm(probabilities: &[f64], alpha: f64) -> Vec<bool> {
    let mut order: Vec<(usize, f64)> = probabilities.iter().copied().enumerate().collect();
    order.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut significant = vec![false; probabilities.len()];
    for (place, (index, probability)) in order.into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a handful of tests")]
        let left = (probabilities.len() - place) as f64;
        if probability > alpha / left {
            break;
        }
        if let Some(one) = significant.get_mut(index) {
            *one = true;
        }
    }
    significant
}

#[cfg(test)]
mod tests {
    use super::{holm, mann_whitney, median};

    fn near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-12, "{actual} {expected}");
    }

    #[test]
    fn the_test_is_exact_and_one_sided() {
        // Three below three: one of the 20 ways.
        near(mann_whitney(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 1.0 / 20.0);
        near(mann_whitney(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]), 1.0);
        near(mann_whitney(&[1.0, 2.0, 4.0], &[3.0, 5.0, 6.0]), 2.0 / 20.0);
        let base: Vec<f64> = (0..9).map(f64::from).collect();
        let head: Vec<f64> = (10..19).map(f64::from).collect();
        near(mann_whitney(&base, &head), 1.0 / 48_620.0);
    }

    #[test]
    fn ties_are_counted_by_every_way_to_deal_them() {
        // All alike: nothing can be said.
        near(mann_whitney(&[1.0, 1.0, 1.0], &[1.0, 1.0, 1.0]), 1.0);
        // Of the four values 1, 2, 2, 3 the head has 2 and 3: as high in 2 of 6 ways.
        near(mann_whitney(&[1.0, 2.0], &[2.0, 3.0]), 2.0 / 6.0);
    }

    #[test]
    fn several_tests_share_their_errors() {
        assert_eq!(holm(&[0.02, 0.009, 0.5], 0.03), [false, true, false]);
        assert_eq!(holm(&[0.014, 0.009, 0.03], 0.03), [true, true, true]);
        assert_eq!(holm(&[0.02], 0.02), [true]);
        assert!(holm(&[], 0.02).is_empty());
    }

    #[test]
    fn medians() {
        near(median(&[3.0, 1.0, 2.0]), 2.0);
        near(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
