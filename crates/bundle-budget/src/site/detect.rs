//! Which framework made a build: by what it left behind, or as somebody names it.

use std::path::Path;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Build, Error, html_site};
use crate::{next, vite};

/// What built an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FrameworkName {
    /// By what the build left behind.
    #[default]
    Auto,
    /// Next.js 15 or 16: `.next`.
    Next,
    /// SvelteKit: `.svelte-kit/output`.
    #[serde(rename = "sveltekit")]
    #[value(name = "sveltekit")]
    SvelteKit,
    /// Nuxt: `.output/public`.
    Nuxt,
    /// Astro: `dist` with prerendered pages.
    Astro,
    /// Vite: `dist/.vite/manifest.json` (`build.manifest: true`).
    Vite,
    /// A Build Output folder: the pages of `.vercel/output/static`.
    BuildOutput,
    /// A folder of pages: `dist`, `build`, `out` or `public`.
    Html,
    /// No routes: budgets of files alone.
    Files,
}

/// A reader of builds: its name, whether its build is in a folder, and how it is read.
struct Reader {
    name: FrameworkName,
    /// What is looked for, in words.
    trace: &'static str,
    here: fn(&Path) -> bool,
    open: fn(&Path) -> Result<Build, Error>,
}

/// In the order they are tried: a framework before the tool it is made of.
const READERS: [Reader; 7] = [
    Reader {
        name: FrameworkName::Next,
        trace: ".next",
        here: |app| app.join(next::FOLDER).is_dir(),
        open: next::open,
    },
    Reader {
        name: FrameworkName::SvelteKit,
        trace: ".svelte-kit/output",
        here: |app| app.join(vite::SVELTEKIT).is_dir(),
        open: vite::open_sveltekit,
    },
    Reader {
        name: FrameworkName::Nuxt,
        trace: ".output/public/_nuxt",
        here: |app| app.join(vite::NUXT).join("_nuxt").is_dir(),
        open: vite::open_nuxt,
    },
    Reader {
        name: FrameworkName::Astro,
        trace: "dist/_astro",
        here: |app| app.join("dist/_astro").is_dir() || astro_config(app),
        open: |app| html_site::open(&app.join("dist"), "Astro"),
    },
    Reader {
        name: FrameworkName::Vite,
        trace: "dist/.vite/manifest.json",
        here: |app| app.join(vite::DIST).join(vite::MANIFEST).is_file(),
        open: vite::open,
    },
    Reader {
        name: FrameworkName::BuildOutput,
        trace: ".vercel/output/static",
        here: |app| app.join(".vercel/output/static").is_dir(),
        open: |app| html_site::open(&app.join(".vercel/output/static"), "Build Output"),
    },
    Reader {
        name: FrameworkName::Html,
        trace: "",
        // Any folder of that name may hold anything, so it has to be asked for.
        here: |_| false,
        open: |app| {
            let folders = ["dist", "build", "out", "public"].map(|folder| app.join(folder));
            let found = folders.iter().find(|folder| folder.is_dir());
            html_site::open(found.unwrap_or(&folders[0]), "pages")
        },
    },
];

/// Reads the build of an app; `None` for an app of files alone.
pub(crate) fn open(app: &Path, framework: FrameworkName) -> Result<Option<Build>, Error> {
    let reader = match framework {
        FrameworkName::Files => return Ok(None),
        FrameworkName::Auto => READERS.iter().find(|reader| (reader.here)(app)),
        named => READERS.iter().find(|reader| reader.name == named),
    };
    match reader {
        Some(reader) => (reader.open)(app).map(Some),
        None => {
            let traces: Vec<_> = READERS
                .iter()
                .map(|reader| reader.trace)
                .filter(|trace| !trace.is_empty())
                .collect();
            Err(Error::Unknown {
                folder: app.to_path_buf(),
                looked: format!("there is none of {}", traces.join(", ")),
            })
        }
    }
}

fn astro_config(app: &Path) -> bool {
    ["mjs", "js", "ts", "mts"]
        .iter()
        .any(|extension| app.join(format!("astro.config.{extension}")).is_file())
        && app.join("dist").is_dir()
}
