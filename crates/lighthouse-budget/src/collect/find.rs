//! Finds the programs: Lighthouse of the repository, and a Chrome.

use std::path::{Path, PathBuf};

use gate::{Context, Error, Problem};

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
    pub lighthouse: PathBuf,
    /// Chrome or Chromium.
    pub chrome: PathBuf,
}

impl Tools {
    /// Finds both; says all that is missing.
    pub(super) fn find(context: &Context) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut keep =
            |found: Result<PathBuf, Problem>| found.map_err(|problem| problems.push(problem)).ok();
        let lighthouse = keep(lighthouse(context));
        let chrome = keep(chrome(context));
        match (lighthouse, chrome) {
            (Some(lighthouse), Some(chrome)) => Ok(Self { lighthouse, chrome }),
            _ => Err(Error::Undecided(problems)),
        }
    }
}

fn lighthouse(context: &Context) -> Result<PathBuf, Problem> {
    const VARIABLE: &str = "STAGEGATE_LIGHTHOUSE";
    if let Some(named) = context.variable(VARIABLE) {
        return named_file(VARIABLE, context.path(named));
    }
    let installed = context
        .working_directory
        .ancestors()
        .map(|folder| folder.join("node_modules/.bin/lighthouse"))
        .find(|path| path.is_file());
    installed.or_else(|| which::which("lighthouse").ok()).ok_or_else(|| {
        Problem::new("lighthouse is not installed").fix(
            "install it (`npm install --save-dev lighthouse`), or set STAGEGATE_LIGHTHOUSE to the program",
        )
    })
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
