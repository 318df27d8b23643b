//! Sees what there is: asks for pages as a browser, as a stranger's page and as a crowd would. Nothing is asked of another
//! host than the target, except where its own redirects lead.

mod answers;
mod ways;

use http_client::{Client, Deadline, Url};
use jiff::Timestamp;

use crate::{
    facts::{Cached, Compressed, Facts, Limited},
    html,
    plan::{CacheRule, Plan, RateRule},
    tls::Server,
};

/// Whom to visit, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Sends the requests; follows no redirects of its own.
    pub client: &'a Client,
    /// The target, with its base path.
    pub target: &'a Url,
    /// The time for everything.
    pub deadline: Deadline,
}

/// How often an answer is asked for before it is said not to be cached.
const CACHE_TRIES: usize = 3;

/// Sees what a plan wants to know.
pub async fn visit(visit: Visit<'_>, plan: &Plan) -> Facts {
    let site = ways::site(visit, &plan.path).await;
    let page = site.as_ref().map_or("", |site| site.body.as_str());
    let mut cache = Vec::new();
    for rule in &plan.cache {
        cache.push(visit.cached(rule, page).await);
    }
    let mut compression = Vec::new();
    for path in &plan.compression {
        compression.push(visit.compressed(&path.value).await);
    }
    let rate_limit = match &plan.rate_limit {
        Some(rule) => Some(visit.limited(rule).await),
        None => None,
    };
    Facts {
        tls: visit.tls().await,
        site,
        cache,
        compression,
        rate_limit,
        now: Timestamp::now().as_second(),
    }
}

impl Visit<'_> {
    async fn tls(&self) -> Option<Result<crate::tls::Tls, String>> {
        let host = self.target.host_str()?;
        if self.target.scheme() != "https" {
            return None;
        }
        let server = Server {
            host: host.trim_start_matches('[').trim_end_matches(']'),
            port: self.target.port_or_known_default()?,
            patience: answers::PATIENCE.min(self.deadline.remaining()),
        };
        Some(server.look().await.map_err(|error| error.to_string()))
    }

    async fn cached(&self, rule: &CacheRule, page: &str) -> Result<Cached, String> {
        let path = match &rule.pattern {
            None => rule.path.clone(),
            Some(pattern) => html::addresses(page)
                .into_iter()
                .find(|address| pattern.is_match(address))
                .ok_or_else(|| "the page names no such address".to_owned())?,
        };
        let mut answers = Vec::new();
        for _ in 0..CACHE_TRIES {
            let answer = self.get(&path, None).await?;
            let settled = !answers.is_empty() && crate::judge::served_from_cache(&answer.headers);
            answers.push(answer.headers);
            if settled {
                break;
            }
        }
        Ok(Cached { path, answers })
    }

    async fn compressed(&self, path: &str) -> Result<Compressed, String> {
        let answer = self.get(path, Some("br")).await?;
        Ok(Compressed {
            decoded: answers::brotli(&answer.body),
            bytes: answer.body.len(),
            headers: answer.headers,
        })
    }

    async fn limited(&self, rule: &RateRule) -> Result<Limited, String> {
        let most = rule.requests.value + rule.slack + 1;
        for sent in 1..=most {
            let answer = self.ask(&rule.path, None).await?;
            if answer.status.as_u16() == 429 {
                return Ok(Limited {
                    sent,
                    passed: Some(sent - 1),
                    retry_after: answer.header("retry-after").is_some(),
                });
            }
            answers::fine(&answer)?;
        }
        Ok(Limited {
            sent: most,
            passed: None,
            retry_after: false,
        })
    }
}
