//! Security headers, scored as the MDN HTTP Observatory scores them (algorithm 4): ten tests, each with a modifier; from
//! 100 points the weaknesses are taken, and extras count only where 90 are left without them.

mod cookies;
mod cors;
pub mod csp;
mod hsts;
mod rating;
mod redirection;
mod referrer;
mod single;
mod sri;

pub use hsts::{Hsts, is_preloaded};
pub use rating::Rating;

use crate::site::Site;

/// Extras count from this score on.
const ENOUGH_FOR_EXTRAS: i32 = 90;

/// The score of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The points: 0 and more, over 100 with extras.
    pub points: i32,
    /// The grade, `A+` to `F`.
    pub grade: Grade,
    /// What each test found, by the test's name.
    pub ratings: Vec<(&'static str, Rating)>,
}

/// A grade, ordered from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grade(usize);

/// From worst to best, each with the points it begins at.
const GRADES: [(&str, i32); 13] = [
    ("F", 0),
    ("D-", 25),
    ("D", 30),
    ("D+", 40),
    ("C-", 45),
    ("C", 50),
    ("C+", 60),
    ("B-", 65),
    ("B", 70),
    ("B+", 80),
    ("A-", 85),
    ("A", 90),
    ("A+", 100),
];

impl Grade {
    /// The grade of some points.
    pub fn of(points: i32) -> Self {
        let above = GRADES.iter().filter(|(_, from)| points >= *from).count();
        Self(above.saturating_sub(1))
    }

    /// The grade of a name; `None` when there is no such grade.
    pub fn named(name: &str) -> Option<Self> {
        GRADES
            .iter()
            .position(|(known, _)| *known == name)
            .map(Self)
    }

    /// The points it begins at.
    pub fn points(self) -> i32 {
        GRADES.get(self.0).map_or(0, |(_, from)| *from)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        GRADES.get(self.0).map_or("F", |(name, _)| name)
    }

    /// All names, best first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        GRADES.iter().rev().map(|(name, _)| *name)
    }
}

/// Scores a site.
pub fn score(site: &Site) -> Score {
    let csp = csp::rate(site);
    let hsts = hsts::rate(site);
    let framing = single::frame_options(site, csp.frame_ancestors);
    let ratings = vec![
        ("content-security-policy", csp.rating),
        ("cookies", cookies::rate(site, hsts::is_strict(hsts))),
        ("cross-origin-resource-sharing", cors::rate(site)),
        ("redirection", redirection::rate(site)),
        ("referrer-policy", referrer::rate(site)),
        ("strict-transport-security", hsts),
        ("subresource-integrity", sri::rate(site)),
        ("x-content-type-options", single::content_type_options(site)),
        ("x-frame-options", framing),
        (
            "cross-origin-resource-policy",
            single::resource_policy(site),
        ),
    ];
    let sum = |keep: fn(i32) -> bool| -> i32 {
        ratings
            .iter()
            .map(|(_, rating)| rating.modifier)
            .filter(|modifier| keep(*modifier))
            .sum()
    };
    let without_extras = 100 + sum(|modifier| modifier < 0);
    let points = if without_extras >= ENOUGH_FOR_EXTRAS {
        100 + sum(|_| true)
    } else {
        without_extras
    };
    let points = points.max(0);
    Score {
        points,
        grade: Grade::of(points),
        ratings,
    }
}

#[cfg(test)]
mod tests {
    use super::Grade;

    #[test]
    fn grades_begin_where_the_observatory_says() {
        let cases = [
            (135, "A+"),
            (100, "A+"),
            (99, "A"),
            (90, "A"),
            (89, "A-"),
            (80, "B+"),
            (79, "B"),
            (70, "B"),
            (65, "B-"),
            (64, "C+"),
            (50, "C"),
            (45, "C-"),
            (40, "D+"),
            (39, "D"),
            (25, "D-"),
            (24, "F"),
            (0, "F"),
        ];
        for (points, name) in cases {
            assert_eq!(Grade::of(points).name(), name, "{points}");
        }
    }

    #[test]
    fn grades_are_ordered_and_named() {
        let names: Vec<_> = Grade::names().collect();
        assert_eq!(names.len(), 13);
        let grades: Vec<_> = names.iter().map(|name| Grade::named(name)).collect();
        assert!(grades.windows(2).all(|pair| pair[0] > pair[1]));
        assert_eq!(Grade::named("E"), None);
    }
}
