//! The plan's limits on uploads and deployments, and what the API answers once they are used up.
//!
//! Every answer carries the `x-ratelimit-*` headers of the public documentation. A used-up quota locks out for a day:
//! 429 with the limit's name for uploads, 402 for deployments. No clock unlocks it here; setting the quota again does.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::json;

use super::{answer::Refusal, now};

/// How long a lock-out lasts, as answers say.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a plan allows per day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Uploads of files (5,000 on the Hobby plan).
    pub uploads: u32,
    /// Deployments (100 on the Hobby plan).
    pub deployments: u32,
}

impl Default for Quota {
    /// The Pro plan's.
    fn default() -> Self {
        Self {
            uploads: 40_000,
            deployments: 6_000,
        }
    }
}

/// A quota and what is used of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) quota: Quota,
    uploads: u32,
    deployments: u32,
}

/// One limit as headers show it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    total: u32,
    remaining: u32,
}

impl Usage {
    pub(crate) fn new(quota: Quota) -> Self {
        Self {
            quota,
            ..Self::default()
        }
    }

    /// Counts one upload, or refuses it.
    pub(crate) fn upload(&mut self) -> Result<(), Refusal> {
        if self.uploads >= self.quota.uploads {
            let total = self.quota.uploads;
            let name = if total > 5_000 {
                "api-upload-paid"
            } else {
                "api-upload-free"
            };
            let message = format!(
                "Too many requests - try again in 24 hours (more than {total}, code: \"{name}\")."
            );
            return Err(Refusal::too_many(name, message).with("limit", limit(total)));
        }
        self.uploads += 1;
        Ok(())
    }

    /// Counts one deployment, or refuses it.
    pub(crate) fn deployment(&mut self) -> Result<(), Refusal> {
        if self.deployments >= self.quota.deployments {
            let total = self.quota.deployments;
            let name = "api-deployments-free-per-day";
            let message = format!(
                "Resource is limited - try again in 24 hours (more than {total}, code: \"{name}\")."
            );
            return Err(Refusal::payment_required(name, message).with("limit", limit(total)));
        }
        self.deployments += 1;
        Ok(())
    }

    pub(crate) fn uploads(&self) -> Standing {
        Standing {
            total: self.quota.uploads,
            remaining: self.quota.uploads.saturating_sub(self.uploads),
        }
    }

    pub(crate) fn deployments(&self) -> Standing {
        Standing {
            total: self.quota.deployments,
            remaining: self.quota.deployments.saturating_sub(self.deployments),
        }
    }
}

impl Standing {
    /// Writes the headers.
    pub(crate) fn stamp(self, response: &mut Response) {
        let reset = reset_ms() / 1000;
        for (name, value) in [
            ("x-ratelimit-limit", i64::from(self.total)),
            ("x-ratelimit-remaining", i64::from(self.remaining)),
            ("x-ratelimit-reset", reset),
        ] {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}

fn limit(total: u32) -> serde_json::Value {
    let reset = reset_ms();
    json!({ "total": total, "remaining": 0, "reset": reset / 1000, "resetMs": reset })
}

fn reset_ms() -> i64 {
    now().saturating_add(i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX))
}
