//! Base against head: which metrics of which pages regressed, and which resource grew.

mod resources;
mod rule;
#[cfg(test)]
mod simulation;
mod stats;

pub(crate) use rule::{MOST, Standing, goes_on};
pub(crate) use stats::median;

use url::Url;

use crate::measure::Measure;
use crate::policy::{Compared, Profile, Regression};
use crate::report::{Lhr, Run};
use rule::{ALPHA, Limit, Shift, by_majority};

/// The runs of one page on one device, of both sides.
#[derive(Clone, Debug)]
pub(crate) struct Pair<'a> {
    /// As people know it.
    pub page: String,
    /// The state before.
    pub base: Vec<&'a Run>,
    /// The state that is judged.
    pub head: Vec<&'a Run>,
}

/// How one value compares.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comparison {
    /// The page.
    pub page: String,
    /// The value: the key of a measure, or a resource type.
    pub what: String,
    /// The measure, when it is one.
    pub measure: Option<Measure>,
    /// The unit of both values.
    pub unit: &'static str,
    /// The base's median.
    pub base: f64,
    /// The head's median.
    pub head: f64,
    /// How likely so large a shift is without a difference.
    pub probability: Option<f64>,
    /// The answer; open is inconclusive.
    pub standing: Standing,
    /// What grew, the most first.
    pub grown: Vec<String>,
}

/// Pairs the pages of head and base by device, path and query; hosts differ.
pub(crate) fn pairs<'a>(base: &'a [Run], head: &'a [Run]) -> Vec<Pair<'a>> {
    let key = |run: &Run| (page_of(&run.url), run.profile);
    let mut pairs: Vec<((String, Profile), Pair<'a>)> = Vec::new();
    for run in head {
        let known = key(run);
        match pairs.iter_mut().find(|(other, _)| *other == known) {
            Some((_, pair)) => pair.head.push(run),
            None => pairs.push((
                known.clone(),
                Pair {
                    page: format!("{} ({})", run.url, run.profile.as_str()),
                    base: base.iter().filter(|run| key(run) == known).collect(),
                    head: vec![run],
                },
            )),
        }
    }
    pairs.into_iter().map(|(_, pair)| pair).collect()
}

fn page_of(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| url.to_owned(),
        |url| format!("{}?{}", url.path(), url.query().unwrap_or_default()),
    )
}

fn measure(compared: Compared) -> Measure {
    match compared {
        Compared::Lcp => Measure::Lcp,
        Compared::Fcp => Measure::Fcp,
        Compared::Tbt => Measure::Tbt,
        Compared::SpeedIndex => Measure::SpeedIndex,
        Compared::Tti => Measure::Tti,
        Compared::Cls => Measure::Cls,
    }
}

fn values(runs: &[&Run], measure: Measure) -> Option<Vec<f64>> {
    // A side that has no value in some run cannot be compared: what is missing may be the worst.
    let all: Option<Vec<f64>> = runs
        .iter()
        .map(|run| run.values.get(&measure).copied())
        .collect();
    all.filter(|values| !values.is_empty())
}

