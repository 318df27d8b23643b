//! A deploy of 2,000 files and 20 MB: ours against Vercel's own command line, and against curl, which only uploads and is
//! the floor of what any client needs. All send the same folder to one sandbox. Contents are new before every cold run, so
//! that nothing is there already.

use std::path::Path;

use sandbox::{
    Options, Sandbox,
    vercel::{Quota, Timings},
};

use super::{
    measure::rounds,
    report::{Row, Sample, Side, median},
    site::Site,
    start_up::{build, version},
};
use crate::{Error, peers};

const NAME: &str = "deploy";

/// Counted runs: the peer takes many seconds for each.
const RUNS: usize = 5;

/// Cold and unchanged against the CLI, cold against curl.
pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let ours = build(root)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Error::Unknown(format!("start a runtime: {error}")))?;
    let sandbox = runtime
        .block_on(Sandbox::start(Options::default()))
        .map_err(|error| Error::Unknown(error.to_string()))?;
    sandbox.vercel.set_timings(Timings::instant());
    sandbox.vercel.set_quota(Quota {
        uploads: u32::MAX,
        deployments: u32::MAX,
    });
    let folder = root.join(".bench/deploy");
    let site = Site::new(&folder, &sandbox)?;
    let own = || Ok(site.ours(&ours));
    let own_cold = || site.renew().map(|()| site.ours(&ours));
    let mut rows = Vec::new();
    match peers::install(root, "vercel") {
        Ok(peer) => {
            let cli = peer.join("node_modules/.bin/vercel");
            let cli_cold = || site.renew().map(|()| site.cli(&cli));
            let pair = rounds(RUNS, own_cold, cli_cold)?;
            rows.push(row(
                "cold, 2,000 files, 20 MB",
                &ours,
                pair,
                ("vercel", &cli),
            )?);
            let pair = rounds(RUNS, own, || Ok(site.cli(&cli)))?;
            rows.push(row("unchanged", &ours, pair, ("vercel", &cli))?);
            // A client that ends well and deploys nothing would be the fastest of all.
            let made = sandbox.vercel.snapshot().deployments.len();
            let expected = 4 * (RUNS + 1);
            if made != expected {
                let text = format!("{made} deployments were made where {expected} were measured");
                return Err(Error::Unknown(text));
            }
        }
        Err(error) => rows.push(Row::missing(NAME, "cold", &error.to_string())),
    }
    let floor = "cold, against uploads alone";
    match which::which("curl") {
        Ok(curl) => {
            let curl_cold = || site.renew().and_then(|()| site.curl(&curl));
            let pair = rounds(RUNS, own_cold, curl_cold)?;
            rows.push(row(floor, &ours, pair, ("curl", &curl))?);
        }
        Err(_) => rows.push(Row::missing(NAME, floor, "curl is not installed")),
    }
    runtime.block_on(sandbox.stop());
    Ok(rows)
}

fn row(
    case: &str,
    ours: &Path,
    (us, them): (Vec<Sample>, Vec<Sample>),
    (name, peer): (&str, &Path),
) -> Result<Row, Error> {
    let side = |name: &str, program: &Path, samples: &[Sample]| {
        let median =
            median(samples).ok_or_else(|| Error::Unknown("nothing was measured".to_owned()))?;
        Ok::<_, Error>(Side {
            name: name.to_owned(),
            version: version(program),
            median,
        })
    };
    Ok(Row::measured(
        NAME,
        case,
        side("stagegate", ours, &us)?,
        side(name, peer, &them)?,
    ))
}
