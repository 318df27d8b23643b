//! The images of a build: what kind and how large by their headers, and how prerendered pages show them. Nothing is
//! decoded.

use std::path::Path;

use gate::{Context, Error};

use super::{shown, walk};
use crate::facts::{ImageFacts, ImageFile, ImageTag};
use crate::run::undecided;
use crate::site::Build;

/// Where the files that are served as they are lie, relative to the app.
const PUBLIC: &str = "public";

/// Looks at all of them.
pub(super) fn find(build: &Build, app: &Path, context: &Context) -> Result<ImageFacts, Error> {
    let mut paths = walk::served(build, context)?;
    let public = app.join(PUBLIC);
    if public.is_dir() {
        paths.extend(walk(&public, context)?);
    }
    let mut files = Vec::new();
    for path in paths.iter().filter(|path| is_image(path)) {
        let bytes = std::fs::metadata(path)
            .map_err(|error| undecided(&format!("read {}: {error}", path.display()), context))?
            .len();
        let (format, size) = header(path);
        files.push(ImageFile {
            path: shown(path, app),
            bytes,
            format,
            size,
        });
    }
    let mut tags = Vec::new();
    for page in &build.pages {
        for image in &page.page.images {
            tags.push(ImageTag {
                page: context.display(&page.path),
                src: image.src.clone(),
                sized: image.sized,
                file: shown_as_it_is(&image.src, build, app, context),
            });
        }
    }
    Ok(ImageFacts {
        service: build.images.clone(),
        files,
        tags,
    })
}

fn is_image(path: &Path) -> bool {
    let known = [
        "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp", "ico", "heic",
    ];
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| known.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Format and dimensions by the first bytes; a file of no known format has neither.
fn header(path: &Path) -> (Option<&'static str>, Option<(u64, u64)>) {
    use imagesize::ImageType;
    if path.extension().is_some_and(|extension| extension == "svg") {
        // Drawn at any size.
        return (Some("svg"), None);
    }
    let Ok(start) = walk::head(path) else {
        return (None, None);
    };
    let format = match imagesize::image_type(&start) {
        Ok(ImageType::Png) => "png",
        Ok(ImageType::Jpeg) => "jpeg",
        Ok(ImageType::Gif) => "gif",
        Ok(ImageType::Webp) => "webp",
        Ok(ImageType::Bmp) => "bmp",
        Ok(ImageType::Ico) => "ico",
        Ok(ImageType::Heif(imagesize::Compression::Av1)) => "avif",
        Ok(ImageType::Heif(_)) => "heif",
        _ => return (None, None),
    };
    let size = imagesize::blob_size(&start).ok();
    (
        Some(format),
        size.map(|size| (size.width as u64, size.height as u64)),
    )
}

/// The file an address shows without an optimiser in between.
fn shown_as_it_is(
    src: &str,
    build: &Build,
    app: &Path,
    context: &Context,
) -> Option<(String, u64)> {
    let path = src.split(['?', '#']).next().unwrap_or(src);
    if path.starts_with("//") || path.contains(':') || path.contains("/_next/image") {
        return None;
    }
    let name = crate::site::Chunk::from_site_url(path, "")?;
    let built =
        crate::site::Chunk::from_next_url(path).map(|chunk| build.folder.path(chunk.as_str()));
    let places = [
        built,
        Some(app.join(PUBLIC).join(name.as_str())),
        Some(build.folder.path(name.as_str())),
    ];
    places.into_iter().flatten().find_map(|path| {
        let metadata = std::fs::metadata(&path)
            .ok()
            .filter(std::fs::Metadata::is_file)?;
        Some((context.display(&path), metadata.len()))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::{header, is_image};

    /// As the tools wrote them: 30 x 20 pixels each.
    const IMAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/images");

    #[test]
    fn format_and_dimensions_of_every_format() {
        let size = Some((30, 20));
        for (name, format) in [
            ("image.png", "png"),
            ("image.jpg", "jpeg"),
            ("image.gif", "gif"),
            ("image.webp", "webp"),
            ("lossless.webp", "webp"),
            ("image.avif", "avif"),
        ] {
            let path = Path::new(IMAGES).join(name);
            assert!(is_image(&path));
            assert_eq!(header(&path), (Some(format), size), "{name}");
        }
    }

    #[test]
    fn a_format_is_known_by_its_first_bytes_and_not_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::copy(Path::new(IMAGES).join("image.webp"), at("a.png")).unwrap();
        assert_eq!(header(&at("a.png")), (Some("webp"), Some((30, 20))));
        let png = fs::read(Path::new(IMAGES).join("image.png")).unwrap();
        for (name, bytes, expected) in [
            ("page.png", b"<!doctype html>".as_slice(), (None, None)),
            ("empty.png", b"", (None, None)),
            ("cut.png", &png[..12], (Some("png"), None)),
            ("drawn.svg", b"<svg/>", (Some("svg"), None)),
        ] {
            fs::write(at(name), bytes).unwrap();
            assert_eq!(header(&at(name)), expected, "{name}");
        }
        assert_eq!(header(&at("missing.png")), (None, None));
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(
            which in 0..6_usize,
            changes in prop::collection::vec((0..120_usize, any::<u8>()), 1..8),
            cut in 0..200_usize,
        ) {
            let names = ["image.png", "image.jpg", "image.gif", "image.webp", "lossless.webp", "image.avif"];
            let mut bytes = fs::read(Path::new(IMAGES).join(names[which])).unwrap();
            for (at, value) in changes {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = value;
                }
            }
            bytes.truncate(cut.max(1));
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.png");
            fs::write(&path, bytes).unwrap();
            let _ = header(&path);
        }
    }
}
