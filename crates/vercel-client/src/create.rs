//! Makes a deployment of a build: ask first, upload only what Vercel says it misses, ask again.

use std::collections::BTreeMap;

use build_output::BuildOutput;
use serde::Serialize;

use crate::{
    client::{Call, Vercel},
    deployment::Deployment,
    error::Error,
    list::Filter,
    upload::{Uploaded, by_content, ends_the_round},
};

/// Rounds of asking and uploading. The second asks after the uploads; further ones mend uploads that failed.
const ROUNDS: u32 = 4;

/// How often a request whose answer was lost is looked up and, if it did not land, sent again.
const LOST_ANSWERS: u32 = 3;

/// The key under which each deployment carries a number of its own, so that it can be found when the answer is lost.
const ATTEMPT: &str = "stagegateAttempt";

/// What a deployment is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A URL of its own and nothing else.
    Preview,
    /// A custom environment, by slug or id.
    Custom(String),
    /// Production. Staged: ready, but no domain is moved to it.
    Production {
        /// Whether domains stay where they are.
        staged: bool,
    },
}

/// What to deploy.
#[derive(Debug, Clone)]
pub struct NewDeployment<'a> {
    /// The project's name.
    pub name: &'a str,
    /// What for.
    pub target: Target,
    /// What is stamped on it, to be read back later.
    pub meta: BTreeMap<String, String>,
    /// A number that no other deployment has.
    pub attempt: String,
}

/// A deployment that Vercel accepted, and what it took.
#[derive(Debug, Clone)]
pub struct Created {
    /// As accepted: not ready yet.
    pub deployment: Deployment,
    /// What had to be sent.
    pub uploaded: Uploaded,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order<'a> {
    name: &'a str,
    project: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_environment_slug_or_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_assign_custom_domains: Option<bool>,
    source: &'static str,
    version: u8,
    meta: BTreeMap<&'a str, &'a str>,
    files: Vec<File>,
}

#[derive(Serialize)]
struct File {
    file: String,
    sha: String,
    size: u64,
    mode: u32,
}

impl<'a> Order<'a> {
    fn new(project: &'a str, new: &'a NewDeployment<'a>, output: &BuildOutput) -> Self {
        let mut meta: BTreeMap<&str, &str> = new
            .meta
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        meta.insert(ATTEMPT, &new.attempt);
        let files = output.entries().iter().map(|entry| File {
            file: format!(".vercel/output/{}", entry.path),
            sha: entry.sha1_hex(),
            size: entry.bytes,
            mode: entry.mode(),
        });
        Self {
            name: new.name,
            project,
            target: matches!(new.target, Target::Production { .. }).then_some("production"),
            custom_environment_slug_or_id: match &new.target {
                Target::Custom(slug) => Some(slug),
                Target::Preview | Target::Production { .. } => None,
            },
            auto_assign_custom_domains: (new.target == Target::Production { staged: true })
                .then_some(false),
            source: "cli",
            version: 2,
            meta,
            files: files.collect(),
        }
    }
}

impl Vercel {
    /// Deploys a build as it is. The answer says that Vercel took it, not that it is ready.
    ///
    /// # Errors
    /// When Vercel refuses, or files do not arrive in several rounds.
    pub async fn create(
        &self,
        output: &BuildOutput,
        new: &NewDeployment<'_>,
    ) -> Result<Created, Error> {
        let order = Order::new(&self.scope.project_id, new, output);
        let contents = by_content(output);
        let mut uploaded = Uploaded::default();
        let mut missing = 0;
        let mut last = None;
        for _ in 0..ROUNDS {
            let refusal = match self.post_or_find(&order, &new.attempt).await {
                Ok(deployment) => {
                    return Ok(Created {
                        deployment,
                        uploaded,
                    });
                }
                Err(Error::Api(refusal)) if refusal.code == "missing_files" => refusal,
                Err(error) => return Err(error),
            };
            let mut entries = Vec::with_capacity(refusal.missing.len());
            for sha1 in &refusal.missing {
                let entry = contents
                    .get(sha1)
                    .ok_or_else(|| Error::UnknownFile { sha1: sha1.clone() })?;
                entries.push((sha1, *entry));
            }
            missing = entries.len();
            tracing::info!(
                files = missing,
                bytes = entries.iter().map(|(_, entry)| entry.bytes).sum::<u64>(),
                "uploading"
            );
            let (round, failure) = self.upload(output, &entries).await;
            uploaded.files += round.files;
            uploaded.bytes += round.bytes;
            match failure {
                // Another round mends the rest only if this one got somewhere, or if contents were merely damaged.
                Some(error) if ends_the_round(&error) => return Err(error),
                Some(error) if round.files == 0 && error.status() != Some(400) => {
                    return Err(error);
                }
                Some(error) => {
                    tracing::warn!(%error, "some uploads failed and are sent again");
                    last = Some(error);
                }
                None => last = None,
            }
        }
        Err(last.unwrap_or(Error::StillMissing {
            missing,
            rounds: ROUNDS,
        }))
    }

    /// Posts the order. After an answer that leaves open whether it landed, looks for the deployment before posting again,
    /// so that one release never makes two.
    async fn post_or_find(&self, order: &Order<'_>, attempt: &str) -> Result<Deployment, Error> {
        let mut lost = 0;
        loop {
            let call = Call::post(&["v13", "deployments"])
                .query("prebuilt", "1")
                .query("skipAutoDetectionConfirmation", "1")
                .json(order);
            let error = match self.call(call).await {
                Err(error) if error.may_have_landed() && lost < LOST_ANSWERS => error,
                done => return done,
            };
            lost += 1;
            tracing::warn!(%error, "looking whether the deployment was made all the same");
            if let Some(deadline) = self.deadline {
                self.pace
                    .wait(
                        lost,
                        deadline,
                        "creating the deployment",
                        "an answer was lost",
                    )
                    .await?;
            }
            let newest = self
                .deployments(&Filter {
                    limit: Some(20),
                    ..Filter::default()
                })
                .await?;
            let mine = newest.into_iter().find(|item| {
                item.meta.get(ATTEMPT).and_then(|value| value.as_str()) == Some(attempt)
            });
            if let Some(found) = mine {
                return self.deployment(&found.uid).await;
            }
        }
    }
}
