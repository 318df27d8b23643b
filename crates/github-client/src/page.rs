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

/// The target of `rel="next"`.
fn next_of(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        let (target, after) = rest.split_once('<')?.1.split_once('>')?;
        // Parameters run to the comma before the next `<`.
        let end = after.find('<').unwrap_or(after.len());
        let (parameters, following) = after.split_at(end);
        let is_next = parameters.split(';').any(|parameter| {
            let Some((name, value)) = parameter.split_once('=') else {
                return false;
            };
            let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .split_ascii_whitespace()
                    .any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target);
        }
        rest = following;
    }
}

#[cfg(test)]
mod tests {
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
                second,
            ),
            (last.to_owned(), None),
            (String::new(), None),
            ("rel=\"next\"".to_owned(), None),
        ] {
            assert_eq!(ask(&link).unwrap(), expected, "{link}");
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
