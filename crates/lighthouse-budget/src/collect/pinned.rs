//! Which Lighthouse goes with which Node.js. Two are pinned with all that they depend on, by lockfiles that npm wrote:
//! the newest that the Node.js of this machine can run is taken. One that is there already is held to what it says itself.

use std::path::Path;

use gate::Problem;
use serde::Deserialize;

use crate::report::MAJORS;

/// A version: major, minor, patch.
pub(super) type Version = [u32; 3];

/// A Lighthouse and everything below it.
#[derive(Debug)]
pub(super) struct Pinned {
    /// The manifest that names it.
    pub manifest: &'static str,
    /// The lockfile.
    pub lock: &'static str,
}

/// The newest first.
static PINNED: [Pinned; 2] = [
    Pinned {
        manifest: include_str!("../../data/lighthouse-13/package.json"),
        lock: include_str!("../../data/lighthouse-13/package-lock.json"),
    },
    Pinned {
        manifest: include_str!("../../data/lighthouse-12/package.json"),
        lock: include_str!("../../data/lighthouse-12/package-lock.json"),
    },
];

/// What a Lighthouse says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Package {
    #[serde(default)]
    name: String,
    /// Its version.
    pub version: String,
    #[serde(default)]
    engines: Engines,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Engines {
    #[serde(default)]
    node: String,
}

impl Pinned {
    /// The Lighthouse in the lockfile.
    pub(super) fn package(&self) -> Option<Package> {
        #[derive(Deserialize)]
        struct Lock {
            packages: std::collections::BTreeMap<String, serde_json::Value>,
        }
        let mut lock: Lock = serde_json::from_str(self.lock).ok()?;
        let entry = lock.packages.remove("node_modules/lighthouse")?;
        serde_json::from_value(entry).ok()
    }
}

/// The newest that a Node.js can run.
pub(super) fn choose(node: Version) -> Result<(&'static Pinned, Package), Problem> {
    let all = || {
        PINNED
            .iter()
            .filter_map(|pinned| Some((pinned, pinned.package()?)))
    };
    let fits = all().find(|(_, package)| package.least().is_none_or(|least| node >= least));
    fits.ok_or_else(|| {
        let needs: Vec<String> = all()
            .map(|(_, package)| {
                format!(
                    "{} for Lighthouse {}",
                    package.least_shown(),
                    package.version
                )
            })
            .collect();
        Problem::new(format!(
            "Node.js {} runs no Lighthouse that is pinned here",
            shown(node)
        ))
        .fix(format!("install Node.js {}", needs.join(", or ")))
    })
}

/// Why a Lighthouse that is installed cannot be used with this Node.js.
pub(super) fn unfit(package: &Package, node: Version) -> Option<Problem> {
    let major = version(&package.version).map(|[major, ..]| major);
    if !major.is_some_and(|major| MAJORS.contains(&major)) {
        let problem = Problem::new(format!(
            "Lighthouse {} is installed; the reports of 10 to 13 can be read",
            package.version
        ));
        return Some(problem.fix("install one of them, or none: then the gate installs its own"));
    }
    let least = package.least().filter(|least| node < *least)?;
    let other = choose(node).map_or_else(
        |_| String::new(),
        |(_, package)| {
            format!(
                "install lighthouse@{}, which runs on this Node.js, or ",
                package.version
            )
        },
    );
    Some(
        Problem::new(format!(
            "Lighthouse {} is installed and needs Node.js {} or newer; this is {}",
            package.version,
            shown(least),
            shown(node)
        ))
        .fix(format!("{other}install Node.js {} or newer", shown(least))),
    )
}

impl Package {
    /// Of the package that a program belongs to; `None` when it belongs to none called lighthouse, such as a wrapper.
    pub(super) fn of(program: &Path) -> Option<Self> {
        let program = program.canonicalize().ok()?;
        program.ancestors().skip(1).find_map(|folder| {
            let text = std::fs::read(folder.join("package.json")).ok()?;
            let package: Self = serde_json::from_slice(&text).ok()?;
            (package.name == "lighthouse").then_some(package)
        })
    }

    /// The oldest Node.js it runs on; every Lighthouse writes it as `>=22.19`.
    fn least(&self) -> Option<Version> {
        version(self.engines.node.trim().strip_prefix(">=")?)
    }

