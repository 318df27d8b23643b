//! `mode: warm`: asks for each path twice, so that the edge keeps it, and proves that the second answer came from the cache.
//! Production's cache is cold after every promote, because the deployment is part of its key. Requests are a plain
//! visitor's: no Authorization, which would pass the cache by, and no query of ours, which would be another key.

use std::{collections::BTreeSet, time::Duration};

use futures_util::{StreamExt as _, stream};
use http_client::{Client, HeaderValue, Redirects, Request, RetryPolicy, header};
use verdict::{Figure, Finding, Metric};

use crate::{
    connect, domains,
    session::{Session, Stop},
    warm_decide::{Visit, Warmed, outcome, sitemap, worth_another_look},
};

/// Paths at one time: a polite visitor.
const CONCURRENT: usize = 8;

/// Further requests for a path that the edge has not kept yet.
const LOOKS: u32 = 3;

/// Sitemaps that are read of an index.
const SITEMAPS: usize = 20;

/// The largest sitemap that the format allows, in bytes.
const LARGEST: u64 = 50 << 20;

/// Warms; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let plan = session.plan;
    session.step("looking up the domains", "nothing was warmed");
    let domains = domains::production(session).await?;
    let sitemap_note = plan.warm.sitemap.as_ref();
    if plan.dry_run {
        let pages =
            sitemap_note.map_or_else(String::new, |path| format!(" and the pages of {path}"));
        let (paths, domains) = (plan.warm.paths.join(", "), domains.join(", "));
        return Ok(format!(
            "dry run: would ask {domains} twice for {paths}{pages}"
        ));
    }
    let visitor = Visitor::new()?;
    let mut addresses = BTreeSet::new();
    for domain in &domains {
        let mut paths = plan.warm.paths.clone();
        if let Some(path) = &plan.warm.sitemap {
            paths.extend(listed(session, &visitor, domain, path).await?);
        }
        addresses.extend(paths.into_iter().map(|path| (domain.clone(), path)));
    }
    let known = addresses.len();
    let addresses: Vec<(String, String)> = addresses.into_iter().take(plan.warm.most).collect();
    if addresses.len() < known {
        let text = format!(
            "{} of {known} paths were warmed: the rest is over the limit",
            addresses.len()
        );
        session.find(Finding::notice("warm-cut", text).fix("raise `max-paths`"));
    }
    session.step(
        format!("warming {} paths", addresses.len()),
        "run it again: a warm path answers at once",
    );
    let what = format!(
        "warming {} paths of {}",
        addresses.len(),
        domains.join(", ")
    );
    let visits = stream::iter(&addresses)
        .map(|(domain, path)| visitor.twice(session, domain, path))
        .buffered(CONCURRENT)
        .collect::<Vec<_>>();
    let all = session.context.progress.during(&what, visits).await;
    let all = all.into_iter().collect::<Result<Vec<Warmed>, Stop>>()?;
    let outcome = outcome(&all, plan.warm.min_hit_rate);
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    session.ledger.findings.extend(outcome.findings);
    session.ledger.metrics.extend([
        Metric::new("hit-rate", outcome.hit_rate, "ratio").at_least(plan.warm.min_hit_rate),
        Metric::new("cold-median", ms(outcome.cold), "ms"),
        Metric::new("warm-median", ms(outcome.warm), "ms"),
    ]);
    session.ledger.figures.push(Figure::Table(outcome.table));
    session
        .ledger
        .output("hit-rate", format!("{:.3}", outcome.hit_rate));
    session.ledger.output("region", &outcome.regions);
    session.ledger.output(
        "url",
        domains
            .first()
            .map_or_else(String::new, |domain| connect::web_address(domain)),
    );
    let place = if outcome.regions.is_empty() {
        String::new()
    } else {
        format!(" in {}", outcome.regions)
    };
    Ok(format!(
        "{:.0} % of {} paths are warm{place}: {:.0} ms cold, {:.0} ms warm",
        outcome.hit_rate * 100.0,
        all.len(),
        ms(outcome.cold),
        ms(outcome.warm)
    ))
}