/// Compares what was measured in turn on one machine.
///
/// # Errors
/// With what is missing.
pub(crate) fn timings(
    pairs: &[Pair<'_>],
    policy: &Regression,
    cls_limit: f64,
) -> Result<Vec<Comparison>, String> {
    let mut comparisons = Vec::new();
    for pair in pairs {
        for measure in policy.metrics.iter().map(|compared| measure(*compared)) {
            let of = |runs: &[&Run], side: &str| {
                values(runs, measure).ok_or_else(|| {
                    format!(
                        "{}: {} is missing in a run of the {side}",
                        pair.page,
                        measure.key()
                    )
                })
            };
            let (base, head) = (of(&pair.base, "base")?, of(&pair.head, "head")?);
            let shift = Shift::of(&base, &head);
            let cls = measure == Measure::Cls;
            comparisons.push(Comparison {
                page: pair.page.clone(),
                what: measure.key().to_owned(),
                measure: Some(measure),
                unit: measure.unit(),
                base: shift.base,
                head: shift.head,
                probability: (!cls).then_some(shift.probability),
                standing: if cls {
                    by_majority(&base, &head, cls_limit)
                } else {
                    shift.standing(base.len().min(head.len()), limit(policy), 1.0)
                },
                grown: Vec::new(),
            });
        }
    }
    // A regression is one only if it is significant beside all others.
    let tested: Vec<f64> = comparisons
        .iter()
        .filter_map(|one| one.probability)
        .collect();
    let mut significant = stats::holm(&tested, ALPHA).into_iter();
    for one in &mut comparisons {
        let is_significant = one.probability.is_none() || significant.next().unwrap_or(false);
        if one.standing == Standing::Regressed && !is_significant {
            one.standing = Standing::Open;
        }
        let pair = pairs.iter().find(|pair| pair.page == one.page);
        if let Some(pair) = pair.filter(|_| one.standing == Standing::Regressed) {
            one.grown = resources::grown(&pair.base, &pair.head);
        }
    }
    Ok(comparisons)
}

/// Where the comparisons of one page stand while it is measured: each is held to its share of the error of all.
pub(crate) fn standings(pair: &Pair<'_>, policy: &Regression, of: usize) -> Vec<Standing> {
    #[expect(clippy::cast_precision_loss, reason = "a handful of comparisons")]
    let share = ALPHA / of.max(1) as f64;
    let tested = policy
        .metrics
        .iter()
        .filter(|compared| **compared != Compared::Cls);
    tested
        .filter_map(|compared| {
            let measure = measure(*compared);
            let (base, head) = (values(&pair.base, measure)?, values(&pair.head, measure)?);
            Some(Shift::of(&base, &head).standing(base.len().min(head.len()), limit(policy), share))
        })
        .collect()
}

fn limit(policy: &Regression) -> Limit {
    Limit {
        share: policy.max.value.ratio(),
        least: policy.min.value(),
    }
}

/// Compares what is the same on every machine: bytes and requests by type, and the scores of accessibility and SEO.
pub(crate) fn deterministic(pairs: &[Pair<'_>], policy: &Regression) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for pair in pairs {
        for (what, unit, base, head) in resources::totals(&pair.base, &pair.head) {
            let regressed = head > base * (1.0 + policy.max.value.ratio());
            comparisons.push(comparison(pair, what, unit, base, head, regressed));
        }
        for measure in [Measure::Accessibility, Measure::Seo] {
            let (Some(base), Some(head)) =
                (values(&pair.base, measure), values(&pair.head, measure))
            else {
                continue;
            };
            let (base, head) = (median(&base), median(&head));
            let mut one = comparison(
                pair,
                measure.key().to_owned(),
                measure.unit(),
                base,
                head,
                head < base,
            );
            one.measure = Some(measure);
            comparisons.push(one);
        }
    }
    comparisons
}

fn comparison(
    pair: &Pair<'_>,
    what: String,
    unit: &'static str,
    base: f64,
    head: f64,
    regressed: bool,
) -> Comparison {
    Comparison {
        page: pair.page.clone(),
        what,
        measure: None,
        unit,
        base,
        head,
        probability: None,
        standing: if regressed {
            Standing::Regressed
        } else {
            Standing::Pass
        },
        grown: if regressed {
            resources::grown(&pair.base, &pair.head)
        } else {
            Vec::new()
        },
    }
}

/// Why timings of two machines cannot be compared; `None` when they can.
pub(crate) fn differs(base: &[&Run], head: &[&Run]) -> Option<String> {
    let (Some(one), Some(other)) = (base.first(), head.first()) else {
        return Some("there are no runs of the base".to_owned());
    };
    let facts = |lhr: &Lhr| {
        [
            ("Lighthouse", lhr.major().map(|major| major.to_string())),
            ("Chrome", lhr.chrome_major().map(str::to_owned)),
            ("throttling", lhr.settings.throttling_method.clone()),
        ]
    };
    for ((name, base), (_, head)) in facts(&one.lhr).into_iter().zip(facts(&other.lhr)) {
        if base.is_none() || base != head {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
            return Some(format!(
                "{name} is {} now and was {}",
                shown(head),
                shown(base)
            ));
        }
    }
    let speed = |runs: &[&Run]| {
        let known: Vec<f64> = runs
            .iter()
            .filter_map(|run| run.lhr.environment.benchmark_index)
            .collect();
        median(&known)
    };
    let (base, head) = (speed(base), speed(head));
    // Written so that an unknown speed differs.
    if (base * 0.75..=base * 1.25).contains(&head) {
        None
    } else {
        Some(format!(
            "the machine's benchmarkIndex is {head:.0} now and was {base:.0}"
        ))
    }
}

#[cfg(test)]
mod tests;
