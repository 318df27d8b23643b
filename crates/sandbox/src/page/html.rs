//! Builds HTML so that foreign text cannot become markup: only literals of the program are taken as they are.

/// A piece of HTML.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup; a literal, so it cannot hold anybody's text.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text or an attribute's value in double quotes, escaped.
    pub(super) fn text(&mut self, text: impl AsRef<str>) -> &mut Self {
        escape_into(text.as_ref(), &mut self.0);
        self
    }

    /// Another piece.
    pub(super) fn append(&mut self, piece: Self) -> &mut Self {
        self.0.push_str(&piece.0);
        self
    }

    /// A link, or only its label when the address is not http(s).
    pub(super) fn link(&mut self, address: &str, label: &str) -> &mut Self {
        if is_web(address) {
            self.raw("<a rel=\"noreferrer\" href=\"")
                .text(address)
                .raw("\">");
            self.text(label).raw("</a>")
        } else {
            self.text(label)
        }
    }

    /// A coloured word for a state or conclusion.
    pub(super) fn badge(&mut self, word: &str) -> &mut Self {
        let class = match word {
            "success" | "approved" | "merged" => "good",
            "failure" | "error" | "rejected" | "timed_out" | "cancelled" | "action_required" => {
                "bad"
            }
            "inactive" | "neutral" | "skipped" => "dim",
            _ => "busy",
        };
        self.raw("<span class=\"badge ").raw(class).raw("\">");
        self.text(word.replace('_', " ")).raw("</span>")
    }

    /// A moment: the time of day, with the full form for machines.
    pub(super) fn time(&mut self, at: &str) -> &mut Self {
        self.raw("<time datetime=\"").text(at).raw("\">");
        self.text(at.get(11..19).unwrap_or(at)).raw("</time>")
    }

    /// The first seven digits of a SHA.
    pub(super) fn sha(&mut self, sha: &str) -> &mut Self {
        self.raw("<code>")
            .text(sha.get(..7).unwrap_or(sha))
            .raw("</code>")
    }

    /// Markdown, rendered safely.
    pub(super) fn markdown(&mut self, source: &str) -> &mut Self {
        self.raw("<div class=\"markdown\">");
        self.0.push_str(&super::markdown::render(source));
        self.raw("</div>")
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// Escapes for text and for attribute values in either kind of quotes.
pub(super) fn escape_into(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

/// Whether an address may be followed from the page.
pub(super) fn is_web(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
