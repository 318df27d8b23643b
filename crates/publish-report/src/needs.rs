//! The jobs before this one. A job that died before its gate could speak leaves no verdict, and without
//! this the rest would look like all there is.

use std::collections::BTreeMap;

use gate::{Error, Problem};
use serde::Deserialize;

/// A job, as the `needs` context describes it; its outputs are nobody's business here.
#[derive(Debug, Deserialize)]
struct Job {
    result: String,
}

/// In words which jobs neither succeeded nor were skipped; `None` when there is none.
pub(crate) fn failed(needs: Option<&str>) -> Result<Option<String>, Error> {
    let Some(json) = needs else { return Ok(None) };
    let jobs: BTreeMap<String, Job> = serde_json::from_str(json).map_err(|error| {
        let problem = Problem::new(format!("needs is no object of jobs: {error}"));
        Error::Usage(vec![problem.fix("pass `needs: ${{ toJSON(needs) }}`")])
    })?;
    let failed: Vec<String> = jobs
        .into_iter()
        .filter(|(_, job)| !matches!(job.result.as_str(), "success" | "skipped"))
        .map(|(name, job)| format!("{} of job {name}", job.result))
        .collect();
    Ok((!failed.is_empty()).then(|| failed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::failed;

    #[test]
    fn jobs_that_did_not_succeed_are_named() {
        let json = r#"{"build":{"result":"success","outputs":{"digest":"x"}},"quality":{"result":"failure","outputs":{}},
            "preview":{"result":"skipped"},"tests":{"result":"cancelled"}}"#;
        assert_eq!(
            failed(Some(json)).unwrap().as_deref(),
            Some("failure of job quality, cancelled of job tests")
        );
        assert_eq!(failed(Some(r#"{"a":{"result":"success"}}"#)).unwrap(), None);
        assert_eq!(failed(None).unwrap(), None);
    }

    #[test]
    fn what_is_no_needs_context_is_refused() {
        for bad in ["", "[]", "yes", r#"{"a":"success"}"#, r#"{"a":{}}"#] {
            let message = failed(Some(bad)).unwrap_err().to_string();
            assert!(message.contains("toJSON(needs)"), "{bad}: {message}");
        }
    }
}
