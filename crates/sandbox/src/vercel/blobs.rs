//! Uploaded content on disk, each SHA-1 once. Bodies stream from the socket to the file, so memory stays flat however large
//! an upload is; the folder has a quota and goes away with the sandbox.

use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{Stream, StreamExt};
use sha1::{Digest, Sha1};
use tokio::{fs, io::AsyncWriteExt};

/// All blobs together may not be larger.
const QUOTA: u64 = 2 << 30;
/// One file may not be larger: Vercel's limit for a static upload on the smallest plan.
const LARGEST: u64 = 100 << 20;

/// The store.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
    sizes: Mutex<HashMap<String, u64>>,
    names: AtomicU64,
}

/// Why content was not stored.
#[derive(Debug)]
pub(crate) enum Unstored {
    /// Too large, alone or with the rest.
    TooLarge,
    /// The body ended early, or the disk refused.
    Broken(String),
    /// The content is not what was announced; holds what came.
    Mismatch { sha: String, size: u64 },
}

impl From<io::Error> for Unstored {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Blobs {
    /// A new, empty folder below the system's temporary one.
    pub(crate) fn new() -> io::Result<Self> {
        static FOLDERS: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
            let name = format!("stagegate-sandbox-{}-{number}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            match std::fs::create_dir(&folder) {
                Ok(()) => {
                    return Ok(Self {
                        folder,
                        sizes: Mutex::default(),
                        names: AtomicU64::new(0),
                    });
                }
                // Left behind by a process of the same number that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Stores a stream, provided its digest and size are the ones announced.
    pub(crate) async fn store<E: std::fmt::Display>(
        &self,
        mut body: impl Stream<Item = Result<axum::body::Bytes, E>> + Unpin,
        announced: (&str, u64),
    ) -> Result<(), Unstored> {
        let spool = self.folder.join(format!(
            "incoming-{}",
            self.names.fetch_add(1, Ordering::Relaxed)
        ));
        let stored = self.spool(&mut body, &spool).await;
        let outcome = match stored {
            Ok((sha, size)) if (sha.as_str(), size) == announced => {
                fs::rename(&spool, self.path(&sha)).await?;
                self.sizes().insert(sha, size);
                return Ok(());
            }
            Ok((sha, size)) => Err(Unstored::Mismatch { sha, size }),
            Err(error) => Err(error),
        };
        // Best effort: the folder is removed at the end in any case.
        let _ = fs::remove_file(&spool).await;
        outcome
    }

    async fn spool<E: std::fmt::Display>(
        &self,
        body: &mut (impl Stream<Item = Result<axum::body::Bytes, E>> + Unpin),
        spool: &PathBuf,
    ) -> Result<(String, u64), Unstored> {
        let mut file = fs::File::create(spool).await?;
        let (mut hash, mut size) = (Sha1::new(), 0_u64);
        let (_, used) = self.totals();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| Unstored::Broken(error.to_string()))?;
            size += chunk.len() as u64;
            if size > LARGEST || used + size > QUOTA {
                return Err(Unstored::TooLarge);
            }
            hash.update(&chunk);
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        Ok((hex(&hash.finalize()), size))
    }

    /// Stores bytes that are in memory; gives their SHA-1.
    pub(crate) async fn store_bytes(&self, bytes: Vec<u8>) -> Result<(String, u64), Unstored> {
        let (sha, size) = (hex(&Sha1::digest(&bytes)), bytes.len() as u64);
        let body = futures_util::stream::iter([Ok::<_, io::Error>(axum::body::Bytes::from(bytes))]);
        self.store(body, (&sha, size)).await?;
        Ok((sha, size))
    }

    /// The size of a blob, if it is stored.
    pub(crate) fn size(&self, sha: &str) -> Option<u64> {
        self.sizes().get(sha).copied()
    }

    pub(crate) async fn read(&self, sha: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(sha)).await
    }

    /// How many blobs, and their bytes.
    pub(crate) fn totals(&self) -> (usize, u64) {
        let sizes = self.sizes();
        (sizes.len(), sizes.values().sum())
    }

    fn path(&self, sha: &str) -> PathBuf {
        self.folder.join(sha)
    }

    fn sizes(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(folder = %self.folder.display(), %error, "uploads were left behind");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
