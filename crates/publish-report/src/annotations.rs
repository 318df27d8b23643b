//! Annotations in GitHub's form. Its limits are kept here, because one annotation over them makes GitHub
//! refuse the whole request.

use github_client::CheckAnnotation;
use report_render::Annotation;
use verdict::{Level, Place};

/// The most annotations that are sent, the worst of all gates: two requests, and more than anybody reads.
const MOST: usize = 100;

/// The longest message, in bytes (GitHub: 64 KB).
const MESSAGE_BYTES: usize = 64_000;

/// The longest title, in characters.
const TITLE_CHARS: usize = 255;

/// The longest path, in bytes; longer ones exist on no disk.
const PATH_BYTES: usize = 4096;

/// Turns annotations into GitHub's form; those without a usable place are left out.
pub(crate) fn annotations(all: &[Annotation]) -> Vec<CheckAnnotation> {
    all.iter().filter_map(convert).take(MOST).collect()
}

fn convert(annotation: &Annotation) -> Option<CheckAnnotation> {
    let place = annotation.place.as_ref()?;
    if place.path.trim().is_empty() || place.path.len() > PATH_BYTES {
        return None;
    }
    let start_line = place.line.unwrap_or(1).max(1);
    let end_line = place.end_line.unwrap_or(start_line).max(start_line);
    let (start_column, end_column) = columns(place, start_line == end_line);
    let message = if annotation.message.trim().is_empty() {
        &annotation.title
    } else {
        &annotation.message
    };
    Some(CheckAnnotation {
        path: place.path.clone(),
        start_line,
        end_line,
        start_column,
        end_column,
        annotation_level: match annotation.level {
            Level::Error => "failure",
            Level::Warning => "warning",
            Level::Notice => "notice",
        },
        message: cut(message).to_owned(),
        title: Some(annotation.title.chars().take(TITLE_CHARS).collect()),
    })
}

/// GitHub takes columns only within one line, and no end before the start.
fn columns(place: &Place, one_line: bool) -> (Option<u32>, Option<u32>) {
    match place.column.filter(|column| one_line && *column > 0) {
        Some(start) => (
            Some(start),
            Some(place.end_column.unwrap_or(start).max(start)),
        ),
        None => (None, None),
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MESSAGE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_a_verdict_says_github_takes_it(
            path in ".{0,12}", message in ".{0,12}", title in ".{1,300}",
            line: Option<u32>, end_line: Option<u32>, column: Option<u32>, end_column: Option<u32>,
        ) {
            let place = Place { path, line, column, end_line, end_column };
            let annotation = Annotation { level: Level::Error, title, message, place: Some(place) };
            for sent in annotations(&[annotation]) {
                prop_assert!(!sent.path.is_empty());
                prop_assert!(sent.start_line >= 1 && sent.end_line >= sent.start_line);
                prop_assert!(sent.start_column.is_none() || sent.start_line == sent.end_line);
                prop_assert!(sent.end_column >= sent.start_column);
                prop_assert!(!sent.message.is_empty() || sent.title.as_deref().is_none_or(|title| title.trim().is_empty()));
                prop_assert!(sent.title.unwrap().chars().count() <= 255);
            }
        }
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        assert_eq!(cut(&"é".repeat(40_000)).len(), 64_000);
        assert_eq!(cut(&format!("x{}", "é".repeat(40_000))).len(), 63_999);
        assert_eq!(cut("short"), "short");
    }
}
