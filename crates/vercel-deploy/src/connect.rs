//! Finds the way to Vercel: token and ids from the environment, ids also from what `vercel link` wrote.

use gate::{Context, Error, Problem};
use http_client::{Client, Deadline, HeaderName, Options, RetryPolicy, Secret, Url};
use serde::Deserialize;
use vercel_client::{Scope, Vercel};

const TOKEN: &str = "VERCEL_TOKEN";
const ORG: &str = "VERCEL_ORG_ID";
const PROJECT: &str = "VERCEL_PROJECT_ID";
const API_URL: &str = "VERCEL_API_URL";
const DEFAULT_API: &str = "https://api.vercel.com";
const BYPASS: &str = "VERCEL_AUTOMATION_BYPASS_SECRET";

/// The header that opens deployment protection.
pub(crate) const BYPASS_HEADER: HeaderName = HeaderName::from_static("x-vercel-protection-bypass");

/// `.vercel/project.json`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    org_id: String,
    project_id: String,
}

/// A client of Vercel's API.
pub(crate) fn vercel(context: &Context, deadline: Deadline) -> Result<Vercel, Error> {
    let mut problems = Vec::new();
    let token = context
        .secret(TOKEN)
        .map(Secret::new)
        .filter(|token| !token.is_empty());
    if token.is_none() {
        problems
            .push(Problem::new(format!("{TOKEN} is not set")).fix(
                "pass it to this step only: `env: VERCEL_TOKEN: ${{ secrets.VERCEL_TOKEN }}`",
            ));
    }
    let scope = scope(context)
        .map_err(|problem| problems.push(problem))
        .ok();
    let api = context
        .variable(API_URL)
        .unwrap_or_else(|| DEFAULT_API.to_owned());
    let url = api
        .parse::<Url>()
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        problems.push(Problem::new(format!(
            "{API_URL} is `{api}`, which is no http or https address"
        )));
    }
    match (token, scope, url) {
        (Some(token), Some(scope), Some(url)) => {
            let vercel = Vercel::new(url, &token, scope)
                .map_err(|error| Error::undecided(error.to_string()))?;
            Ok(vercel.with_deadline(deadline))
        }
        _ => Err(Error::Usage(problems)),
    }
}

fn scope(context: &Context) -> Result<Scope, Problem> {
    match (context.variable(ORG), context.variable(PROJECT)) {
        (Some(org_id), Some(project_id)) => return Ok(Scope { org_id, project_id }),
        (Some(_), None) => {
            return Err(Problem::new(format!("{ORG} is set and {PROJECT} is not")).fix("set both"));
        }
        (None, Some(_)) => {
            return Err(Problem::new(format!("{PROJECT} is set and {ORG} is not")).fix("set both"));
        }
        (None, None) => {}
    }
    let path = context.path(".vercel/project.json");
    let link = std::fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Link>(&bytes).ok());
    link.map(|link| Scope {
        org_id: link.org_id,
        project_id: link.project_id,
    })
    .ok_or_else(|| {
        Problem::new(format!(
            "{ORG} and {PROJECT} are not set, and there is no .vercel/project.json"
        ))
        .fix("run `vercel link` once and copy both ids from .vercel/project.json")
    })
}

/// A client that visits domains as a browser would, without credentials of ours.
pub(crate) fn visitor(retry: RetryPolicy) -> Result<Client, Error> {
    Client::new(Options {
        retry,
        ..Options::default()
    })
    .map_err(|error| Error::undecided(error.to_string()))
}

/// The secret that opens deployment protection, where there is one.
pub(crate) fn bypass(context: &Context) -> Option<Secret> {
    context.secret(BYPASS).map(Secret::new)
}

/// The address of a host. Vercel answers by https; only a sandbox on this machine does not.
pub(crate) fn web_url(host: &str, path: &str) -> Result<Url, Error> {
    let parse = |scheme: &str| format!("{scheme}://{host}{path}").parse::<Url>();
    let url = parse("https")
        .map_err(|error| Error::undecided(format!("`{host}` is no host: {error}")))?;
    if http_client::is_loopback(&url) {
        return parse("http")
            .map_err(|error| Error::undecided(format!("`{host}` is no host: {error}")));
    }
    Ok(url)
}

/// The same as a text to append paths to; a host that is none is shown as it is.
pub(crate) fn web_address(host: &str) -> String {
    web_url(host, "").map_or_else(
        |_| host.to_owned(),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    )
}
