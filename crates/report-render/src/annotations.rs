//! Which findings become annotations. The runner keeps 10 of each level per step and drops the rest in
//! silence; spend them on the worst, and let the last one say how many are hidden.

use std::collections::BTreeMap;

use verdict::{Finding, Level, Place, Verdict};

use crate::Diff;
use crate::rank::deserving;

/// One annotation. Plain text: surfaces that need escaping do it themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How bad it is.
    pub level: Level,
    /// Gate and rule.
    pub title: String,
    /// What is wrong, and the fix on a line of its own.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
}

/// The chosen annotations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// At most `per_level` of each level, what deserves it most first.
    pub shown: Vec<Annotation>,
    /// How many findings have no annotation of their own.
    pub hidden: usize,
}

/// Chooses annotations: what is new, then what lies in the diff, worst first, one of each file first. Of each
/// level at most `per_level`; where more were found, the last one says how many and where they are.
pub fn annotations(verdict: &Verdict, per_level: usize, diff: Option<&Diff>) -> Annotations {
    let mut chosen = Annotations::default();
    let mut notes = Vec::new();
    let mut room = BTreeMap::new();
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let found = verdict.count(level);
        if found <= per_level {
            room.insert(level, found);
            continue;
        }
        let shown = per_level.saturating_sub(1);
        let hidden = found - shown;
        room.insert(level, shown);
        chosen.hidden += hidden;
        if per_level > 0 {
            notes.push(Annotation {
                level,
                title: verdict.display_name(),
                message: format!("{hidden} more {}s are in the job summary", level.as_str()),
                place: None,
            });
        }
    }
    for finding in deserving(verdict, diff) {
        if let Some(left) = room.get_mut(&finding.level).filter(|left| **left > 0) {
            *left -= 1;
            chosen.shown.push(annotation(verdict, finding));
        }
    }
    chosen.shown.extend(notes);
    chosen
}

fn annotation(verdict: &Verdict, finding: &Finding) -> Annotation {
    let message = match &finding.fix {
        Some(fix) => format!("{}\nFix: {fix}", finding.message),
        None => finding.message.clone(),
    };
    Annotation {
        level: finding.level,
        title: format!("{}: {}", verdict.display_name(), finding.rule),
        message,
        place: finding.place.clone(),
    }
}

#[cfg(test)]
mod tests {
    use verdict::{Finding, Place};

    use super::annotations;
    use crate::Diff;
    use crate::samples::failing;

    #[test]
    fn one_per_file_first_and_the_last_says_how_many_are_hidden() {
        let mut verdict = failing();
        verdict.findings = (0..12)
            .map(|i| Finding::error("r", format!("m{i}")).at(Place::file(format!("f{}", i / 6))))
            .collect();
        let chosen = annotations(&verdict, 10, None);
        assert_eq!(chosen.shown.len(), 10);
        assert_eq!(chosen.hidden, 3);
        let messages: Vec<_> = chosen.shown.iter().map(|a| a.message.as_str()).collect();
        assert_eq!(messages[..2], ["m0", "m6"], "the first of each file");
        assert_eq!(messages[9], "3 more errors are in the job summary");
    }

    #[test]
    fn exactly_the_limit_hides_nothing() {
        let mut verdict = failing();
        verdict.findings = (0..10)
            .map(|i| Finding::warning("r", format!("{i}")))
            .collect();
        let chosen = annotations(&verdict, 10, None);
        assert_eq!((chosen.shown.len(), chosen.hidden), (10, 0));
    }

    #[test]
    fn new_comes_before_the_diff_and_the_diff_before_what_is_worse() {
        let mut verdict = failing();
        let place = |line| Place::line("a.ts", line);
        let mut old = Finding::error("r", "old").at(place(2));
        old.new = Some(false);
        let far = Finding::error("r", "far").at(place(9));
        let near = Finding::warning("r", "near").at(place(2));
        verdict.findings = vec![old, far, near];
        let order = |diff| -> Vec<String> {
            let shown = annotations(&verdict, 10, diff).shown;
            shown.into_iter().map(|a| a.message).collect()
        };
        assert_eq!(order(None), ["far", "near", "old"]);
        let mut diff = Diff::default();
        diff.lines("a.ts", 1..=3);
        assert_eq!(order(Some(&diff)), ["near", "far", "old"]);
    }

    #[test]
    fn each_level_has_its_own_room() {
        let mut verdict = failing();
        verdict.findings = (0..30)
            .map(|i| Finding::error("r", format!("e{i}")))
            .chain([Finding::notice("r", "n")])
            .collect();
        let chosen = annotations(&verdict, 10, None);
        assert_eq!((chosen.shown.len(), chosen.hidden), (11, 21));
        assert!(chosen.shown.iter().any(|a| a.message == "n"));
        assert!(annotations(&verdict, 0, None).shown.is_empty());
    }
}
