//! The body of `POST /v13/deployments`, as strict as the service is: unknown fields, unsafe paths and bad digests are 400.
//! It knows the public SDK's fields and the ones that only the CLI sends (`version`, `source`, `autoAssignCustomDomains`, …).

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;

use super::{answer::Refusal, archive};

/// More files are refused; the limit is Vercel's.
const MOST_FILES: usize = 15_000;

/// The body. Fields whose value the sandbox has no use for are still checked for their type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Body {
    pub(super) name: String,
    pub(super) project: Option<String>,
    pub(super) target: Option<String>,
    pub(super) custom_environment_slug_or_id: Option<String>,
    pub(super) deployment_id: Option<String>,
    #[serde(default)]
    pub(super) meta: BTreeMap<String, String>,
    pub(super) git_metadata: Option<GitMetadata>,
    pub(super) auto_assign_custom_domains: Option<bool>,
    #[serde(default)]
    pub(super) files: Vec<SentFile>,
    pub(super) version: Option<u8>,
    #[serde(rename = "source")]
    _source: Option<String>,
    #[serde(rename = "env")]
    _env: Option<BTreeMap<String, String>>,
    #[serde(rename = "build")]
    _build: Option<Build>,
    #[serde(rename = "regions")]
    _regions: Option<Vec<String>>,
    #[serde(rename = "projectSettings")]
    _project_settings: Option<ProjectSettings>,
    #[serde(rename = "public")]
    _public: Option<bool>,
    #[serde(rename = "functions")]
    _functions: Option<BTreeMap<String, Value>>,
    #[serde(rename = "withLatestCommit")]
    _with_latest_commit: Option<bool>,
    #[serde(rename = "monorepoManager")]
    _monorepo_manager: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    #[serde(rename = "env")]
    _env: Option<BTreeMap<String, String>>,
}

/// Where the code came from.
#[derive(Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GitMetadata {
    remote_url: Option<String>,
    commit_author_name: Option<String>,
    commit_author_email: Option<String>,
    commit_message: Option<String>,
    commit_ref: Option<String>,
    commit_sha: Option<String>,
    dirty: Option<bool>,
    root_directory: Option<String>,
    ci: Option<bool>,
    ci_type: Option<String>,
    ci_git_provider_username: Option<String>,
    ci_git_repo_visibility: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "read for the sake of refusing what the service refuses"
)]
struct ProjectSettings {
    build_command: Option<String>,
    command_for_ignoring_build_step: Option<String>,
    dev_command: Option<String>,
    framework: Option<String>,
    install_command: Option<String>,
    node_version: Option<String>,
    output_directory: Option<String>,
    root_directory: Option<String>,
    serverless_function_region: Option<String>,
    skip_git_connect_during_link: Option<bool>,
    source_files_outside_root_directory: Option<bool>,
}

/// A file by digest (`sha`, `size`) or with its content (`data`, `encoding`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SentFile {
    pub(super) file: String,
    pub(super) sha: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) mode: Option<u32>,
    data: Option<String>,
    encoding: Option<String>,
}

/// What a [`SentFile`] stands for.
pub(super) enum Content {
    /// Uploaded before, or missing.
    Digest(String, Option<u64>),
    /// Here it is.
    Inline(Vec<u8>),
}

fn invalid(message: impl std::fmt::Display) -> Refusal {
    Refusal::bad_request(format!("Invalid request: {message}"))
}

impl Body {
    /// What types cannot say.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let name = &self.name;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        if name.is_empty() || name.len() > 100 || !name.chars().all(plain) || name.contains("---") {
            return Err(invalid(
                "`name` takes up to 100 lower-case letters, digits, `.`, `_` and `-`, no `---`",
            ));
        }
        if self.version.is_some_and(|version| version != 2) {
            return Err(invalid("`version` must be 2"));
        }
        if self.files.is_empty() && self.deployment_id.is_none() {
            return Err(invalid("missing required property `files`"));
        }
        if !self.files.is_empty() && self.deployment_id.is_some() {
            return Err(invalid("`files` and `deploymentId` exclude each other"));
        }
        if self.target.is_some() && self.custom_environment_slug_or_id.is_some() {
            return Err(invalid(
                "`target` and `customEnvironmentSlugOrId` exclude each other",
            ));
        }
        if self.files.len() > MOST_FILES {
            return Err(Refusal::too_many_files(format!(
                "Invalid request: `files` has {} entries, at most {MOST_FILES} are taken",
                self.files.len()
            )));
        }
        let mut seen = BTreeSet::new();
        for (index, file) in self.files.iter().enumerate() {
            file.check()
                .map_err(|reason| invalid(format!("`files[{index}]`: {reason}")))?;
            if !seen.insert(&file.file) {
                return Err(invalid(format!(
                    "`files[{index}]`: {} is there twice",
                    file.file
                )));
            }
        }
        Ok(())
    }
}

impl SentFile {
    fn check(&self) -> Result<(), String> {
        let path = &self.file;
        let unsafe_part = |part: &str| part.is_empty() || part == "." || part == "..";
        if path.contains(['\\', '\0']) || path.split('/').any(unsafe_part) {
            return Err(format!(
                "`file` must be a path inside the project: {path:?}"
            ));
        }
        // The CLI sends bare permissions for an archive's parts, which are no files of the project's.
        let bare = archive::part(path).is_some();
        let known = |mode: u32| match mode & 0o170_000 {
            0o100_000 | 0o120_000 => true,
            kind => bare && kind == 0,
        };
        if self.mode.is_some_and(|mode| !known(mode)) {
            return Err("`mode` must be that of a file or a link".to_owned());
        }
        match (&self.sha, &self.data) {
            (Some(sha), None) if sha.len() != 40 || !sha.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Err("`sha` must be 40 hex digits".to_owned())
            }
            (Some(_), None) if self.size.is_none() => {
                Err("missing required property `size`".to_owned())
            }
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err("either `sha` or `data` is required".to_owned()),
        }
    }

    /// The content named or carried.
    pub(super) fn content(&self) -> Result<Content, Refusal> {
        let Some(data) = &self.data else {
            return Ok(Content::Digest(
                self.sha.clone().unwrap_or_default().to_ascii_lowercase(),
                self.size,
            ));
        };
        match self.encoding.as_deref() {
            None | Some("utf-8") => Ok(Content::Inline(data.clone().into_bytes())),
            Some("base64") => STANDARD
                .decode(data)
                .map(Content::Inline)
                .map_err(|error| invalid(format!("`data` of {}: {error}", self.file))),
            Some(other) => Err(invalid(format!(
                "`encoding` is base64 or utf-8, not {other:?}"
            ))),
        }
    }
}
