//! The armed faults of one server and how often each has matched.
//! Every matching fault counts a request, and the first one whose window it falls in decides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Action, Fault, Side, pattern};

/// A cloneable list of armed faults; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Vec<Armed>>>);

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u32,
}

impl Faults {
    /// Arms one more fault; its counter starts at this moment.
    pub(crate) fn add(&self, fault: Fault) {
        self.armed().push(Armed { fault, seen: 0 });
    }

    /// Disarms everything.
    pub(crate) fn clear(&self) {
        self.armed().clear();
    }

    /// Whether a fault needs this request's body to decide.
    pub(super) fn wants_body(&self, side: Side, method: &str, path: &str) -> bool {
        self.armed().iter().any(|armed| {
            armed.fault.matches.body_contains.is_some() && meets(&armed.fault, side, method, path)
        })
    }

    /// Counts the request and says what is to happen to it.
    pub(super) fn judge(
        &self,
        side: Side,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Option<Action> {
        let mut decided = None;
        for armed in self.armed().iter_mut() {
            if !meets(&armed.fault, side, method, path) || !contains(&armed.fault, body) {
                continue;
            }
            armed.seen = armed.seen.saturating_add(1);
            let spoils =
                armed.seen >= armed.fault.from && armed.seen - armed.fault.from < armed.fault.count;
            if spoils && decided.is_none() {
                decided = Some(armed.fault.action.clone());
            }
        }
        decided
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn meets(fault: &Fault, side: Side, method: &str, path: &str) -> bool {
    fault.side == side
        && fault
            .matches
            .method
            .as_deref()
            .is_none_or(|wanted| wanted == method)
        && pattern::matches(&fault.matches.path, path)
}

fn contains(fault: &Fault, body: &[u8]) -> bool {
    fault.matches.body_contains.as_deref().is_none_or(|text| {
        text.is_empty()
            || body
                .windows(text.len())
                .any(|window| window == text.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::{Action, Fault, Faults, Side};

    fn hits(faults: &Faults, requests: u32) -> Vec<u32> {
        (1..=requests)
            .filter(|_| {
                faults
                    .judge(Side::Vercel, "POST", "/v2/files", b"")
                    .is_some()
            })
            .collect()
    }

    #[test]
    fn the_window_counts_matching_requests_only() {
        let faults = Faults::default();
        faults.add(
            Fault::on(Side::Vercel, "POST", "/v2/files")
                .from(2)
                .times(2),
        );
        assert_eq!(faults.judge(Side::Vercel, "GET", "/v2/files", b""), None);
        assert_eq!(faults.judge(Side::GitHub, "POST", "/v2/files", b""), None);
        assert_eq!(hits(&faults, 5), [2, 3]);
    }

    #[test]
    fn overlapping_faults_all_count_and_the_first_decides() {
        let faults = Faults::default();
        faults.add(Fault::on(Side::Vercel, "*", "/v2/**").status(500));
        faults.add(
            Fault::on(Side::Vercel, "POST", "/v2/files")
                .from(2)
                .action(Action::Drop),
        );
        let judge = || faults.judge(Side::Vercel, "POST", "/v2/files", b"");
        assert!(matches!(judge(), Some(Action::Status { code: 500, .. })));
        assert_eq!(judge(), Some(Action::Drop));
        assert_eq!(judge(), None);
    }

    #[test]
    fn a_body_can_be_asked_for() {
        let faults = Faults::default();
        faults.add(Fault::on(Side::Vercel, "POST", "/v13/deployments").body_contains("staging"));
        assert!(faults.wants_body(Side::Vercel, "POST", "/v13/deployments"));
        assert!(!faults.wants_body(Side::Vercel, "POST", "/v2/files"));
        assert_eq!(
            faults.judge(Side::Vercel, "POST", "/v13/deployments", b"production"),
            None
        );
        assert!(
            faults
                .judge(Side::Vercel, "POST", "/v13/deployments", b"{staging}")
                .is_some()
        );
    }
}
