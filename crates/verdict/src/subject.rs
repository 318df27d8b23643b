//! What was judged: a commit, and the digest of the build made from it.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A full git object id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct Sha(String);

/// A text that is no full git object id.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no full commit SHA: 40 or 64 hex digits are needed")]
pub struct InvalidSha(String);

impl Sha {
    /// All hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits: what people read and type.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl FromStr for Sha {
    type Err = InvalidSha;

    fn from_str(text: &str) -> Result<Self, InvalidSha> {
        let lower = text.to_ascii_lowercase();
        if matches!(lower.len(), 40 | 64) && is_hex(&lower) {
            Ok(Self(lower))
        } else {
            Err(InvalidSha(text.to_owned()))
        }
    }
}

/// The digest of a build: `sha256:` and 64 lower-case hex digits.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// A text that is no digest.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no digest: `sha256:` and 64 hex digits are needed")]
pub struct InvalidDigest(String);

impl Digest {
    const PREFIX: &'static str = "sha256:";

    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_sha256(Sha256::digest(bytes).into())
    }

    /// The digest with this value.
    pub fn from_sha256(value: [u8; 32]) -> Self {
        Self(format!("{}{}", Self::PREFIX, hex(&value)))
    }

    /// With the `sha256:` prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 64 hex digits alone.
    pub fn hex(&self) -> &str {
        self.0.strip_prefix(Self::PREFIX).unwrap_or(&self.0)
    }

    /// `sha256:` and the first 12 digits: what people read.
    pub fn short(&self) -> &str {
        self.0.get(..Self::PREFIX.len() + 12).unwrap_or(&self.0)
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let lower = text.to_ascii_lowercase();
        match lower.strip_prefix(Self::PREFIX) {
            Some(hex) if hex.len() == 64 && is_hex(hex) => Ok(Self(lower)),
            _ => Err(InvalidDigest(text.to_owned())),
        }
    }
}

macro_rules! text_conversions {
    ($type:ty, $error:ty) => {
        impl TryFrom<String> for $type {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}
text_conversions!(Sha, InvalidSha);
text_conversions!(Digest, InvalidDigest);

/// What was judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The head commit: never GitHub's merge commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha: Option<Sha>,
    /// The branch or tag, such as `refs/heads/main`.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    /// The pull request's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// The digest of the build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Digest, Sha};

    #[test]
    fn a_sha_is_whole_or_refused() {
        let full = "0123456789abcdef0123456789ABCDEF01234567";
        assert_eq!(full.parse::<Sha>().unwrap().short(), "0123456789ab");
        for bad in [
            "",
            "main",
            &full[..39],
            &format!("{full}0"),
            &full.replace('0', "g"),
        ] {
            assert!(bad.parse::<Sha>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_digest_names_its_algorithm() {
        // `printf abc | sha256sum`
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").as_str(), abc);
        assert_eq!(abc.parse::<Digest>().unwrap().hex(), &abc[7..]);
        for bad in [&abc[7..], &abc[..70], "sha512:00", ""] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn bad_text_is_refused_by_the_reader_too() {
        assert!(serde_json::from_str::<Sha>("\"HEAD\"").is_err());
        assert!(serde_json::from_str::<Digest>("\"sha256:\"").is_err());
    }
}
