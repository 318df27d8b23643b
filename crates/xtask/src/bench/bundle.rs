//! Sizes of bundles, ours against size-limit on the same files: 2,000 scripts by gzip, the scripts of a real Next.js build
//! by gzip, and a pull request's whole run against a baseline with brotli 11, which is size-limit's own default.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::chunks;
use super::measure::rounds;
use super::report::{Promise, Ratio, Row, Sample, Side, median};
use super::start_up::build;
use crate::{Error, conformance, peers};

const NAME: &str = "bundle";

/// Counted runs: the peer takes seconds for each.
const RUNS: usize = 7;

/// As in `tests/peers/size-limit`.
const PEER_VERSION: &str = "12.1.0";

/// The app that the comparison `next` builds.
const APP: &str = "next-16";

const BASELINE: &str = "baseline.json";

/// A pull request's policy: budgets of routes in every compression, growth, a rule, duplicates and images.
const PULL_REQUEST: &str = "bundle:
  compressions: [gzip, brotli, brotli-11]
  routes:
    - { route: /**, first-load-js: 300 kB, max-increase: { percent: 20 % } }
  duplicates: { mode: info }
  images: { mode: info }
";

/// The command lines of a case.
struct Case {
    folder: PathBuf,
    ours: PathBuf,
    peer: PathBuf,
    flags: &'static [&'static str],
}

pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let ours = build(root)?;
    let peer = match peers::install(root, "size-limit") {
        Ok(folder) => folder.join("node_modules/size-limit/bin.js"),
        Err(error) => return Ok(vec![Row::missing(NAME, "2,000 files", &error.to_string())]),
    };
    // Builds the app, and says that the numbers are right.
    conformance::run(root, Some("next"))?;
    let app = root.join(peers::FOLDER).join(APP);
    let case = |name: &str, flags: &'static [&'static str]| Case {
        folder: root.join(".bench/bundle").join(name),
        ours: ours.clone(),
        peer: peer.clone(),
        flags,
    };
    Ok(vec![
        many(&case("many", &[]), &app)?,
        scripts(&case("scripts", &[]), &app)?,
        pull_request(&case("pull-request", &["--baseline", BASELINE]), &app)?,
    ])
}

fn many(case: &Case, app: &Path) -> Result<Row, Error> {
    let total = chunks::write(&app.join("node_modules"), &case.folder)?;
    case.budgets("static/**/*.js", r#","gzip":true"#)?;
    let title = format!("2,000 files, {} MB, raw and gzip", total / 1_000_000);
    case.measure(&title, |ours, ratio| {
        vec![
            Promise::at_most("CPU", ours.cpu_s, 1.5, " s"),
            Promise::at_most("memory", ours.rss_mb, 30.0, " MB"),
            Promise::at_least("less CPU", ratio.cpu, 2.3, "x"),
            Promise::at_least("less memory", ratio.rss, 20.0, "x"),
        ]
    })
}

