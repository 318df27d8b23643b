//! The policy as it applies to one app: every budget compiled, whoever wrote it, with the place to point at.

use std::collections::BTreeSet;

use gate::Problem;
use globset::GlobMatcher;
use pipeline_config::{Located, Section};
use verdict::Place;

use crate::baseline::Names;
use crate::modules::ModuleName;
use crate::pattern::{RoutePattern, glob};
use crate::policy::{
    App, Compression, Duplicates, FileRule, Images, Increase, Mode, Policy, RouteRule,
};

/// A limit in bytes and the line it stands on.
pub(crate) type Limit = (u64, Option<Place>);

/// How much something may grow.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Growth {
    /// In bytes.
    pub bytes: Option<Limit>,
    /// Of the size before, 0.02 for 2 %.
    pub ratio: Option<(f64, Option<Place>)>,
}

impl Growth {
    /// Whether anything is limited.
    pub(crate) const fn is_some(&self) -> bool {
        self.bytes.is_some() || self.ratio.is_some()
    }
}

/// A budget of routes.
#[derive(Clone, Debug)]
pub(crate) struct RouteBudget {
    pub pattern: RoutePattern,
    pub limit: Option<Limit>,
    pub growth: Growth,
    pub mode: Mode,
    pub compression: Compression,
}

/// A budget of files.
#[derive(Clone, Debug)]
pub(crate) struct FileBudget {
    /// The glob, or the name another tool's file gives it.
    pub label: String,
    pub globs: Vec<GlobMatcher>,
    pub except: Vec<GlobMatcher>,
    pub limit: Option<Limit>,
    pub growth: Growth,
    /// Each file instead of their sum.
    pub each: bool,
    pub compression: Compression,
    pub mode: Mode,
    /// Where the glob stands.
    pub place: Option<Place>,
    /// The hidden folders and files that count, by name; `None` when all do. Other tools' globs match none but those they
    /// name.
    pub hidden: Option<Vec<String>>,
}

impl FileBudget {
    /// Whether a file, relative to the app with `/`, falls under it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let hidden = |segment: &str| segment.starts_with('.') && segment.len() > 1;
        if let Some(known) = &self.hidden
            && path
                .split('/')
                .any(|segment| hidden(segment) && !known.iter().any(|name| name == segment))
        {
            return false;
        }
        self.globs.iter().any(|glob| glob.is_match(path))
            && !self.except.iter().any(|glob| glob.is_match(path))
    }
}

/// What another tool's files add.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    pub routes: Vec<RouteBudget>,
    pub files: Vec<FileBudget>,
    /// A noise floor in bytes.
    pub noise: Option<u64>,
    /// An expression for hashes in names.
    pub strip_hash: Option<String>,
}

/// The policy for one app.
#[derive(Debug)]
pub(crate) struct Terms<'a> {
    pub gate: Compression,
    /// Smaller changes are no growth: bytes, and a share.
    pub noise: (u64, f64),
    pub routes: Vec<RouteBudget>,
    pub files: Vec<FileBudget>,
    /// For `deny` and `lazy`, and to name what matches nothing.
    pub rules: Vec<&'a RouteRule>,
    pub duplicates: Option<&'a Duplicates>,
    pub images: Option<&'a Images>,
    pub names: Names,
    pub section: &'a Section<Policy>,
}

