//! What a workflow file says should happen, to compare with what did: jobs, their steps and conditions.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;

/// The part of a workflow the rehearsal looks at.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Workflow {
    pub jobs: BTreeMap<String, Job>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Job {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Step {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default, rename = "if")]
    pub condition: Option<String>,
}

pub(crate) fn read(path: &Path) -> Result<Workflow, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::file("read", path))?;
    serde_saphyr::from_str(&text).map_err(|error| Error::Workflow {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}
