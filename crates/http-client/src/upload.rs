//! Streams a file into a request in constant memory.

use std::io;

use futures_util::{TryStreamExt as _, stream};
use tokio::{fs::File, io::AsyncReadExt as _};

/// Read from a file at once. Larger chunks save switches between threads, smaller ones memory; 32 uploads hold 4 MiB.
const CHUNK: usize = 128 << 10;

/// The first `length` bytes; fewer in the file end in an error, because the length is already promised.
pub(crate) fn stream_file(file: File, length: u64) -> reqwest::Body {
    let chunks = stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let size = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut chunk = vec![0; size];
        file.read_exact(&mut chunk).await?;
        Ok::<_, io::Error>(Some((chunk, (file, left - size as u64))))
    });
    reqwest::Body::wrap_stream(chunks.into_stream())
}
