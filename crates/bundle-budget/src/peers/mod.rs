//! Budgets that other tools' files hold, read as they are, with those tools' own units and defaults. What this gate
//! cannot hold as that tool would is a named mistake, never skipped.

mod bundlewatch;
mod next_bundle_analysis;
mod size_limit;
mod units;

use gate::{Context, Error, Problem};
use serde_json::{Map, Value};
use std::path::PathBuf;
use verdict::{Evidence, Place};

use crate::pattern::glob;
use crate::policy::{Compression, Mode};
use crate::terms::{FileBudget, Growth, Limit, Peers};

/// No config is larger.
const LIMIT: u64 = 1 << 20;

/// A file of another tool, while it is read.
struct File<'a> {
    /// As people know it.
    path: String,
    text: &'a str,
    problems: Vec<Problem>,
}

impl File<'_> {
    /// The first line that holds a text, which is where a value most likely stands.
    fn place(&self, text: &str) -> Place {
        let line = self.text.lines().position(|line| line.contains(text));
        match line.and_then(|line| u32::try_from(line + 1).ok()) {
            Some(line) => Place::line(&self.path, line),
            None => Place::file(&self.path),
        }
    }

    fn refuse(&mut self, message: impl Into<String>, near: &str) {
        let place = self.place(near);
        self.problems.push(Problem::new(message).at(Some(place)));
    }

    /// Refuses every key that is not known.
    fn only(&mut self, tool: &str, entry: &Map<String, Value>, known: &[&str]) {
        for key in entry.keys().filter(|key| !known.contains(&key.as_str())) {
            self.refuse(format!("`{key}` of {tool} is not supported: remove it, or write the budget under `bundle: files`"), key);
        }
    }
}

/// A budget as those files have them.
struct Written {
    label: String,
    paths: Vec<String>,
    limit: Option<u64>,
    each: bool,
    compression: Compression,
}

/// Reads all files. The evidence is what was read.
pub(crate) fn read(paths: &[PathBuf], context: &Context) -> Result<(Peers, Vec<Evidence>), Error> {
    let (mut peers, mut evidence, mut problems) = (Peers::default(), Vec::new(), Vec::new());
    for path in paths {
        let shown = context.display(path);
        let (bytes, read) = match context.read(path, LIMIT) {
            Ok(read) => read,
            Err(error) => {
                problems.push(Problem::new(error.to_string()).fix("correct `peer-config`"));
                continue;
            }
        };
        evidence.push(read);
        let text = String::from_utf8_lossy(&bytes);
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => {
                let message = format!(
                    "{shown} is no JSON ({error}); configs written in JavaScript are not supported"
                );
                problems.push(Problem::new(message).at(Some(Place::file(&shown))));
                continue;
            }
        };
        let mut file = File {
            path: shown,
            text: &text,
            problems: Vec::new(),
        };
        sections(&value, path, &mut file, &mut peers);
        problems.append(&mut file.problems);
    }
    if problems.is_empty() {
        Ok((peers, evidence))
    } else {
        Err(Error::Usage(problems))
    }
}

