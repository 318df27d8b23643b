//! What the suite needs of GitHub's REST API; the only user of octocrab.
