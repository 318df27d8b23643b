//! Subresource integrity: `sha384-…`, several of them separated by spaces, the strongest kind counts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// Whether a content is one that an `integrity` names; `None` when it names no hash that browsers know, which they then
/// do not check.
pub(super) fn allows(integrity: &str, content: &[u8]) -> Option<bool> {
    for kind in ["sha512-", "sha384-", "sha256-"] {
        let hashes: Vec<&str> = integrity
            .split_ascii_whitespace()
            .filter_map(|hash| hash.strip_prefix(kind))
            // Options may follow.
            .map(|hash| hash.split('?').next().unwrap_or(hash))
            .collect();
        if hashes.is_empty() {
            continue;
        }
        let own = match kind {
            "sha512-" => STANDARD.encode(Sha512::digest(content)),
            "sha384-" => STANDARD.encode(Sha384::digest(content)),
            _ => STANDARD.encode(Sha256::digest(content)),
        };
        return Some(hashes.contains(&own.as_str()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn the_strongest_kind_counts() {
        // printf abc | openssl dgst -sha256 -binary | base64, and -sha384
        let sha256 = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        let sha384 = "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn";
        assert_eq!(allows(sha256, b"abc"), Some(true));
        assert_eq!(allows(sha384, b"abc"), Some(true));
        assert_eq!(allows(sha256, b"abd"), Some(false));
        assert_eq!(allows(&format!("{sha384} sha256-x"), b"abc"), Some(true));
        assert_eq!(allows(&format!("sha384-x {sha256}"), b"abc"), Some(false));
        assert_eq!(allows("md5-x", b"abc"), None);
    }
}
