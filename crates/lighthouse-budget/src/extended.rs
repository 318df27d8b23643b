//! The files that a section extends: a lighthouserc with its own bases, a budget.json, or JavaScript that gives one.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use gate::{Context, Problem};
use verdict::Place;

use crate::lhci::{Js, Options, OptionsError, effective, extends, line_of, parse_rc, rc_options};

/// The names of a lighthouserc, in the order lighthouse-ci looks for them.
const NAMES: [&str; 10] = [
    ".lighthouserc.cjs",
    "lighthouserc.cjs",
    ".lighthouserc.js",
    "lighthouserc.js",
    ".lighthouserc.json",
    "lighthouserc.json",
    ".lighthouserc.yml",
    "lighthouserc.yml",
    ".lighthouserc.yaml",
    "lighthouserc.yaml",
];

/// A config is short.
const LIMIT: u64 = 4 << 20;

/// So many files may extend one another.
const DEPTH: usize = 10;

/// The longest a JavaScript config may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// A config file of a peer.
#[derive(Clone, Debug)]
pub(crate) struct Extended {
    /// As people know it.
    pub path: String,
    /// Its content, for the line of a key; empty when a program gave it.
    pub text: String,
    /// Its assertions; `None` when it has none.
    pub options: Option<Options>,
    /// Why it has none, in lighthouse-ci's words: where it stops, compatible results stop too.
    pub thrown: Option<String>,
    /// All that it says.
    pub written: Js,
}

impl Extended {
    /// The line of a key.
    pub(crate) fn place(&self, key: &str) -> Place {
        // Keys are in kebab case with colons here, and may be written otherwise.
        let spellings = [key.to_owned(), key.replace(':', ".")];
        let metric = key.split([':', '.']).nth(1).unwrap_or(key);
        spellings
            .iter()
            .map(String::as_str)
            .chain([metric])
            .find_map(|key| line_of(&self.text, key))
            .map_or_else(
                || Place::file(&self.path),
                |line| Place::line(&self.path, line),
            )
    }
}

/// The lighthouserc of a folder.
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    NAMES
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

/// Reads a file and all that it extends.
pub(crate) async fn read(path: &Path, context: &Context) -> Result<Extended, Problem> {
    let shown = context.display(path);
    let (text, value) = load(path, context).await?;
    if value.items().is_some() {
        // A budget.json is a list, a lighthouserc never is.
        let (options, thrown) = compiled(
            effective(Js::Object(Vec::new()), Some(&value)),
            &shown,
            &text,
        )?;
        return Ok(Extended {
            path: shown,
            text,
            options,
            thrown,
            written: Js::Object(Vec::new()),
        });
    }
    let mut files = vec![value];
    let mut from = path.to_owned();
    while let Some(base) = files.last().and_then(extends) {
        if files.len() > DEPTH {
            return Err(Problem::new(format!(
                "{shown}: more than {DEPTH} files extend one another"
            )));
        }
        from = from.parent().unwrap_or(Path::new("")).join(base);
        files.push(load(&from, context).await?.1);
    }
    let written = rc_options(files);
    let budgets = match written
        .get("budgetsFile")
        .and_then(Js::text)
        .filter(|file| !file.is_empty())
    {
        Some(file) => Some(load(&context.path(file), context).await?.1),
        None => None,
    };
    let nothing = ["assertions", "assertMatrix", "preset"]
        .iter()
        .all(|key| written.get(key).is_none());
    let (options, thrown) = if budgets.is_none() && nothing {
        (None, Some("No assertions to use".to_owned()))
    } else {
        compiled(effective(written.clone(), budgets.as_ref()), &shown, &text)?
    };
    Ok(Extended {
        path: shown,
        text,
        options,
        thrown,
        written,
    })
}

type Compiled = (Option<Options>, Option<String>);

fn compiled(
    result: Result<Options, OptionsError>,
    path: &str,
    text: &str,
) -> Result<Compiled, Problem> {
    match result {
        Ok(options) => Ok((Some(options), None)),
        Err(OptionsError::Thrown(message)) => Ok((None, Some(message))),
        Err(OptionsError::Refused { key, message }) => {
            let line = line_of(text, &key);
            let place = line.map_or_else(|| Place::file(path), |line| Place::line(path, line));
            Err(Problem::new(format!("{path}: {key}: {message}")).at(Some(place)))
        }
    }
}

/// The text and the value of one file.
async fn load(path: &Path, context: &Context) -> Result<(String, Js), Problem> {
    let shown = context.display(path);
    let script = path
        .extension()
        .is_some_and(|extension| extension == "js" || extension == "cjs");
    let text = if script {
        evaluated(path, &shown).await?
    } else {
        let (bytes, _) = context
            .read(path, LIMIT)
            .map_err(|error| Problem::new(error.to_string()))?;
        String::from_utf8(bytes).map_err(|_| Problem::new(format!("{shown} is no text")))?
    };
    // What a script gives is JSON.
    let name = if script { "x.json" } else { shown.as_str() };
    let value = parse_rc(name, &text).map_err(|error| {
        let place = error.line.filter(|line| *line > 0 && !script);
        let place = place.map_or_else(|| Place::file(&shown), |line| Place::line(&shown, line));
        Problem::new(format!("{shown}: {}", error.message)).at(Some(place))
    })?;
    Ok((if script { String::new() } else { text }, value))
}

/// What a JavaScript config exports, by node.
async fn evaluated(path: &Path, shown: &str) -> Result<String, Problem> {
    const PRINT: &str = "process.stdout.write('\\n' + JSON.stringify(require(process.argv[1])))";
    let node = which::which("node").map_err(|_| {
        Problem::new(format!(
            "{shown} is JavaScript, and node is not installed to evaluate it"
        ))
        .fix("install Node.js, or write the config as JSON or YAML")
    })?;
    let mut command = tokio::process::Command::new(node);
    command
        .args(["-e", PRINT])
        .arg(path)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    for name in gate::WITHHELD {
        command.env_remove(name);
    }
    let failed = |reason: String| Problem::new(format!("evaluate {shown}: {reason}"));
    let output = tokio::time::timeout(DEADLINE, command.output())
        .await
        .map_err(|_| failed(format!("not done within {} s", DEADLINE.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        // `Error: …`, `TypeError: …`; the source line that node shows before is not meant.
        let names_it = |line: &&str| {
            line.split(':')
                .next()
                .is_some_and(|name| name.ends_with("Error"))
        };
        let line = words
            .lines()
            .find(names_it)
            .unwrap_or("it ended with an error");
        return Err(failed(line.trim().to_owned()));
    }
    // What the config prints itself comes before.
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(said.lines().last().unwrap_or_default().to_owned())
}