    fn least_shown(&self) -> String {
        self.least().map_or_else(
            || self.engines.node.clone(),
            |least| format!("{} or newer", shown(least)),
        )
    }
}

/// Reads `v22.19.0`, `22.19` or `22`.
pub(super) fn version(text: &str) -> Option<Version> {
    let text = text.trim();
    let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
    let first = numbers.next()?.trim().parse().ok()?;
    let mut next = || numbers.next().map_or(Some(0), leading);
    Some([first, next()?, next()?])
}

/// The number in front of `0-nightly`.
fn leading(text: &str) -> Option<u32> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// As people write it.
pub(super) fn shown([major, minor, patch]: Version) -> String {
    if patch == 0 {
        format!("{major}.{minor}")
    } else {
        format!("{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Engines, PINNED, Package, choose, unfit, version};

    fn package(version: &str, node: &str) -> Package {
        Package {
            name: "lighthouse".to_owned(),
            version: version.to_owned(),
            engines: Engines {
                node: node.to_owned(),
            },
        }
    }

    #[test]
    fn the_newest_that_node_can_run_is_chosen() {
        for (node, expected) in [
            ("v24.21.0", Ok("13")),
            ("v22.19.0", Ok("13")),
            ("v22.18.9", Ok("12")),
            ("v20.20.2", Ok("12")),
            ("v18.16.0", Ok("12")),
            ("v18.15.0", Err("Node.js 18.15 runs no Lighthouse")),
        ] {
            let chosen = choose(version(node).unwrap());
            match (chosen, expected) {
                (Ok((_, package)), Ok(major)) => {
                    assert!(package.version.starts_with(major), "{node} {package:?}");
                }
                (Err(problem), Err(words)) => {
                    assert!(problem.message.contains(words), "{problem:?}");
                    let fix = problem.fix.unwrap_or_default();
                    assert!(fix.contains("22.19 or newer for Lighthouse 13"), "{fix}");
                }
                (chosen, _) => panic!("{node}: {chosen:?}"),
            }
        }
    }

    #[test]
    fn a_pair_that_does_not_fit_says_what_to_install() {
        let unfit = |package: &Package, node: &str| {
            unfit(package, version(node).unwrap())
                .map(|problem| format!("{}; {}", problem.message, problem.fix.unwrap_or_default()))
        };
        let thirteen = package("13.5.0", ">=22.19");
        let words = unfit(&thirteen, "v20.20.2").unwrap();
        for part in [
            "Lighthouse 13.5.0 is installed and needs Node.js 22.19 or newer; this is 20.20.2",
            "install lighthouse@12.",
            "or install Node.js 22.19 or newer",
        ] {
            assert!(words.contains(part), "{part}\n{words}");
        }
        assert_eq!(unfit(&thirteen, "v22.19.0"), None);
        assert_eq!(unfit(&package("11.7.1", ">=18.16"), "v20.0.0"), None);
        assert!(unfit(&package("14.0.0", ">=24"), "v24.0.0").is_some());
        assert!(unfit(&package("9.6.8", ">=14"), "v24.0.0").is_some());
    }

    #[test]
    fn manifests_and_lockfiles_agree() {
        for pinned in &PINNED {
            let package = pinned.package().unwrap();
            let exact = format!("\"lighthouse\": \"{}\"", package.version);
            assert!(pinned.manifest.contains(&exact), "{exact}");
            assert!(package.least().is_some());
            assert!(
                !pinned.lock.contains("\"resolved\""),
                "any registry will do"
            );
        }
    }

    #[test]
    fn the_pipelines_cache_is_keyed_by_both_versions() {
        let versions: Vec<String> = PINNED
            .iter()
            .rev()
            .map(|pinned| pinned.package().unwrap().version)
            .collect();
        let key = format!("key: lighthouse-{}-", versions.join("-"));
        for name in ["pull-request", "release"] {
            let path = format!("{}/../../workflows/{name}.yml", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.contains(&key), "{name}: {key}");
        }
    }

    #[test]
    fn versions() {
        for (text, expected) in [
            ("v22.19.0\n", Some([22, 19, 0])),
            ("22.19", Some([22, 19, 0])),
            ("22", Some([22, 0, 0])),
            ("v26.0.0-nightly1", Some([26, 0, 0])),
            ("", None),
            ("node", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
