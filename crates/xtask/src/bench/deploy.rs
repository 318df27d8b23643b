//! A deploy of 2,000 files and 20 MB: ours against Vercel's own command line, and against curl, which only uploads and is
//! the floor of what any client needs; then the largest deployment that Vercel takes. All send to one sandbox. Contents are
//! new before every cold run, so that nothing is there already.

use std::{cell::Cell, path::Path, process::Command};

use sandbox::{
    Options, Sandbox,
    vercel::{Quota, Timings},
};

use super::{
    measure::rounds,
    report::{Promise, Ratio, Row, Sample, Side, median},
    site::Site,
    start_up::{build, version},
};
use crate::{Error, peers};

const NAME: &str = "deploy";

const FILES: usize = 2_000;

/// Vercel refuses more.
const MOST_FILES: usize = 15_000;

/// Counted runs against curl.
const RUNS: usize = 5;

/// Counted runs against the CLI, which takes half a minute for each, and of the largest deployment.
const FEW_RUNS: usize = 3;

/// Peak memory in megabytes: of 2,000 files, and of 15,000.
const MEMORY: f64 = 50.0;
const MOST_MEMORY: f64 = 80.0;

/// The stage of all cases.
struct Bench {
    sandbox: Sandbox,
    ours: std::path::PathBuf,
    /// Requests to the API before the run under way, and of the last one of ours.
    before: Cell<u64>,
    requests: Cell<u64>,
}

/// Both sides' samples.
type Pair = (Vec<Sample>, Vec<Sample>);

/// Cold and unchanged against the CLI, cold against curl, and the largest deployment against curl.
pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let ours = build(root)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Error::Unknown(format!("start a runtime: {error}")))?;
    let folder = root.join(".bench/deploy");
    let mut rows = Vec::new();
    let few = Bench::set_up(&runtime, &ours)?;
    let site = Site::new(&folder, &few.sandbox, FILES)?;
    match peers::install(root, "vercel") {
        Ok(peer) => rows.extend(few.cli(&site, &peer.join("node_modules/.bin/vercel"))?),
        Err(error) => rows.push(Row::missing(NAME, "cold", &error.to_string())),
    }
    match which::which("curl") {
        Ok(curl) => {
            rows.push(few.floor(&site, &curl)?);
            for (archive, case) in [
                ("never", "cold, 15,000 files one by one"),
                ("always", "cold, 15,000 files as an archive"),
            ] {
                // What was sent is kept: one sandbox would not hold all of it.
                let many = Bench::set_up(&runtime, &ours)?;
                let site = Site::new(&folder, &many.sandbox, MOST_FILES)?;
                rows.push(many.most(&site, &curl, archive, case)?);
                runtime.block_on(many.sandbox.stop());
            }
        }
        Err(_) => rows.push(Row::missing(NAME, "uploads alone", "curl is not installed")),
    }
    runtime.block_on(few.sandbox.stop());
    Ok(rows)
}

impl Bench {
    fn set_up(runtime: &tokio::runtime::Runtime, ours: &Path) -> Result<Self, Error> {
        let sandbox = runtime
            .block_on(Sandbox::start(Options::default()))
            .map_err(|error| Error::Unknown(error.to_string()))?;
        sandbox.vercel.set_timings(Timings::instant());
        sandbox.vercel.set_quota(Quota {
            uploads: u32::MAX,
            deployments: u32::MAX,
        });
        Ok(Self {
            sandbox,
            ours: ours.to_owned(),
            before: Cell::default(),
            requests: Cell::default(),
        })
    }

    /// Against Vercel's CLI.
    fn cli(&self, site: &Site, cli: &Path) -> Result<[Row; 2], Error> {
        let made = self.sandbox.vercel.snapshot().deployments.len();
        let ours = || site.renew().map(|()| self.start(site, "auto"));
        let theirs = || {
            self.count();
            site.renew().map(|()| site.cli(cli))
        };
        let pair = rounds(FEW_RUNS, ours, theirs)?;
        let cold = self.row(
            "cold, 2,000 files, 20 MB",
            pair,
            ("vercel", cli),
            |us, ratio| {
                vec![
                    Promise::at_most("requests", self.requests(), 2_003.0, ""),
                    Promise::at_least("less CPU", ratio.cpu, 10.0, "x"),
                    Promise::at_least("less memory", ratio.rss, 8.0, "x"),
                    Promise::at_most("memory", us.rss_mb, MEMORY, " MB"),
                ]
            },
        )?;
        let theirs = || {
            self.count();
            Ok(site.cli(cli))
        };
        let pair = rounds(FEW_RUNS, || Ok(self.start(site, "auto")), theirs)?;
        let unchanged = self.row("unchanged", pair, ("vercel", cli), |_, _| {
            vec![Promise::at_most("requests", self.requests(), 2.0, "")]
        })?;
        // A client that ends well and deploys nothing would be the fastest of all.
        let made = self.sandbox.vercel.snapshot().deployments.len() - made;
        let expected = 4 * (FEW_RUNS + 1);
        if made != expected {
            let text = format!("{made} deployments were made where {expected} were measured");
            return Err(Error::Unknown(text));
        }
        Ok([cold, unchanged])
    }

    /// Against uploads alone.
    fn floor(&self, site: &Site, curl: &Path) -> Result<Row, Error> {
        let ours = || site.renew().map(|()| self.start(site, "auto"));
        let theirs = || site.renew().and_then(|()| site.curl(curl));
        let pair = rounds(RUNS, ours, theirs)?;
        let case = "cold, against uploads alone over 50 connections";
        self.row(case, pair, ("curl", curl), |_, ratio| {
            vec![Promise::at_most(
                "wall against curl",
                1.0 / ratio.wall,
                1.5,
                "x",
            )]
        })
    }

    /// The largest deployment.
    fn most(&self, site: &Site, curl: &Path, archive: &str, case: &str) -> Result<Row, Error> {
        let ours = || site.renew().map(|()| self.start(site, archive));
        let theirs = || site.renew().and_then(|()| site.curl(curl));
        let pair = rounds(FEW_RUNS, ours, theirs)?;
        self.row(case, pair, ("curl", curl), |us, _| {
            vec![Promise::at_most("memory", us.rss_mb, MOST_MEMORY, " MB")]
        })
    }

    /// Our command; what is asked from here on is its.
    fn start(&self, site: &Site, archive: &str) -> Command {
        self.before.set(self.sandbox.vercel.snapshot().asked);
        site.ours(&self.ours, archive)
    }

    /// Called between our run and the peer's.
    fn count(&self) {
        let asked = self.sandbox.vercel.snapshot().asked;
        self.requests.set(asked - self.before.get());
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
    fn requests(&self) -> f64 {
        self.requests.get() as f64
    }

    fn row(
        &self,
        case: &str,
        (us, them): Pair,
        (name, peer): (&str, &Path),
        promises: impl FnOnce(&Sample, &Ratio) -> Vec<Promise>,
    ) -> Result<Row, Error> {
        let middle = |samples: &[Sample]| {
            median(samples).ok_or_else(|| Error::Unknown("nothing was measured".to_owned()))
        };
        let side = |name: &str, program: &Path, median| Side {
            name: name.to_owned(),
            version: version(program),
            median,
        };
        let ours = side("stagegate", &self.ours, middle(&us)?);
        let row = Row::measured(NAME, case, ours, side(name, peer, middle(&them)?));
        Ok(row.promising(promises))
    }
}
