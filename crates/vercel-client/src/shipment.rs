//! What is sent for a deployment: the list of its files, and each distinct content once, to be read when it is needed.

use std::collections::BTreeMap;

use build_output::{Archive, BuildOutput, Content};
use http_client::Body;
use serde::Serialize;

/// The mode that Vercel's CLI gives to the pieces of an archive.
const ARCHIVE_MODE: u32 = 0o666;

/// A deployment's files.
#[derive(Debug)]
pub struct Shipment {
    pub(crate) files: Vec<File>,
    /// By SHA-1: files with the same content are sent once.
    pub(crate) contents: BTreeMap<String, Blob>,
    pub(crate) prebuilt: bool,
    pub(crate) root_directory: Option<String>,
}

/// A file as the order lists it.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    file: String,
    sha: String,
    size: u64,
    mode: u32,
}

/// A content, not yet read.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) bytes: u64,
    pub(crate) body: Body,
}

impl Shipment {
    /// Every file on its own. `root_directory` is the app's folder in a monorepo, relative to the repository.
    #[must_use]
    pub fn of(output: &BuildOutput, root_directory: Option<&str>) -> Self {
        let mut shipment = Self::empty(output, root_directory);
        for entry in output.entries() {
            let sha = entry.sha1_hex();
            shipment.files.push(File {
                file: entry.deployed_path(root_directory),
                sha: sha.clone(),
                size: entry.bytes,
                mode: entry.mode(),
            });
            shipment.contents.entry(sha).or_insert_with(|| Blob {
                bytes: entry.bytes,
                body: match output.content(entry) {
                    Content::Bytes(bytes) => Body::Bytes(bytes),
                    Content::File(path) => Body::File {
                        path,
                        length: entry.bytes,
                    },
                },
            });
        }
        shipment
    }

    /// The pieces of an archive of `output`, which Vercel unpacks.
    #[must_use]
    pub fn of_archive(
        archive: &Archive,
        output: &BuildOutput,
        root_directory: Option<&str>,
    ) -> Self {
        let mut shipment = Self::empty(output, root_directory);
        for part in archive.parts() {
            shipment.files.push(File {
                file: part.name.clone(),
                sha: part.sha1.clone(),
                size: part.bytes,
                mode: ARCHIVE_MODE,
            });
            let body = Body::File {
                path: archive.location(part),
                length: part.bytes,
            };
            shipment.contents.insert(
                part.sha1.clone(),
                Blob {
                    bytes: part.bytes,
                    body,
                },
            );
        }
        shipment
    }

    fn empty(output: &BuildOutput, root_directory: Option<&str>) -> Self {
        Self {
            files: Vec::new(),
            contents: BTreeMap::new(),
            prebuilt: !output.is_source(),
            root_directory: root_directory.map(str::to_owned),
        }
    }

    /// Files that the order lists; Vercel takes at most 15,000.
    #[must_use]
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Distinct contents: the most uploads that it can take.
    #[must_use]
    pub fn contents(&self) -> usize {
        self.contents.len()
    }
}
