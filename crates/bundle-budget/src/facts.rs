//! What was measured, before any limit is looked at.

use std::collections::BTreeMap;

use crate::baseline::{Base, Change};
use crate::policy::Compression;
use crate::site::{ImageService, Source};
use crate::size::Sizes;

/// Everything the decision about one app rests on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Who made the build; empty for files alone.
    pub made_by: String,
    /// What was measured.
    pub compressions: Vec<Compression>,
    /// In any order.
    pub routes: Vec<RouteFacts>,
    /// One per file budget, in the order of the budgets.
    pub files: Vec<Vec<FileFacts>>,
    /// All JavaScript of the build.
    pub total_js: Sizes,
    /// What is wrong with the build itself.
    pub broken: Vec<Broken>,
    /// Files that nobody names.
    pub orphans: Vec<FileFacts>,
    /// Code that one visit may load twice, when it was looked for.
    pub duplicates: Vec<Duplicate>,
    /// When images were looked at.
    pub images: Option<ImageFacts>,
    /// What the baseline says, when there is one.
    pub base: Option<Base>,
    /// Scripts that are not as they were.
    pub changes: Vec<Change>,
    /// The scripts of the build, the largest first, for the chart.
    pub chunks: Vec<ChunkFacts>,
}

/// A route.
#[derive(Clone, Debug)]
pub(crate) struct RouteFacts {
    /// As the framework writes it.
    pub name: String,
    /// Where the list of chunks comes from.
    pub source: Source,
    /// The JavaScript of a first visit; `None` when a chunk of it is missing.
    pub sizes: Option<Sizes>,
    /// What it may load later.
    pub later: Sizes,
    /// How a prerendered page differs from the list.
    pub html: Option<HtmlCheck>,
    /// The modules that a rule asks about.
    pub modules: Vec<ModuleFacts>,
    /// The modules of the first load by name, in raw bytes; empty where the build does not say.
    pub parts: BTreeMap<String, u64>,
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
    /// In this chunk of the first load, as people read it.
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
    /// The analysis that Next.js makes on request.
    Analysis,
    /// Long texts of the installed package, searched in the chunk.
    Texts,
}

impl Proof {
    /// How people read it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SourceMap => "source map",
            Self::Analysis => "the analysis of the build",
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
    /// How large it was under whatever name, when the baseline has it.
    pub before: Option<Sizes>,
}

/// A script, for the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChunkFacts {
    /// Relative to the build's folder.
    pub name: String,
    /// How large it is.
    pub sizes: Sizes,
    /// Its modules in raw bytes; empty where the build does not say.
    pub parts: BTreeMap<String, u64>,
}

/// Code that is in two scripts which one visit may load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Duplicate {
    /// The module, or the smaller script when nobody knows modules.
    pub what: String,
    /// The scripts.
    pub chunks: Vec<String>,
    /// A route whose visit may load them.
    pub route: String,
    /// The bytes that are one too many, in the gated compression; an estimate where it is a part of a script.
    pub wasted: u64,
}

/// The images of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    /// How they are served.
    pub service: ImageService,
    /// Files, by path.
    pub files: Vec<ImageFile>,
    /// `<img>` tags of prerendered pages that point at a file of the build as it is.
    pub tags: Vec<ImageTag>,
}

/// An image file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageFile {
    /// Relative to the app.
    pub path: String,
    /// In bytes.
    pub bytes: u64,
    /// By its first bytes, `None` for one that no known format begins with.
    pub format: Option<&'static str>,
    /// Width and height in pixels, when the header says so.
    pub size: Option<(u64, u64)>,
}

/// An `<img>` of a prerendered page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageTag {
    /// The page, as people know it.
    pub page: String,
    /// The address as written.
    pub src: String,
    /// Whether width and height are given.
    pub sized: bool,
    /// The file it shows as it is, and its size in bytes; `None` behind an optimiser or on another site.
    pub file: Option<(String, u64)>,
}

/// Something that makes the build unfit to be shipped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Broken {
    /// What.
    pub message: String,
    /// What to do.
    pub fix: &'static str,
}