/// The paths that a sitemap, or an index of them, lists.
async fn listed(
    session: &mut Session<'_>,
    visitor: &Visitor,
    domain: &str,
    path: &str,
) -> Result<Vec<String>, Stop> {
    let most = session.plan.warm.most;
    let mut first = visitor.sitemap(session, domain, path, most).await?;
    let mut pages = std::mem::take(&mut first.pages);
    for path in first.sitemaps.iter().take(SITEMAPS) {
        let inner = visitor.sitemap(session, domain, path, most).await?;
        pages.extend(inner.pages);
        first.skipped += inner.skipped;
        if pages.len() >= most {
            break;
        }
    }
    if first.sitemaps.len() > SITEMAPS {
        let text = format!(
            "{} sitemaps are listed, {SITEMAPS} were read",
            first.sitemaps.len()
        );
        session.find(Finding::notice("warm-cut", text));
    }
    if first.skipped > 0 {
        let text = format!(
            "{} addresses of {path} are of other hosts and were left out",
            first.skipped
        );
        session.find(Finding::notice("warm-foreign", text));
    }
    if pages.is_empty() {
        let text = format!("{path} of {domain} lists no page");
        return Err(Stop::undecided(text));
    }
    Ok(pages)
}

/// Asks as a browser does.
struct Visitor {
    client: Client,
}

impl Visitor {
    fn new() -> Result<Self, Stop> {
        let client = connect::visitor(RetryPolicy {
            attempts: 3,
            ..RetryPolicy::default()
        })?;
        Ok(Self { client })
    }

    fn request(session: &Session<'_>, domain: &str, path: &str) -> Result<Request, Stop> {
        Ok(Request::get(connect::web_url(domain, path)?)
            .header(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("gzip, br"),
            )
            .redirects(Redirects::SameOrigin(5))
            .deadline(session.deadline))
    }

    async fn sitemap(
        &self,
        session: &Session<'_>,
        domain: &str,
        path: &str,
        most: usize,
    ) -> Result<crate::warm_decide::Sitemap, Stop> {
        // Without compression: it is read here, not by a browser.
        let request = Self::request(session, domain, path)?
            .header(
                header::ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            )
            .body_limit(LARGEST);
        let fail =
            |cause: String| Stop::undecided(format!("cannot read {path} of {domain}: {cause}"));
        let answer = self
            .client
            .send(request)
            .await
            .map_err(|error| fail(error.to_string()))?;
        if !answer.is_success() {
            return Err(fail(format!("it answers {}", answer.status.as_u16())));
        }
        sitemap(&answer.body, most).map_err(fail)
    }

    async fn twice(&self, session: &Session<'_>, domain: &str, path: &str) -> Result<Warmed, Stop> {
        let cold = self.visit(session, domain, path).await?;
        let mut warm = self.visit(session, domain, path).await?;
        let pace = session.vercel.pace();
        for look in 1..=LOOKS {
            if !worth_another_look(&warm)
                || pace
                    .wait(look, session.deadline, "the cache filling", "MISS")
                    .await
                    .is_err()
            {
                break;
            }
            warm = self.visit(session, domain, path).await?;
        }
        Ok(Warmed {
            address: format!("{domain}{path}"),
            cold,
            warm,
        })
    }

    async fn visit(&self, session: &Session<'_>, domain: &str, path: &str) -> Result<Visit, Stop> {
        let request = Self::request(session, domain, path)?;
        let mut answer = self.client.send(request.clone()).await;
        // Protection in front of production needs the secret; without the wall it would only be one more header.
        if answer
            .as_ref()
            .is_ok_and(|answer| answer.status.as_u16() == 401)
            && let Some(secret) = connect::bypass(session.context)
        {
            let request = request.secret_header(connect::BYPASS_HEADER, secret);
            answer = self.client.send(request).await;
        }
        Ok(match answer {
            Ok(answer) => Visit {
                status: Some(answer.status.as_u16()),
                cache: answer
                    .header("x-vercel-cache")
                    .unwrap_or_default()
                    .to_uppercase(),
                region: region(answer.header("x-vercel-id").unwrap_or_default()),
                took: answer.timings.total,
            },
            Err(error) => {
                tracing::info!(%error, "no answer to a visitor");
                Visit::default()
            }
        })
    }
}

/// The edge's region: what an id such as `fra1::iad1::x` begins with.
fn region(id: &str) -> String {
    let first = id.split("::").next().unwrap_or_default();
    let plain = first.len() <= 8 && first.chars().all(|letter| letter.is_ascii_alphanumeric());
    if plain {
        first.to_owned()
    } else {
        String::new()
    }
}
