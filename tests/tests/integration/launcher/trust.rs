//! What is trusted: exactly the locked bytes, attested where that is asked for, and nothing is told to the
//! server they come from.

use std::fs;

use super::install::{ASSET, TARGET, installable};
use super::kit::{STAND_IN, line};

#[test]
fn other_bytes_are_refused_and_nothing_stays() {
    let (launcher, server) = installable();
    let other = launcher.archive(TARGET, "stagegate", "#!/bin/sh\necho foreign\n");
    server.serve(ASSET, &other);
    let outcome = launcher.run(&["smoke-test"]);
    outcome.refused("the file was changed or the mirror is wrong");
    assert_eq!(
        launcher.files("tool cache"),
        [""; 0].map(std::path::PathBuf::from)
    );
    assert_eq!(launcher.files("temp").len(), 0);
}

/// A token of another server sent to a download is refused there, and it is nobody's business anyway.
#[test]
fn no_credentials_are_sent_even_where_a_download_is_redirected() {
    let (mut launcher, server) = installable();
    let archive = launcher.archive(TARGET, "stagegate", STAND_IN);
    server.serve("/elsewhere", &archive);
    server.redirect(ASSET, "/elsewhere");
    launcher.lock(&format!(
        "base-url {}\n{}",
        server.base(),
        line(TARGET, &archive)
    ));
    fs::write(
        launcher.path("home/.curlrc"),
        "header = \"authorization: Bearer from-curlrc\"\nnetrc\n",
    )
    .unwrap();
    fs::write(
        launcher.path("home/.netrc"),
        "machine 127.0.0.1 login me password from-netrc\n",
    )
    .unwrap();
    launcher
        .set("GITHUB_TOKEN", "from-environment")
        .set("GH_TOKEN", "from-environment");
    launcher.run(&["smoke-test"]).started("smoke-test");
    let requests = server.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    for head in requests {
        let head = head.to_lowercase();
        assert!(!head.contains("authorization:"), "{head}");
        assert!(!head.contains("from-"), "{head}");
    }
}

#[test]
fn an_attestation_is_asked_of_gh_and_not_forgotten_by_the_cache() {
    let (mut launcher, server) = installable();
    launcher.run(&["smoke-test"]).started("smoke-test");

    launcher.set("STAGEGATE_ATTEST", "true");
    launcher.shadow(
        "gh",
        "#!/bin/sh\necho 'no attestations found' >&2\nexit 1\n",
    );
    let outcome = launcher.run(&["smoke-test"]);
    outcome.refused("has no valid build attestation");
    assert!(outcome.stderr.contains("no attestations found"));

    let asked = launcher.path("asked");
    launcher.shadow(
        "gh",
        &format!("#!/bin/sh\necho \"$*\" >>'{}'\n", asked.display()),
    );
    server.requests();
    launcher.run(&["smoke-test"]).started("smoke-test");
    launcher.run(&["smoke-test"]).started("smoke-test");
    assert_eq!(server.paths(), [ASSET]);
    let asked = fs::read_to_string(asked).unwrap();
    assert_eq!(asked.lines().count(), 1, "{asked}");
    assert!(asked.starts_with("attestation verify "), "{asked}");
    assert!(asked.ends_with(" --repo acme/stagegate\n"), "{asked}");

    launcher.set("STAGEGATE_ATTEST", "yes");
    launcher
        .run(&["smoke-test"])
        .refused("STAGEGATE_ATTEST is yes: `true` or `false` is needed");
}
