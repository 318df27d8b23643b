//! Markdown that is filled until its room is used up. Everything goes in whole or not at all, so a page
//! ends on the border of a row, with its folds closed, and says what was left out.

/// How a surface counts its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// The runner counts a summary's bytes.
    Bytes,
    /// GitHub's API counts a comment's characters.
    Characters,
}

/// Markdown with a limit.
pub(crate) struct Page {
    text: String,
    unit: Unit,
    left: usize,
    /// Where people find what does not fit, such as `in the verdict file`.
    elsewhere: &'static str,
}

/// Room that is kept for saying what was left out.
const REST: usize = 120;

impl Page {
    pub(crate) const fn new(limit: usize, unit: Unit, elsewhere: &'static str) -> Self {
        Self {
            text: String::new(),
            unit,
            left: limit,
            elsewhere,
        }
    }

    /// Appends a piece if it fits whole; says whether it did.
    pub(crate) fn push(&mut self, piece: &str) -> bool {
        let size = self.size(piece);
        let fits = size <= self.left;
        if fits {
            self.left -= size;
            self.text.push_str(piece);
        }
        fits
    }

    /// Appends a table's head and as many rows as fit, at most `most`, and says how many are not shown.
    pub(crate) fn table(
        &mut self,
        head: &str,
        rows: impl ExactSizeIterator<Item = String>,
        most: usize,
        what: &str,
    ) {
        let total = rows.len();
        let mark = self.mark();
        if total == 0 || !self.reserve(REST) {
            return;
        }
        let mut shown = 0;
        if self.push(head) {
            for row in rows.take(most) {
                if !self.push(&row) {
                    break;
                }
                shown += 1;
            }
        }
        if shown == 0 {
            self.back(mark);
            self.reserve(REST);
        }
        self.left += REST;
        if shown < total {
            let more = if shown == 0 { "" } else { " more" };
            self.push(&format!(
                "\n{}{more} {what} are {}.\n",
                total - shown,
                self.elsewhere
            ));
        }
        self.push("\n");
    }

    /// Appends a fold with this title (HTML) if something is put into it.
    pub(crate) fn folded(&mut self, title: &str, fill: impl FnOnce(&mut Self)) {
        const CLOSE: &str = "</details>\n\n";
        let mark = self.mark();
        let close = self.size(CLOSE);
        if !self.reserve(close) {
            return;
        }
        let opened = self.push(&format!("<details><summary>{title}</summary>\n\n"));
        let empty = self.text.len();
        if opened {
            fill(self);
        }
        if self.text.len() > empty {
            self.left += close;
            self.push(CLOSE);
        } else {
            self.back(mark);
        }
    }

    /// Keeps room for what must come last.
    pub(crate) fn reserve(&mut self, size: usize) -> bool {
        let fits = size <= self.left;
        if fits {
            self.left -= size;
        }
        fits
    }

    /// Keeps all room beyond this for later; says how much that is.
    pub(crate) const fn keep_beyond(&mut self, size: usize) -> usize {
        let kept = self.left.saturating_sub(size);
        self.left -= kept;
        kept
    }

    /// Gives room back.
    pub(crate) const fn release(&mut self, kept: usize) {
        self.left += kept;
    }

    /// The text, with an end that [`Page::reserve`] kept room for.
    pub(crate) fn end(mut self, end: &str) -> String {
        self.text.push_str(end);
        self.text
    }

    pub(crate) fn size(&self, piece: &str) -> usize {
        match self.unit {
            Unit::Bytes => piece.len(),
            Unit::Characters => piece.chars().count(),
        }
    }

    const fn mark(&self) -> (usize, usize) {
        (self.text.len(), self.left)
    }

    fn back(&mut self, (length, left): (usize, usize)) {
        self.text.truncate(length);
        self.left = left;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Page, Unit};

    #[test]
    fn a_table_is_cut_on_a_row_and_says_so() {
        let mut page = Page::new(200, Unit::Bytes, "in the file");
        let rows: Vec<_> = (0..40).map(|i| format!("| {i:02} |\n")).collect();
        page.table("| n |\n|---|\n", rows.into_iter(), 100, "numbers");
        let text = page.end("");
        assert!(text.len() <= 200);
        assert!(
            text.ends_with("| 08 |\n\n31 more numbers are in the file.\n\n"),
            "{text}"
        );
    }

    #[test]
    fn a_fold_without_content_is_no_fold() {
        let mut page = Page::new(40, Unit::Characters, "");
        page.folded("x", |page| {
            page.push(&"long".repeat(20));
        });
        assert!(page.push("rest"));
        assert_eq!(page.end(""), "rest");
    }

    proptest! {
        #[test]
        fn it_keeps_its_limit_and_closes_its_folds(
            limit in 0usize..900, rows in prop::collection::vec("[ä-öa-z]{0,80}", 0..20), most in 0usize..20, bytes: bool,
        ) {
            let unit = if bytes { Unit::Bytes } else { Unit::Characters };
            let mut page = Page::new(limit, unit, "in the verdict file");
            page.folded("outer", |page| {
                page.push("text\n\n");
                page.folded("inner", |page| page.table("| h |\n|---|\n", rows.clone().into_iter(), most, "rows"));
                page.table("| h |\n|---|\n", rows.clone().into_iter(), most, "rows");
            });
            let size = if bytes { page.text.len() } else { page.text.chars().count() };
            prop_assert!(size <= limit);
            prop_assert_eq!(size + page.left, limit, "no room is lost");
            prop_assert_eq!(page.text.matches("<details>").count(), page.text.matches("</details>").count());
        }
    }
}
