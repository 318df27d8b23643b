//! Finds the programs: a Lighthouse that goes with the Node.js of this machine, and a Chrome.

use std::path::{Path, PathBuf};

use gate::{Context, Error, Problem};

use super::install;
use super::pinned::{Package, unfit};

/// Names a Chrome goes by, the most complete first.
const CHROMES: [&str; 6] = [
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge",
];

/// Where macOS keeps it, which is not on the path.
const MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The programs a run needs.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    /// npm's `lighthouse`.
    pub lighthouse: Lighthouse,
    /// Chrome or Chromium.
    pub chrome: PathBuf,
}

/// How Lighthouse is started.
#[derive(Clone, Debug)]
pub(super) struct Lighthouse {
    /// The program.
    pub program: PathBuf,
    /// What it runs: Lighthouse's own script, when the program is node.
    pub script: Option<PathBuf>,
}

impl Tools {
    /// Finds both, and installs Lighthouse where there is none; says all that is missing.
    pub(super) async fn find(context: &Context) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut keep = |problem: Problem| problems.push(problem);
        let chrome = chrome(context).map_err(&mut keep).ok();
        let lighthouse = lighthouse(context).await.map_err(&mut keep).ok();
        match (lighthouse, chrome) {
            (Some(lighthouse), Some(chrome)) => Ok(Self { lighthouse, chrome }),
            _ => Err(Error::Undecided(problems)),
        }
    }
}

async fn lighthouse(context: &Context) -> Result<Lighthouse, Problem> {
    let Some(program) = installed(context)? else {
        return install::pinned(context).await;
    };
    // A wrapper of somebody's own knows what it does.
    if let Some(package) = Package::of(&program) {
        let (_, node) = install::node().await?;
        if let Some(problem) = unfit(&package, node) {
            return Err(problem);
        }
    }
    Ok(Lighthouse {
        program,
        script: None,
    })
}

/// The one that is named, of the repository, or on the path.
fn installed(context: &Context) -> Result<Option<PathBuf>, Problem> {
    const VARIABLE: &str = "STAGEGATE_LIGHTHOUSE";
    if let Some(named) = context.variable(VARIABLE) {
        return named_file(VARIABLE, context.path(named)).map(Some);
    }
    let of_repository = context
        .working_directory
        .ancestors()
        .map(|folder| folder.join("node_modules/.bin/lighthouse"))
        .find(|path| path.is_file());
    Ok(of_repository.or_else(|| which::which("lighthouse").ok()))
}

fn chrome(context: &Context) -> Result<PathBuf, Problem> {
    const VARIABLE: &str = "CHROME_PATH";
    if let Some(named) = context.variable(VARIABLE) {
        return named_file(VARIABLE, context.path(named));
    }
    let on_path = CHROMES.into_iter().find_map(|name| which::which(name).ok());
    on_path
        .or_else(|| Some(PathBuf::from(MACOS)).filter(|path| path.is_file()))
        .ok_or_else(|| {
            Problem::new("no Chrome or Chromium is installed")
                .fix("install one, or set CHROME_PATH to the program")
        })
}

fn named_file(variable: &str, path: PathBuf) -> Result<PathBuf, Problem> {
    if Path::is_file(&path) {
        Ok(path)
    } else {
        Err(Problem::new(format!(
            "{variable} names {}, which does not exist",
            path.display()
        ))
        .fix(format!("correct or unset {variable}")))
    }
}
