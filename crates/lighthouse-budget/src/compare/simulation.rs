//! How often the rule errs, on a model of the noise: runs vary by 4 % (lognormal), one in eight is 1.2 to 2 times as
//! slow, and machines differ by 6 %, which interleaved runs share.

use super::rule::{ALPHA, FEWEST, Limit, MOST, Shift, Standing};
use super::stats::holm;

const LIMIT: Limit = Limit {
    share: 0.05,
    least: 0.0,
};

struct Random(u64);

impl Random {
    /// Uniform below 1, by SplitMix64.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        f64::from(u32::try_from(mixed >> 32).unwrap()) / f64::from(u32::MAX)
    }

    /// Normal, by Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).max(1e-12).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn run(&mut self, machine: f64, slower: f64) -> f64 {
        let outlier = if self.uniform() < 0.12 {
            1.2 + 0.8 * self.uniform()
        } else {
            1.0
        };
        1000.0 * machine * slower * outlier * (0.04 * self.normal()).exp()
    }
}

/// One job that compares so many metrics; whether any is a regression, and the runs a side.
fn job(random: &mut Random, metrics: usize, slower: f64) -> (bool, usize) {
    let machine = (0.06 * random.normal()).exp();
    let mut sides = vec![(Vec::new(), Vec::new()); metrics];
    #[expect(clippy::cast_precision_loss, reason = "a handful of metrics")]
    let share = ALPHA / metrics as f64;
    let mut runs = 0;
    loop {
        for (base, head) in &mut sides {
            base.push(random.run(machine, 1.0));
            head.push(random.run(machine, slower));
        }
        runs += 1;
        if runs < FEWEST || runs % 2 == 0 {
            continue;
        }
        let shifts: Vec<Shift> = sides
            .iter()
            .map(|(base, head)| Shift::of(base, head))
            .collect();
        let open = shifts
            .iter()
            .any(|shift| shift.standing(runs, LIMIT, share) == Standing::Open);
        if open && runs < MOST {
            continue;
        }
        let probabilities: Vec<f64> = shifts.iter().map(|shift| shift.probability).collect();
        let significant = holm(&probabilities, ALPHA);
        let regressed = shifts.iter().zip(significant).any(|(shift, significant)| {
            significant && shift.standing(runs, LIMIT, 1.0) == Standing::Regressed
        });
        return (regressed, runs);
    }
}

/// The share of jobs with an alarm, in percent, and the mean number of runs a side.
fn simulated(trials: u32, metrics: usize, slower: f64) -> (f64, f64) {
    let mut random = Random(20_260_101);
    let (mut alarms, mut runs) = (0_u32, 0_usize);
    for _ in 0..trials {
        let (alarm, used) = job(&mut random, metrics, slower);
        alarms += u32::from(alarm);
        runs += used;
    }
    let runs = f64::from(u32::try_from(runs).unwrap()) / f64::from(trials);
    (100.0 * f64::from(alarms) / f64::from(trials), runs)
}

#[test]
fn without_a_change_there_is_hardly_an_alarm() {
    let (alarms, runs) = simulated(2000, 1, 1.0);
    assert!(alarms <= 4.0, "{alarms} % false alarms");
    assert!(runs < 5.0, "{runs} runs a side");
    let (alarms, _) = simulated(500, 6, 1.0);
    assert!(alarms <= 4.0, "{alarms} % false alarms with six metrics");
}

#[test]
fn a_tenth_slower_is_caught() {
    let (alarms, _) = simulated(2000, 1, 1.10);
    assert!(alarms >= 80.0, "{alarms} % caught");
    let (alarms, _) = simulated(2000, 1, 1.20);
    assert!(alarms >= 90.0, "{alarms} % of a fifth caught");
}
