//! The builds of `tests/fixtures/builds`, laid out as the tools left them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Copies a build, with code of the right length where the fixture left it out.
pub(crate) fn lay_out(name: &str, to: &Path) {
    let builds = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/builds");
    let from = Path::new(builds).join(name);
    copy(&from, to);
    let lengths: BTreeMap<String, usize> =
        serde_json::from_slice(&fs::read(from.join("files.json")).unwrap()).unwrap();
    for (file, length) in lengths {
        let path = to.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, vec![b' '; length]).unwrap();
    }
}

/// Copies a folder. Links are left out: Next.js puts some to packages of its server beside a build.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
