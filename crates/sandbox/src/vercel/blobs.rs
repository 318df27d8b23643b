//! Content on disk, each SHA-1 once. Small bodies are held in memory until their digest is known, larger ones stream from the
//! socket to the file, so memory stays flat however large an upload is; the folder has a quota and goes away with the sandbox.

use std::{
    collections::HashMap,
    fs,
    io::{self, Read, Write as _},
    path::PathBuf,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{Stream, StreamExt};
use sha1::{Digest, Sha1};
use tokio::io::AsyncWriteExt;

/// All blobs together may not be larger.
const QUOTA: u64 = 2 << 30;
/// One file may not be larger: Vercel's limit for a static upload on the smallest plan.
const LARGEST: u64 = 100 << 20;
/// Bodies up to this size are written in one go: for the thousands of small files of a build, handing every chunk to another
/// thread costs more than the disk does.
const SMALL: usize = 256 << 10;

/// The store.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
    known: Mutex<HashMap<String, Known>>,
    /// Bytes stored.
    used: AtomicU64,
    names: AtomicU64,
}

/// One content.
#[derive(Debug, Clone, Copy)]
struct Known {
    size: u64,
    /// Whether a client sent it as it is. What came out of an archive is here, but nobody may refer to it.
    uploaded: bool,
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
                        known: Mutex::default(),
                        used: AtomicU64::new(0),
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
        let mut hash = Sha1::new();
        let mut held = Vec::new();
        let mut spool: Option<(Spool, tokio::fs::File)> = None;
        let mut size = 0_u64;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| Unstored::Broken(error.to_string()))?;
            size += chunk.len() as u64;
            self.room(size)?;
            hash.update(&chunk);
            match &mut spool {
                Some((_, file)) => file.write_all(&chunk).await?,
                None => held.extend_from_slice(&chunk),
            }
            if spool.is_none() && held.len() > SMALL {
                let name = self.spool();
                let mut file = tokio::fs::File::create(&name.0).await?;
                file.write_all(&std::mem::take(&mut held)).await?;
                spool = Some((name, file));
            }
        }
        let sha = hex(&hash.finalize());
        if (sha.as_str(), size) != announced {
            return Err(Unstored::Mismatch { sha, size });
        }
        match spool {
            None => self.keep(&sha, &held, true)?,
            Some((name, mut file)) => {
                file.flush().await?;
                tokio::fs::rename(&name.0, self.path(&sha)).await?;
                self.enter(&sha, size, true);
            }
        }
        Ok(())
    }

    /// Stores bytes that are in memory; gives their SHA-1.
    pub(crate) fn store_bytes(&self, bytes: &[u8]) -> Result<(String, u64), Unstored> {
        let (sha, size) = (hex(&Sha1::digest(bytes)), bytes.len() as u64);
        self.room(size)?;
        self.keep(&sha, bytes, true)?;
        Ok((sha, size))
    }

    /// Stores what an archive has; gives its SHA-1. Blocks.
    pub(super) fn unpack(&self, content: &mut impl Read) -> io::Result<(String, u64)> {
        let mut held = Vec::new();
        let mut first = content.take(SMALL as u64 + 1);
        first.read_to_end(&mut held)?;
        if held.len() <= SMALL {
            let sha = hex(&Sha1::digest(&held));
            self.keep(&sha, &held, false)?;
            return Ok((sha, held.len() as u64));
        }
        let (spool, mut hash, mut size) = (self.spool(), Sha1::new(), 0_u64);
        let mut file = fs::File::create(&spool.0)?;
        let mut rest = io::Cursor::new(held).chain(first.into_inner());
        let mut buffer = vec![0; SMALL];
        loop {
            let read = rest.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            file.write_all(&buffer[..read])?;
            size += read as u64;
        }
        let sha = hex(&hash.finalize());
        fs::rename(&spool.0, self.path(&sha))?;
        self.enter(&sha, size, false);
        Ok((sha, size))
    }

    /// Writes a content, unless it is there.
    fn keep(&self, sha: &str, bytes: &[u8], uploaded: bool) -> io::Result<()> {
        if !self.known().contains_key(sha) {
            let spool = self.spool();
            fs::write(&spool.0, bytes)?;
            fs::rename(&spool.0, self.path(sha))?;
        }
        self.enter(sha, bytes.len() as u64, uploaded);
        Ok(())
    }

    fn enter(&self, sha: &str, size: u64, uploaded: bool) {
        let mut known = self.known();
        if let Some(known) = known.get_mut(sha) {
            known.uploaded |= uploaded;
        } else {
            self.used.fetch_add(size, Ordering::Relaxed);
            known.insert(sha.to_owned(), Known { size, uploaded });
        }
    }

    fn room(&self, size: u64) -> Result<(), Unstored> {
        if size > LARGEST || self.used.load(Ordering::Relaxed) + size > QUOTA {
            return Err(Unstored::TooLarge);
        }
        Ok(())
    }

    /// A file for a content whose digest is not known yet.
    fn spool(&self) -> Spool {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        Spool(self.folder.join(format!("incoming-{number}")))
    }

    /// The size of a content that was uploaded.
    pub(crate) fn size(&self, sha: &str) -> Option<u64> {
        let known = self.known().get(sha).copied();
        known.filter(|known| known.uploaded).map(|known| known.size)
    }

    pub(crate) async fn read(&self, sha: &str) -> io::Result<Vec<u8>> {
        tokio::fs::read(self.path(sha)).await
    }

    /// How many contents were uploaded, and their bytes.
    pub(crate) fn totals(&self) -> (usize, u64) {
        let known = self.known();
        let uploaded = known.values().filter(|known| known.uploaded);
        uploaded.fold((0, 0), |(count, bytes), known| {
            (count + 1, bytes + known.size)
        })
    }

    pub(super) fn path(&self, sha: &str) -> PathBuf {
        self.folder.join(sha)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is removed unless it was renamed.
struct Spool(PathBuf);

impl Drop for Spool {
    fn drop(&mut self) {
        // Best effort: the folder is removed at the end in any case.
        let _ = fs::remove_file(&self.0);
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
