//! Several policies as one: a source counts where every policy allows it.

use std::collections::BTreeMap;

/// The shortest policy there can be is one directive such as `img-src`.
const SHORTEST: usize = "img-src".len() - 1;

/// Directives that may stand twice: reports go to all of them.
const REPEATABLE: [&str; 2] = ["report-uri", "report-to"];

/// Directives that browsers ignore in a `<meta>` (CSP Level 3, 3.3).
const NOT_IN_META: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];

/// Why a policy cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCsp {
    /// Too short to hold a directive.
    #[error("`{0}` holds no directive")]
    Empty(String),
    /// Browsers take the first and ignore the rest, which is never meant.
    #[error("directive `{0}` stands twice")]
    Duplicate(String),
}

/// The directives of all policies together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    directives: BTreeMap<String, Vec<String>>,
    /// Whether a directive stands twice that may.
    pub(super) repeated: bool,
}

#[derive(Clone, Debug)]
struct Source {
    text: String,
    policy: usize,
    keep: bool,
}

impl Policies {
    /// Reads policies, headers before metas.
    ///
    /// # Errors
    /// When one holds no directive, or one directive twice.
    pub fn parse(policies: &[String]) -> Result<Self, InvalidCsp> {
        let clean: Vec<String> = policies
            .iter()
            .map(|policy| policy.replace(['\r', '\n'], "").trim().to_owned())
            .collect();
        if let Some(short) = clean.iter().find(|policy| policy.len() < SHORTEST) {
            return Err(InvalidCsp::Empty(short.clone()));
        }
        let mut merged: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        let mut repeated = false;
        for (index, policy) in clean.iter().enumerate() {
            let mut seen: Vec<String> = Vec::new();
            for entry in policy.split(';') {
                let mut words = entry.split_whitespace().map(str::to_lowercase);
                let Some(directive) = words.next() else {
                    continue;
                };
                if seen.contains(&directive) {
                    if !REPEATABLE.contains(&directive.as_str()) {
                        return Err(InvalidCsp::Duplicate(directive));
                    }
                    repeated = true;
                } else {
                    seen.push(directive.clone());
                }
                let mut texts: Vec<String> = words.collect();
                if texts.is_empty() && directive.ends_with("-src") {
                    texts.push("'none'".to_owned());
                }
                let sources = texts.into_iter().map(|text| Source {
                    text,
                    policy: index,
                    keep: index == 0,
                });
                let before = if index == 0 {
                    Vec::new()
                } else {
                    merged.remove(&directive).unwrap_or_default()
                };
                let mut sources = merge(before.into_iter().chain(sources).collect());
                if index == 0 && clean.len() > 1 {
                    // A later policy has to allow it as well.
                    for source in &mut sources {
                        source.keep = false;
                    }
                }
                merged.insert(directive, sources);
            }
        }
        let directives = merged
            .into_iter()
            .map(|(directive, sources)| (directive, texts(sources)))
            .collect();
        Ok(Self {
            directives,
            repeated,
        })
    }

    /// The same, without what browsers ignore in a `<meta>`.
    pub(super) fn in_meta(mut self) -> Self {
        for directive in NOT_IN_META {
            self.directives.remove(directive);
        }
        self
    }

    /// Whether there is no directive.
    pub fn is_empty(&self) -> bool {
        self.directives.is_empty()
    }

    /// The sources of a directive; `None` when it is not written.
    pub fn get(&self, directive: &str) -> Option<&[String]> {
        self.directives.get(directive).map(Vec::as_slice)
    }

    /// Which directive rules: the named one, else `default-src`; `None` when everything is allowed.
    pub(super) fn ruling(&self, directive: &'static str) -> Option<&'static str> {
        [directive, "default-src"]
            .into_iter()
            .find(|name| self.directives.contains_key(*name))
    }

    /// Drops sources of a directive.
    pub(super) fn drop(&mut self, directive: &str, unwanted: impl Fn(&str) -> bool) {
        if let Some(sources) = self.directives.get_mut(directive) {
            sources.retain(|source| !unwanted(source));
        }
    }

    /// All directives.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.directives
            .iter()
            .map(|(name, sources)| (name.as_str(), sources.as_slice()))
    }
}

/// Within a policy a source that begins with another adds nothing; across policies one counts when another policy covers it.
fn merge(mut sources: Vec<Source>) -> Vec<Source> {
    sources.sort_by(|a, b| a.text.cmp(&b.text));
    for index in 1..sources.len() {
        let (before, rest) = sources.split_at_mut(index);
        let (Some(previous), Some(source)) = (before.last(), rest.first_mut()) else {
            continue;
        };
        if source.policy == previous.policy {
            if source.text.starts_with(&previous.text) {
                source.keep = false;
            }
        } else if covers(&previous.text, &source.text) {
            source.keep = true;
        }
    }
    sources.retain(|source| source.keep);
    sources
}

fn texts(sources: Vec<Source>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for source in sources {
        if !texts.contains(&source.text) {
            texts.push(source.text);
        }
    }
    if texts.is_empty() {
        texts.push("'none'".to_owned());
    }
    texts
}

/// Whether one source's path covers another's (CSP Level 3, 6.7.2.12: a path that ends in `/` covers what is below it).
fn covers(path: &str, other: &str) -> bool {
    if path.is_empty() || (path == "/" && other.is_empty()) {
        return true;
    }
    let mut pieces: Vec<&str> = path.split('/').collect();
    let others: Vec<&str> = other.split('/').collect();
    let exact = !path.ends_with('/');
    if pieces.len() > others.len() || (exact && pieces.len() != others.len()) {
        return false;
    }
    if !exact {
        pieces.pop();
    }
    pieces
        .iter()
        .zip(others)
        .all(|(piece, other)| *piece == other)
}

#[cfg(test)]
mod tests {
    use super::{InvalidCsp, Policies};

    fn read(policies: &[&str]) -> Result<Policies, InvalidCsp> {
        let policies: Vec<String> = policies.iter().map(|text| (*text).to_owned()).collect();
        Policies::parse(&policies)
    }

    #[test]
    fn directives_are_read_without_case_and_with_defaults() {
        let csp = read(&["Default-SRC 'Self'; img-src; upgrade-insecure-requests;"]).unwrap();
        assert_eq!(csp.get("default-src").unwrap(), ["'self'"]);
        assert_eq!(csp.get("img-src").unwrap(), ["'none'"]);
        assert_eq!(csp.get("script-src"), None);
        assert_eq!(csp.ruling("script-src"), Some("default-src"));
    }

    #[test]
    fn what_no_browser_would_follow_is_refused() {
        assert_eq!(read(&["x"]), Err(InvalidCsp::Empty("x".to_owned())));
        assert_eq!(
            read(&["img-src a; img-src b"]),
            Err(InvalidCsp::Duplicate("img-src".to_owned()))
        );
        assert!(
            read(&["img-src a; report-uri /a; report-uri /b"])
                .unwrap()
                .repeated
        );
    }

    #[test]
    fn a_second_policy_only_narrows() {
        let csp = read(&["script-src 'self' https://a.example", "script-src 'self'"]).unwrap();
        assert_eq!(csp.get("script-src").unwrap(), ["'self'"]);
        let csp = read(&["script-src https://a.example", "script-src 'self'"]).unwrap();
        assert_eq!(csp.get("script-src").unwrap(), ["'none'"]);
    }
}
