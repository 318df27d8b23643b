//! Rules for images.

use verdict::Finding;

use super::{Part, broken, size};
use crate::facts::{ImageFacts, ImageFile};
use crate::policy::{Images, Mode};
use crate::site::ImageService;
use crate::terms::Terms;

/// The largest device width Next.js serves unless told otherwise.
const LONGEST: u64 = 3840;
/// A raw `<img>` is reported from this size on.
const RAW_IMG: u64 = 10_000;
/// So many problems of one kind are named one by one.
const NAMED: usize = 10;

/// Holds the images to the rules.
pub(super) fn decide(images: &ImageFacts, terms: &Terms<'_>) -> Part {
    let mut part = Part::default();
    let Some(rule) = terms.images else {
        return part;
    };
    let mode = rule.mode.unwrap_or(Mode::Warn);
    for kind in [
        large(images, rule, terms, mode),
        long(images, rule, terms, mode),
        tags(images, rule, terms, mode),
        unsized_tags(images, mode),
        formats(images, rule, terms, mode),
    ] {
        let more = kind.len().saturating_sub(NAMED);
        let last = kind.last().cloned();
        part.findings.extend(kind.into_iter().take(NAMED));
        if let (true, Some(last)) = (more > 0, last) {
            part.findings.push(Finding::new(
                last.level,
                last.rule,
                format!("{more} more images break this rule"),
            ));
        }
    }
    part
}

/// Behind an optimiser the file itself is not what browsers get, so its size is a matter of the repository only: the rule
/// holds for what is served as it is.
fn large(images: &ImageFacts, rule: &Images, terms: &Terms<'_>, mode: Mode) -> Vec<Finding> {
    let Some(limit) = &rule.max_bytes else {
        return Vec::new();
    };
    let place = terms.section.place(limit);
    let limit = limit.value.bytes();
    let raw = |file: &&ImageFile| {
        images.service == ImageService::AsTheyAre
            || images.tags.iter().any(|tag| {
                tag.file
                    .as_ref()
                    .is_some_and(|(path, _)| path.ends_with(&file.path))
            })
    };
    images
        .files
        .iter()
        .filter(|file| file.bytes > limit)
        .filter(raw)
        .map(|file| {
            let message = format!(
                "{} has {}, over the limit of {}",
                file.path,
                size(file.bytes),
                size(limit)
            );
            broken(mode, "image-size", message, place.as_ref())
                .fix("make it smaller, or serve it through the optimiser")
        })
        .collect()
}

fn long(images: &ImageFacts, rule: &Images, terms: &Terms<'_>, mode: Mode) -> Vec<Finding> {
    let widest = match &images.service {
        ImageService::Optimised { widest, .. } => *widest,
        ImageService::AsTheyAre => None,
    };
    let limit = rule
        .max_side
        .as_ref()
        .map_or_else(|| widest.unwrap_or(LONGEST), |side| side.value);
    let place = rule
        .max_side
        .as_ref()
        .and_then(|side| terms.section.place(side));
    images
        .files
        .iter()
        .filter_map(|file| Some((file, file.size?)))
        .filter(|(_, (width, height))| (*width).max(*height) > limit)
        .map(|(file, (width, height))| {
            let message = format!(
                "{} is {width} x {height}, longer than {limit} pixels",
                file.path
            );
            broken(mode, "image-side", message, place.as_ref())
                .fix("no screen shows more: scale it down")
        })
        .collect()
}

/// Raw `<img>` of large files in prerendered pages, once per file.
fn tags(images: &ImageFacts, rule: &Images, terms: &Terms<'_>, mode: Mode) -> Vec<Finding> {
    let limit = rule
        .raw_img
        .as_ref()
        .map_or(RAW_IMG, |limit| limit.value.bytes());
    let place = rule
        .raw_img
        .as_ref()
        .and_then(|limit| terms.section.place(limit));
    // Without an optimiser a raw tag is the only kind there is.
    if images.service == ImageService::AsTheyAre {
        return Vec::new();
    }
    let mut seen = std::collections::BTreeSet::new();
    images
        .tags
        .iter()
        .filter_map(|tag| Some((tag, tag.file.as_ref()?)))
        .filter(|(_, (path, bytes))| {
            *bytes > limit && !path.ends_with(".svg") && seen.insert(path.clone())
        })
        .map(|(tag, (path, bytes))| {
            let message = format!(
                "{} shows {path} ({}) by a raw `<img>`, past the optimiser",
                tag.page,
                size(*bytes)
            );
            broken(mode, "raw-img", message, place.as_ref())
                .fix("use the framework's image component")
        })
        .collect()
}

fn unsized_tags(images: &ImageFacts, mode: Mode) -> Vec<Finding> {
    let mut seen = std::collections::BTreeSet::new();
    images
        .tags
        .iter()
        .filter(|tag| !tag.sized && !tag.src.is_empty() && seen.insert(tag.src.clone()))
        .map(|tag| {
            let message = format!(
                "{}: the `<img>` of {} has no width and height, so the page moves when it arrives",
                tag.page, tag.src
            );
            broken(mode, "img-unsized", message, None)
                .fix("write `width` and `height`, or `aspect-ratio` in its style")
        })
        .collect()
}

/// Whether the formats that are asked for are offered: by the optimiser, or by the files where there is none.
fn formats(images: &ImageFacts, rule: &Images, terms: &Terms<'_>, mode: Mode) -> Vec<Finding> {
    let mut found = Vec::new();
    for wanted in &rule.formats {
        let offered = match &images.service {
            // A loader that chooses by itself lists none, and nothing can be said about it.
            ImageService::Optimised { formats, .. } if formats.is_empty() => true,
            ImageService::Optimised { formats, .. } => {
                formats.iter().any(|format| format.ends_with(&wanted.value))
            }
            ImageService::AsTheyAre => {
                let photos = images
                    .files
                    .iter()
                    .any(|file| matches!(file.format, Some("png" | "jpeg")));
                !photos
                    || images
                        .files
                        .iter()
                        .any(|file| file.format == Some(wanted.value.as_str()))
            }
        };
        if !offered {
            let (message, fix) = match &images.service {
                ImageService::Optimised { formats, .. } => (
                    format!(
                        "images are offered as {} and not as {}",
                        formats.join(", "),
                        wanted.value
                    ),
                    format!(
                        "add `image/{}` to `images.formats` in next.config",
                        wanted.value
                    ),
                ),
                ImageService::AsTheyAre => (
                    format!(
                        "no image of the build is {}, and nothing converts them",
                        wanted.value
                    ),
                    format!(
                        "convert the large ones to {}, or use an optimiser",
                        wanted.value
                    ),
                ),
            };
            found.push(
                broken(
                    mode,
                    "image-format",
                    message,
                    terms.section.place(wanted).as_ref(),
                )
                .fix(fix),
            );
        }
    }
    found
}
