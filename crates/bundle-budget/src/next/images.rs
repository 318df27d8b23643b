//! How a Next.js app serves its images.

use super::manifests::ImagesManifest;
use crate::site::{Error, Folder, ImageService};

/// From `images-manifest.json`. Files behind an optimiser are converted at request time, so their own format says
/// nothing about what browsers get.
pub(super) fn service(folder: &Folder) -> Result<ImageService, Error> {
    let manifest: ImagesManifest = folder.json("images-manifest.json")?.unwrap_or_default();
    let images = manifest.images;
    if images.unoptimized {
        return Ok(ImageService::AsTheyAre);
    }
    Ok(ImageService::Optimised {
        // Another loader than Next.js's own chooses the format by itself.
        formats: match images.loader.as_deref() {
            None | Some("default") => images.formats,
            Some(_) => Vec::new(),
        },
        widest: images.device_sizes.into_iter().max(),
    })
}
