//! The lines a change touches, so that annotations go first to what reviewers look at.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use verdict::Place;

/// The changed files of a change, each with the lines it has after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
}

impl Diff {
    /// Adds a file; without lines only the file as a whole counts as changed.
    pub fn file(&mut self, path: impl Into<String>) {
        self.files.entry(path.into()).or_default();
    }

    /// Adds changed lines of a file; lines count from 1 in the file after the change.
    pub fn lines(&mut self, path: impl Into<String>, lines: RangeInclusive<u32>) {
        self.files.entry(path.into()).or_default().push(lines);
    }

    /// Reads `git diff`'s output. What it does not understand it passes over: a diff only orders.
    pub fn from_unified(text: &str) -> Self {
        let mut diff = Self::default();
        let mut path = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("+++ ") {
                // Names with special characters are quoted; they are few, and only lose their rank.
                path = name.trim_end().strip_prefix("b/").map(str::to_owned);
                if let Some(path) = &path {
                    diff.file(path.clone());
                }
            } else if let (Some(path), Some(lines)) = (&path, hunk(line)) {
                diff.lines(path.clone(), lines);
            }
        }
        diff
    }

    /// Adds a file by its hunks, as GitHub's API gives them.
    pub fn patch(&mut self, path: &str, hunks: &str) {
        self.file(path);
        for lines in hunks.lines().filter_map(hunk) {
            self.lines(path, lines);
        }
    }

    /// Whether a place lies in it: a file by being changed, a line by being among the changed ones.
    pub fn touches(&self, place: &Place) -> bool {
        let Some(lines) = self.files.get(&place.path) else {
            return false;
        };
        let Some(first) = place.line else { return true };
        let last = place.end_line.unwrap_or(first).max(first);
        lines
            .iter()
            .any(|changed| first <= *changed.end() && last >= *changed.start())
    }
}

/// The new lines of a hunk's head, `@@ -1,2 +3,4 @@`; none when it only removes.
fn hunk(line: &str) -> Option<RangeInclusive<u32>> {
    let added = line.strip_prefix("@@ -")?.split(' ').nth(1)?;
    let (start, count) = added
        .strip_prefix('+')?
        .split_once(',')
        .unwrap_or((&added[1..], "1"));
    let (start, count): (u32, u32) = (start.parse().ok()?, count.parse().ok()?);
    let last = start.checked_add(count.checked_sub(1)?)?;
    Some(start..=last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::Place;

    use super::Diff;

    const TEXT: &str = "diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,0 +2,3 @@ head
+one
+two
+three
@@ -9 +12 @@
-x
+y
@@ -20,2 +22,0 @@
-gone
-gone
diff --git a/old.ts b/old.ts
--- a/old.ts
+++ /dev/null
@@ -1 +0,0 @@
-x
";

    #[test]
    fn changed_lines_are_those_of_the_new_file() {
        let diff = Diff::from_unified(TEXT);
        let cases = [
            (Place::line("src/a.ts", 1), false),
            (Place::line("src/a.ts", 2), true),
            (Place::line("src/a.ts", 4), true),
            (Place::line("src/a.ts", 5), false),
            (Place::line("src/a.ts", 12), true),
            (Place::line("src/a.ts", 22), false),
            (Place::file("src/a.ts"), true),
            (Place::file("old.ts"), false),
            (Place::line("b.ts", 2), false),
        ];
        for (place, expected) in cases {
            assert_eq!(diff.touches(&place), expected, "{place}");
        }
        let spanning = Place {
            end_line: Some(30),
            ..Place::line("src/a.ts", 6)
        };
        assert!(diff.touches(&spanning));
    }

    #[test]
    fn a_patch_of_the_api_counts_as_the_same_hunks() {
        let mut diff = Diff::default();
        diff.patch(
            "src/a.ts",
            "@@ -1,0 +2,2 @@ head\n+one\n+two\n@@ -9 +12 @@\n-x\n+y",
        );
        let touched = |line| diff.touches(&Place::line("src/a.ts", line));
        assert_eq!(
            [1, 2, 3, 4, 12].map(touched),
            [false, true, true, false, true]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\+\\+\\+ b/.{0,5}\n|@@ -[0-9,]{0,12} \\+[0-9,]{0,12} @@\n|.{0,9}\n){0,9}") {
            let _ = Diff::from_unified(&text);
        }
    }
}
