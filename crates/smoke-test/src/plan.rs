//! What a run will do: the policy with every path, method, expression and digest understood, so that no mistake in a suite
//! waits for a deployment to be found.

use http_client::{HeaderMap, Method, Url};
use pipeline_config::Millis;
use verdict::Place;

use crate::{rule::Rule, version::VersionSource, watch::Limits};

/// One request and the rules for its answer.
#[derive(Clone, Debug)]
pub struct Check {
    /// What reports call it; unique in a plan.
    pub name: String,
    /// Where it was written.
    pub place: Option<Place>,
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Url,
    /// Request headers.
    pub headers: HeaderMap,
    /// The request's body.
    pub body: Option<String>,
    /// Words it is selected by.
    pub tags: Vec<String>,
    /// What must hold of its answer.
    pub rules: Vec<Rule>,
    /// The longest time allowed, for its metric.
    pub max_time: Option<Millis>,
}

/// Where the version is read.
#[derive(Clone, Debug)]
pub struct VersionProbe {
    /// The address.
    pub url: Url,
    /// What of the answer is the version.
    pub source: VersionSource,
    /// Where it was written.
    pub place: Option<Place>,
}

/// A suite that can be run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Where the version is read.
    pub version: Option<VersionProbe>,
    /// The checks, at least one in a plan that is run.
    pub checks: Vec<Check>,
    /// How a watch is judged.
    pub limits: Limits,
}
