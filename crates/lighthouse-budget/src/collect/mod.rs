//! Runs npm `lighthouse`: one run at a time, because runs beside each other slow each other down, each in a fresh Chrome.
//!
//! Chrome is started here and not by Lighthouse: so its whole process tree can be ended at the deadline, and the cookie
//! that opens a protected preview can be given to the browser alone. As a header of Lighthouse it would go to every
//! third party of the page and into the saved report.

mod chrome;
mod cookie;
mod find;
mod gateway;
mod lighthouse;
mod process;

use std::path::PathBuf;
use std::time::Duration;

use gate::{Context, Error, Problem};
use url::Url;

use crate::policy::Profile;
use chrome::Chrome;
use find::Tools;

/// What to measure.
#[derive(Clone, Debug)]
pub(crate) struct Collect {
    /// The pages.
    pub urls: Vec<Url>,
    /// As which devices.
    pub profiles: Vec<Profile>,
    /// How often each.
    pub runs: u8,
    /// Where the reports go.
    pub folder: PathBuf,
    /// Audits that Lighthouse leaves out.
    pub skip_audits: Vec<String>,
    /// For Chrome.
    pub chrome_flags: Vec<String>,
    /// For one run.
    pub deadline: Duration,
}

/// Measures everything and gives the reports. The first run that fails ends it: a median over fewer runs than asked for
/// would be another rule than the one that was written.
pub(crate) async fn collect(task: &Collect, context: &Context) -> Result<Vec<PathBuf>, Error> {
    let tools = Tools::find(context)?;
    std::fs::create_dir_all(&task.folder).map_err(|error| {
        Error::undecided(format!("create {}: {error}", context.display(&task.folder)))
    })?;
    let mut reports = Vec::new();
    let total = task.urls.len() * task.profiles.len() * usize::from(task.runs);
    for (page, url) in task.urls.iter().enumerate() {
        let cookie = gateway::open(url, context).await?;
        for profile in &task.profiles {
            for run in 1..=task.runs {
                let number = reports.len() + 1;
                let what = format!("run {number} of {total}: {url} as {}", profile.as_str());
                context.progress.line(&what);
                let path =
                    task.folder
                        .join(format!("{}-{}-{run}.json", page + 1, profile.as_str()));
                let one = measure(task, &tools, url, *profile, cookie.as_ref(), &path);
                let outcome = context
                    .progress
                    .during(&what, tokio::time::timeout(task.deadline, one))
                    .await;
                outcome
                    .unwrap_or_else(|_| {
                        Err(Problem::new(format!("not done within {} s; Chrome and Lighthouse were ended", task.deadline.as_secs()))
                            .fix("raise `lighthouse: deadline`, or find out why the page does not come to rest"))
                    })
                    .map_err(|problem| {
                        let message = format!("{what}: {}", problem.message);
                        Error::Undecided(vec![Problem { message, ..problem }])
                    })?;
                reports.push(path);
            }
        }
    }
    Ok(reports)
}

/// One run. Dropping its future ends both programs.
async fn measure(
    task: &Collect,
    tools: &Tools,
    url: &Url,
    profile: Profile,
    cookie: Option<&cookie::Cookie>,
    path: &std::path::Path,
) -> Result<(), Problem> {
    // A report of an earlier run must not be taken for this one.
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(Problem::new(format!("remove the old report: {error}")));
    }
    let mut chrome = Chrome::start(&tools.chrome, &task.chrome_flags).await?;
    if let Some(cookie) = cookie {
        cookie::set(cookie, url, &chrome).await?;
    }
    let outcome = lighthouse::run(
        &tools.lighthouse,
        url,
        profile,
        &task.skip_audits,
        chrome.port,
        path,
    )
    .await;
    chrome.stop().await;
    outcome
}
