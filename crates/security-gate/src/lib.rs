//! Merges scanner reports and applies one severity policy.
