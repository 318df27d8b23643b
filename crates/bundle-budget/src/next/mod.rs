//! Reads what `next build` left in `.next`: the routes and the chunks each loads first.
//!
//! Next.js 16 prints no sizes any more, so they are put together here from its own files, and the source of every
//! route's list is kept beside it. Verified on real builds of 15 and 16, with webpack and Turbopack, app and pages
//! router: the lists equal the `<script>` tags of the prerendered pages.

mod client_reference;
mod images;
mod manifests;
mod routes;
mod webpack;

use std::path::Path;

use crate::site::{Build, Error, Folder};

/// Where Next.js leaves a build, relative to the app.
pub(crate) const FOLDER: &str = ".next";

/// Reads the build of an app.
pub(crate) fn open(app: &Path) -> Result<Build, Error> {
    routes::read(Folder::open(app.join(FOLDER))?)
}
