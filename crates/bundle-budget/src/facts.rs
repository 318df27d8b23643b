//! What was measured, before any limit is looked at.

use crate::next::Source;
use crate::size::Sizes;

/// Everything the decision rests on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// In any order.
    pub routes: Vec<RouteFacts>,
    /// One per file rule, in the order of the rules.
    pub files: Vec<Vec<FileFacts>>,
    /// All JavaScript below `.next/static`.
    pub total_js: Sizes,
    /// What is wrong with the build itself.
    pub broken: Vec<Broken>,
}

/// A route.
#[derive(Clone, Debug)]
pub(crate) struct RouteFacts {
    /// As Next.js writes it.
    pub name: String,
    /// Where the list of chunks comes from.
    pub source: Source,
    /// The JavaScript of a first visit; `None` when a chunk of it is missing.
    pub sizes: Option<Sizes>,
    /// How a prerendered page differs from the list.
    pub html: Option<HtmlCheck>,
    /// The modules that a rule asks about.
    pub modules: Vec<ModuleFacts>,
}

/// A prerendered page of a route against the list of chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HtmlCheck {
    /// The page, as people know it.
    pub page: String,
    /// The sizes of the chunks that only one side names.
    pub difference: Sizes,
}

/// A module in a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModuleFacts {
    /// As the rule writes it.
    pub name: String,
    /// Where it was found.
    pub presence: Presence,
}

/// Where a module is, seen from a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// In this chunk of the first load.
    FirstLoad { chunk: String, proof: Proof },
    /// Not in the first load, but in this chunk of the build.
    Later { chunk: String, proof: Proof },
    /// In no chunk.
    Absent { proof: Proof },
    /// The evidence does not say.
    Unknown { reason: String },
}

/// What says where a module is; the weaker is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Proof {
    /// The chunk's source map.
    SourceMap,
    /// Long texts of the installed package, searched in the chunk.
    Texts,
}

impl Proof {
    /// How people read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SourceMap => "source map",
            Self::Texts => "texts of the installed package",
        }
    }
}

/// A file that a rule matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileFacts {
    /// Relative to the app, with `/`.
    pub path: String,
    /// How large it is.
    pub sizes: Sizes,
}

/// Something that makes the build unfit to be shipped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Broken {
    /// What.
    pub message: String,
    /// What to do.
    pub fix: &'static str,
}
