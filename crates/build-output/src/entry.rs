//! One file of a build output.

use std::fmt;

/// What an entry is. Vercel knows three modes. Whether a file is executable is read from its content and not from the
/// file's mode: build artifacts lose modes on their way between jobs, and the digest must not depend on that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file, mode 0100644.
    Regular,
    /// A file that a Linux kernel can start (ELF, or `#!`), mode 0100755.
    Executable,
    /// A symbolic link, mode 0120777; its content is this text.
    Link(String),
}

/// A file or link with what identifies its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the build output, with `/`; with a leading `/` relative to the repository.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// The length of its content in bytes.
    pub bytes: u64,
    /// Of its content: what our own digest is made of.
    pub sha256: [u8; 32],
    /// Of its content: how Vercel addresses files.
    pub sha1: [u8; 20],
}

impl Entry {
    /// The mode as Vercel wants it; the umask of the machine that built does not count.
    #[must_use]
    pub fn mode(&self) -> u32 {
        match self.kind {
            Kind::Regular => 0o100_644,
            Kind::Executable => 0o100_755,
            Kind::Link(_) => 0o120_777,
        }
    }

    /// The SHA-256 of the content, 64 lower-case hex digits.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        hex(&self.sha256)
    }

    /// The SHA-1 of the content, 40 lower-case hex digits.
    #[must_use]
    pub fn sha1_hex(&self) -> String {
        hex(&self.sha1)
    }
}

/// The manifest line, without its end: `<mode, octal> <sha256> <bytes> <path>`.
impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:o} {} {} {}",
            self.mode(),
            self.sha256_hex(),
            self.bytes,
            self.path
        )
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| DIGITS[usize::from(digit)])
        .collect()
}
