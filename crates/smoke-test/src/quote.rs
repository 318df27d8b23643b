//! Foreign text in our messages: on one line, short, without secrets. Secrets go before the text is cut, because half a
//! secret is no longer recognised and still gives it away.

use http_client::{Redactor, Response};

/// The longest quotation of a value, in characters.
const VALUE: usize = 120;
/// The longest quotation of a body, in characters.
const BODY: usize = 300;

/// Headers that help to find out who answered and why; never cookies.
const TELLING: [&str; 9] = [
    "content-type",
    "location",
    "server",
    "retry-after",
    "x-vercel-error",
    "x-vercel-cache",
    "x-vercel-id",
    "x-vercel-mitigated",
    "x-matched-path",
];

/// A value between backquotes.
pub(crate) fn quote(redactor: &Redactor, text: &str) -> String {
    format!("`{}`", fold(&redactor.redact(text), VALUE))
}

/// What an answer looked like: status, telling headers, the start of the body.
pub(crate) fn exhibit(redactor: &Redactor, response: &Response) -> String {
    let mut parts = vec![format!("answered {}", response.status)];
    for name in TELLING {
        if let Some(value) = response.header(name) {
            parts.push(format!("{name}: {}", fold(&redactor.redact(value), VALUE)));
        }
    }
    let head = parts.join(", ");
    let body = fold(&redactor.redact(&response.text()), BODY);
    if body.is_empty() {
        format!("{head}, with an empty body")
    } else {
        format!("{head}, body `{body}`")
    }
}

/// An answer's head and the start of its body, fit to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Code and reason.
    pub status: String,
    /// The first headers; of cookies the names only.
    pub headers: Vec<(String, String)>,
    /// The start of the body, on one line.
    pub body: String,
}

/// Headers that are shown.
const HEADERS: usize = 30;
/// The longest excerpt of a body in a table, in characters.
const EXCERPT: usize = 1000;

/// The head and the start of the body.
pub(crate) fn shown(redactor: &Redactor, response: &Response) -> Shown {
    let value = |name: &str, value: &[u8]| {
        let text = String::from_utf8_lossy(value);
        match text.split_once('=') {
            Some((cookie, _)) if name == "set-cookie" => format!("{}=…", fold(cookie, VALUE)),
            _ => fold(&redactor.redact(&text), VALUE),
        }
    };
    let headers = response.headers.iter().take(HEADERS);
    Shown {
        status: response.status.to_string(),
        headers: headers
            .map(|(name, bytes)| (name.to_string(), value(name.as_str(), bytes.as_bytes())))
            .collect(),
        body: fold(&redactor.redact(&response.text()), EXCERPT),
    }
}

/// White space and control characters become single spaces; what is too long is cut.
fn fold(text: &str, limit: usize) -> String {
    let mut folded = String::new();
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    for (count, word) in words.filter(|word| !word.is_empty()).enumerate() {
        if count > 0 {
            folded.push(' ');
        }
        folded.push_str(word);
        if folded.len() > limit * 4 {
            break;
        }
    }
    match folded.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &folded[..end]),
        None => folded,
    }
}

#[cfg(test)]
mod tests {
    use http_client::{Redactor, Secret};
    use proptest::prelude::*;

    use super::{exhibit, fold, quote};
    use crate::testing::answer;

    #[test]
    fn text_is_folded_and_cut() {
        assert_eq!(fold(" a\r\n\tb\u{0}c  ", 10), "a b c");
        assert_eq!(fold("abcdef", 3), "abc…");
        assert_eq!(fold("äöü", 3), "äöü");
        assert_eq!(fold("", 3), "");
    }

    #[test]
    fn an_exhibit_shows_who_answered_and_no_cookie() {
        let response = answer(
            502,
            &[
                ("server", "Vercel"),
                ("set-cookie", "session=abc"),
                ("x-vercel-error", "FUNCTION_INVOCATION_FAILED"),
            ],
            "<h1>\n  Broken\n</h1>",
        );
        assert_eq!(
            exhibit(&Redactor::default(), &response),
            "answered 502 Bad Gateway, server: Vercel, x-vercel-error: FUNCTION_INVOCATION_FAILED, body `<h1> Broken </h1>`"
        );
        let empty = exhibit(&Redactor::default(), &answer(500, &[], " \n"));
        assert_eq!(
            empty,
            "answered 500 Internal Server Error, with an empty body"
        );
    }

    proptest! {
        #[test]
        fn a_secret_is_gone_wherever_the_cut_falls(before in 0usize..400) {
            let secret = Secret::new("s3cr3t-bypass-value");
            let redactor = Redactor::new([&secret]);
            let text = "x".repeat(before) + secret.expose();
            prop_assert!(!quote(&redactor, &text).contains("s3c"));
            prop_assert!(!exhibit(&redactor, &answer(500, &[("location", &text)], &text)).contains("s3c"));
        }
    }
}
