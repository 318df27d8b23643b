//! Reads a report as evidence. An ordinary one is read at once, which is fastest; a large one, full of screenshots, is
//! streamed, so that memory stays small whatever the size.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use gate::{Context, Problem};
use serde::de::DeserializeSeed as _;
use sha2::{Digest as _, Sha256};
use verdict::{Evidence, EvidenceState, Source};

use crate::report::{Lhr, Unusable, Wanted, read_lhr};

/// Up to this size a report is read at once.
const AT_ONCE: u64 = 4 << 20;

/// A report is rarely over 1 MB; one of 100 MB is full of screenshots and still read.
const LIMIT: u64 = 100 << 20;

/// One report, and that it was read.
pub(crate) fn report(
    path: &Path,
    wanted: &Wanted,
    context: &Context,
) -> Result<(Lhr, Evidence), Problem> {
    let shown = context.display(path);
    let unusable = |error: Unusable| Problem::new(format!("{shown}: {error}"));
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size <= AT_ONCE {
        let (bytes, evidence) = context
            .read(path, AT_ONCE)
            .map_err(|error| Problem::new(error.to_string()))?;
        return Ok((read_lhr(&bytes, wanted).map_err(unusable)?, evidence));
    }
    if size > LIMIT {
        return Err(Problem::new(format!(
            "{shown}: {size} bytes, over the limit of {LIMIT}"
        )));
    }
    let failed = |error: std::io::Error| Problem::new(format!("read {shown}: {error}"));
    let file = File::open(path).map_err(failed)?;
    let mut tee = Tee {
        file,
        hash: Sha256::new(),
        bytes: 0,
    };
    let mut reader =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(64 << 10, &mut tee));
    let not = |error: serde_json::Error| unusable(Unusable::NotAReport(error.to_string()));
    let lhr = wanted.deserialize(&mut reader).map_err(not)?;
    reader.end().map_err(not)?;
    let hex: String = tee
        .hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let evidence = Evidence {
        source: Source::Path(shown),
        sha256: Some(hex),
        bytes: Some(tee.bytes),
        state: EvidenceState::Clean,
        note: None,
    };
    Ok((lhr, evidence))
}

/// A file whose bytes are hashed and counted as they are read.
struct Tee {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}
