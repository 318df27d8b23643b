//! GitHub's primary rate limit: so many requests an hour for each identity, told in `x-ratelimit-*` headers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::identity::Identity;

const HOUR: u64 = 3_600;

/// The quotas of all identities.
#[derive(Debug, Default)]
pub(super) struct Quotas(BTreeMap<String, Quota>);

/// One identity's quota in the present hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quota {
    /// Requests allowed in the hour.
    pub(super) limit: u64,
    /// Requests made.
    pub(super) used: u64,
    /// When the hour ends, in seconds since 1970.
    pub(super) reset: u64,
}

impl Quota {
    /// What is left.
    pub(super) fn remaining(self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// The headers every answer carries.
    pub(super) fn headers(self) -> [(&'static str, String); 5] {
        [
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining().to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
            ("x-ratelimit-used", self.used.to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
        ]
    }

    /// The answer of `GET /rate_limit`.
    pub(super) fn document(self) -> Value {
        let rate = json!({
            "limit": self.limit,
            "remaining": self.remaining(),
            "reset": self.reset,
            "used": self.used,
        });
        json!({ "resources": { "core": rate, "search": rate }, "rate": rate })
    }
}

impl Quotas {
    /// The identity's quota at a moment, in seconds since 1970; a new hour starts afresh.
    pub(super) fn at(&mut self, identity: &Identity, now: u64) -> Quota {
        *self.entry(identity, now)
    }

    /// Takes one request from the quota; `Err` when nothing was left.
    pub(super) fn take(&mut self, identity: &Identity, now: u64) -> Result<Quota, Quota> {
        let quota = self.entry(identity, now);
        if quota.remaining() == 0 {
            return Err(*quota);
        }
        quota.used += 1;
        Ok(*quota)
    }

    /// Gives one request back: answers of 304 are free.
    pub(super) fn give_back(&mut self, identity: &Identity, now: u64) -> Quota {
        let quota = self.entry(identity, now);
        quota.used = quota.used.saturating_sub(1);
        *quota
    }

    /// Sets the limit of the present hour and forgets what was used.
    pub(super) fn set_limit(&mut self, identity: &Identity, limit: u64, now: u64) {
        let quota = self.entry(identity, now);
        quota.limit = limit;
        quota.used = 0;
    }

    fn entry(&mut self, identity: &Identity, now: u64) -> &mut Quota {
        let fresh = Quota {
            limit: identity.hourly_limit(),
            used: 0,
            reset: now + HOUR,
        };
        let quota = self.0.entry(identity.token()).or_insert(fresh);
        if now >= quota.reset {
            *quota = Quota {
                limit: quota.limit,
                ..fresh
            };
        }
        quota
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_ends_and_starts_afresh() {
        let mut quotas = Quotas::default();
        quotas.set_limit(&Identity::Actions, 1, 100);
        assert_eq!(
            quotas.take(&Identity::Actions, 100).map(Quota::remaining),
            Ok(0)
        );
        assert!(quotas.take(&Identity::Actions, 100 + HOUR - 1).is_err());
        assert!(
            quotas.take(&Identity::ReadOnly, 100).is_ok(),
            "others have their own"
        );
        assert!(quotas.take(&Identity::Actions, 100 + HOUR).is_ok());
    }

    #[test]
    fn what_is_given_back_can_be_used_again() {
        let mut quotas = Quotas::default();
        quotas.set_limit(&Identity::Actions, 1, 0);
        assert!(quotas.take(&Identity::Actions, 0).is_ok());
        assert_eq!(quotas.give_back(&Identity::Actions, 0).remaining(), 1);
        assert!(quotas.take(&Identity::Actions, 0).is_ok());
    }
}
