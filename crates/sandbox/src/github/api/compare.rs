//! `GET /repos/{owner}/{repo}/compare/{base}...{head}`: the commits a head has and a base has not.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::call::{Call, Outcome, Refusal};
use super::super::paging;
use super::super::records::Commit;
use super::super::state::State;
use super::commits;

/// Oldest first. Without a page asked for, GitHub gives the first 250 and no address of more; here paging starts at once.
pub(super) fn get(state: &State, call: &Call<'_>, basehead: &str) -> Outcome {
    let (base, head) = basehead.split_once("...").ok_or_else(Refusal::not_found)?;
    let known = |reference: &str| {
        let sha = state.resolve(reference).ok_or_else(Refusal::not_found)?;
        state.commits.get(sha).ok_or_else(Refusal::not_found)
    };
    let (base, head) = (known(base)?, known(head)?);
    let (of_base, of_head) = (commits::history(state, base), commits::history(state, head));
    // GitHub answers 404 when the two have nothing in common.
    let common = of_head.iter().find(|sha| of_base.contains(*sha));
    let common = common.and_then(|sha| state.commits.get(*sha));
    let merge_base = common.ok_or_else(Refusal::not_found)?;
    let missing = |ours: &[&str], theirs: &[&str]| {
        let theirs: BTreeSet<&str> = theirs.iter().copied().collect();
        ours.iter().filter(|sha| !theirs.contains(*sha)).count()
    };
    let (ahead, behind) = (missing(&of_head, &of_base), missing(&of_base, &of_head));
    let new: Vec<&Commit> = of_head
        .iter()
        .rev()
        .filter(|sha| !of_base.contains(*sha))
        .filter_map(|sha| state.commits.get(*sha))
        .collect();
    let total = new.len();
    let links = call.links;
    let html = format!("{}/compare/{}...{}", links.html(), base.sha, head.sha);
    let mut answer = paging::list(call, new, |commit| commits::shape(links, commit));
    let document = json!({
        "url": format!("{}/compare/{}...{}", links.repo(), base.sha, head.sha),
        "html_url": html,
        "permalink_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "base_commit": commits::shape(links, base),
        "merge_base_commit": commits::shape(links, merge_base),
        "status": match (ahead, behind) {
            (0, 0) => "identical",
            (_, 0) => "ahead",
            (0, _) => "behind",
            _ => "diverged",
        },
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": total,
    });
    answer.wrap("commits", document);
    Ok(answer)
}
