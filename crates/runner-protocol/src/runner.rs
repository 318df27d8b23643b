//! The runner's variables, read once into types.

use std::path::PathBuf;

use serde_json::Value;
use verdict::{Run, Sha, Subject};

use crate::{Event, INPUTS_VARIABLE, Inputs, InputsError};

/// The largest event payload that is read, in bytes; GitHub caps webhook payloads at 25 MB.
const MAX_EVENT_BYTES: u64 = 25 * 1024 * 1024;

/// What the runner told this process. Outside a runner every field is empty or its default.
#[derive(Clone, Debug, Default)]
pub struct Runner {
    /// Whether a runner started us (`GITHUB_ACTIONS=true`).
    pub on_runner: bool,
    /// `owner/name`.
    pub repository: Option<String>,
    /// `GITHUB_SHA`: for pull requests the merge commit; prefer [`Runner::head_sha`].
    pub sha: Option<Sha>,
    /// `GITHUB_REF`.
    pub git_ref: Option<String>,
    /// The run, when there is one.
    pub run: Option<Run>,
    /// Who set the run off.
    pub actor: Option<String>,
    /// Who set this attempt off.
    pub triggering_actor: Option<String>,
    /// GitHub's web address, without a final slash.
    pub server_url: String,
    /// GitHub's API address, without a final slash; may have a path on GitHub Enterprise Server.
    pub api_url: String,
    /// The event.
    pub event: Event,
    /// The action's inputs.
    pub inputs: Inputs,
    /// Whether step debugging is on (`RUNNER_DEBUG=1`).
    pub debug: bool,
    /// Where the repository is checked out.
    pub workspace: Option<PathBuf>,
    /// The file for outputs.
    pub output_file: Option<PathBuf>,
    /// The file for the job summary.
    pub summary_file: Option<PathBuf>,
    /// A folder that is emptied after the job.
    pub temp: Option<PathBuf>,
}

