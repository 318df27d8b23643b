//! Files of the repository at a ref: one file as base64 or raw, a folder as a list.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::state::State;

/// GitHub breaks base64 into lines of this length.
const BASE64_LINE: usize = 60;

/// The file or folder at `path`; `ref` is the default branch unless given.
pub(super) fn get(state: &State, call: &Call<'_>, path: &str) -> Outcome {
    let path = path.trim_matches('/');
    let reference = call.query("ref").unwrap_or(&state.default_branch);
    let files = files_at(state, reference);
    if files.is_empty() && state.resolve(reference).is_none() {
        return Err(Refusal::new(
            http::StatusCode::NOT_FOUND,
            format!("No commit found for the ref {reference}"),
        ));
    }
    if let Some(bytes) = files.get(path) {
        if call.accept.contains("raw") {
            return Ok(Answer::bytes(
                "application/vnd.github.raw+json; charset=utf-8",
                bytes.to_vec(),
            ));
        }
        let mut file = entry(call, reference, path, Some(bytes));
        file["encoding"] = "base64".into();
        file["content"] = in_lines(&STANDARD.encode(bytes)).into();
        return Ok(Answer::ok(file));
    }
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    let mut entries = BTreeMap::new();
    for (file, bytes) in &files {
        let Some(rest) = file.strip_prefix(&prefix) else {
            continue;
        };
        match rest.split_once('/') {
            None => entries.insert(rest, entry(call, reference, file, Some(bytes))),
            Some((folder, _)) => {
                let place = format!("{prefix}{folder}");
                entries.insert(folder, entry(call, reference, &place, None))
            }
        };
    }
    if entries.is_empty() {
        return Err(Refusal::not_found());
    }
    Ok(Answer::ok(entries.into_values().collect()))
}

/// The files put at a ref or at any name of the same commit.
fn files_at<'s>(state: &'s State, reference: &str) -> BTreeMap<&'s str, &'s [u8]> {
    let sha = state.resolve(reference);
    let same = |name: &str| name == reference || (sha.is_some() && state.resolve(name) == sha);
    let contents = state.contents.iter();
    contents
        .filter(|((name, _), _)| same(name))
        .map(|((_, path), bytes)| (path.as_str(), bytes.as_ref()))
        .collect()
}

fn entry(call: &Call<'_>, reference: &str, path: &str, bytes: Option<&[u8]>) -> Value {
    let url = format!("{}/contents/{path}?ref={reference}", call.links.repo());
    let sha = bytes.map_or_else(|| blob_sha(path.as_bytes()), blob_sha);
    let kind = if bytes.is_some() { "blob" } else { "tree" };
    let git = format!("{}/git/{kind}s/{sha}", call.links.repo());
    let html = format!("{}/{kind}/{reference}/{path}", call.links.html());
    json!({
        "type": if bytes.is_some() { "file" } else { "dir" },
        "name": path.rsplit('/').next(),
        "path": path,
        "size": bytes.map_or(0, <[u8]>::len),
        "sha": sha,
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": bytes.map(|_| format!("{}/raw/{reference}/{path}", call.links.html())),
        "_links": { "self": url, "git": git, "html": html },
    })
}

/// The id git gives a blob.
fn blob_sha(bytes: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn in_lines(text: &str) -> String {
    let mut lines = String::new();
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at % BASE64_LINE == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_id_git_gives_it() {
        // `printf 'hello\n' | git hash-object --stdin`
        assert_eq!(
            blob_sha(b"hello\n"),
            "ce013625030ba8dba906f756967f9e9ca394464a"
        );
    }
}
