//! The consumer's repository: the sample app with the shipped workflows, as two commits. Authors and dates
//! are fixed, so the same sources always give the same commits.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::error::Error;
use crate::folders::{Folders, Stage, copy};
use crate::program::run;
use crate::progress::Progress;

/// What a build or an install leaves behind, and what is not part of the app.
const NOT_SOURCE: [&str; 8] = [
    "node_modules",
    ".next",
    ".vercel",
    "out",
    "reports",
    "next-env.d.ts",
    "tsconfig.tsbuildinfo",
    ".stagegate",
];

/// The commits of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Commits {
    /// What ran before: on `main`.
    pub base: String,
    /// The change: on `change`.
    pub head: String,
}

/// A repository on this machine.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    pub folder: PathBuf,
    pub commits: Commits,
}

/// Makes the repository; `change` names the folder under tests/apps/scenarios that is copied over.
pub(crate) async fn create(
    folders: &Folders,
    stage: &Stage,
    change: &str,
    progress: &Progress,
) -> Result<Repository, Error> {
    let folder = stage.repository();
    copy(
        &folders.repository.join("tests/apps/setlist"),
        &folder,
        &NOT_SOURCE,
    )?;
    copy(
        &folders.repository.join("workflows"),
        &folder.join(".github/workflows"),
        &[],
    )?;
    let git = Git {
        folder: &folder,
        progress,
    };
    git.run(&["init", "--quiet", "--initial-branch", "main"])
        .await?;
    let base = git.commit("Set lists as they are", 0).await?;
    git.run(&["checkout", "--quiet", "-b", "change"]).await?;
    copy(
        &folders.repository.join("tests/apps/scenarios").join(change),
        &folder,
        &[],
    )?;
    let head = git.commit(change, 3600).await?;
    Ok(Repository {
        commits: Commits { base, head },
        folder,
    })
}

impl Repository {
    /// Moves `main` to the change and checks it out, as a fast-forward merge does.
    pub(crate) async fn merge(&self, progress: &Progress) -> Result<(), Error> {
        let git = Git {
            folder: &self.folder,
            progress,
        };
        git.run(&["checkout", "--quiet", "main"]).await?;
        git.run(&["merge", "--quiet", "--ff-only", "change"])
            .await?;
        Ok(())
    }

    /// Checks out a commit of `main` without the change, for the run that built what is live.
    pub(crate) async fn at_base(&self, progress: &Progress) -> Result<(), Error> {
        let git = Git {
            folder: &self.folder,
            progress,
        };
        git.run(&["checkout", "--quiet", "main"]).await.map(drop)
    }

    /// Adds a commit to the change, from a folder under tests/apps/scenarios, and gives its name.
    pub(crate) async fn push(
        &self,
        folders: &Folders,
        change: &str,
        progress: &Progress,
    ) -> Result<String, Error> {
        self.at_change(progress).await?;
        let from = folders.repository.join("tests/apps/scenarios").join(change);
        copy(&from, &self.folder, &[])?;
        let git = Git {
            folder: &self.folder,
            progress,
        };
        // What a build left is no part of the change.
        git.run(&["add", "--update"]).await?;
        git.run_at(&["commit", "--quiet", "--message", change], 7200)
            .await?;
        git.head().await
    }

    /// Checks out the change.
    pub(crate) async fn at_change(&self, progress: &Progress) -> Result<(), Error> {
        let git = Git {
            folder: &self.folder,
            progress,
        };
        git.run(&["checkout", "--quiet", "change"]).await.map(drop)
    }
}

struct Git<'a> {
    folder: &'a Path,
    progress: &'a Progress,
}

impl Git<'_> {
    async fn run(&self, arguments: &[&str]) -> Result<String, Error> {
        self.run_at(arguments, 0).await
    }

    async fn run_at(&self, arguments: &[&str], offset: u32) -> Result<String, Error> {
        let date = format!("{} +0000", 1_767_225_600 + offset);
        let mut command = Command::new("git");
        command
            .current_dir(self.folder)
            // Nothing of the user's own configuration may change the commits.
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "author")
            .env("GIT_AUTHOR_EMAIL", "author@setlist.invalid")
            .env("GIT_COMMITTER_NAME", "author")
            .env("GIT_COMMITTER_EMAIL", "author@setlist.invalid")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .args(arguments);
        run(&mut command, "git", self.progress).await
    }

    async fn commit(&self, message: &str, offset: u32) -> Result<String, Error> {
        self.run(&["add", "--all", "--force"]).await?;
        self.run_at(&["commit", "--quiet", "--message", message], offset)
            .await?;
        self.head().await
    }

    async fn head(&self) -> Result<String, Error> {
        let sha = self.run(&["rev-parse", "HEAD"]).await?;
        Ok(sha.trim().to_owned())
    }
}
