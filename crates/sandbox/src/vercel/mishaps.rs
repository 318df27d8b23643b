//! The armed [`Mishap`]s and their counters. Handlers ask here before they do the right thing.

use crate::faults::{Mishap, Place};

/// What has been armed, and how far each has counted.
#[derive(Debug, Default)]
pub(crate) struct Mishaps {
    /// Requests to lie for once production moves.
    stale_armed: Option<u32>,
    /// The deployment that a stale edge still shows, and for how many more requests.
    stale: Option<(String, u32)>,
    canary_errors: Option<Every>,
    upload_errors: Option<Every>,
    damaged_uploads: u32,
    alias_errors: u32,
    stuck_builds: u32,
    spoilt: Vec<Spoilt>,
}

#[derive(Debug)]
struct Every {
    every: u32,
    seen: u32,
}

impl Every {
    fn new(every: u32) -> Self {
        Self {
            every: every.max(1),
            seen: 0,
        }
    }

    fn hit(&mut self) -> bool {
        self.seen = self.seen.wrapping_add(1);
        self.seen.is_multiple_of(self.every)
    }
}

#[derive(Debug)]
struct Spoilt {
    path: String,
    place: Place,
    /// What production served when the mishap was added.
    baseline: Option<String>,
    how: Spoil,
}

/// How a path is served wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// With this status, and this body in place of the true one.
    Answer { status: u16, body: Option<String> },
    /// With extra bytes at its end.
    Append,
}

impl Mishaps {
    /// Arms one; `production` is what the production domain serves now.
    pub(crate) fn add(&mut self, mishap: Mishap, production: Option<&str>) {
        let baseline = production.map(str::to_owned);
        match mishap {
            Mishap::StaleEdge { requests } => self.stale_armed = Some(requests),
            Mishap::CanaryErrors { every } => self.canary_errors = Some(Every::new(every)),
            Mishap::UploadErrors { every } => self.upload_errors = Some(Every::new(every)),
            Mishap::DigestMismatch { uploads } => self.damaged_uploads += uploads,
            Mishap::AliasError => self.alias_errors += 1,
            Mishap::StuckBuilding => self.stuck_builds += 1,
            Mishap::BrokenPath {
                path,
                status,
                body,
                place,
            } => {
                self.spoilt.push(Spoilt {
                    path,
                    place,
                    baseline,
                    how: Spoil::Answer { status, body },
                });
            }
            Mishap::WrongBytes { path, place } => {
                self.spoilt.push(Spoilt {
                    path,
                    place,
                    baseline,
                    how: Spoil::Append,
                });
            }
        }
    }

    pub(crate) fn upload_error(&mut self) -> bool {
        self.upload_errors.as_mut().is_some_and(Every::hit)
    }

    pub(crate) fn canary_error(&mut self) -> bool {
        self.canary_errors.as_mut().is_some_and(Every::hit)
    }

    pub(crate) fn damaged_upload(&mut self) -> bool {
        spend(&mut self.damaged_uploads)
    }

    pub(crate) fn alias_error(&mut self) -> bool {
        spend(&mut self.alias_errors)
    }

    pub(crate) fn stuck_build(&mut self) -> bool {
        spend(&mut self.stuck_builds)
    }

    /// The production domain has moved away from `before`.
    pub(crate) fn production_moved(&mut self, before: Option<String>) {
        // A move during the stale time ends it: the edge has then heard of both.
        self.stale = None;
        if let (Some(before), Some(requests)) = (before, self.stale_armed) {
            self.stale_armed = None;
            self.stale = Some((before, requests));
        }
    }

    /// The deployment that this request to the production domain sees in place of the true one.
    pub(crate) fn stale_production(&mut self) -> Option<String> {
        let (deployment, left) = self.stale.as_mut()?;
        if !spend(left) {
            self.stale = None;
            return None;
        }
        Some(deployment.clone())
    }

    /// How this path is spoilt here; `production` says that the request came to the production domain.
    pub(crate) fn spoil(&self, path: &str, production: bool, deployment: &str) -> Option<Spoil> {
        let applies = |spoilt: &&Spoilt| {
            spoilt.path == path
                && match spoilt.place {
                    Place::Everywhere => true,
                    Place::Production => production,
                    Place::ProductionAfterPromote => {
                        production && spoilt.baseline.as_deref() != Some(deployment)
                    }
                }
        };
        self.spoilt
            .iter()
            .find(applies)
            .map(|spoilt| spoilt.how.clone())
    }
}

fn spend(left: &mut u32) -> bool {
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}

#[cfg(test)]
mod tests {
    use super::{Mishaps, Spoil};
    use crate::faults::{Mishap, Place};

    #[test]
    fn a_stale_edge_shows_the_old_deployment_for_exactly_so_many_requests() {
        let mut mishaps = Mishaps::default();
        mishaps.add(Mishap::StaleEdge { requests: 2 }, Some("old"));
        assert_eq!(mishaps.stale_production(), None, "nothing has moved yet");
        mishaps.production_moved(Some("old".to_owned()));
        let seen: Vec<_> = (0..4).map(|_| mishaps.stale_production()).collect();
        assert_eq!(
            seen,
            [Some("old".to_owned()), Some("old".to_owned()), None, None]
        );
    }

    #[test]
    fn a_path_broken_by_the_promote_heals_with_the_rollback() {
        let mut mishaps = Mishaps::default();
        let place = Place::ProductionAfterPromote;
        mishaps.add(
            Mishap::BrokenPath {
                path: "/h".into(),
                status: 500,
                body: None,
                place,
            },
            Some("old"),
        );
        let broken = Some(Spoil::Answer {
            status: 500,
            body: None,
        });
        assert_eq!(mishaps.spoil("/h", true, "new"), broken);
        assert_eq!(mishaps.spoil("/h", true, "old"), None);
        assert_eq!(
            mishaps.spoil("/h", false, "new"),
            None,
            "fine on its own URL"
        );
        assert_eq!(mishaps.spoil("/", true, "new"), None);
    }

    #[test]
    fn every_nth_means_every_nth() {
        let mut mishaps = Mishaps::default();
        assert!(!mishaps.upload_error());
        mishaps.add(Mishap::UploadErrors { every: 3 }, None);
        let hits: Vec<bool> = (0..6).map(|_| mishaps.upload_error()).collect();
        assert_eq!(hits, [false, false, true, false, false, true]);
    }
}
