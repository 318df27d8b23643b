//! Who sees the canary of a rolling release. Pure.
//!
//! The cookie [`COOKIE`] holds a visitor's bucket, 0 to 99; a stage at 10 % sends buckets 0 to 9 to the canary, so a visitor
//! never goes back from it while stages rise. New visitors get buckets in a fixed order that spreads evenly (0, 37, 74, 11 …),
//! where Vercel draws them at random. `?vcrrForceCanary=true` and `?vcrrForceStable=true` pin the visitor: the cookie then holds
//! `canary` or `stable`.

/// Name of the cookie. Vercel's own is not documented.
pub(crate) const COOKIE: &str = "_vcrr";

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Canary,
    Stable,
}

/// The decision, and the cookie to set where the visitor has none that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) side: Side,
    pub(super) set: Option<String>,
}

/// Decides for one request; `visitor` is the number of new visitors so far.
pub(super) fn choose(percentage: u8, cookie: Option<&str>, query: &str, visitor: u64) -> Choice {
    let forced = url::form_urlencoded::parse(query.as_bytes()).find_map(|(key, value)| {
        match (&*key, &*value) {
            ("vcrrForceCanary", "true") => Some((Side::Canary, "canary")),
            ("vcrrForceStable", "true") => Some((Side::Stable, "stable")),
            _ => None,
        }
    });
    if let Some((side, name)) = forced {
        return Choice {
            side,
            set: (cookie != Some(name)).then(|| name.to_owned()),
        };
    }
    let side_of = |bucket: u64| {
        if bucket < u64::from(percentage) {
            Side::Canary
        } else {
            Side::Stable
        }
    };
    match cookie {
        Some("canary") => Choice {
            side: Side::Canary,
            set: None,
        },
        Some("stable") => Choice {
            side: Side::Stable,
            set: None,
        },
        Some(text) if text.parse::<u64>().is_ok_and(|bucket| bucket < 100) => Choice {
            side: side_of(text.parse().unwrap_or_default()),
            set: None,
        },
        _ => {
            // 37 and 100 share no factor: a hundred visitors fill a hundred buckets.
            let bucket = visitor.wrapping_mul(37) % 100;
            Choice {
                side: side_of(bucket),
                set: Some(bucket.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Side, choose};

    #[test]
    fn a_hundred_visitors_split_exactly() {
        for percentage in [0, 1, 10, 50, 99, 100] {
            let canary = (0..100)
                .filter(|&n| choose(percentage, None, "", n).side == Side::Canary)
                .count();
            assert_eq!(canary, usize::from(percentage));
        }
    }

    #[test]
    fn a_bucket_sticks_and_only_moves_towards_the_canary() {
        let first = choose(10, None, "", 3);
        assert_eq!(
            first,
            Choice {
                side: Side::Stable,
                set: Some("11".to_owned())
            }
        );
        assert_eq!(
            choose(10, Some("11"), "", 99),
            Choice {
                side: Side::Stable,
                set: None
            }
        );
        assert_eq!(
            choose(50, Some("11"), "", 99),
            Choice {
                side: Side::Canary,
                set: None
            }
        );
    }

    #[test]
    fn forcing_pins_at_any_share() {
        let forced = choose(0, Some("11"), "vcrrForceCanary=true", 0);
        assert_eq!(
            forced,
            Choice {
                side: Side::Canary,
                set: Some("canary".to_owned())
            }
        );
        assert_eq!(choose(0, Some("canary"), "", 0).side, Side::Canary);
        assert_eq!(
            choose(100, Some("5"), "vcrrForceStable=true", 0).side,
            Side::Stable
        );
        assert_eq!(
            choose(100, Some("5"), "vcrrForceStable=1", 0).side,
            Side::Canary
        );
    }

    #[test]
    fn a_cookie_that_makes_no_sense_is_replaced() {
        assert!(choose(10, Some("4000"), "", 0).set.is_some());
        assert!(choose(10, Some("x"), "", 0).set.is_some());
    }
}
