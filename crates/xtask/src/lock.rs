//! The lock file: version, and per target the asset's name and sha256. It is the second commit of a
//! release: the binaries were built and attested from the first.

use std::fs;
use std::path::Path;

use verdict::Digest;

use crate::Error;
use crate::files::Derived;
use crate::sync::identity;

/// The targets a release must have.
pub const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

/// Digests the archives and derives `launcher/install.lock`.
///
/// # Errors
/// When an archive of a target is missing or unreadable: a lock is whole or not written.
pub fn derive(root: &Path, archives: &Path) -> Result<Derived, Error> {
    let identity = identity(root)?;
    let mut text = format!(
        "# What run.sh fetches: one line per target with the asset's name and sha256, written by\n\
         # `cargo xtask lock` in the commit after the binaries were built and attested.\n\
         version {version}\nrepository {slug}\n\
         base-url https://github.com/{slug}/releases/download/bin-v{version}\n",
        version = identity.version,
        slug = identity.slug,
    );
    for target in TARGETS {
        let asset = format!("stagegate-{target}.tar.gz");
        let path = archives.join(&asset);
        let bytes = fs::read(&path).map_err(Error::read(&path))?;
        text.push_str(&format!("{target} {asset} {}\n", Digest::of(&bytes).hex()));
    }
    Ok(Derived::from([("launcher/install.lock".into(), text)]))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{TARGETS, derive};
    use crate::Error;
    use crate::files::root;

    #[test]
    fn a_lock_is_whole_or_not_written() {
        let folder = tempfile::tempdir().unwrap();
        for target in &TARGETS[1..] {
            fs::write(
                folder.path().join(format!("stagegate-{target}.tar.gz")),
                target,
            )
            .unwrap();
        }
        let error = derive(&root(), folder.path()).unwrap_err();
        assert!(
            matches!(&error, Error::File { path, .. } if path.ends_with(format!("stagegate-{}.tar.gz", TARGETS[0]))),
            "{error}"
        );
        fs::write(
            folder
                .path()
                .join(format!("stagegate-{}.tar.gz", TARGETS[0])),
            "x",
        )
        .unwrap();
        let derived = derive(&root(), folder.path()).unwrap();
        let text = derived.values().next().unwrap();
        for target in TARGETS {
            let line = text.lines().find(|line| line.starts_with(target)).unwrap();
            assert_eq!(line.split(' ').nth(2).unwrap().len(), 64);
        }
    }
}
