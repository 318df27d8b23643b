//! Running act and reading its log: one JSON object per line. What a job or step did is taken from there,
//! never from act's exit code alone, which is 0 also when every job was skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::error::Error;
use crate::folders::Stage;
use crate::outcome::{JobResult, JobRun, WorkflowRun};
use crate::progress::Progress;
use crate::suite;
use crate::workflow;

/// Variables of this process that programs need to reach their package registries.
const NETWORK: [&str; 9] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "NPM_CONFIG_USERCONFIG",
];

/// One run of one workflow.
#[derive(Debug)]
pub(crate) struct Invocation<'a> {
    pub act: &'a Path,
    pub stage: &'a Stage,
    pub workflow: &'static str,
    pub event: &'static str,
    pub payload: Value,
    pub run_id: u64,
    /// Only this job.
    pub job: Option<&'static str>,
    pub variables: Vec<(&'static str, String)>,
    pub environment: Vec<(&'static str, String)>,
    pub secrets: Vec<(&'static str, String)>,
}

/// Runs a workflow to its end.
pub(crate) async fn run(
    invocation: &Invocation<'_>,
    progress: &Progress,
) -> Result<WorkflowRun, Error> {
    let stage = invocation.stage;
    let file = stage
        .workflows()
        .join(format!("{}.yml", invocation.workflow));
    let declared = workflow::read(&file)?;
    let payload = stage
        .folder
        .join(format!("event-{}.json", invocation.run_id));
    std::fs::write(&payload, invocation.payload.to_string())
        .map_err(Error::file("write", &payload))?;
    // A file and not a pipe: nobody has to read it while the other stream is read.
    let words_path = stage
        .folder
        .join(format!("{}-{}.err", invocation.workflow, invocation.run_id));
    let words = std::fs::File::create(&words_path).map_err(Error::file("create", &words_path))?;
    let mut command = command(invocation, &file, &payload)?;
    command.stderr(words);
    let mut child = command.spawn().map_err(|error| Error::Program {
        program: "act".to_owned(),
        status: error.to_string(),
        tail: String::new(),
    })?;
    let log_path = stage
        .folder
        .join(format!("{}-{}.log", invocation.workflow, invocation.run_id));
    let mut log = tokio::fs::File::create(&log_path)
        .await
        .map_err(Error::file("create", &log_path))?;
    let mut reader = Reader::new(progress);
    if let Some(out) = child.stdout.take() {
        let mut lines = BufReader::new(out).split(b'\n');
        while let Some(line) = lines
            .next_segment()
            .await
            .map_err(Error::file("read", &log_path))?
        {
            log.write_all(&line)
                .await
                .map_err(Error::file("write", &log_path))?;
            log.write_all(b"\n")
                .await
                .map_err(Error::file("write", &log_path))?;
            if let Ok(line) = serde_json::from_slice::<Line>(&line) {
                reader.take(&line);
            }
        }
    }
    let status = child.wait().await.map_err(Error::file("read", &log_path))?;
    let words = std::fs::read_to_string(&words_path).map_err(Error::file("read", &words_path))?;
    // 0 and 1 are act's own answers; a Go program that breaks exits with 2 or by a signal.
    if !matches!(status.code(), Some(0 | 1)) {
        let first = words
            .lines()
            .find(|line| line.starts_with("fatal error") || line.starts_with("panic"));
        return Err(Error::Crashed(format!(
            "{status}: {}",
            first.unwrap_or_default()
        )));
    }
    let mut run = reader.finish(invocation.workflow, declared);
    run.exit_code = status.code();
    if run
        .jobs
        .values()
        .all(|job| job.result == JobResult::Skipped)
    {
        // Nothing ran: act refused the file, or the event matched nothing. Its own words say which.
        let words: Vec<&str> = words
            .lines()
            .filter(|line| !line.contains("docker"))
            .collect();
        return Err(Error::Program {
            program: format!("act {} {}", invocation.event, file.display()),
            status: status.to_string(),
            tail: words.join("\n"),
        });
    }
    Ok(run)
}

fn command(invocation: &Invocation<'_>, file: &Path, payload: &Path) -> Result<Command, Error> {
    let stage = invocation.stage;
    let mut command = Command::new(invocation.act);
    command
        .current_dir(stage.repository())
        .arg(invocation.event)
        .arg("--workflows")
        .arg(file)
        .arg("--eventpath")
        .arg(payload)
        .arg("--action-cache-path")
        .arg(stage.act())
        .args([
            "--platform",
            "ubuntu-latest=-self-hosted",
            "--no-cache-server",
            "--pull=false",
            "--action-offline-mode",
        ])
        .args([
            "--env-file",
            "/dev/null",
            "--secret-file",
            "/dev/null",
            "--var-file",
            "/dev/null",
            "--input-file",
            "/dev/null",
        ])
        .args([
            "--actor",
            "author",
            "--defaultbranch",
            "main",
            "--concurrent-jobs",
            "2",
            "--rm",
            "--json",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    if let Some(job) = invocation.job {
        command.args(["--job", job]);
    }
    for (reference, folder) in local_repositories(invocation, file)? {
        command
            .arg("--local-repository")
            .arg(format!("{reference}={}", folder.display()));
    }
    for (name, value) in &invocation.variables {
        command.arg("--var").arg(format!("{name}={value}"));
    }
    for (name, value) in &invocation.secrets {
        command.arg("--secret").arg(format!("{name}={value}"));
    }
    let inherited = NETWORK
        .iter()
        .filter_map(|name| Some((*name, std::env::var(name).ok()?)));
    for (name, value) in invocation.environment.iter().cloned().chain(inherited) {
        command.arg("--env").arg(format!("{name}={value}"));
    }
    Ok(command)
}

/// Every action the file uses, and the folder that stands in for it.
fn local_repositories(
    invocation: &Invocation<'_>,
    file: &Path,
) -> Result<BTreeMap<String, PathBuf>, Error> {
    let text = std::fs::read_to_string(file).map_err(Error::file("read", file))?;
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim_start().trim_start_matches("- ");
        let Some(uses) = line.strip_prefix("uses: ") else {
            continue;
        };
        let uses = uses.split_whitespace().next().unwrap_or_default();
        let parts = uses.split_once('@').and_then(|(path, at)| {
            let mut parts = path.splitn(3, '/');
            Some((parts.next()?, parts.next()?, at))
        });
        let Some((owner, name, at)) = parts else {
            return Err(Error::Workflow {
                path: file.to_owned(),
                reason: format!("`uses: {uses}` is no owner/name@ref"),
            });
        };
        let folder = match (owner, name) {
            ("stagegate", _) => invocation.stage.suite(),
            ("rehearsal" | "actions", name) => suite::stand_in(invocation.stage, name),
            _ => PathBuf::new(),
        };
        if !folder.is_dir() {
            return Err(Error::Workflow {
                path: file.to_owned(),
                reason: format!("nothing stands in for `{uses}`: add it under tests/stand-ins"),
            });
        }
        found.insert(format!("{owner}/{name}@{at}"), folder);
    }
    Ok(found)
}

/// A line of act's log, as far as it matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    msg: String,
    #[serde(rename = "jobID")]
    job_id: String,
    matrix: Value,
    step: String,
    #[serde(rename = "stepID")]
    step_id: Vec<String>,
    stage: String,
    #[serde(rename = "stepResult")]
    step_result: String,
    #[serde(rename = "jobResult")]
    job_result: String,
    raw_output: bool,
    command: String,
}

struct Reader<'a> {
    progress: &'a Progress,
    jobs: BTreeMap<(String, String), JobRun>,
    last_words: BTreeMap<(String, String), Vec<String>>,
}

impl<'a> Reader<'a> {
    fn new(progress: &'a Progress) -> Self {
        Self {
            progress,
            jobs: BTreeMap::new(),
            last_words: BTreeMap::new(),
        }
    }

    fn take(&mut self, line: &Line) {
        if line.job_id.is_empty() {
            return;
        }
        let leg = match &line.matrix {
            Value::Object(keys) if !keys.is_empty() => keys
                .values()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
            _ => String::new(),
        };
        let key = (line.job_id.clone(), leg.clone());
        let now = self.progress.seconds();
        let job = self
            .jobs
            .entry(key.clone())
            .or_insert_with(|| JobRun::started(&line.job_id, &leg, now));
        if line.raw_output {
            let words = self.last_words.entry(key).or_default();
            words.push(line.msg.trim_end().to_owned());
            return;
        }
        // Steps of our own composites nest; the workflow's steps are what the file declares.
        if !line.step_result.is_empty() && line.stage == "Main" && line.step_id.len() == 1 {
            let result = JobResult::parse(&line.step_result);
            job.steps.push(line.step.clone());
            let words = self.last_words.remove(&key).unwrap_or_default();
            if result == JobResult::Failure {
                self.progress
                    .line(&format!("   {} · {}: failed", job.display(), line.step));
                for words in words.iter().rev().take(12).rev() {
                    self.progress.line(&format!("     {words}"));
                }
            }
        }
        if line.command == "error" || line.command == "warning" {
            job.annotations += 1;
        }
        if !line.job_result.is_empty() {
            job.result = JobResult::parse(&line.job_result);
            job.seconds = now - job.started;
            let sign = if job.result == JobResult::Success {
                "✅"
            } else {
                "❌"
            };
            self.progress
                .line(&format!("{sign} {} ({:.1} s)", job.display(), job.seconds));
        }
    }

    /// Adds what the file declares and the log does not mention: skipped jobs leave no line at all.
    fn finish(self, workflow: &str, declared: workflow::Workflow) -> WorkflowRun {
        let mut jobs = self.jobs;
        for (id, job) in &declared.jobs {
            let ran = jobs.keys().any(|(known, _)| known == id);
            if !ran {
                jobs.insert((id.clone(), String::new()), JobRun::skipped(id));
            }
            for (_, run) in jobs.iter_mut().filter(|((known, _), _)| known == id) {
                run.name.clone_from(&job.name);
            }
        }
        WorkflowRun {
            workflow: workflow.to_owned(),
            jobs,
            declared,
            exit_code: None,
        }
    }
}
