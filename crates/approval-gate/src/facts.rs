//! What the decision rests on, as values. Nothing here knows files or GitHub.

use verdict::{Conclusion, Digest, Sha};

/// Everything known about a release.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    /// `owner/name`.
    pub(crate) repository: String,
    /// The commit that is to be released.
    pub(crate) sha: Sha,
    /// The bytes that are to be released.
    pub(crate) digest: Digest,
    /// Runs whose verdicts count: this one, and another of the same commit.
    pub(crate) runs: Vec<u64>,
    /// What the gates said.
    pub(crate) verdicts: Vec<Judged>,
    /// The newest deployment of the commit to staging.
    pub(crate) staging: Option<Staging>,
    /// What people said about this run and environment.
    pub(crate) reviews: Vec<Review>,
    /// Whether GitHub still holds a job of this run for a review.
    pub(crate) waiting: bool,
    /// Who had a hand in the release.
    pub(crate) involved: Vec<Involved>,
    /// Who else wrote in it, without an account at GitHub.
    pub(crate) strangers: Vec<Stranger>,
}

/// A gate's verdict, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judged {
    /// The file, as people know it.
    pub(crate) file: String,
    /// SHA-256 of the file's bytes, in hex.
    pub(crate) sha256: String,
    pub(crate) gate: String,
    pub(crate) instance: Option<String>,
    pub(crate) conclusion: Conclusion,
    pub(crate) title: String,
    pub(crate) repository: Option<String>,
    pub(crate) sha: Option<Sha>,
    pub(crate) digest: Option<Digest>,
    pub(crate) run: Option<u64>,
}

/// A deployment to staging.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Staging {
    /// Its number at GitHub.
    pub(crate) id: u64,
    /// The digest its payload names.
    pub(crate) digest: Option<Digest>,
    /// Whether its newest status is a success.
    pub(crate) succeeded: bool,
    /// Where it answers; empty when nobody said.
    pub(crate) url: String,
}

/// A reviewer's decision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Review {
    pub(crate) login: String,
    /// GitHub's number of the account, which survives a change of name.
    pub(crate) id: u64,
    pub(crate) is_bot: bool,
    pub(crate) approved: bool,
    pub(crate) comment: String,
    /// Whether the policy lets this person approve.
    pub(crate) is_approver: bool,
}

/// Somebody who had a hand in the release.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Involved {
    pub(crate) login: String,
    /// GitHub's number, where GitHub told it.
    pub(crate) id: Option<u64>,
    /// What they did, for people: `opened pull request #7`.
    pub(crate) how: String,
}

/// An author of whom GitHub knows no account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stranger {
    /// The commit.
    pub(crate) commit: String,
    /// The name that git wrote down.
    pub(crate) name: String,
}
