//! Brings the verdicts of a run from its artifacts. How much is downloaded and unpacked is bounded, one artifact at a
//! time is in memory, and what is refused is listed: half the evidence must not look like the whole.

use std::collections::BTreeMap;
use std::time::Duration;

use gate::{Error, FoundVerdicts, Problem};
use github_client::{Artifact, Client, Downloads, unpack};
use globset::{Glob, GlobSet, GlobSetBuilder};
use http_client::Deadline;
use verdict::{Digest, Verdict};

/// Which artifacts hold verdicts, unless the team says otherwise.
pub(crate) const VERDICT_ARTIFACTS: &str = "verdict-*";

/// The most artifacts that are looked into.
const MAX_ARTIFACTS: usize = 100;

/// The largest artifact, and all together, as they are stored, in bytes.
const ARTIFACT_BYTES: u64 = 8 << 20;
const ALL_BYTES: u64 = 32 << 20;

/// The most bytes that are unpacked of one run. What is read of a verdict may take several times its size.
const UNPACKED_BYTES: u64 = 32 << 20;

/// How long all downloads may take together.
const TIME: Duration = Duration::from_secs(120);

/// Artifact names, as globs.
pub(crate) fn patterns(globs: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    let mut problems = Vec::new();
    let default = [VERDICT_ARTIFACTS.to_owned()];
    for glob in if globs.is_empty() { &default } else { globs } {
        match Glob::new(glob) {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => {
                let message = format!("artifacts `{glob}` is no glob: {}", error.kind());
                problems.push(Problem::new(message).fix("name artifacts as in `verdict-*`"));
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Usage(problems));
    }
    set.build()
        .map_err(|error| Error::usage(format!("artifacts: {error}")))
}

/// Downloads the artifacts of a run whose names match, and reads the verdicts in them.
pub(crate) async fn fetch(
    github: &Client,
    run: u64,
    names: &GlobSet,
) -> Result<FoundVerdicts, Error> {
    let cannot = |error: github_client::Error| {
        Error::undecided(format!(
            "the artifacts of run {run} cannot be listed: {error}"
        ))
        .fix("give the job `permissions: {actions: read}`")
    };
    let listed = github.artifacts(run).await.map_err(cannot)?;
    let downloads = github.downloads().map_err(cannot)?;
    let mut reader = Reader {
        downloads,
        deadline: Deadline::after(TIME),
        stored: ALL_BYTES,
        unpacked: UNPACKED_BYTES,
        found: FoundVerdicts::default(),
    };
    let chosen = latest(listed, names);
    for artifact in chosen.iter().take(MAX_ARTIFACTS) {
        reader.read(artifact).await;
    }
    if chosen.len() > MAX_ARTIFACTS {
        let count = chosen.len();
        let text = format!("{count} artifacts, of which {MAX_ARTIFACTS} were looked into");
        reader.found.refuse(Problem::new(text));
    }
    Ok(reader.found)
}

/// The artifacts wanted, by name. A later attempt leaves a new one of the same name; ids grow.
fn latest(listed: Vec<Artifact>, names: &GlobSet) -> Vec<Artifact> {
    let mut latest: BTreeMap<String, Artifact> = BTreeMap::new();
    for artifact in listed {
        let newer = latest
            .get(&artifact.name)
            .is_none_or(|known| known.id < artifact.id);
        if newer && names.is_match(&artifact.name) {
            latest.insert(artifact.name.clone(), artifact);
        }
    }
    latest.into_values().collect()
}

struct Reader {
    downloads: Downloads,
    deadline: Deadline,
    /// Bytes that may still be downloaded.
    stored: u64,
    /// Bytes that may still be unpacked.
    unpacked: u64,
    found: FoundVerdicts,
}

impl Reader {
    async fn read(&mut self, artifact: &Artifact) {
        let name = gate::foreign_text(&artifact.name);
        let zip = match self.download(artifact).await {
            Ok(zip) => zip,
            Err(why) => return self.refuse(&format!("{name}: {why}")),
        };
        self.stored = self.stored.saturating_sub(zip.len() as u64);
        let mut files = 0;
        let limit = Verdict::MAX_BYTES as u64;
        let refused = unpack(&zip, limit, &mut self.unpacked, |entry, bytes| {
            files += 1;
            self.found.add(&format!("{name}/{entry}"), bytes);
        });
        if files == 0 && refused.is_empty() {
            self.refuse(&format!("{name} holds no verdict"));
        }
        for why in refused {
            self.refuse(&format!("{name} {why}"));
        }
    }

    fn refuse(&mut self, text: &str) {
        let problem = Problem::new(gate::foreign_text(text));
        self.found.refuse(problem);
    }

    async fn download(&self, artifact: &Artifact) -> Result<Vec<u8>, String> {
        let limit = ARTIFACT_BYTES.min(self.stored);
        let size = artifact.size_in_bytes;
        if artifact.expired {
            return Err("has expired".to_owned());
        }
        if size > ARTIFACT_BYTES {
            return Err(format!(
                "has {size} bytes, over the limit of {ARTIFACT_BYTES}"
            ));
        }
        if size > limit {
            return Err("would be more than is downloaded of one run".to_owned());
        }
        let bytes = self
            .deadline
            .run(self.downloads.read(artifact.id, limit))
            .await
            .map_err(|late| late.to_string())?
            .map_err(|error| error.to_string())?;
        match artifact.digest.as_deref() {
            Some(digest) if digest != Digest::of(&bytes).as_str() => {
                Err("is not what was uploaded: its digest differs".to_owned())
            }
            _ => Ok(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_one_name_the_last_upload_counts() {
        let artifact = |id, name: &str| Artifact {
            id,
            name: name.to_owned(),
            size_in_bytes: 1,
            digest: None,
            expired: false,
            workflow_run: None,
        };
        let listed = vec![
            artifact(3, "verdict-b"),
            artifact(9, "build"),
            artifact(7, "verdict-a"),
            artifact(5, "verdict-a"),
            artifact(4, "verdict-b"),
        ];
        let ids = |globs: &[&str]| {
            let globs: Vec<String> = globs.iter().map(ToString::to_string).collect();
            let chosen = latest(listed.clone(), &patterns(&globs).unwrap());
            chosen
                .iter()
                .map(|artifact| artifact.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&[]), [7, 4]);
        assert_eq!(ids(&["b*", "verdict-b"]), [9, 4]);
    }

    #[test]
    fn globs_that_are_none_are_named_together() {
        let globs = ["a[".to_owned(), "ok".to_owned(), "{b".to_owned()];
        assert_eq!(patterns(&globs).unwrap_err().problems().len(), 2);
    }
}
