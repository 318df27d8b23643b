//! Refuses HTML that would take its parser long or make it very large. A browser's rules cost a step for each open element at
//! each tag, and repeat formatting that was left open in every block: a small body can mean hours or gigabytes.

use scraper::Html;

/// More elements within one another than a page has.
const DEEPEST: u32 = 1000;
/// More repetitions of formatting that was left open than a page has.
const MOST_REPEATED: u64 = 500_000;
/// Never closed, or closed by the next of their kind.
const CLOSED: [&str; 29] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody",
    "thead", "tfoot", "colgroup", "rt", "rp",
];
/// Opened again in the next block unless they were closed.
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// The document of a body.
///
/// # Errors
/// That it is made to be slow.
pub(crate) fn parse(text: &str) -> Result<Html, String> {
    let (mut open, mut formatting, mut repeated) = (0_u32, 0_u32, 0_u64);
    for (index, _) in text.match_indices('<') {
        let rest = &text[index + 1..];
        let (closes, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
        let name = rest[..end.unwrap_or(rest.len()).min(16)].to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        repeated += u64::from(formatting);
        let change = |count: u32| match closes {
            true => count.saturating_sub(1),
            false => count + 1,
        };
        if FORMATTING.contains(&name.as_str()) {
            formatting = change(formatting);
        }
        if !CLOSED.contains(&name.as_str()) {
            open = change(open);
        }
        if open > DEEPEST || repeated > MOST_REPEATED {
            return Err("the page leaves too many elements open to be read as HTML".to_owned());
        }
    }
    Ok(Html::parse_document(text))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_page_is_read_and_one_made_to_be_slow_is_not() {
        let list = format!("<ul>{}</ul>", "<li>one <b>two</b><br>".repeat(20_000));
        let careless = format!("<b><i>{}", "<p>text".repeat(20_000));
        let script = format!(
            "<script>{}</script>",
            "if (a < b) { x('<p>') }".repeat(1000)
        );
        for fine in ["", "<", "</", "<ß>", &list, &careless, &script] {
            assert!(parse(fine).is_ok(), "{fine:.40}");
        }
        let deep = "<div>".repeat(200_000);
        let repeated = format!("{}{}", "<b a>".repeat(900), "<p>x".repeat(100_000));
        for slow in [deep, repeated] {
            assert!(parse(&slow).is_err(), "{slow:.40}");
        }
    }
}
