//! Undoes an answer's compression, within the size limit: a few kilobytes can hold gigabytes.

use std::io::{self, Read as _};

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http_client::{Response, header::CONTENT_ENCODING};

use crate::trouble::Trouble;

/// The decoded body, or nothing where it was not encoded.
///
/// # Errors
/// An encoding nobody asked for, a body that is not encoded as announced, one larger than `limit` bytes.
pub fn decoded(response: &Response, limit: u64) -> Result<Option<Vec<u8>>, Trouble> {
    let encodings: Vec<String> = response
        .headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .split(',')
                .map(|name| name.trim().to_ascii_lowercase())
                .collect::<Vec<_>>()
        })
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    // An answer to HEAD, a 204 and a 304 may name an encoding and carry nothing.
    if encodings.is_empty() || response.body.is_empty() {
        return Ok(None);
    }
    // The last one was applied last.
    let mut body: Option<Vec<u8>> = None;
    for name in encodings.iter().rev().take(3) {
        body = Some(undo(
            name,
            body.as_deref().unwrap_or(&response.body),
            limit,
        )?);
    }
    Ok(body)
}

fn undo(name: &str, body: &[u8], limit: u64) -> Result<Vec<u8>, Trouble> {
    let read = match name {
        "gzip" | "x-gzip" => bounded(MultiGzDecoder::new(body), limit),
        "deflate" => bounded(ZlibDecoder::new(body), limit),
        "br" => bounded(brotli::Decompressor::new(body, 4096), limit),
        other => {
            let message =
                format!("the body's encoding `{other}` is not one of gzip, deflate and br");
            return Err(trouble("undecodable-body", message));
        }
    };
    match read {
        Ok(body) if body.len() as u64 > limit => Err(trouble(
            "endless-body",
            format!(
                "the answer's body is larger than {} KiB once it is decoded",
                limit >> 10
            ),
        )),
        Ok(body) => Ok(body),
        Err(error) => Err(trouble(
            "undecodable-body",
            format!("the body is not the {name} it is announced as ({error})"),
        )),
    }
}

/// One byte more than the limit at most, which tells that it is passed.
fn bounded(reader: impl io::Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    reader.take(limit + 1).read_to_end(&mut body)?;
    Ok(body)
}

fn trouble(rule: &'static str, message: String) -> Trouble {
    Trouble {
        rule,
        message,
        fix: None,
        may_have_landed: true,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::decoded;
    use crate::testing::answer;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(encoding: &str, body: Vec<u8>) -> Result<Option<Vec<u8>>, &'static str> {
        let mut response = answer(200, &[("content-encoding", encoding)], "");
        response.body = body;
        decoded(&response, 1000).map_err(|trouble| trouble.rule)
    }

    #[test]
    fn bodies_are_decoded_within_the_limit() {
        assert_eq!(
            decode("gzip", gzip(b"set lists")),
            Ok(Some(b"set lists".to_vec()))
        );
        assert_eq!(decode("gzip", gzip(&[0; 1000])), Ok(Some(vec![0; 1000])));
        assert_eq!(decode("gzip", gzip(&[0; 1001])), Err("endless-body"));
        assert_eq!(
            decode("gzip, gzip", gzip(&gzip(b"a"))),
            Ok(Some(b"a".to_vec()))
        );
        assert_eq!(decode("identity", b"plain".to_vec()), Ok(None));
        assert_eq!(decode("gzip", Vec::new()), Ok(None));
        for (encoding, body) in [
            ("gzip", b"plain".to_vec()),
            ("gzip", gzip(b"cut off")[..12].to_vec()),
            ("br", b"\xff\xff\xff plain".to_vec()),
            ("deflate", b"plain".to_vec()),
            ("compress", b"plain".to_vec()),
        ] {
            assert_eq!(
                decode(encoding, body),
                Err("undecodable-body"),
                "{encoding}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200), encoding in "gzip|br|deflate") {
            if let Ok(Some(body)) = decode(&encoding, body) {
                prop_assert!(body.len() <= 1000);
            }
        }
    }
}