/// Why the runner's variables cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// A variable holds something else than it should.
    #[error("{name} is `{value}`: {expected}")]
    Variable {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// The event's payload cannot be read.
    #[error("event payload {path}: {reason}")]
    Event {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The inputs cannot be read.
    #[error(transparent)]
    Inputs(#[from] InputsError),
}

impl Runner {
    /// Reads the process environment.
    ///
    /// # Errors
    /// When a variable is malformed or the event's payload is unreadable.
    pub fn from_env() -> Result<Self, RunnerError> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// Reads variables from anywhere; an empty one counts as not set.
    ///
    /// # Errors
    /// When a variable is malformed or the event's payload is unreadable.
    pub fn from_vars(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, RunnerError> {
        let get = |name| get(name).filter(|value| !value.is_empty());
        let url = |name, default: &str| {
            let url = get(name).unwrap_or_else(|| default.to_owned());
            url.trim_end_matches('/').to_owned()
        };
        let server_url = url("GITHUB_SERVER_URL", "https://github.com");
        let repository = get("GITHUB_REPOSITORY");
        let run = match get("GITHUB_RUN_ID") {
            None => None,
            Some(text) => {
                let id = number("GITHUB_RUN_ID", &text)?;
                let attempt = get("GITHUB_RUN_ATTEMPT")
                    .map_or(Ok(1), |text| number("GITHUB_RUN_ATTEMPT", &text))?;
                let slug = repository.as_deref().unwrap_or_default();
                Some(Run {
                    id,
                    attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
                    job: get("GITHUB_JOB").unwrap_or_default(),
                    url: format!("{server_url}/{slug}/actions/runs/{id}"),
                })
            }
        };
        Ok(Self {
            on_runner: get("GITHUB_ACTIONS").as_deref() == Some("true"),
            sha: match get("GITHUB_SHA") {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| RunnerError::Variable {
                    name: "GITHUB_SHA",
                    value: text,
                    expected: "a full commit SHA is needed",
                })?),
            },
            git_ref: get("GITHUB_REF"),
            run,
            actor: get("GITHUB_ACTOR"),
            triggering_actor: get("GITHUB_TRIGGERING_ACTOR"),
            api_url: url("GITHUB_API_URL", "https://api.github.com"),
            event: event(get("GITHUB_EVENT_NAME"), get("GITHUB_EVENT_PATH"))?,
            inputs: get(INPUTS_VARIABLE)
                .map_or_else(|| Ok(Inputs::default()), |json| Inputs::from_json(&json))?,
            debug: get("RUNNER_DEBUG").as_deref() == Some("1"),
            workspace: get("GITHUB_WORKSPACE").map(PathBuf::from),
            output_file: get("GITHUB_OUTPUT").map(PathBuf::from),
            summary_file: get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            temp: get("RUNNER_TEMP").map(PathBuf::from),
            repository,
            server_url,
        })
    }

    /// Only where to answer, for a gate that must say that the rest could not be read.
    pub fn outlets(get: impl Fn(&'static str) -> Option<String>) -> Self {
        let path = |name| {
            get(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        Self {
            on_runner: get("GITHUB_ACTIONS").as_deref() == Some("true"),
            output_file: path("GITHUB_OUTPUT"),
            summary_file: path("GITHUB_STEP_SUMMARY"),
            ..Self::default()
        }
    }

    /// The commit the run is about: the event's head, else `GITHUB_SHA`.
    pub fn head_sha(&self) -> Option<Sha> {
        self.event.head_sha().or_else(|| self.sha.clone())
    }

    /// What a gate judges in this run; the digest is the gate's to add.
    pub fn subject(&self) -> Subject {
        Subject {
            repository: self.repository.clone(),
            sha: self.head_sha(),
            git_ref: self.git_ref.clone(),
            pull_request: self.event.pull_request(),
            digest: None,
        }
    }
}

fn number(name: &'static str, text: &str) -> Result<u64, RunnerError> {
    text.parse().map_err(|_| RunnerError::Variable {
        name,
        value: text.to_owned(),
        expected: "a whole number is needed",
    })
}

fn event(name: Option<String>, path: Option<String>) -> Result<Event, RunnerError> {
    let name = name.unwrap_or_default();
    let Some(path) = path.map(PathBuf::from) else {
        return Ok(Event::new(name, Value::Null));
    };
    let fail = |reason: String| RunnerError::Event {
        path: path.clone(),
        reason,
    };
    let size = std::fs::metadata(&path)
        .map_err(|e| fail(e.to_string()))?
        .len();
    if size > MAX_EVENT_BYTES {
        return Err(fail(format!("{size} bytes, over {MAX_EVENT_BYTES}")));
    }
    let bytes = std::fs::read(&path).map_err(|e| fail(e.to_string()))?;
    let payload = serde_json::from_slice(&bytes).map_err(|e| fail(e.to_string()))?;
    Ok(Event::new(name, payload))
}

#[cfg(test)]
mod tests {
    use super::{Runner, RunnerError};

    fn runner(vars: &[(&str, &str)]) -> Result<Runner, RunnerError> {
        Runner::from_vars(|name| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_laptop_is_no_runner() {
        let runner = runner(&[]).unwrap();
        assert!(!runner.on_runner);
        assert_eq!(runner.api_url, "https://api.github.com");
        assert!(runner.run.is_none() && runner.subject().sha.is_none());
    }

    #[test]
    fn a_run_is_read_whole() {
        let event = tempfile::NamedTempFile::new().unwrap();
        let head = "b".repeat(40);
        let payload = format!(r#"{{"pull_request":{{"number":7,"head":{{"sha":"{head}"}}}}}}"#);
        std::fs::write(event.path(), payload).unwrap();
        let merge = "a".repeat(40);
        let runner = runner(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "acme/web"),
            ("GITHUB_SHA", &merge),
            ("GITHUB_RUN_ID", "99"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_JOB", "bundle"),
            ("GITHUB_API_URL", "https://ghes.example/api/v3/"),
            ("GITHUB_EVENT_NAME", "pull_request"),
            ("GITHUB_EVENT_PATH", event.path().to_str().unwrap()),
            ("GITHUB_OUTPUT", ""),
        ])
        .unwrap();
        assert_eq!(runner.api_url, "https://ghes.example/api/v3");
        assert_eq!(runner.output_file, None, "empty means not set");
        let run = runner.run.as_ref().unwrap();
        assert_eq!((run.id, run.attempt), (99, 2));
        assert_eq!(run.url, "https://github.com/acme/web/actions/runs/99");
        let subject = runner.subject();
        assert_eq!(
            subject.sha.unwrap().as_str(),
            head,
            "the head, not the merge commit"
        );
        assert_eq!(subject.pull_request, Some(7));
    }

    #[test]
    fn malformed_variables_are_named() {
        let cases = [
            ("GITHUB_SHA", "main"),
            ("GITHUB_RUN_ID", "x"),
            ("GITHUB_EVENT_PATH", "/does/not/exist.json"),
            ("STAGEGATE_INPUTS", "nope"),
        ];
        for (name, value) in cases {
            let message = runner(&[(name, value)]).unwrap_err().to_string();
            assert!(
                message.contains(value) || message.contains(name),
                "{message}"
            );
        }
    }
}
