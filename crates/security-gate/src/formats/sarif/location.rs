//! Where a SARIF result is: an address, relative or absolute, percent-encoded, maybe in two halves.

use verdict::Place;

use super::model::{ArtifactLocation, Location, SarifRun};

/// How many bases may hang on each other.
const MAX_BASES: usize = 8;

/// The place a location names, with the path as the tool means it.
pub(super) fn place(run: &SarifRun<'_>, location: &Location<'_>) -> Option<Place> {
    let physical = location.physical_location.as_ref()?;
    let artifact = physical.artifact_location.as_ref()?;
    let listed = || {
        let index = artifact.index?;
        run.artifacts.get(index as usize)?.location.as_ref()
    };
    let named = if artifact.uri.is_some() {
        artifact
    } else {
        listed()?
    };
    let mut place = Place::file(path(run, named)?);
    if let Some(region) = &physical.region {
        place.line = region.start_line;
        // Columns without a line mean nothing.
        if region.start_line.is_some() {
            place.column = region.start_column;
            place.end_line = region.end_line;
            place.end_column = region.end_column;
        }
    }
    Some(place)
}

fn path(run: &SarifRun<'_>, location: &ArtifactLocation<'_>) -> Option<String> {
    let mut uri = location.uri.as_deref()?.to_owned();
    let mut base = location.uri_base_id.as_deref();
    for _ in 0..MAX_BASES {
        let found = base.and_then(|base| run.original_uri_base_ids.as_ref()?.get(base));
        let Some(found) = found.filter(|_| !is_absolute(&uri)) else {
            break;
        };
        if let Some(prefix) = found.uri.as_deref() {
            let separator = if prefix.ends_with('/') { "" } else { "/" };
            uri = format!("{prefix}{separator}{uri}");
        }
        base = found.uri_base_id.as_deref();
    }
    let path = match uri.strip_prefix("file://") {
        // `file://host/share`: the host says nothing about the repository.
        Some(rest) => rest.find('/').map(|at| &rest[at..])?,
        None if is_absolute(&uri) && !uri.starts_with('/') => return None,
        None => &uri,
    };
    let path = percent_decoded(path);
    // `/C:/repo` is `C:/repo`.
    let drive = path.as_bytes();
    let windows = matches!(drive, [b'/', letter, b':', ..] if letter.is_ascii_alphabetic());
    Some(if windows { path[1..].to_owned() } else { path })
}

fn is_absolute(uri: &str) -> bool {
    uri.starts_with('/') || uri.contains("://")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| {
            after
                .get(at)
                .and_then(|byte| char::from(*byte).to_digit(16))
        };
        rest = match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                &after[2..]
            }
            _ => {
                bytes.push(byte);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn percent_signs_that_encode_nothing_stay() {
        let cases = [
            ("a%20b", "a b"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("%5Bslug%5d", "[slug]"),
            ("%", "%"),
            ("%ff", "\u{fffd}"),
        ];
        for (text, expected) in cases {
            assert_eq!(percent_decoded(text), expected);
        }
    }
}