fn sections(value: &Value, path: &std::path::Path, file: &mut File<'_>, peers: &mut Peers) {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let mut any = false;
    if name == "package.json" {
        if let Some(own) = value.get("size-limit") {
            any = true;
            size_limit::read(own, Some(value), file, peers);
        }
        for key in ["bundlewatch", "bundlesize"] {
            if let Some(own) = value.get(key) {
                any = true;
                bundlewatch::read(key, own, file, peers);
            }
        }
        if let Some(own) = value.get("nextBundleAnalysis") {
            any = true;
            next_bundle_analysis::read(own, file, peers);
        }
    } else if name.contains("size-limit") {
        any = true;
        let package = path.parent().map(|folder| folder.join("package.json"));
        let package = package
            .and_then(|path| std::fs::read(path).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        size_limit::read(value, package.as_ref(), file, peers);
    } else if name.contains("bundlewatch") || name.contains("bundlesize") {
        any = true;
        bundlewatch::read(
            if name.contains("bundlewatch") {
                "bundlewatch"
            } else {
                "bundlesize"
            },
            value,
            file,
            peers,
        );
    }
    if !any {
        file.refuse(
            "holds no budgets of size-limit, bundlewatch, bundlesize or nextBundleAnalysis: name `.size-limit.json`, \
             `bundlewatch.config.json`, `bundlesize.config.json` or a package.json with one of their keys",
            "",
        );
    }
}

/// Compiles a budget; mistakes go to the file.
fn add(written: Written, file: &mut File<'_>, peers: &mut Peers) {
    let near = written.paths.first().cloned().unwrap_or_default();
    let place = file.place(&near);
    let (mut globs, mut except, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
    for path in &written.paths {
        let (list, text) = match path.strip_prefix('!') {
            Some(text) => (&mut except, text),
            None => (&mut globs, path.as_str()),
        };
        let text = text.trim_start_matches("./");
        match glob(text) {
            Ok(glob) => list.push(glob),
            Err(reason) => file.refuse(format!("glob `{path}`: {reason}"), path),
        }
        hidden.extend(
            text.split('/')
                .filter(|segment| segment.starts_with('.'))
                .map(str::to_owned),
        );
    }
    let limit: Option<Limit> = written.limit.map(|bytes| (bytes, Some(place.clone())));
    peers.files.push(FileBudget {
        label: written.label,
        globs,
        except,
        limit,
        growth: Growth::default(),
        each: written.each,
        compression: written.compression,
        mode: Mode::Fail,
        place: Some(place),
        hidden: Some(hidden),
    });
}

#[cfg(test)]
mod tests {
    use super::{File, Peers, sections};

    fn read(name: &str, text: &str) -> (Peers, Vec<String>) {
        let mut file = File {
            path: name.to_owned(),
            text,
            problems: Vec::new(),
        };
        let mut peers = Peers::default();
        sections(
            &serde_json::from_str(text).unwrap(),
            std::path::Path::new(name),
            &mut file,
            &mut peers,
        );
        (
            peers,
            file.problems.iter().map(ToString::to_string).collect(),
        )
    }

    fn budgets(name: &str, text: &str) -> String {
        let (peers, problems) = read(name, text);
        assert!(problems.is_empty(), "{problems:?}");
        let line = |budget: &crate::terms::FileBudget| {
            let limit = budget.limit.as_ref().map(|(bytes, _)| *bytes);
            let how = if budget.each { "each" } else { "sum" };
            format!(
                "{} {limit:?} {how} {}",
                budget.label,
                budget.compression.as_str()
            )
        };
        peers.files.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn size_limit_sums_in_brotli_11_and_its_kilo_is_1000() {
        let text = r#"[{"path":"dist/*.js","limit":"10 kB"},
            {"name":"gz","path":["dist/a.js","!dist/b.js"],"limit":"10 KiB","gzip":true},
            {"path":"dist/c.js","limit":"500 B","brotli":false},{"path":"dist/d.js"},{"path":"dist/e.js","limit":2000,"gzip":true}]"#;
        insta::assert_snapshot!(budgets(".size-limit.json", text), @r"
        dist/*.js Some(10000) sum brotli-11
        gz Some(10240) sum gzip
        dist/c.js Some(500) sum raw
        dist/d.js None sum brotli-11
        dist/e.js Some(2000) sum gzip
        ");
    }

    #[test]
    fn bundlewatch_and_bundlesize_hold_each_file_and_their_kilo_is_1024() {
        let text = r#"{"bundlewatch":{"defaultCompression":"brotli","normalizeFilenames":"-(\\w+)","files":[{"path":"./f/*.js","maxSize":"100kB"},{"path":"b.css","maxSize":"1.5 MB","compression":"none"}]},
            "bundlesize":[{"path":"./dist/*.js","maxSize":"3 kB"}]}"#;
        insta::assert_snapshot!(budgets("package.json", text), @r"
        ./f/*.js Some(102400) each brotli-11
        b.css Some(1572864) each raw
        ./dist/*.js Some(3072) each gzip
        ");
    }

    #[test]
    fn next_bundle_analysis_paints_red_and_never_fails() {
        let text = r#"{"nextBundleAnalysis":{"budget":358400,"budgetPercentIncreaseRed":20,"minimumChangeThreshold":500,"showDetails":true}}"#;
        let (peers, problems) = read("package.json", text);
        assert!(problems.is_empty(), "{problems:?}");
        let route = &peers.routes[0];
        assert_eq!(route.limit.as_ref().unwrap().0, 358_400);
        assert_eq!(route.growth.bytes.as_ref().unwrap().0, 71_680);
        assert_eq!(
            (route.mode, peers.noise),
            (crate::policy::Mode::Warn, Some(500))
        );
    }

    #[test]
    fn what_cannot_be_held_is_named() {
        let cases = [
            (
                ".size-limit.json",
                r#"[{"path":"a.js","import":"{ a }","limit":"1 kB"}]"#,
                "`import` of size-limit",
            ),
            (
                ".size-limit.json",
                r#"[{"path":"a.js","limit":"1 s"}]"#,
                "limit `1 s`",
            ),
            (
                ".size-limit.json",
                r#"[{"path":"a.js","modifyEsbuildConfig":1}]"#,
                "`modifyEsbuildConfig` of size-limit",
            ),
            (".size-limit.json", r#"{"path":"a.js"}"#, "is no list"),
            (".size-limit.json", r#"[{"limit":"1 kB"}]"#, "has no `path`"),
            (
                "package.json",
                r#"{"size-limit":[{"path":"a.js","limit":"1 kB"}],"devDependencies":{"@size-limit/preset-small-lib":"1"}}"#,
                "bundles",
            ),
            (
                "bundlewatch.config.json",
                r#"{"files":[{"path":"a.js","maxSize":"1 kb","compression":"lzma"}]}"#,
                "compression `lzma`",
            ),
            (
                "bundlewatch.config.json",
                r#"{"files":[{"path":"a.js","maxSize":"much"}]}"#,
                "maxSize `much`",
            ),
            (
                "bundlewatch.config.json",
                r#"{"bundlewatch":1}"#,
                "`bundlewatch` of bundlewatch",
            ),
            (
                "package.json",
                r#"{"nextBundleAnalysis":{"budget":"big"}}"#,
                "`budget`",
            ),
            ("package.json", r#"{"name":"x"}"#, "holds no budgets"),
            (
                "package.json",
                r#"{"bundlesize":[{"path":"a[","maxSize":"1kB"}]}"#,
                "glob `a[`",
            ),
        ];
        for (name, text, expected) in cases {
            let (_, problems) = read(name, text);
            assert!(
                problems.iter().any(|problem| problem.contains(expected)),
                "{text}: {problems:?}"
            );
        }
    }

    #[test]
    fn hidden_files_count_only_where_the_glob_names_them() {
        let (peers, _) = read(
            ".size-limit.json",
            r#"[{"path":["**/*.js",".next/**/*.css"],"limit":"1 kB"}]"#,
        );
        let covers = |path: &str| peers.files[0].covers(path);
        assert!(covers("dist/a.js") && covers(".next/static/a.css"));
        assert!(!covers("dist/.cache/a.js"));
    }
}