impl<'a> Terms<'a> {
    /// Compiles the policy; every mistake is in the error.
    pub(crate) fn new(
        section: &'a Section<Policy>,
        app: Option<&'a App>,
        peers: Peers,
    ) -> Result<Self, Vec<Problem>> {
        let policy = &section.values;
        let mut problems = Vec::new();
        let own_routes = app.into_iter().flat_map(|app| &app.routes);
        let rules: Vec<&RouteRule> = own_routes.chain(&policy.routes).collect();
        let own_files = app.into_iter().flat_map(|app| &app.files);
        let mut routes: Vec<_> = rules
            .iter()
            .filter_map(|rule| route(rule, section, &mut problems))
            .collect();
        let mut files: Vec<_> = own_files
            .chain(&policy.files)
            .filter_map(|rule| file(rule, section, &mut problems))
            .collect();
        routes.extend(peers.routes);
        files.extend(peers.files);
        let names = match &policy.strip_hash {
            Some(expression) => Names::new(Some(&expression.value)).map_err(|reason| {
                problems.push(
                    Problem::new(format!("strip-hash `{}`: {reason}", expression.value))
                        .at(section.place(expression)),
                );
            }),
            None => Names::new(peers.strip_hash.as_deref()).map_err(|reason| {
                problems.push(Problem::new(format!("normalizeFilenames: {reason}")));
            }),
        };
        if let Some(images) = &policy.images {
            for format in &images.formats {
                if !["avif", "webp"].contains(&format.value.as_str()) {
                    problems.push(
                        Problem::new(format!(
                            "image format `{}` is not known: write `avif` or `webp`",
                            format.value
                        ))
                        .at(section.place(format)),
                    );
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let noise = policy.noise;
        Ok(Self {
            gate: policy.gate,
            noise: (
                peers
                    .noise
                    .unwrap_or_else(|| noise.bytes.map_or(100, |bytes| bytes.bytes())),
                noise.percent.map_or(0.005, |percent| percent.ratio()),
            ),
            routes,
            files,
            rules,
            duplicates: policy.duplicates.as_ref(),
            images: policy.images.as_ref(),
            names: names.unwrap_or_default(),
            section,
        })
    }

    /// Everything that has to be measured.
    pub(crate) fn compressions(&self) -> BTreeSet<Compression> {
        let asked = self.section.values.compressions.as_deref();
        let asked = asked.unwrap_or(&[Compression::Gzip, Compression::Brotli]);
        let budgets = self.routes.iter().map(|budget| budget.compression);
        let budgets = budgets.chain(self.files.iter().map(|budget| budget.compression));
        asked
            .iter()
            .copied()
            .chain(budgets)
            .chain([self.gate, Compression::Raw])
            .collect()
    }

    /// Whether nothing at all is held to anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty() && self.files.is_empty()
    }
}

fn route(
    rule: &RouteRule,
    section: &Section<Policy>,
    problems: &mut Vec<Problem>,
) -> Option<RouteBudget> {
    for module in rule.deny.iter().chain(&rule.lazy) {
        if let Err(reason) = ModuleName::new(&module.value) {
            problems.push(Problem::new(reason).at(section.place(module)));
        }
    }
    let pattern = match RoutePattern::new(&rule.route.value) {
        Ok(pattern) => pattern,
        Err(reason) => {
            problems.push(Problem::new(reason).at(section.place(&rule.route)));
            return None;
        }
    };
    Some(RouteBudget {
        pattern,
        limit: rule
            .first_load_js
            .as_ref()
            .map(|limit| (limit.value.bytes(), section.place(limit))),
        growth: growth(rule.max_increase.as_ref(), &rule.route, section, problems),
        mode: rule.mode.unwrap_or(section.values.mode),
        compression: section.values.gate,
    })
}

fn file(
    rule: &FileRule,
    section: &Section<Policy>,
    problems: &mut Vec<Problem>,
) -> Option<FileBudget> {
    let text = &rule.path.value;
    let place = section.place(&rule.path);
    let compiled = match glob(text) {
        Ok(compiled) => compiled,
        Err(reason) => {
            problems.push(Problem::new(format!("glob `{text}`: {reason}")).at(place));
            return None;
        }
    };
    if rule.limit.is_none() && rule.max_increase.is_none() {
        problems.push(
            Problem::new(format!(
                "`{text}` has no limit: write `limit: 40 kB` or `max-increase: {{ percent: 2 % }}`"
            ))
            .at(place.clone()),
        );
    }
    Some(FileBudget {
        label: text.clone(),
        globs: vec![compiled],
        except: Vec::new(),
        limit: rule
            .limit
            .as_ref()
            .map(|limit| (limit.value.bytes(), section.place(limit))),
        growth: growth(rule.max_increase.as_ref(), &rule.path, section, problems),
        each: rule.each,
        compression: section.values.gate,
        mode: rule.mode.unwrap_or(section.values.mode),
        place,
        hidden: None,
    })
}

fn growth(
    written: Option<&Increase>,
    at: &Located<String>,
    section: &Section<Policy>,
    problems: &mut Vec<Problem>,
) -> Growth {
    let Some(written) = written else {
        return Growth::default();
    };
    let growth = Growth {
        bytes: written
            .bytes
            .as_ref()
            .map(|bytes| (bytes.value.bytes(), section.place(bytes))),
        ratio: written
            .percent
            .as_ref()
            .map(|percent| (percent.value.ratio(), section.place(percent))),
    };
    if !growth.is_some() {
        problems.push(
            Problem::new(format!("max-increase of `{}` is empty: write `{{ bytes: 2 kB }}`, `{{ percent: 2 % }}` or both", at.value))
                .at(section.place(at)),
        );
    }
    growth
}
