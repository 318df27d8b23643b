//! Content negotiation: brotli or gzip for those who accept it. Compressed bodies are kept, because a rehearsal asks for the
//! same files again and again on a small machine.

use std::{
    collections::HashMap,
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

use axum::body::Bytes;

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    Identity,
    Brotli,
    Gzip,
}

impl Encoding {
    /// As `content-encoding` writes it; `None` for a body as it is.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
        }
    }

    /// The best one that an `accept-encoding` allows; `q=0` forbids.
    pub(super) fn accepted(header: &str) -> Self {
        let allows = |wanted: &str| {
            header.split(',').any(|part| {
                let mut fields = part.split(';').map(str::trim);
                let name = fields.next().unwrap_or_default();
                let weight = fields
                    .find_map(|field| field.strip_prefix("q="))
                    .map_or(Ok(1.0), str::parse::<f32>);
                name.eq_ignore_ascii_case(wanted) && weight.is_ok_and(|weight| weight > 0.0)
            })
        };
        if allows("br") {
            Self::Brotli
        } else if allows("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }
}

/// Compressed bodies by SHA-1 and encoding.
#[derive(Debug, Default)]
pub(crate) struct Compressed(Mutex<HashMap<(String, Encoding), Bytes>>);

/// The cache is emptied when it holds this many bodies.
const MOST: usize = 2_000;

impl Compressed {
    /// The body in this encoding.
    pub(super) fn get(&self, sha: &str, encoding: Encoding, body: &[u8]) -> io::Result<Bytes> {
        let key = (sha.to_owned(), encoding);
        if let Some(known) = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(known.clone());
        }
        let bytes = Bytes::from(compress(encoding, body)?);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, bytes.clone());
        Ok(bytes)
    }
}

fn compress(encoding: Encoding, body: &[u8]) -> io::Result<Vec<u8>> {
    match encoding {
        Encoding::Identity => Ok(body.to_vec()),
        Encoding::Brotli => {
            // Quality 5 is about what an edge affords per request.
            let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 5, 20);
            writer.write_all(body)?;
            writer.flush()?;
            Ok(writer.into_inner())
        }
        Encoding::Gzip => {
            let mut writer =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            writer.write_all(body)?;
            writer.finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn accept_encoding_is_read_with_its_weights() {
        let table = [
            ("br, gzip", Encoding::Brotli),
            ("gzip, deflate, br;q=0.8", Encoding::Brotli),
            ("gzip;q=1.0, br;q=0", Encoding::Gzip),
            ("GZIP", Encoding::Gzip),
            ("identity", Encoding::Identity),
            ("brotli", Encoding::Identity),
            ("br;q=x", Encoding::Identity),
            ("", Encoding::Identity),
        ];
        for (header, expected) in table {
            assert_eq!(Encoding::accepted(header), expected, "{header}");
        }
    }
}
