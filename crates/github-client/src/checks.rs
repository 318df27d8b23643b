//! Check runs and their annotations. A PATCH **appends** annotations, so a repeated one would show them
//! twice: after a lost answer the count GitHub holds is read back first.

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Error;
use crate::routes::Route;

/// The most annotations GitHub takes in one request.
pub const MAX_ANNOTATIONS_PER_REQUEST: usize = 50;

/// A check run as GitHub holds it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CheckRun {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The commit it is on.
    pub head_sha: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// `success`, `failure`, …; absent until completed.
    pub conclusion: Option<String>,
    /// Whatever its creator wrote.
    pub external_id: Option<String>,
    /// Its page.
    pub html_url: Option<String>,
    /// The App that made it; anybody with `checks: write` can take any name, but not any App.
    pub app: Option<App>,
    /// What it shows.
    #[serde(default)]
    pub output: CheckOutput,
}

/// A GitHub App.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct App {
    /// Its short name, `github-actions` for a workflow's token.
    #[serde(default)]
    pub slug: String,
}

/// What a check run shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CheckOutput {
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// How many annotations it has.
    #[serde(default)]
    pub annotations_count: usize,
}

/// A completed check run to be shown.
#[derive(Clone, Debug)]
pub struct NewCheckRun {
    /// Its name; unique, because GitHub files it under any suite of the commit.
    pub name: String,
    /// The commit.
    pub head_sha: String,
    /// Known to nobody else: by it a lost answer is found again. It must differ for every run, attempt and
    /// content, because annotations once sent cannot be taken back.
    pub external_id: String,
    /// The result.
    pub conclusion: CheckConclusion,
    /// Where "Details" leads.
    pub details_url: Option<String>,
    /// The headline, at most 255 characters.
    pub title: String,
    /// Markdown, at most 65,535 characters.
    pub summary: String,
    /// More Markdown, at most 65,535 characters.
    pub text: Option<String>,
    /// All annotations; they are sent in batches.
    pub annotations: Vec<CheckAnnotation>,
}

/// The result of a completed check run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckConclusion {
    /// Green.
    Success,
    /// Red.
    Failure,
    /// Grey; does not block.
    Neutral,
    /// Waits for a person.
    ActionRequired,
}

/// A remark on lines of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckAnnotation {
    /// The file, relative to the repository.
    pub path: String,
    /// From 1.
    pub start_line: u32,
    /// Not before `start_line`.
    pub end_line: u32,
    /// From 1; GitHub takes columns only within one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_column: Option<u32>,
    /// Not before `start_column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// `notice`, `warning` or `failure`.
    pub annotation_level: &'static str,
    /// The text, at most 64 KB.
    pub message: String,
    /// A headline, at most 255 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

#[derive(Serialize)]
struct Output<'a> {
    title: &'a str,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    annotations: &'a [CheckAnnotation],
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head_sha: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'a str>,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<CheckConclusion>,
    output: Output<'a>,
}

#[derive(Deserialize)]
struct Page {
    check_runs: Vec<CheckRun>,
}

impl NewCheckRun {
    /// One request: `batch` of the annotations, the conclusion with the last.
    fn body<'a>(&'a self, batch: &'a [CheckAnnotation], first: bool, last: bool) -> Body<'a> {
        Body {
            name: first.then_some(&self.name),
            head_sha: first.then_some(&self.head_sha),
            external_id: first.then_some(&self.external_id),
            details_url: self.details_url.as_deref(),
            status: if last { "completed" } else { "in_progress" },
            conclusion: last.then_some(self.conclusion),
            output: Output {
                title: &self.title,
                summary: &self.summary,
                text: self.text.as_deref(),
                annotations: batch,
            },
        }
    }
}

