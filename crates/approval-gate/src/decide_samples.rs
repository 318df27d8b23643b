//! A release with everything it needs, for the tests to take something away from.

use verdict::{Conclusion, Digest, Sha};

use crate::facts::{Facts, Involved, Judged, Review, Staging, Stranger};
use crate::policy::{Approver, Policy, Required};

pub(super) fn sha(digit: char) -> Sha {
    digit.to_string().repeat(40).parse().unwrap()
}

pub(super) fn policy() -> Policy {
    let required = |gate: &str, instance: Option<&str>| Required {
        gate: gate.to_owned(),
        instance: instance.map(str::to_owned),
    };
    Policy {
        environment: "production".to_owned(),
        staging_environment: "staging".to_owned(),
        require: vec![
            required("quality-gate", None),
            required("smoke-test", Some("staging")),
        ],
        bound_to_digest: vec!["smoke-test".to_owned()],
        allow_warn: true,
        approvers: vec![Approver::User("release-manager".to_owned())],
        allow_self: false,
        allow_unknown_authors: false,
        behind_environment: true,
    }
}

pub(super) fn judged(gate: &str, instance: Option<&str>) -> Judged {
    Judged {
        file: format!("{gate}.json"),
        sha256: "00".to_owned(),
        gate: gate.to_owned(),
        instance: instance.map(str::to_owned),
        conclusion: Conclusion::Pass,
        title: "fine".to_owned(),
        repository: Some("acme/web".to_owned()),
        sha: Some(sha('a')),
        digest: Some(Digest::of(b"build")),
        run: Some(9),
    }
}

pub(super) fn review(login: &str, id: u64, approved: bool) -> Review {
    Review {
        login: login.to_owned(),
        id,
        is_bot: false,
        approved,
        comment: "ship it".to_owned(),
        is_approver: login == "release-manager",
    }
}

pub(super) fn stranger(name: &str) -> Stranger {
    Stranger {
        commit: "c".repeat(40),
        name: name.to_owned(),
    }
}

/// A release with everything it needs.
pub(super) fn facts() -> Facts {
    Facts {
        repository: "acme/web".to_owned(),
        sha: sha('a'),
        digest: Digest::of(b"build"),
        runs: vec![9],
        verdicts: vec![
            judged("quality-gate", None),
            judged("smoke-test", Some("staging")),
        ],
        staging: Some(Staging {
            id: 4,
            digest: Some(Digest::of(b"build")),
            succeeded: true,
            url: "https://staging.example".to_owned(),
        }),
        reviews: vec![review("release-manager", 1, true)],
        waiting: false,
        involved: vec![Involved {
            login: "author".to_owned(),
            id: Some(2),
            how: "opened pull request #7".to_owned(),
        }],
        strangers: Vec::new(),
    }
}
