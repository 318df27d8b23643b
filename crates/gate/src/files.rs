//! Files a gate leaves for others: written beside and renamed, so that a cancelled job leaves no half file.

use std::path::Path;

use verdict::Verdict;

use crate::Problem;
use crate::file_inputs::FileInputs;

/// Writes a file, and the folders it is in.
pub(crate) fn write(what: &str, path: &Path, text: &str) -> Result<(), Problem> {
    let problem =
        |reason: std::io::Error| Problem::new(format!("write {what} {}: {reason}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(problem)
}

/// Writes the files that were asked for; gives what failed.
pub(crate) fn surfaces(files: &FileInputs, verdicts: &[&Verdict]) -> Vec<Problem> {
    type Render = fn(&[&Verdict]) -> String;
    let surfaces: [(&str, &Option<std::path::PathBuf>, Render); 3] = [
        ("SARIF", &files.sarif, report_render::sarif),
        ("JUnit", &files.junit, report_render::junit),
        ("HTML", &files.html, report_render::html),
    ];
    surfaces
        .into_iter()
        .filter_map(|(what, path, render)| {
            let path = path.as_ref()?;
            write(what, path, &render(verdicts)).err()
        })
        .collect()
}
