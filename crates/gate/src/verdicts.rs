//! Reads the verdicts that earlier gates left, for the gates that judge or show them.
//!
//! The files may come from a stranger's pull request: symbolic links are not followed, count and size
//! are capped, and every file must be a verdict by the strict reader. What is refused is listed, so
//! that nobody takes half the evidence for the whole.

use std::fs;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use verdict::{Evidence, EvidenceState, Source, Verdict};

use crate::{Context, Error, Problem};

/// Where the frame writes verdicts and workflows collect them.
pub const VERDICTS_FOLDER: &str = ".stagegate/verdicts";

/// The most files that are read.
const MAX_FILES: usize = 200;

/// How deep folders are searched: an artifact that was not merged has one folder of its own.
const MAX_DEPTH: usize = 4;

/// A verdict and the file it came from.
#[derive(Clone, Debug)]
pub struct FoundVerdict {
    /// What it says.
    pub verdict: Verdict,
    /// The file, with the sha256 of its bytes.
    pub evidence: Evidence,
}

/// The verdicts of some folders.
#[derive(Clone, Debug, Default)]
pub struct FoundVerdicts {
    /// Sorted by gate, instance and file.
    pub verdicts: Vec<FoundVerdict>,
    /// Files that are there and are no verdict we read.
    pub refused: Vec<Problem>,
}

impl FoundVerdicts {
    /// Adds what a file holds: a verdict, or a refusal. `shown` is the file as people know it.
    pub fn add(&mut self, shown: &str, bytes: &[u8]) {
        let verdict = match Verdict::from_json(bytes) {
            Ok(verdict) => verdict,
            Err(error) => return self.refuse(Problem::new(format!("{shown}: {error}"))),
        };
        let state = if verdict.findings.is_empty() {
            EvidenceState::Clean
        } else {
            EvidenceState::Findings
        };
        let key = |verdict: &Verdict| (verdict.gate.clone(), verdict.instance.clone());
        let of_new = key(&verdict);
        // Behind its equals: within one gate and instance the files stay in order.
        let at = self
            .verdicts
            .partition_point(|found| key(&found.verdict) <= of_new);
        let evidence = Evidence::read(Source::Path(shown.to_owned()), bytes, state);
        self.verdicts.insert(at, FoundVerdict { verdict, evidence });
    }

    /// Adds something that is there and is no verdict we read.
    pub fn refuse(&mut self, problem: Problem) {
        self.refused.push(problem);
    }
}

impl Context {
    /// Reads the verdicts in folders, files and globs; [`VERDICTS_FOLDER`] when none is given. In a
    /// folder every `*.json` counts. A place without a verdict is no error here: what is needed is the
    /// gate's to say.
    ///
    /// # Errors
    /// [`Error::Usage`] for a glob that is none, [`Error::Undecided`] when there are too many files.
    pub fn read_verdicts(&self, places: &[String]) -> Result<FoundVerdicts, Error> {
        let default = [VERDICTS_FOLDER.to_owned()];
        let places = if places.is_empty() { &default } else { places };
        let mut search = Search::default();
        for place in places {
            let (base, matcher) = split_glob(place)?;
            let root = if Path::new(place).is_absolute() {
                Path::new("")
            } else {
                &self.working_directory
            };
            search.visit(&self.path(base), matcher.as_ref(), root, 0);
        }
        search.files.sort();
        search.files.dedup();
        if search.files.len() > MAX_FILES {
            let count = search.files.len();
            return Err(Error::undecided(format!(
                "{count} verdict files, over the limit of {MAX_FILES}"
            ))
            .fix("point `verdicts` at one run's verdicts"));
        }
        let mut found = FoundVerdicts::default();
        for (path, why, fix) in search.refused {
            let problem = Problem::new(format!("{} {why}", self.display(&path)));
            found.refuse(problem.fix(fix));
        }
        for path in search.files {
            match self.read(&path, Verdict::MAX_BYTES as u64) {
                Ok((bytes, _)) => found.add(&self.display(&path), &bytes),
                Err(error) => found.refuse(Problem::new(error.to_string())),
            }
        }
        Ok(found)
    }
}

#[derive(Default)]
struct Search {
    files: Vec<PathBuf>,
    /// What was not looked into, why, and what would help.
    refused: Vec<(PathBuf, &'static str, &'static str)>,
}

impl Search {
    fn visit(&mut self, path: &Path, glob: Option<&GlobMatcher>, root: &Path, depth: usize) {
        let Ok(kind) = fs::symlink_metadata(path).map(|metadata| metadata.file_type()) else {
            return;
        };
        if kind.is_symlink() {
            let fix = "upload the file itself, not a link to it";
            self.refused
                .push((path.to_owned(), "is a symbolic link", fix));
        } else if kind.is_dir() {
            if depth > MAX_DEPTH {
                let fix = "download the artifacts merged into one folder";
                self.refused.push((path.to_owned(), "lies too deep", fix));
                return;
            }
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            for entry in entries {
                // One more than allowed is enough to know.
                if self.files.len() <= MAX_FILES {
                    self.visit(&entry.path(), glob, root, depth + 1);
                }
            }
        } else if kind.is_file() {
            let wanted = match glob {
                Some(glob) => glob.is_match(path.strip_prefix(root).unwrap_or(path)),
                // A file that was named itself is wanted whatever its name.
                None => {
                    depth == 0
                        || path
                            .extension()
                            .is_some_and(|extension| extension == "json")
                }
            };
            if wanted {
                self.files.push(path.to_owned());
            }
        }
    }
}

