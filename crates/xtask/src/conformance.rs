//! Checks against what is not ours: official descriptions, the peers whose results we promise to equal,
//! and clients that must accept our sandbox. Each is an ignored test, because it needs programs that a
//! plain `cargo test` must not; this chore installs them and runs it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Error, peers};

/// One comparison.
struct Check {
    name: &'static str,
    about: &'static str,
    /// What is installed from lockfiles, see [`peers::install`].
    peers: &'static [&'static str],
    /// Programs that must be on the path, each with where it comes from.
    programs: &'static [(&'static str, &'static str)],
    /// Whether it is left out, with a line that says so, where a program is missing: one that takes too long to install for
    /// every run of all.
    optional: bool,
    /// The test target, which only one package has, and the part of the test's name.
    test: (&'static str, &'static str),
}

/// All comparisons. A new one is one more entry here.
const CHECKS: &[Check] = &[
    Check {
        name: "github-openapi",
        about: "github-client's requests and the sandbox's answers against GitHub's own OpenAPI description",
        peers: &["github-openapi"],
        programs: &[],
        optional: false,
        test: ("conformance", "conformance"),
    },
    Check {
        name: "edge",
        about: "the edge checks against nginx, with openssl as a second opinion",
        peers: &[],
        programs: &[
            (
                "nginx",
                "nginx and libnginx-mod-http-brotli-filter from Debian",
            ),
            ("openssl", "openssl from Debian"),
        ],
        optional: false,
        test: ("edge_nginx", ""),
    },
    Check {
        name: "lhci",
        about: "lighthouse-budget's `compat: lhci` against lighthouse-ci",
        peers: &["lhci"],
        programs: &[NODE],
        optional: false,
        test: ("lhci", "lighthouse_ci"),
    },
    Check {
        name: "lighthouse",
        about: "lighthouse-budget with Lighthouse 13, a new Node.js and Chrome, on a protected page",
        peers: &["node"],
        programs: &[NODE],
        optional: false,
        test: ("live", "lighthouse_13"),
    },
    Check {
        name: "size-limit",
        about: "bundle-budget's sizes against size-limit's on the same files, from the same config",
        peers: &["size-limit"],
        programs: &[NODE],
        optional: false,
        test: ("peers", "conformance"),
    },
    Check {
        name: "next",
        about: "bundle-budget's first loads against the pages of a live Next.js build",
        peers: &["next-16"],
        programs: &[NODE],
        optional: false,
        test: ("next_build", "conformance"),
    },
    Check {
        name: "observatory",
        about: "the score of security headers against the MDN HTTP Observatory's own",
        peers: &["observatory"],
        programs: &[],
        optional: false,
        test: ("observatory", ""),
    },
    Check {
        name: "vercel-cli",
        about: "Vercel's own command line deploys, promotes, rolls back and rolls out against the sandbox",
        peers: &["vercel"],
        programs: &[NODE],
        optional: false,
        test: ("vercel", "cli::"),
    },
    Check {
        name: "vercel-sdk",
        about: "the sandbox's Vercel against the schemas of Vercel's own SDK",
        peers: &["vercel-sdk"],
        programs: &[NODE],
        optional: false,
        test: ("vercel", "sdk::"),
    },
    Check {
        name: "vercel-sdk-requests",
        about: "vercel-client's requests against the schemas of Vercel's own SDK",
        peers: &["vercel-sdk"],
        programs: &[NODE],
        test: ("sdk", "the_sdk"),
        optional: false,
    },
    Check {
        name: "vercel-many",
        about: "the sandbox takes the largest deployment, 15,000 files, over 50 connections",
        peers: &[],
        programs: &[],
        test: ("vercel", "many::"),
        optional: false,
    },
    Check {
        name: "emulate",
        about: "vercel-deploy against npm's emulate, another stand-in for Vercel's API",
        peers: &["emulate"],
        programs: &[NODE],
        optional: false,
        test: ("emulate", ""),
    },
    Check {
        name: "hurl",
        about: "whether .hurl files pass and fail as with Hurl itself",
        peers: &[],
        programs: &[(
            "hurl",
            "Hurl 8 by `cargo install hurl --locked --root .peers/hurl`, which needs libclang and the development files of libxml2 and OpenSSL",
        )],
        optional: true,
        test: ("hurl", "agrees"),
    },
];

/// What runs the peers from npm.
const NODE: (&str, &str) = ("node", "Node.js 20.19 or newer");

/// Runs all comparisons, or one, and stops at the first that fails.
///
/// # Errors
/// When the name is unknown, a peer or program is missing, or the test fails or does not exist.
pub fn run(root: &Path, name: Option<&str>) -> Result<(), Error> {
    let chosen: Vec<_> = CHECKS
        .iter()
        .filter(|check| name.is_none_or(|name| name == check.name))
        .collect();
    if chosen.is_empty() {
        let known: Vec<_> = CHECKS.iter().map(|check| check.name).collect();
        return Err(Error::Unknown(format!(
            "no comparison `{}`; there are: {}",
            name.unwrap_or_default(),
            known.join(", ")
        )));
    }
    let mut left_out = Vec::new();
    for check in chosen {
        let _ = writeln!(std::io::stderr(), "{}: {}", check.name, check.about);
        let missing = check
            .programs
            .iter()
            .find(|(program, _)| peers::program(root, program).is_none());
        if let Some((program, source)) = missing {
            let message = format!("not found; install {source}");
            if check.optional && name.is_none() {
                left_out.push(format!("{}: SKIPPED: {program} is {message}", check.name));
                continue;
            }
            return Err(Error::Program {
                program: (*program).to_owned(),
                message,
            });
        }
        for peer in check.peers {
            peers::install(root, peer)?;
        }
        test(root, check)?;
    }
    // Last, where it is not scrolled away.
    for line in left_out {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    Ok(())
}

fn test(root: &Path, check: &Check) -> Result<(), Error> {
    let (target, name) = check.test;
    let fail = |message: String| Error::Program {
        program: format!("comparison {}", check.name),
        message,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // A program of ours first, and then those of the path.
    let folders = check
        .programs
        .iter()
        .filter_map(|(program, _)| Some(peers::program(root, program)?.parent()?.to_owned()));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path)))
        .map_err(|error| fail(error.to_string()))?;
    let mut child = Command::new(cargo)
        .current_dir(root)
        .env("PATH", path)
        // With the features of the whole workspace, which `cargo test --workspace` has built already: of one package
        // alone, dependencies have others and are built anew.
        .args(["test", "--quiet", "--workspace"])
        .args(["--test", target, "--", "--ignored", name])
        .env("STAGEGATE_PEERS", root.join(peers::FOLDER))
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| fail(error.to_string()))?;
    let mut ran = false;
    for line in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|out| BufReader::new(out).lines())
    {
        let line = line.map_err(|error| fail(error.to_string()))?;
        // A filter that matches nothing succeeds; that is no comparison.
        ran |= line.starts_with("running ") && !line.starts_with("running 0 ");
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    let status = child.wait().map_err(|error| fail(error.to_string()))?;
    if !status.success() {
        return Err(fail(format!("{status}: see above")));
    }
    if !ran {
        return Err(fail(format!(
            "no ignored test of `{target}` is called `{name}`"
        )));
    }
    Ok(())
}
