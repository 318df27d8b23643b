//! What the edge does to a deployment's own cache headers, and what a visitor's conditional headers mean. Pure.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};

/// What browsers are told when the deployment says nothing.
pub(super) const REVALIDATE: &str = "public, max-age=0, must-revalidate";

/// Rules for the CDN are kept from visitors: they see what browsers are meant to do, which without rules of their own is
/// to revalidate.
pub(super) fn hide_edge_rules(headers: &mut BTreeMap<String, String>) {
    headers.remove("cdn-cache-control");
    headers.remove("vercel-cdn-cache-control");
    let Some(rules) = headers.get_mut("cache-control") else {
        return;
    };
    let is_edge =
        |rule: &&str| rule.starts_with("s-maxage") || rule.starts_with("stale-while-revalidate");
    if rules.split(',').map(str::trim).any(|rule| is_edge(&rule)) {
        let kept: Vec<&str> = rules
            .split(',')
            .map(str::trim)
            .filter(|rule| !is_edge(rule))
            .collect();
        let says_nothing = kept.iter().all(|rule| *rule == "public");
        *rules = if says_nothing {
            REVALIDATE.to_owned()
        } else {
            kept.join(", ")
        };
    }
}

/// Whether the edge may keep an answer: not one that is private or not to be stored.
pub(super) fn is_storable(headers: &BTreeMap<String, String>) -> bool {
    let rules = headers.get("cache-control").map_or("", String::as_str);
    !rules
        .split(',')
        .any(|rule| matches!(rule.trim(), "no-store" | "private"))
}

/// `vary` with Accept-Encoding in it.
pub(super) fn vary(present: Option<&String>) -> String {
    match present {
        Some(vary) if !vary.to_ascii_lowercase().contains("accept-encoding") => {
            format!("{vary}, Accept-Encoding")
        }
        Some(vary) => vary.clone(),
        None => "Accept-Encoding".to_owned(),
    }
}

/// Whether the visitor has this content already; the comparison is weak, as RFC 9110 asks of If-None-Match.
pub(super) fn is_known(headers: &HeaderMap, sha: &str) -> bool {
    let tags = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    tags.split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == sha || tag == "*")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{REVALIDATE, hide_edge_rules};

    #[test]
    fn rules_for_the_edge_stay_at_the_edge() {
        let table = [
            (
                "public, max-age=31536000, immutable",
                "public, max-age=31536000, immutable",
            ),
            ("s-maxage=600", REVALIDATE),
            (
                "public, s-maxage=600, stale-while-revalidate=60",
                REVALIDATE,
            ),
            ("public, max-age=300, s-maxage=600", "public, max-age=300"),
            ("no-cache", "no-cache"),
        ];
        for (sent, seen) in table {
            let mut headers = BTreeMap::from([("cache-control".to_owned(), sent.to_owned())]);
            headers.insert("cdn-cache-control".to_owned(), "max-age=60".to_owned());
            hide_edge_rules(&mut headers);
            assert_eq!(
                headers,
                BTreeMap::from([("cache-control".to_owned(), seen.to_owned())]),
                "{sent}"
            );
        }
    }
}