/// The folder to search, and what to match below it when the text is a glob.
fn split_glob(text: &str) -> Result<(&str, Option<GlobMatcher>), Error> {
    let Some(meta) = text.find(['*', '?', '[', '{']) else {
        return Ok((text, None));
    };
    let glob = GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map_err(|error| Error::usage(format!("verdicts `{text}` is no glob: {}", error.kind())))?;
    let base = text
        .get(..meta)
        .and_then(|before| before.rsplit_once('/'))
        .map_or("", |(folder, _)| folder);
    Ok((base, Some(glob.compile_matcher())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Progress;
    use jiff::Timestamp;
    use runner_protocol::Runner;
    use verdict::{Conclusion, Subject, Tool, VERDICT_SCHEMA};

    struct Folder {
        folder: tempfile::TempDir,
        context: Context,
    }

    impl Folder {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let context = Context {
                runner: Runner::default(),
                subject: Subject::default(),
                working_directory: folder.path().to_owned(),
                html: false,
                started_at: Timestamp::UNIX_EPOCH,
                progress: Progress::new("test"),
            };
            Self { folder, context }
        }

        fn write(&self, path: &str, gate: &str) {
            let verdict = Verdict {
                schema: VERDICT_SCHEMA.to_owned(),
                gate: gate.to_owned(),
                instance: None,
                conclusion: Conclusion::Pass,
                title: "fine".to_owned(),
                subject: Subject::default(),
                findings: Vec::new(),
                metrics: Vec::new(),
                figures: Vec::new(),
                evidence: Vec::new(),
                run: None,
                tool: Tool {
                    name: "stagegate".to_owned(),
                    version: "0.1.0".to_owned(),
                },
                started_at: String::new(),
                finished_at: String::new(),
            };
            self.text(path, &verdict.to_canonical_json().unwrap());
        }

        fn text(&self, path: &str, text: &str) {
            let path = self.folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        /// Gates found and refusals, as text.
        fn read(&self, places: &[&str]) -> (Vec<String>, Vec<String>) {
            let places: Vec<String> = places.iter().map(|place| (*place).to_owned()).collect();
            let found = self.context.read_verdicts(&places).unwrap();
            let gates = found.verdicts.into_iter().map(|found| found.verdict.gate);
            let refused = found.refused.into_iter().map(|problem| problem.message);
            (gates.collect(), refused.collect())
        }
    }

    #[test]
    fn folders_files_and_globs() {
        let folder = Folder::new();
        folder.write(".stagegate/verdicts/b.json", "b");
        folder.write(".stagegate/verdicts/verdict-a/a.json", "a");
        folder.text(".stagegate/verdicts/notes.txt", "not looked at");
        folder.write("other/x-1.json", "x1");
        folder.write("other/x-2.json", "x2");
        folder.write("other/deep/x-3.json", "x3");
        let absolute = folder.folder.path().join("other/x-*.json");
        for (places, expected) in [
            (vec![], vec!["a", "b"]),
            (vec!["other"], vec!["x1", "x2", "x3"]),
            (vec!["other/x-2.json", "other/x-2.json"], vec!["x2"]),
            (vec!["other/x-*.json"], vec!["x1", "x2"]),
            (vec!["other/**/x-[23].json"], vec!["x2", "x3"]),
            (vec![absolute.to_str().unwrap()], vec!["x1", "x2"]),
            (vec!["nowhere", "nowhere/*.json"], vec![]),
        ] {
            assert_eq!(
                folder.read(&places),
                (expected.iter().map(ToString::to_string).collect(), vec![]),
                "{places:?}"
            );
        }
        let bad = folder.context.read_verdicts(&["a[".to_owned()]);
        assert!(matches!(bad, Err(Error::Usage(_))));
    }

    #[test]
    fn what_is_no_verdict_is_refused_by_name() {
        let folder = Folder::new();
        folder.write("v/good.json", "good");
        folder.text("v/bad.json", "{}");
        folder.text("v/huge.json", &" ".repeat(Verdict::MAX_BYTES + 1));
        folder.write("v/1/2/3/4/5/deep.json", "deep");
        let (gates, refused) = folder.read(&["v"]);
        assert_eq!(gates, ["good"]);
        assert_eq!(refused.len(), 3, "{refused:?}");
        for name in ["v/1/2/3/4/5 lies too deep", "v/bad.json", "v/huge.json"] {
            assert!(
                refused.iter().any(|text| text.contains(name)),
                "{name}: {refused:?}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused_to_files_and_to_folders() {
        let folder = Folder::new();
        folder.write("outside/secret.json", "secret");
        folder.write("v/good.json", "good");
        let link = |to: &str, from: &str| {
            let root = folder.folder.path();
            std::os::unix::fs::symlink(root.join(to), root.join(from)).unwrap();
        };
        link("outside/secret.json", "v/file.json");
        link("outside", "v/folder");
        link("outside", "whole");
        let (gates, refused) = folder.read(&["v", "whole"]);
        assert_eq!(gates, ["good"]);
        assert_eq!(refused.len(), 3, "{refused:?}");
    }

    #[test]
    fn too_many_files_are_no_evidence() {
        let folder = Folder::new();
        for number in 0..=MAX_FILES {
            folder.text(&format!("v/{number}.json"), "{}");
        }
        let error = folder.context.read_verdicts(&["v".to_owned()]).unwrap_err();
        assert!(
            error.to_string().contains("over the limit of 200"),
            "{error}"
        );
    }
}
