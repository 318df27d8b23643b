//! Only what agrees with everything known is promoted.

use fake_runner::release_record;
use proptest::prelude::*;
use verdict::{Digest, Sha};

use super::{
    super::{Claims, Deployed, bind},
    errors,
};

fn sha(seed: u8) -> String {
    format!("{seed:02x}").repeat(20)
}

fn digest(seed: u8) -> Digest {
    Digest::from_sha256([seed; 32])
}

fn deployed<'a>(digest: Option<&'a str>, sha: Option<&'a str>) -> Deployed<'a> {
    Deployed {
        id: "dpl_1",
        digest,
        sha,
        ready: true,
        production: true,
    }
}

#[test]
fn each_lie_is_named() {
    let (commit, bytes) = (sha(1), digest(1));
    let approved = release_record(&commit, &bytes, "production");
    let this: Sha = commit.parse().unwrap();
    let whole = Deployed {
        digest: Some(bytes.as_str()),
        sha: Some(&commit),
        ..deployed(None, None)
    };
    let claims = |deployed, environment| Claims {
        sha: Some(&this),
        digest: Some(&bytes),
        record: Some(&approved),
        bytes: Some(&bytes),
        deployed: Some(deployed),
        environment,
    };
    assert_eq!(bind(&claims(whole, "production")), []);
    for (lie, rule) in [
        (
            Deployed {
                digest: None,
                ..whole
            },
            "wrong-bytes",
        ),
        (
            Deployed {
                digest: Some("sha256:00"),
                ..whole
            },
            "wrong-bytes",
        ),
        (Deployed { sha: None, ..whole }, "wrong-commit"),
        (
            Deployed {
                sha: Some("0000"),
                ..whole
            },
            "wrong-commit",
        ),
        (
            Deployed {
                ready: false,
                ..whole
            },
            "not-ready",
        ),
        (
            Deployed {
                production: false,
                ..whole
            },
            "rebuild",
        ),
    ] {
        assert_eq!(errors(&bind(&claims(lie, "production"))), [rule], "{lie:?}");
    }
    assert_eq!(
        errors(&bind(&claims(whole, "staging"))),
        ["wrong-environment"]
    );
}

proptest! {
    #[test]
    fn nothing_is_promoted_unless_all_that_is_known_agrees(
        run in proptest::option::of(0u8..2), flag in proptest::option::of(0u8..2), bytes in proptest::option::of(0u8..2),
        recorded in proptest::option::of((0u8..2, 0u8..2)), meta in (proptest::option::of(0u8..2), proptest::option::of(0u8..2)),
    ) {
        let run_sha: Option<Sha> = run.map(|seed| sha(seed).parse().unwrap());
        let flag_digest = flag.map(digest);
        let bytes_digest = bytes.map(digest);
        let approved = recorded.map(|(commit, content)| release_record(&sha(commit), &digest(content), "production"));
        let (meta_sha, meta_digest) = (meta.0.map(sha), meta.1.map(digest));
        let findings = bind(&Claims {
            sha: run_sha.as_ref(),
            digest: flag_digest.as_ref(),
            record: approved.as_ref(),
            bytes: bytes_digest.as_ref(),
            deployed: Some(deployed(meta_digest.as_ref().map(Digest::as_str), meta_sha.as_deref())),
            environment: "production",
        });
        let expected_digests: Vec<u8> = [flag, bytes, recorded.map(|(_, content)| content)].into_iter().flatten().collect();
        let expected_shas: Vec<u8> = [run, recorded.map(|(commit, _)| commit)].into_iter().flatten().collect();
        let agree = |expected: &[u8], stated: Option<u8>| expected.iter().all(|value| Some(*value) == stated);
        let sound = agree(&expected_digests, meta.1) && agree(&expected_shas, meta.0);
        prop_assert_eq!(findings.is_empty(), sound, "{:?}", findings);
    }
}
