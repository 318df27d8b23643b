//! Security headers: the grade, each weakness with its remedy, and what HSTS must say.

use verdict::{Figure, Finding, Level, Metric, Table};

use super::{Judged, at};
use crate::{
    observatory::{Hsts, Rating, csp, is_preloaded, score},
    plan::Plan,
    site::{Site, values},
};

const GRADE: &str = "edge-grade";
const HSTS: &str = "edge-hsts";
const DOCS: &str = "https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring";

pub(super) fn judge(plan: &Plan, site: &Site, judged: &mut Judged) {
    let score = score(site);
    let limit = plan.min_grade.value;
    let enough = score.grade >= limit;
    if !enough {
        let message = format!(
            "the headers of {} score {} points, grade {}, below {}",
            plan.path,
            score.points,
            score.grade.name(),
            limit.name()
        );
        let worst = score
            .ratings
            .iter()
            .min_by_key(|(_, rating)| rating.modifier);
        let fix = worst.map_or(String::new(), |(_, rating)| {
            format!("begin with {}: {}", rating.says, rating.fix)
        });
        let finding = Finding::error(GRADE, message).fix(fix).url(DOCS);
        judged
            .findings
            .push(at(finding, plan.min_grade.place.as_ref()));
    }
    let level = plan.level();
    for (test, rating) in &score.ratings {
        if rating.modifier < 0 {
            judged.findings.push(weakness(level, test, rating, site));
        }
    }
    hsts(plan, site, judged);
    judged.metrics.push(
        Metric::new("security headers", f64::from(score.points), "score")
            .at_least(f64::from(limit.points())),
    );
    let mut table = Table::new(
        format!(
            "Security headers: {} ({} points)",
            score.grade.name(),
            score.points
        ),
        ["test", "found", "#points"],
    );
    for (test, rating) in &score.ratings {
        let points = format!("{:+}", rating.modifier);
        table
            .rows
            .push(vec![(*test).to_owned(), rating.says.to_owned(), points]);
    }
    judged.figures.push(Figure::Table(table));
}

fn weakness(level: Level, test: &str, rating: &Rating, site: &Site) -> Finding {
    let mut message = format!("{} ({:+} points)", rating.says, rating.modifier);
    if test == "content-security-policy" {
        for weakness in csp::weaknesses(site) {
            message.push_str(&format!("; {}: {}", weakness.directive, weakness.says));
        }
    }
    let rule = format!("edge-headers/{}", rating.id);
    Finding::new(level, rule, message).fix(rating.fix).url(DOCS)
}

/// What the policy asks of HSTS beyond what the score does.
fn hsts(plan: &Plan, site: &Site, judged: &mut Judged) {
    let Some(https) = &site.https else {
        return;
    };
    // Browsers know the host already.
    if is_preloaded(&site.host) {
        return;
    }
    let value = values(&https.headers, "strict-transport-security")
        .into_iter()
        .next();
    // A header that is missing or unreadable is in the score already.
    let Some(hsts) = value.as_deref().and_then(Hsts::parse) else {
        return;
    };
    let mut refuse = |message: String, fix: &str, place| {
        judged
            .findings
            .push(at(Finding::error(HSTS, message).fix(fix), place));
    };
    if hsts.max_age < plan.hsts_max_age.value {
        refuse(
            format!(
                "HSTS max-age is {} s, under {} s",
                hsts.max_age, plan.hsts_max_age.value
            ),
            "raise max-age",
            plan.hsts_max_age.place.as_ref(),
        );
    }
    if plan.hsts_subdomains.value && !hsts.include_subdomains {
        refuse(
            "HSTS does not include subdomains".to_owned(),
            "add `includeSubDomains`",
            plan.hsts_subdomains.place.as_ref(),
        );
    }
    if plan.hsts_preload.value && !hsts.preload {
        refuse(
            "HSTS does not ask for preloading".to_owned(),
            "add `preload`",
            plan.hsts_preload.place.as_ref(),
        );
    }
}
