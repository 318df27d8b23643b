//! Which findings become annotations. The runner keeps 10 of each level per step and drops the rest in
//! silence; spend them on the worst, and let the last one say how many are hidden.

use std::collections::BTreeSet;

use verdict::{Finding, Level, Place, Verdict};

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
    /// At most `per_level` of each level, worst first.
    pub shown: Vec<Annotation>,
    /// How many findings have no annotation of their own.
    pub hidden: usize,
}

/// Chooses annotations: new before old, then the first of each file before the second of any.
pub fn annotations(verdict: &Verdict, per_level: usize) -> Annotations {
    let mut chosen = Annotations::default();
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let ranked = ranked(verdict, level);
        let over = ranked.len() > per_level;
        let room = if over {
            per_level.saturating_sub(1)
        } else {
            ranked.len()
        };
        chosen.shown.extend(
            ranked
                .iter()
                .take(room)
                .map(|finding| annotation(verdict, finding)),
        );
        let hidden = ranked.len() - room;
        chosen.hidden += hidden;
        if over && per_level > 0 {
            chosen.shown.push(Annotation {
                level,
                title: verdict.display_name(),
                message: format!("{hidden} more {}s are in the job summary", level.as_str()),
                place: None,
            });
        }
    }
    chosen
}

fn ranked(verdict: &Verdict, level: Level) -> Vec<&Finding> {
    let mut seen = BTreeSet::new();
    let mut ranked: Vec<_> = verdict
        .findings
        .iter()
        .filter(|finding| finding.level == level)
        .map(|finding| {
            let path = finding.place.as_ref().map(|place| place.path.as_str());
            let repeated = path.is_some() && !seen.insert(path);
            let old = finding.new == Some(false);
            ((old, repeated), finding)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, finding)| finding).collect()
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
    use crate::samples::failing;

    #[test]
    fn one_per_file_first_and_the_last_says_how_many_are_hidden() {
        let mut verdict = failing();
        verdict.findings = (0..12)
            .map(|i| Finding::error("r", format!("m{i}")).at(Place::file(format!("f{}", i / 6))))
            .collect();
        let chosen = annotations(&verdict, 10);
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
        let chosen = annotations(&verdict, 10);
        assert_eq!((chosen.shown.len(), chosen.hidden), (10, 0));
    }

    #[test]
    fn new_findings_come_first() {
        let mut verdict = failing();
        let mut old = Finding::error("r", "old");
        old.new = Some(false);
        verdict.findings = vec![old, Finding::error("r", "new")];
        assert_eq!(annotations(&verdict, 10).shown[0].message, "new");
    }
}
