//! Finds the files that hold a suite. A suite is a `smoke` section, in `stagegate.yml` or in files of the same form.

use std::path::{Component, Path, PathBuf};

use gate::{Context, Problem};
use globset::GlobBuilder;
use ignore::WalkBuilder;
use pipeline_config::{ConfigFile, Section};
use verdict::{Evidence, Place};

use crate::{
    hurl::{self, Document},
    policy::Policy,
    strict::Strict,
};

/// A `smoke` section and the file it is from.
pub type SuiteSection = Section<Strict<Policy>>;

/// The largest suite file that is read, in bytes.
const LARGEST: u64 = 4 << 20;
/// Folders that hold other people's files.
const NOT_OURS: [&str; 2] = ["node_modules", ".git"];

/// The suite files of a run.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Their sections, sorted by path.
    pub sections: Vec<SuiteSection>,
    /// The `.hurl` files with their names, sorted by path.
    pub hurl: Vec<(String, Document)>,
    /// Whether they stand in place of the checks of `stagegate.yml`.
    pub replace: bool,
    /// They themselves.
    pub evidence: Vec<Evidence>,
}

/// The files of a run: those that the input names replace the checks of the config file, those that the config file names
/// are added to them.
///
/// # Errors
/// Every glob that names nothing and every file that cannot be used.
pub fn read(
    input: &[String],
    config: &SuiteSection,
    context: &Context,
) -> Result<Files, Vec<Problem>> {
    let mut problems = Vec::new();
    let globs: Vec<(&str, Option<Place>)> = if input.is_empty() {
        let written = config.values.suites.iter();
        written
            .map(|at| (at.value.as_str(), config.place(at)))
            .collect()
    } else {
        input.iter().map(|glob| (glob.as_str(), None)).collect()
    };
    let mut paths = Vec::new();
    for (glob, place) in globs {
        let message = match find(glob, &context.working_directory) {
            Ok(found) if found.is_empty() => format!("suite `{glob}` names no file"),
            Ok(found) => {
                paths.extend(found);
                continue;
            }
            Err(reason) => format!("suite `{glob}` is no glob: {reason}"),
        };
        problems.push(Problem::new(message).at(place));
    }
    paths.sort();
    paths.dedup();
    let mut files = Files {
        replace: !input.is_empty(),
        ..Files::default()
    };
    for path in paths {
        if let Err(found) = files.add(&path, context) {
            problems.extend(found);
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(problems)
    }
}

impl Files {
    fn add(&mut self, path: &Path, context: &Context) -> Result<(), Vec<Problem>> {
        let shown = context.display(path);
        let (bytes, evidence) = context
            .read(path, LARGEST)
            .map_err(|error| vec![Problem::new(error.to_string())])?;
        let text = String::from_utf8(bytes)
            .map_err(|_| vec![Problem::new(format!("{shown} is no UTF-8 text"))])?;
        if path
            .extension()
            .is_some_and(|extension| extension == "hurl")
        {
            let document = hurl::read(&shown, &text)?;
            self.hurl.push((shown, document));
        } else {
            let section = section(&shown, text).map_err(|problem| vec![problem])?;
            self.sections.push(section);
        }
        self.evidence.push(evidence);
        Ok(())
    }
}

fn section(shown: &str, text: String) -> Result<SuiteSection, Problem> {
    let section = ConfigFile::from_text(shown, text)
        .section::<Strict<Policy>>("smoke")
        .map_err(|error| {
            gate::Error::from(error)
                .problems()
                .first()
                .cloned()
                .unwrap_or_else(|| Problem::new(shown))
        })?;
    if section.file.is_none() {
        return Err(Problem::new(format!("{shown} has no `smoke` section"))
            .fix("a suite file has the form of stagegate.yml: put `checks` under `smoke:`"));
    }
    if let Some(first) = section.values.suites.first() {
        let message = "a suite file names no further `suites`: name them in stagegate.yml";
        return Err(Problem::new(message).at(section.place(first)));
    }
    Ok(section)
}

/// The files a glob names. `*` stays inside a folder, `**` crosses folders.
fn find(pattern: &str, base: &Path) -> Result<Vec<PathBuf>, String> {
    let exact = base.join(pattern);
    if exact.is_file() {
        return Ok(vec![exact]);
    }
    let pattern = pattern.trim_start_matches("./");
    let glob = GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| error.to_string())?;
    let matcher = glob.compile_matcher();
    // Nothing above the folders written out can match, so the walk starts below them.
    let fixed: PathBuf = Path::new(pattern)
        .components()
        .take_while(|part| matches!(part, Component::Normal(name) if !name.to_string_lossy().contains(['*', '?', '[', '{'])))
        .collect();
    let walk = WalkBuilder::new(base.join(fixed))
        .standard_filters(false)
        .filter_entry(|entry| {
            !entry
                .file_name()
                .to_str()
                .is_some_and(|name| NOT_OURS.contains(&name))
        })
        .build();
    // A folder that cannot be read, or is not there, holds no suite; a glob without files is an error anyway.
    let files = walk
        .flatten()
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.is_file());
    Ok(files
        .filter(|path| {
            path.strip_prefix(base)
                .is_ok_and(|path| matcher.is_match(path))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::find;

    #[test]
    fn globs() {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "smoke.yml",
            "smoke/a.yml",
            "smoke/b.yaml",
            "smoke/deep/c.yml",
            ".github/smoke/d.yml",
            "node_modules/x/smoke/e.yml",
        ] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let mut names: Vec<_> = find(pattern, folder.path())
                .unwrap()
                .iter()
                .map(|path| {
                    path.strip_prefix(folder.path())
                        .unwrap()
                        .to_string_lossy()
                        .replace('\\', "/")
                })
                .collect();
            names.sort();
            names
        };
        assert_eq!(names("smoke.yml"), ["smoke.yml"]);
        assert_eq!(names("./smoke/*.yml"), ["smoke/a.yml"]);
        assert_eq!(names("smoke/*.{yml,yaml}"), ["smoke/a.yml", "smoke/b.yaml"]);
        assert_eq!(names("smoke/**/*.yml"), ["smoke/a.yml", "smoke/deep/c.yml"]);
        assert_eq!(names(".github/**/*.yml"), [".github/smoke/d.yml"]);
        assert_eq!(
            names("**/smoke/*.yml"),
            [".github/smoke/d.yml", "smoke/a.yml"]
        );
        assert_eq!(names("none/*.yml"), Vec::<String>::new());
        assert!(find("smoke/[", folder.path()).is_err());
    }
}
