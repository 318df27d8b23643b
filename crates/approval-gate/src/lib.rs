//! Decides whether a release may go to production, and writes the release record.
