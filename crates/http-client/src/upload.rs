//! Turns a file into a request's body: a small one in one read, a large one streamed in constant memory.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use futures_util::{TryStreamExt as _, stream};
use tokio::{io::AsyncReadExt as _, task::spawn_blocking};

use crate::error::Error;

/// Read from a file at once. Larger chunks save switches between threads, smaller ones memory; 32 uploads hold 4 MiB.
const CHUNK: usize = 128 << 10;

/// The body of a file that must have `length` bytes, because that length was promised to whoever wants it.
pub(crate) async fn file_body(path: &Path, length: u64) -> Result<reqwest::Body, Error> {
    let fail = |cause: io::Error| Error::File {
        path: path.to_owned(),
        cause: cause.to_string(),
    };
    let small = usize::try_from(length)
        .ok()
        .filter(|length| *length <= CHUNK);
    let opened = path.to_owned();
    // One visit to the blocking threads: most files are small, and each switch costs as much as the read.
    let (file, bytes) = spawn_blocking(move || open(&opened, length, small))
        .await
        .map_err(|_| fail(io::ErrorKind::Interrupted.into()))?
        .map_err(fail)?;
    if small.is_some() {
        return Ok(bytes.into());
    }
    let file = tokio::fs::File::from_std(file);
    let chunks = stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let size = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut chunk = vec![0; size];
        file.read_exact(&mut chunk).await?;
        Ok::<_, io::Error>(Some((chunk, (file, left - size as u64))))
    });
    Ok(reqwest::Body::wrap_stream(chunks.into_stream()))
}

/// The open file and, where it is small, what it holds.
fn open(path: &Path, length: u64, small: Option<usize>) -> io::Result<(File, Vec<u8>)> {
    let mut file = File::open(path)?;
    let now = file.metadata().as_ref().map_or(length, fs::Metadata::len);
    if now != length {
        let text = format!("it has {now} bytes and had {length} when it was read first");
        return Err(io::Error::other(text));
    }
    let mut bytes = vec![0; small.unwrap_or(0)];
    file.read_exact(&mut bytes)?;
    Ok((file, bytes))
}
