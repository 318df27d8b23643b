//! Is a deployment that was to be staged really staged. A service may ignore the request to leave the domains alone, and then
//! what was to be tested first is live.

use vercel_client::Substate;
use verdict::Finding;

/// A ready production deployment, as Vercel shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staged<'a> {
    pub(crate) id: &'a str,
    /// Its own host.
    pub(crate) url: &'a str,
    pub(crate) substate: Option<Substate>,
    /// The domains that point at it.
    pub(crate) alias: &'a [String],
}

impl Staged<'_> {
    /// Domains that point at it beside its own host.
    fn given(&self) -> impl Iterator<Item = &str> {
        let own = self.url;
        self.alias
            .iter()
            .map(String::as_str)
            .filter(move |alias| !alias.eq_ignore_ascii_case(own))
    }

    /// Whether it takes the project's domains to decide: Vercel gives every deployment names of its own making, too.
    pub(crate) fn depends_on_domains(&self) -> bool {
        self.substate == Some(Substate::Staged) && self.given().next().is_some()
    }

    /// What speaks against it. `production` are the domains that serve production.
    pub(crate) fn check(&self, production: &[String]) -> Option<Finding> {
        let id = self.id;
        // Without Vercel's word that it is staged, every name that it was given counts.
        let said = self.substate == Some(Substate::Staged);
        let taken: Vec<&str> = self
            .given()
            .filter(|alias| !said || production.iter().any(|domain| domain == alias))
            .collect();
        let live = match self.substate {
            _ if !taken.is_empty() => format!("{} points at it", taken.join(", ")),
            Some(substate @ (Substate::Promoted | Substate::Rolling)) => {
                format!("Vercel calls it {substate}")
            }
            Some(Substate::Staged) => return None,
            Some(Substate::Unknown) | None => {
                let text = format!(
                    "Vercel does not say that {id} is staged; no domain points at it, which is all that is known"
                );
                return Some(Finding::warning("staged-unproven", text));
            }
        };
        let text = format!("{id} was to be staged and is live: {live}");
        let fix = "check it now as production, or return: `mode: rollback`";
        Some(Finding::error("not-staged", text).fix(fix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_is_sent_to_is_staged() {
        let own = "setlist-1.vercel.app";
        let (made, live) = ("setlist-acme.vercel.app", "setlist.example");
        let table: &[(Option<Substate>, &[&str], Option<&str>)] = &[
            (Some(Substate::Staged), &[], None),
            (Some(Substate::Staged), &[own, made], None),
            (Some(Substate::Staged), &[own, live], Some("not-staged")),
            (Some(Substate::Promoted), &[], Some("not-staged")),
            (Some(Substate::Rolling), &[], Some("not-staged")),
            (None, &["Setlist-1.vercel.app"], Some("staged-unproven")),
            (None, &[own, made], Some("not-staged")),
            (Some(Substate::Unknown), &[], Some("staged-unproven")),
        ];
        for (substate, alias, rule) in table {
            let alias: Vec<String> = alias.iter().map(|&name| name.to_owned()).collect();
            let staged = Staged {
                id: "dpl_1",
                url: own,
                substate: *substate,
                alias: &alias,
            };
            let found = staged.check(&[live.to_owned()]);
            let found = found.as_ref().map(|finding| finding.rule.as_str());
            assert_eq!(found, *rule, "{substate:?} {alias:?}");
        }
    }
}
