//! Foreign text, numbers and links in HTML.

use crate::markdown::{is_web, short};
use crate::plain::is_direction_override;

/// The longest foreign text that is shown whole, in characters.
const LONGEST: usize = 4000;

/// Text that is text, in content and in quoted attributes. Line breaks stay.
pub(super) fn escape(foreign: &str) -> String {
    let foreign = short(foreign, LONGEST);
    let mut out = String::with_capacity(foreign.len() + 16);
    for character in foreign.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            c if c.is_control() || is_direction_override(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// A link, or the label alone when the target is no plain web address. The label is HTML.
pub(super) fn link(label: &str, url: Option<&str>) -> String {
    match url.filter(|url| is_web(url)) {
        Some(url) => format!("<a href=\"{}\" rel=\"noopener\">{label}</a>", escape(url)),
        None => label.to_owned(),
    }
}

/// A coordinate, with as many decimals as a screen can show.
pub(super) fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
