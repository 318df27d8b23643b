//! What a run will do: the policy with every path, method, expression and digest understood, so that no mistake in a suite
//! waits for a deployment to be found.

use std::sync::Arc;

use http_client::{Body, HeaderMap, Method, Url};
use pipeline_config::Millis;
use verdict::Place;

use crate::{
    budget::Budgets,
    capture::Capture,
    load::Load,
    rule::Rule,
    template::Template,
    variables::Variables,
    version::VersionSource,
    watch::{Limits, Places},
};

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
    pub body: Body,
    /// What must hold of its answer.
    pub rules: Vec<Rule>,
    /// What of its answer is kept for later steps.
    pub captures: Vec<Capture>,
    /// The longest time allowed, for its metric.
    pub max_time: Option<Millis>,
    /// How many redirects are followed before the answer is judged.
    pub redirects: u8,
}

/// A check within a lane.
#[derive(Clone, Debug)]
pub struct Step {
    /// What reports call it; unique in a plan.
    pub name: String,
    /// Where it was written.
    pub place: Option<Place>,
    /// Method and address as they were written.
    pub request: String,
    /// The longest time allowed, for its metric.
    pub max_time: Option<Millis>,
    /// Whether it only reads.
    pub safe: bool,
    /// Whether it is asked although an earlier step failed.
    pub always: bool,
    /// The check, or what it is made of once the captures are there.
    pub form: Form,
}

/// A check, or what it is made of.
#[derive(Clone, Debug)]
pub enum Form {
    /// Everything is known before the run.
    Ready(Arc<Check>),
    /// It uses captures of earlier steps.
    Open(Arc<Template>),
}

/// Steps in sequence: a scenario, or one check that stands alone.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Words it is selected by.
    pub tags: Vec<String>,
    /// The steps, at least one.
    pub steps: Vec<Step>,
    /// Values that are there from the start.
    pub variables: Arc<Variables>,
    /// Whether cookies and captures are handed from step to step.
    pub linked: bool,
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
    /// What is asked, at least one lane in a plan that is run.
    pub lanes: Vec<Lane>,
    /// What the answers are held to together.
    pub budgets: Budgets,
    /// How a watch is judged.
    pub limits: Limits,
    /// Where that was written.
    pub watch_places: Places,
    /// What is expected of the edge, where the section says so.
    pub edge: Option<edge_checks::Plan>,
    /// Where that was written.
    pub edge_place: Option<Place>,
    /// The load, where the section describes one.
    pub load: Option<Load>,
}

impl Plan {
    /// All steps, lane by lane.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.lanes.iter().flat_map(|lane| &lane.steps)
    }

    /// The checks a watch or a load may repeat: those that stand alone and only read.
    pub fn repeatable(&self) -> Vec<&Check> {
        let alone = self.lanes.iter().filter(|lane| !lane.linked);
        alone
            .flat_map(|lane| &lane.steps)
            .filter_map(|step| match &step.form {
                Form::Ready(check) if step.safe => Some(check.as_ref()),
                _ => None,
            })
            .collect()
    }
}
