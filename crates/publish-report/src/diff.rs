//! What the pull request changes: among more findings than are annotated, those on its lines come first.

use github_client::Client;
use report_render::Diff;
use verdict::Verdict;

use crate::selection::Selection;
use crate::target::Target;

/// So many are all annotated, whichever gates they are of.
const ALL_SHOWN: usize = 50;

/// Asks GitHub, where the answer can matter: findings must be left out, and one pull request is at this
/// commit. It only orders, so a refusal is no diff and nothing else.
pub(crate) async fn of(github: &Client, selection: &Selection, target: &Target) -> Option<Diff> {
    let [pull] = target.pulls.as_slice() else {
        return None;
    };
    if pull.outdated || !crowded(&selection.shown) {
        return None;
    }
    let files = github.pull_files(pull.number).await.ok()?;
    let mut diff = Diff::default();
    for file in files {
        diff.patch(&file.filename, file.patch.as_deref().unwrap_or_default());
    }
    Some(diff)
}

fn crowded(verdicts: &[Verdict]) -> bool {
    let places = verdicts.iter().flat_map(|verdict| &verdict.findings);
    places.filter(|finding| finding.place.is_some()).count() > ALL_SHOWN
}