impl Client {
    /// Shows a check run with all its annotations. Called again with the same `external_id`, it goes on
    /// where the earlier call stopped; of check runs with one name, GitHub shows the newest.
    ///
    /// A batch of annotations that GitHub does not take ends the annotations and not the check run: it is
    /// completed, because one that stays in progress blocks a merge and says nothing.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not write checks; [`Error::Annotations`] when the check
    /// run is complete and annotations are missing.
    pub async fn publish_check_run(&self, new: &NewCheckRun) -> Result<CheckRun, Error> {
        let mut lost = None;
        let mut run = match self.find_check_run(new).await? {
            Some(run) => run,
            None => self.create_check_run(new, &mut lost).await?,
        };
        let mut complete = run.status == "completed";
        while !complete {
            // What GitHub holds decides what is still to be sent.
            let held = run.output.annotations_count.min(new.annotations.len());
            let rest = new.annotations.get(held..).unwrap_or_default();
            let (batch, rest) = match lost {
                None => split(rest),
                Some(_) => Default::default(),
            };
            let last = rest.is_empty();
            match self.append_annotations(new, &run, batch, last).await {
                Ok(updated) => (run, complete) = (updated, last),
                Err(error) if batch.is_empty() => return Err(lost.unwrap_or(error)),
                Err(error) => lost = Some(error),
            }
        }
        match lost {
            None => Ok(run),
            Some(cause) => Err(Error::Annotations {
                name: new.name.clone(),
                shown: run.output.annotations_count,
                wanted: new.annotations.len(),
                cause: Box::new(cause),
            }),
        }
    }

    async fn create_check_run(
        &self,
        new: &NewCheckRun,
        lost: &mut Option<Error>,
    ) -> Result<CheckRun, Error> {
        let (first, rest) = split(&new.annotations);
        match self.create_with(new, first, rest.is_empty()).await {
            // Refused for what it holds: the result is worth more than the annotations.
            Err(error @ Error::Status { .. }) if error.is_invalid() && !first.is_empty() => {
                *lost = Some(error);
                self.create_with(new, &[], true).await
            }
            result => result,
        }
    }

    async fn create_with(
        &self,
        new: &NewCheckRun,
        batch: &[CheckAnnotation],
        last: bool,
    ) -> Result<CheckRun, Error> {
        let call = self
            .call(Route::CreateCheckRun, &[])
            .json(&new.body(batch, true, last))?;
        let created: CheckRun = self
            .write(&call, &|| Box::pin(self.find_check_run(new)))
            .await?;
        Ok(counted(created, batch.len()))
    }

    async fn append_annotations(
        &self,
        new: &NewCheckRun,
        run: &CheckRun,
        batch: &[CheckAnnotation],
        last: bool,
    ) -> Result<CheckRun, Error> {
        let id = run.id.to_string();
        let expected = run.output.annotations_count + batch.len();
        let call = self
            .call(Route::UpdateCheckRun, &[&id])
            .json(&new.body(batch, false, last))?;
        let look = self.call(Route::CheckRun, &[&id]);
        let updated: CheckRun = self
            .write(&call, &|| {
                let look = look.clone();
                Box::pin(async move {
                    let run: CheckRun = self.get(&look).await?;
                    let landed = run.output.annotations_count >= expected
                        && (!last || run.status == "completed");
                    Ok(landed.then_some(run))
                })
            })
            .await?;
        Ok(counted(updated, expected))
    }

    /// The check runs of a commit by this name, also superseded ones.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn check_runs(&self, sha: &str, name: &str) -> Result<Vec<CheckRun>, Error> {
        let call = self
            .call(Route::CheckRunsOfCommit, &[sha])
            .query("check_name", name)
            .query("filter", "all");
        self.get_all(call, |page: Page| page.check_runs).await
    }

    async fn find_check_run(&self, new: &NewCheckRun) -> Result<Option<CheckRun>, Error> {
        let runs = self.check_runs(&new.head_sha, &new.name).await?;
        Ok(runs
            .into_iter()
            .find(|run| run.external_id.as_deref() == Some(new.external_id.as_str())))
    }
}

/// The count in the answer to a write may lag behind; we know what we sent.
fn counted(mut run: CheckRun, sent: usize) -> CheckRun {
    run.output.annotations_count = run.output.annotations_count.max(sent);
    run
}

fn split(annotations: &[CheckAnnotation]) -> (&[CheckAnnotation], &[CheckAnnotation]) {
    annotations.split_at(annotations.len().min(MAX_ANNOTATIONS_PER_REQUEST))
}
