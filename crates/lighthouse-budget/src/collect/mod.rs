//! Runs npm `lighthouse`: one run at a time, because runs beside each other slow each other down, each in a fresh Chrome.
//!
//! Chrome is started here and not by Lighthouse: so its whole process tree can be ended at the deadline, and the cookie
//! that opens a protected preview can be given to the browser alone. As a header of Lighthouse it would go to every
//! third party of the page and into the saved report.

mod chrome;
mod cookie;
mod find;
mod gateway;
mod install;
mod lighthouse;
mod pinned;
mod process;
mod redact;
mod slow;

use std::path::{Path, PathBuf};
use std::time::Duration;

use gate::{Context, Error, Problem};
use url::Url;

use crate::compare::{MOST, goes_on, pairs, standings};
use crate::policy::{Profile, Regression};
use crate::report::{Run, Wanted, read_lhr};
use chrome::Chrome;
use cookie::Cookie;
use find::Tools;
use redact::Secrets;
use slow::Speeds;

/// What to measure.
#[derive(Clone, Debug)]
pub(crate) struct Collect {
    /// The pages.
    pub urls: Vec<Url>,
    /// Where the same pages are as they were before; measured in turn.
    pub base: Option<Url>,
    /// As which devices.
    pub profiles: Vec<Profile>,
    /// How often each; not with a base, which needs as many as it needs.
    pub runs: u8,
    /// Where the reports go.
    pub folder: PathBuf,
    /// Whether they are called as lighthouse-ci calls them.
    pub lhci_names: bool,
    /// Audits that Lighthouse leaves out.
    pub skip_audits: Vec<String>,
    /// `ci.collect.settings` of a lighthouserc, as JSON.
    pub settings: Option<String>,
    /// Texts in the settings that no report may show.
    pub secrets: Vec<String>,
    /// For Chrome.
    pub chrome_flags: Vec<String>,
    /// For one run.
    pub deadline: Duration,
    /// Slower machines are measured again.
    pub floor: Option<f64>,
    /// So often, per page and device.
    pub max_redone: u8,
    /// How base and head are compared.
    pub regression: Regression,
}

/// The reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collected {
    /// Of the pages.
    pub head: Vec<PathBuf>,
    /// Of the same pages as they were before.
    pub base: Vec<PathBuf>,
    /// Runs that were discarded or kept in spite of a slow machine, in words.
    pub slow: Vec<String>,
}

/// Measures everything and gives the reports. The first run that fails ends it: a median over fewer runs than asked for
/// would be another rule than the one that was written.
pub(crate) async fn collect(task: &Collect, context: &Context) -> Result<Collected, Error> {
    let tools = Tools::find(context).await?;
    std::fs::create_dir_all(&task.folder).map_err(|error| {
        Error::undecided(format!("create {}: {error}", context.display(&task.folder)))
    })?;
    for secret in &task.secrets {
        context.mask(secret);
    }
    let mut session = Session {
        task,
        context,
        tools,
        collected: Collected::default(),
        speeds: Speeds::new(task.floor),
        secrets: Secrets::new(task.secrets.iter().cloned()),
        done: 0,
    };
    for (page, url) in task.urls.iter().enumerate() {
        let head = session.side(url, "").await?;
        let base = match &task.base {
            Some(base) => Some(session.side(&moved(url, base), "base-").await?),
            None => None,
        };
        for profile in &task.profiles {
            match &base {
                Some(base) => session.compared(page + 1, *profile, &head, base).await?,
                None => {
                    let mut redone = 0;
                    for run in 1..=task.runs {
                        session
                            .run(page + 1, *profile, &head, run, &mut redone)
                            .await?;
                    }
                }
            }
        }
    }
    Ok(session.collected)
}

/// The same page on another host.
fn moved(url: &Url, base: &Url) -> Url {
    let mut moved = base.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved
}

/// A page of one side, and the cookie that opens it.
#[derive(Debug)]
struct Side {
    url: Url,
    cookie: Option<Cookie>,
    /// In front of its reports' names; empty for the head.
    prefix: &'static str,
}

struct Session<'a> {
    task: &'a Collect,
    context: &'a Context,
    tools: Tools,
    collected: Collected,
    speeds: Speeds,
    secrets: Secrets,
    done: usize,
}

