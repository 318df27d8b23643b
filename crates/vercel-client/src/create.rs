//! Makes a deployment: ask first, upload only what Vercel says it misses, ask again.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    client::{Call, Vercel},
    deployment::Deployment,
    error::Error,
    list::Filter,
    shipment::{File, Shipment},
    upload::{Uploaded, ends_the_round},
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
    /// The project's name, or any name that can stand in a host: the project in the client's scope counts.
    pub name: &'a str,
    /// What for.
    pub target: Target,
    /// What is stamped on it, to be read back later.
    pub meta: BTreeMap<String, String>,
    /// Where the build came from, as Vercel's dashboard shows it.
    pub git: Option<GitMetadata>,
    /// A number that no other deployment has.
    pub attempt: String,
    /// More uploads than this are not begun: [`Error::TooManyUploads`].
    pub most_uploads: Option<usize>,
}

/// Where a build came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitMetadata {
    /// The repository's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_url: Option<String>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_ref: Option<String>,
    /// The commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_sha: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_author_name: Option<String>,
    /// The first line of its message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_message: Option<String>,
    /// Whether the folder had changes that are in no commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
    /// The app's folder in a monorepo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_directory: Option<String>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    git_metadata: Option<&'a GitMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_settings: Option<Settings<'a>>,
    files: &'a [File],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rebuild<'a> {
    name: &'a str,
    project: &'a str,
    deployment_id: &'a str,
    target: &'static str,
    meta: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings<'a> {
    root_directory: &'a str,
    source_files_outside_root_directory: bool,
}

impl<'a> Order<'a> {
    fn new(project: &'a str, new: &'a NewDeployment<'a>, shipment: &'a Shipment) -> Self {
        let mut meta: BTreeMap<&str, &str> = new
            .meta
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        meta.insert(ATTEMPT, &new.attempt);
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
            git_metadata: new.git.as_ref(),
            project_settings: shipment.root_directory.as_deref().map(|root| Settings {
                root_directory: root,
                source_files_outside_root_directory: true,
            }),
            files: &shipment.files,
        }
    }
}

impl Vercel {
    /// Deploys a build as it is, or sources to be built. The answer says that Vercel took it, not that it is ready.
    ///
    /// # Errors
    /// When Vercel refuses, files do not arrive in several rounds, or too many would have to be sent.
    pub async fn create(
        &self,
        shipment: &Shipment,
        new: &NewDeployment<'_>,
    ) -> Result<Created, Error> {
        let order = Order::new(&self.scope.project_id, new, shipment);
        let mut uploaded = Uploaded::default();
        let mut missing = 0;
        let mut last = None;
        for _ in 0..ROUNDS {
            let refusal = match self
                .post_or_find(&order, shipment.prebuilt, &new.attempt)
                .await
            {
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
                let blob = shipment
                    .contents
                    .get(sha1)
                    .ok_or_else(|| Error::UnknownFile { sha1: sha1.clone() })?;
                entries.push((sha1, blob));
            }
            missing = entries.len();
            let bytes: u64 = entries.iter().map(|(_, blob)| blob.bytes).sum();
            if new.most_uploads.is_some_and(|most| missing > most) {
                return Err(Error::TooManyUploads { missing, bytes });
            }
            tracing::info!(files = missing, bytes, "uploading");
            let (round, failure) = self.upload(&entries).await;
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

    /// Has a deployment built again, for production. What it serves are other bytes than the first build's.
    ///
    /// # Errors
    /// When Vercel refuses.
    pub async fn rebuild(
        &self,
        deployment: &str,
        name: &str,
        attempt: &str,
    ) -> Result<Deployment, Error> {
        let order = Rebuild {
            name,
            project: &self.scope.project_id,
            deployment_id: deployment,
            target: "production",
            meta: BTreeMap::from([("action", "promote"), (ATTEMPT, attempt)]),
        };
        self.post_or_find(&order, false, attempt).await
    }

    /// Posts an order. After an answer that leaves open whether it landed, looks for the deployment before posting again,
    /// so that one release never makes two.
    async fn post_or_find<T: Serialize + Sync>(
        &self,
        order: &T,
        prebuilt: bool,
        attempt: &str,
    ) -> Result<Deployment, Error> {
        let mut lost = 0;
        loop {
            let mut call =
                Call::post(&["v13", "deployments"]).query("skipAutoDetectionConfirmation", "1");
            if prebuilt {
                call = call.query("prebuilt", "1");
            }
            let call = call.json(order);
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
