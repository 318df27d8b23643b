//! What numbers are held to, and how much load there is.

use globset::Glob;
use http_client::is_loopback;
use pipeline_config::{Located, Millis, Percent};
use verdict::Place;

use super::Compiler;
use crate::{
    budget::{Budgets, Limit},
    load::{LONGEST, Load, MOST_REQUESTS, MOST_RPS},
    policy::{BudgetPolicy, LoadPolicy, WatchPolicy},
    target::Target,
    watch::{Limits, Places},
};

/// The share of a load's answers that may fail, unless its section says otherwise.
const FAILING: f64 = 0.01;

pub(super) fn budgets(policy: &BudgetPolicy, compiler: &mut Compiler<'_>) -> Budgets {
    refuse_all(policy.error_rate.as_ref(), compiler);
    let millis = |at: &Option<Located<Millis>>| {
        at.as_ref().map(|at| Limit {
            most: at.value.value(),
            place: compiler.place(at),
        })
    };
    Budgets {
        p50: millis(&policy.p50),
        p95: millis(&policy.p95),
        p99: millis(&policy.p99),
        ttfb: millis(&policy.ttfb),
        error_rate: policy.error_rate.as_ref().map(|at| Limit {
            most: at.value.ratio(),
            place: compiler.place(at),
        }),
    }
}

fn refuse_all(rate: Option<&Located<Percent>>, compiler: &mut Compiler<'_>) {
    if let Some(rate) = rate.filter(|rate| rate.value.ratio() >= 1.0) {
        compiler.refuse(
            rate,
            "an error rate of 100 % would accept a dead deployment",
        );
    }
}

pub(super) fn load(
    written: &Located<LoadPolicy>,
    compiler: &mut Compiler<'_>,
    target: &Target,
) -> Option<Load> {
    let before = compiler.problems.len();
    let policy = &written.value;
    if !(1..=MOST_RPS).contains(&policy.rps.value) {
        let message =
            format!("1 to {MOST_RPS} requests a second are possible; beyond, use a load tester");
        compiler.refuse(&policy.rps, message);
    }
    let duration = policy.duration.value.duration();
    if duration > LONGEST || policy.duration.value.value() < 1000.0 {
        compiler.refuse(&policy.duration, "a load lasts 1 s to 10 min");
    }
    let most = policy
        .max_requests
        .as_ref()
        .map_or(MOST_REQUESTS, |at| at.value);
    if let Some(at) = policy
        .max_requests
        .as_ref()
        .filter(|at| !(1..=MOST_REQUESTS).contains(&at.value))
    {
        compiler.refuse(at, format!("1 to {MOST_REQUESTS} requests are possible"));
    }
    let mut allowed = is_loopback(target.url());
    let host = target.url().host_str().unwrap_or_default();
    for at in &policy.hosts {
        let Some(glob) = compiler.accept(at, "no glob", Glob::new(&at.value)) else {
            continue;
        };
        if at.value.trim_matches(['*', '.']).is_empty() {
            compiler.refuse(
                at,
                "this would load any host: name the ones that may be loaded",
            );
        }
        allowed |= glob.compile_matcher().is_match(host);
    }
    let mut budgets = budgets(&policy.budgets, compiler);
    let place = compiler.place(written);
    budgets.error_rate = budgets.error_rate.or_else(|| {
        let (most, place) = (FAILING, place.clone());
        Some(Limit { most, place })
    });
    let load = Load {
        rps: policy.rps.value,
        duration,
        max_requests: most,
        budgets,
        allowed,
        place,
    };
    (compiler.problems.len() == before).then_some(load)
}

pub(super) fn limits(
    written: &Located<WatchPolicy>,
    compiler: &mut Compiler<'_>,
) -> (Limits, Places) {
    let policy = &written.value;
    let usual = Limits::default();
    let at_least_one = |at: &Option<Located<u32>>, usual: u32, compiler: &mut Compiler<'_>| match at
    {
        Some(at) if at.value == 0 => {
            compiler.refuse(
                at,
                "0 would decide without a single answer: 1 or more is needed",
            );
            usual
        }
        Some(at) => at.value,
        None => usual,
    };
    if let Some(window) = policy
        .window
        .as_ref()
        .filter(|window| window.value.value() < 1000.0)
    {
        compiler.refuse(
            window,
            format!(
                "a window of {} is too short for 5 requests a second: 1 s or more is needed",
                window.value
            ),
        );
    }
    refuse_all(policy.max_error_rate.as_ref(), compiler);
    let limits = Limits {
        window: policy
            .window
            .as_ref()
            .map_or(usual.window, |window| window.value.duration()),
        max_error_rate: policy
            .max_error_rate
            .as_ref()
            .map_or(usual.max_error_rate, |rate| rate.value.ratio()),
        max_p95: policy.max_p95.as_ref().map(|limit| limit.value.value()),
        min_samples: at_least_one(&policy.min_samples, usual.min_samples, compiler),
        windows: at_least_one(&policy.windows, usual.windows, compiler),
    };
    let or_section = |place: Option<Place>| place.or_else(|| compiler.place(written));
    let places = Places {
        error_rate: or_section(
            policy
                .max_error_rate
                .as_ref()
                .and_then(|at| compiler.place(at)),
        ),
        p95: or_section(policy.max_p95.as_ref().and_then(|at| compiler.place(at))),
        samples: or_section(
            policy
                .min_samples
                .as_ref()
                .and_then(|at| compiler.place(at)),
        ),
    };
    (limits, places)
}
