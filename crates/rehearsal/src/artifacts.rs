//! What a run uploaded, offered by the sandbox's API. The stand-in for upload-artifact keeps folders, as the one for
//! download-artifact wants them; whoever asks GitHub itself gets zip files.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use sandbox::Sandbox;

use crate::error::Error;
use crate::folders::Stage;

/// Adds every artifact of a run to the sandbox.
pub(crate) fn offer(sandbox: &Sandbox, stage: &Stage, run: u64) -> Result<(), Error> {
    let folder = stage.artifacts().join(run.to_string());
    if !folder.exists() {
        return Ok(());
    }
    for artifact in entries(&folder).map_err(Error::file("read", &folder))? {
        let name = name(&artifact);
        let bytes = zip(&artifact).map_err(Error::file("pack", &artifact))?;
        let added = sandbox.github.add_artifact(run, &name, bytes);
        added.map_err(|error| Error::Sandbox(error.to_string()))?;
    }
    Ok(())
}

fn zip(folder: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((at, prefix)) = open.pop() {
        for path in entries(&at)? {
            let inside = format!("{prefix}{}", name(&path));
            if path.is_dir() {
                open.push((path, format!("{inside}/")));
                continue;
            }
            let file = archive
                .new_file(&inside)
                .compression_method(CompressionMethod::DEFLATE);
            let (mut entry, config) = file.start().map_err(std::io::Error::other)?;
            let encoder = DeflateEncoder::new(&mut entry, Compression::fast());
            let mut writer = config.wrap(encoder);
            writer.write_all(&fs::read(&path)?)?;
            let (encoder, descriptor) = writer.finish().map_err(std::io::Error::other)?;
            encoder.finish()?;
            entry.finish(descriptor).map_err(std::io::Error::other)?;
        }
    }
    archive.finish().map_err(std::io::Error::other)?;
    Ok(bytes)
}

fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