fn scripts(case: &Case, app: &Path) -> Result<Row, Error> {
    copy(&app.join(".next/static"), &case.folder.join("static"))?;
    case.budgets("static/**/*.js", r#","gzip":true"#)?;
    case.measure("scripts of a Next.js build, raw and gzip", |ours, _| {
        vec![Promise::at_most("CPU", ours.cpu_s, 0.1, " s")]
    })
}

/// The baseline knows all contents but one, as after a change of a page.
fn pull_request(case: &Case, app: &Path) -> Result<Row, Error> {
    copy(&app.join(".next"), &case.folder.join(".next"))?;
    copy(&app.join("public"), &case.folder.join("public"))?;
    case.budgets(".next/static/**/*.js", "")?;
    let config = case.folder.join("stagegate.yml");
    fs::write(&config, PULL_REQUEST).map_err(Error::write(&config))?;
    let written = case
        .ours()
        .args(["--write-baseline", BASELINE])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !written.is_ok_and(|status| status.success()) {
        return Err(Error::Unknown("no baseline was written".to_owned()));
    }
    change(&case.folder.join(".next/static/chunks"))?;
    case.measure(
        "pull request on a Next.js build, warm baseline, brotli 11",
        |ours, _| vec![Promise::at_most("wall time", ours.wall_s, 0.2, " s")],
    )
}

impl Case {
    /// The same budget for both.
    fn budgets(&self, glob: &str, compression: &str) -> Result<(), Error> {
        let peers = format!(r#"[{{"name":"all","path":"{glob}","limit":"100 MB"{compression}}}]"#);
        let package = format!(
            r#"{{"name":"app","devDependencies":{{"size-limit":"{PEER_VERSION}","@size-limit/file":"{PEER_VERSION}"}}}}"#
        );
        let ours = format!(
            "bundle: {{compressions: [raw], files: [{{path: '{glob}', limit: 100 MB}}]}}\n"
        );
        for (name, text) in [
            (".size-limit.json", peers),
            ("package.json", package),
            ("stagegate.yml", ours),
        ] {
            let path = self.folder.join(name);
            fs::write(&path, text).map_err(Error::write(&path))?;
        }
        // size-limit looks for its plugins beside the project.
        let modules = self.folder.join("node_modules");
        let _ = fs::remove_file(&modules);
        let installed = self.peer.ancestors().nth(2).unwrap_or(&self.peer);
        link(installed, &modules).map_err(Error::write(&modules))
    }

    fn ours(&self) -> Command {
        let mut command = Command::new(&self.ours);
        command
            .current_dir(&self.folder)
            .args(["bundle-budget", "--format=json"])
            .args(self.flags);
        command
    }

    fn theirs(&self) -> Command {
        let mut command = Command::new("node");
        command
            .current_dir(&self.folder)
            .arg(&self.peer)
            .arg("--json");
        command
    }

    fn measure(
        &self,
        title: &str,
        promises: impl FnOnce(&Sample, &Ratio) -> Vec<Promise>,
    ) -> Result<Row, Error> {
        let (us, them) = rounds(RUNS, || Ok(self.ours()), || Ok(self.theirs()))?;
        let side = |name: &str, version: &str, samples: &[Sample]| {
            Ok::<_, Error>(Side {
                name: name.to_owned(),
                version: version.to_owned(),
                median: median(samples)
                    .ok_or_else(|| Error::Unknown("nothing was measured".to_owned()))?,
            })
        };
        let ours = side("stagegate", env!("CARGO_PKG_VERSION"), &us)?;
        let peer = side("size-limit", PEER_VERSION, &them)?;
        Ok(Row::measured(NAME, title, ours, peer).promising(promises))
    }
}

/// Changes the smallest script that is not nearly empty.
fn change(chunks: &Path) -> Result<(), Error> {
    let mut scripts = Vec::new();
    for entry in fs::read_dir(chunks).map_err(Error::read(chunks))? {
        let path = entry.map_err(Error::read(chunks))?.path();
        let bytes = fs::metadata(&path).map_err(Error::read(&path))?.len();
        if path.extension().is_some_and(|extension| extension == "js") && bytes > 1_000 {
            scripts.push((bytes, path));
        }
    }
    let (_, path) = scripts
        .into_iter()
        .min()
        .ok_or_else(|| Error::Unknown("the build has no scripts".to_owned()))?;
    let mut script = fs::read_to_string(&path).map_err(Error::read(&path))?;
    script.push_str("\nself.__CHANGED=1\n");
    fs::write(&path, script).map_err(Error::write(&path))
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).map_err(Error::write(to))?;
    for entry in fs::read_dir(from).map_err(Error::read(from))? {
        let entry = entry.map_err(Error::read(from))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(Error::read(&path))?;
        if kind.is_dir() {
            copy(&path, &target)?;
        } else if kind.is_file() {
            // Links lead to packages of the server.
            fs::copy(&path, &target).map_err(Error::write(&target))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(windows)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, at)
}