impl Session<'_> {
    async fn side(&mut self, url: &Url, prefix: &'static str) -> Result<Side, Error> {
        let cookie = gateway::open(url, self.context).await?;
        self.secrets.add(self.context.variable(gateway::SECRET));
        if let Some(cookie) = &cookie {
            self.context.mask(&cookie.value);
            self.secrets.add(Some(cookie.value.clone()));
        }
        Ok(Side {
            url: url.clone(),
            cookie,
            prefix,
        })
    }

    /// Base and head in turn, until every comparison is settled.
    async fn compared(
        &mut self,
        page: usize,
        profile: Profile,
        head: &Side,
        base: &Side,
    ) -> Result<(), Error> {
        let comparisons =
            self.task.urls.len() * self.task.profiles.len() * self.task.regression.metrics.len();
        let (mut heads, mut bases) = (Vec::new(), Vec::new());
        let mut redone = 0;
        for round in 1..=u8::try_from(MOST).unwrap_or(u8::MAX) {
            bases.push(self.run(page, profile, base, round, &mut redone).await?);
            heads.push(self.run(page, profile, head, round, &mut redone).await?);
            let pairs = pairs(&bases, &heads);
            let standings: Vec<_> = pairs
                .iter()
                .flat_map(|pair| standings(pair, &self.task.regression, comparisons))
                .collect();
            if !goes_on(usize::from(round), &standings) {
                break;
            }
        }
        Ok(())
    }

    /// One run that counts; slow ones before it are discarded.
    async fn run(
        &mut self,
        page: usize,
        profile: Profile,
        side: &Side,
        run: u8,
        redone: &mut u8,
    ) -> Result<Run, Error> {
        let per_page = match &self.task.base {
            Some(_) => format!(
                "at most {} pages × {MOST} × 2",
                self.task.urls.len() * self.task.profiles.len()
            ),
            None => (self.task.urls.len() * self.task.profiles.len() * usize::from(self.task.runs))
                .to_string(),
        };
        let name = if self.task.lhci_names {
            format!("lhr-{:013}.json", self.done + 1)
        } else {
            format!("{}{page}-{}-{run}.json", side.prefix, profile.as_str())
        };
        let path = self.task.folder.join(name);
        loop {
            let what = format!(
                "run {} of {per_page}: {} as {}",
                self.done + 1,
                side.url,
                profile.as_str()
            );
            self.context.progress.line(&what);
            let measured = self.measured(side, profile, &path, &what).await?;
            let index = measured.lhr.environment.benchmark_index;
            if let Some(reason) = self.speeds.slow(index) {
                let again = *redone < self.task.max_redone;
                let fate = if again {
                    "discarded and measured again"
                } else {
                    "kept, since enough were measured again"
                };
                let words = format!("{what}: {reason}: {fate}");
                self.context.progress.line(&words);
                self.collected.slow.push(words);
                if again {
                    *redone += 1;
                    continue;
                }
            }
            self.speeds.add(index);
            self.done += 1;
            let reports = if side.prefix.is_empty() {
                &mut self.collected.head
            } else {
                &mut self.collected.base
            };
            reports.push(path);
            return Ok(measured);
        }
    }

    async fn measured(
        &self,
        side: &Side,
        profile: Profile,
        path: &Path,
        what: &str,
    ) -> Result<Run, Error> {
        let named = |problem: Problem| {
            let message = format!("{what}: {}", problem.message);
            Error::Undecided(vec![Problem { message, ..problem }])
        };
        let one = self.measure(side, profile, path);
        let outcome = self
            .context
            .progress
            .during(what, tokio::time::timeout(self.task.deadline, one))
            .await;
        // Whatever came of it, what is on disk shows no secret.
        for file in lighthouse::written(path) {
            self.secrets.redact(&file).map_err(named)?;
        }
        outcome
            .unwrap_or_else(|_| {
                Err(Problem::new(format!(
                    "not done within {} s; Chrome and Lighthouse were ended",
                    self.task.deadline.as_secs()
                ))
                .fix(
                    "raise `lighthouse: deadline`, or find out why the page does not come to rest",
                ))
            })
            .map_err(named)?;
        let bytes = std::fs::read(path)
            .map_err(|error| named(Problem::new(format!("read the report: {error}"))))?;
        read_lhr(&bytes, &Wanted::new([]))
            .and_then(Run::of)
            .map_err(|error| named(Problem::new(error.to_string())))
    }

    /// One run. Dropping its future ends both programs.
    async fn measure(&self, side: &Side, profile: Profile, path: &Path) -> Result<(), Problem> {
        let mut chrome = Chrome::start(&self.tools.chrome, &self.task.chrome_flags).await?;
        if let Some(cookie) = &side.cookie {
            cookie::set(cookie, &side.url, &chrome).await?;
        }
        let outcome = lighthouse::run(
            &self.tools.lighthouse,
            &side.url,
            profile,
            self.task,
            chrome.port,
            path,
        )
        .await;
        chrome.stop().await;
        outcome
    }
}
