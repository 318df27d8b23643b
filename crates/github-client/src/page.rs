//! Follows the `Link` header from page to page (RFC 8288), and never off the API's own address: the
//! token goes with every request.

use http::{HeaderMap, header::LINK};
use url::Url;

use crate::call::Call;
use crate::error::Error;

/// How many items a page holds; GitHub gives no more.
pub(crate) const SIZE: usize = 100;

/// The most pages of one list that are read: 10,000 items.
pub(crate) const MAX_PAGES: usize = 100;

/// The address of the next page, when there is one.
pub(crate) fn next(headers: &HeaderMap, call: &Call, base: &Url) -> Result<Option<Url>, Error> {
    let unreadable = |reason: &str| Error::Unreadable {
        call: call.name(),
        reason: reason.to_owned(),
    };
    let mut found = None;
    for value in headers.get_all(LINK) {
        let text = value
            .to_str()
            .map_err(|_| unreadable("the Link header is no text"))?;
        found = found.or_else(|| next_of(text));
    }
    let Some(link) = found else { return Ok(None) };
    let url = call
        .url
        .join(link)
        .map_err(|_| unreadable("the Link header holds no address"))?;
    if url.origin() != base.origin() {
        return Err(unreadable("the next page is on another server"));
    }
    if url == call.url {
        return Err(unreadable("the next page is this page"));
    }
    Ok(Some(url))
}

/// The target of `rel="next"`; a header that is not of RFC 8288's form has none from there on.
fn next_of(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
        let (is_next, after) = parameters(after)?;
        if is_next {
            return Some(target);
        }
        rest = after;
    }
}

/// Reads a link's parameters: whether one of its relations is `next`, and what follows the link.
fn parameters(mut rest: &str) -> Option<(bool, &str)> {
    let mut relations = None;
    loop {
        rest = rest.trim_start();
        let Some(after) = rest.strip_prefix(';') else {
            break;
        };
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let (name, after) = after.split_at_checked(end)?;
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start())?,
            None => ("", after),
        };
        // Of several `rel`, the first counts.
        if name.trim().eq_ignore_ascii_case("rel") {
            relations.get_or_insert(value);
        }
        rest = after;
    }
    let is_next = relations.is_some_and(|relations| {
        relations
            .split_ascii_whitespace()
            .any(|relation| relation.eq_ignore_ascii_case("next"))
    });
    Some((is_next, rest))
}

/// A parameter's value, quoted or not, and what follows it.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        return Some((value.trim_end(), rest));
    };
    let mut escaped = false;
    let end = quoted.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    let (value, rest) = quoted.split_at_checked(end)?;
    Some((value, rest.strip_prefix('"')?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::routes::Route;

    fn ask(link: &str) -> Result<Option<String>, Error> {
        let call = Call::new(
            Route::Comments,
            "https://ghe.example/api/v3/repos/acme/web/issues/1/comments?per_page=100"
                .parse()
                .unwrap(),
        );
        let headers = [(LINK, link.parse().unwrap())].into_iter().collect();
        let base = "https://ghe.example/api/v3".parse().unwrap();
        next(&headers, &call, &base).map(|url| url.map(Into::into))
    }

    #[test]
    fn forms() {
        let second = Some("https://ghe.example/api/v3/repositories/1?page=2".to_owned());
        let next = "<https://ghe.example/api/v3/repositories/1?page=2>";
        let last = "<https://ghe.example/api/v3/repositories/1?page=9>; rel=\"last\"";
        for (link, expected) in [
            (format!("{next}; rel=\"next\", {last}"), second.clone()),
            (format!("{last}, {next}; rel=\"next\""), second.clone()),
            (format!("{next}; rel=next"), second.clone()),
            (
                format!("{next}; title=\"a\"; rel=\"up next\""),
                second.clone(),
            ),
            (
                "</api/v3/repositories/1?page=2>; rel=\"next\"".to_owned(),
                second.clone(),
            ),
            (
                format!(
                    "<https://ghe.example/x>; title=\"a, <b>; rel=next, \\\"\"; rel=last, {next}; rel=\"next\""
                ),
                second.clone(),
            ),
            (format!("{last}; rel=\"next\""), None),
            (format!("{next}; rel=\"next"), None),
            (format!("{next}; rel"), None),
            (last.to_owned(), None),
            (String::new(), None),
            ("rel=\"next\"".to_owned(), None),
        ] {
            assert_eq!(ask(&link).unwrap(), expected, "{link}");
        }
    }

    /// A relation with its parameters in some order, quoted or not.
    fn link(relation: &'static str) -> impl Strategy<Value = String> {
        let title = r#"; title="([ -!#-\[\]-~]|\\\\|\\")*""#;
        (1..100_u8, proptest::option::of(title), any::<[bool; 2]>()).prop_map(
            move |(page, title, [quoted, first])| {
                let rel = if quoted {
                    format!("; rel=\"{relation}\"")
                } else {
                    format!("; REL = {relation}")
                };
                let title = title.unwrap_or_default();
                let target = format!("</x?page={page}>");
                if first {
                    format!("{target}{rel}{title}")
                } else {
                    format!("{target}{title}{rel}")
                }
            },
        )
    }

    proptest! {
        #[test]
        fn the_next_page_is_found_among_others(
            before in proptest::collection::vec(prop_oneof![link("prev"), link("last"), link("first")], 0..4),
            page in 1..100_u8,
            after in proptest::collection::vec(link("last"), 0..2),
            there in any::<bool>(),
        ) {
            let mut all = before;
            if there {
                all.push(format!("</found?page={page}>; rel=\"next\""));
            }
            all.extend(after);
            let expected = there.then(|| format!("/found?page={page}"));
            prop_assert_eq!(next_of(&all.join(", ")).map(str::to_owned), expected);
        }

        #[test]
        fn any_header_is_read_without_a_panic(header in r#"([<>;,="\\ a-c]|rel|next|é)*"#) {
            if let Some(target) = next_of(&header) {
                let link = format!("<{target}>");
                prop_assert!(header.contains(&link));
            }
        }
    }

    #[test]
    fn the_token_stays_with_its_server_and_pages_end() {
        for link in [
            "<https://elsewhere.example/x>; rel=\"next\"",
            "<http://ghe.example/api/v3/x>; rel=\"next\"",
            "<https://ghe.example:444/x>; rel=\"next\"",
            "<https://ghe.example/api/v3/repos/acme/web/issues/1/comments?per_page=100>; rel=\"next\"",
        ] {
            assert!(ask(link).is_err(), "{link}");
        }
    }
}
