//! How often the rule errs, on a model of the noise: runs vary by 4 % (lognormal), one in eight is 1.2 to 2 times as
//! slow, and machines differ by 6 %, which interleaved runs share.

use std::collections::BTreeMap;

use super::{Standing, goes_on, pairs, standings, timings};
use crate::measure::Measure;
use crate::policy::{Compared, Profile, Regression};
use crate::report::{Lhr, Run};

/// Those that are compared by their share, up to as many as a job may have.
const METRICS: [Compared; 5] = [
    Compared::Lcp,
    Compared::Fcp,
    Compared::Tbt,
    Compared::SpeedIndex,
    Compared::Tti,
];

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

/// One run of every metric.
fn run(random: &mut Random, policy: &Regression, machine: f64, slower: f64) -> Run {
    let measures = policy
        .metrics
        .iter()
        .map(|compared| super::measure(*compared));
    let values: BTreeMap<Measure, f64> = measures
        .map(|measure| (measure, random.run(machine, slower)))
        .collect();
    Run {
        version: String::new(),
        url: "https://a.example/".to_owned(),
        profile: Profile::Mobile,
        values,
        ttfb_source: None,
        lhr: Lhr::default(),
    }
}

/// One job, measured and judged by what the gate itself uses; whether any metric regressed, and the runs a side.
fn job(random: &mut Random, metrics: usize, slower: f64) -> (bool, usize) {
    let policy = Regression {
        metrics: METRICS[..metrics].to_vec(),
        ..Regression::default()
    };
    let machine = (0.06 * random.normal()).exp();
    let (mut base, mut head) = (Vec::new(), Vec::new());
    loop {
        base.push(run(random, &policy, machine, 1.0));
        head.push(run(random, &policy, machine, slower));
        let pairs = pairs(&base, &head);
        let open: Vec<Standing> = pairs
            .iter()
            .flat_map(|pair| standings(pair, &policy, metrics))
            .collect();
        if goes_on(base.len(), &open) {
            continue;
        }
        let comparisons = timings(&pairs, &policy, 0.1).unwrap();
        let regressed = comparisons
            .iter()
            .any(|one| one.standing == Standing::Regressed);
        return (regressed, base.len());
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
    let (alarms, _) = simulated(600, 5, 1.0);
    assert!(alarms <= 4.0, "{alarms} % false alarms with five metrics");
}

#[test]
fn a_tenth_slower_is_caught() {
    let (alarms, _) = simulated(2000, 1, 1.10);
    assert!(alarms >= 80.0, "{alarms} % caught");
    let (alarms, _) = simulated(2000, 1, 1.20);
    assert!(alarms >= 90.0, "{alarms} % of a fifth caught");
}
