//! Bodies in a file: one line or several, as text, JSON, bytes or the name of a file.

use super::{
    cursor::Cursor,
    document::Reader,
    section,
    syntax::{Payload, Text},
};

impl<'a> Reader<'a> {
    /// A body that starts at this line, if one does. Moves to its last line.
    pub(super) fn payload(&mut self, line: &'a str) -> Option<Payload> {
        let mut cursor = self.cursor(line);
        cursor.space();
        let start = cursor.clone();
        let rest = cursor.rest();
        if rest.starts_with("```") {
            return Some(self.fenced(&start));
        }
        if rest.starts_with('`') {
            return Some(self.ticked(cursor));
        }
        if rest.starts_with(['{', '[']) {
            return Some(self.json(&start));
        }
        if rest.starts_with('<') {
            self.refuse(
                &start,
                "XML bodies are not understood: put the text between ``` lines",
            );
            return Some(Payload::Bytes(Vec::new()));
        }
        let kind = ["file,", "base64,", "hex,"]
            .into_iter()
            .find(|kind| cursor.eat(kind))?;
        let written = cursor
            .rest()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        let closed = cursor.rest().trim_end().ends_with(';');
        let payload = match kind {
            "file," => Ok(Payload::File(Text {
                raw: written,
                spot: cursor.spot(),
            })),
            "base64," => section::base64(&written, &cursor).map(Payload::Bytes),
            _ => section::hex(&written, &cursor).map(Payload::Bytes),
        };
        match payload {
            Ok(payload) if closed => return Some(payload),
            Ok(_) => self.refuse(&cursor, "the body is not closed by `;` on its line"),
            Err(fault) => self.faults.push(fault),
        }
        Some(Payload::Bytes(Vec::new()))
    }

    fn ticked(&mut self, mut cursor: Cursor<'a>) -> Payload {
        cursor.eat("`");
        let spot = cursor.spot();
        match cursor.rest().split_once('`') {
            Some((raw, after))
                if after.trim().is_empty() || after.trim_start().starts_with('#') =>
            {
                Payload::Text(Text {
                    raw: raw.to_owned(),
                    spot,
                })
            }
            _ => {
                self.refuse(
                    &cursor,
                    "the text is not closed by one backquote at the end of its line",
                );
                Payload::Bytes(Vec::new())
            }
        }
    }

    /// Between lines of three backquotes.
    fn fenced(&mut self, start: &Cursor<'a>) -> Payload {
        let hint = start.rest().trim_end().trim_start_matches("```");
        let json = hint == "json";
        if !matches!(hint, "" | "json" | "xml" | "raw") {
            self.refuse(
                start,
                format!("```{hint} is not understood: ```, ```json, ```xml and ```raw are"),
            );
        }
        let (first, spot) = (self.at + 1, start.spot());
        let length = self.lines[first.min(self.lines.len())..]
            .iter()
            .position(|line| line.trim_end() == "```");
        let Some(length) = length else {
            self.refuse(start, "the text is not closed by a line of ```");
            self.at = self.lines.len();
            return Payload::Bytes(Vec::new());
        };
        self.at = first + length;
        let raw: String = self.lines[first..self.at]
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        let text = Text { raw, spot };
        if json {
            Payload::Json(text)
        } else {
            Payload::Text(text)
        }
    }

    /// Up to the bracket that closes the first one.
    fn json(&mut self, start: &Cursor<'a>) -> Payload {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        let mut raw = String::new();
        let mut line = start.rest();
        loop {
            for (index, c) in line.char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' if quoted => escaped = true,
                    '"' => quoted = !quoted,
                    '{' | '[' if !quoted => depth += 1,
                    '}' | ']' if !quoted => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 {
                    let (json, after) = line.split_at(index + 1);
                    raw.push_str(json);
                    if !after.trim().is_empty() && !after.trim_start().starts_with('#') {
                        self.refuse(start, format!("`{}` follows the JSON body", after.trim()));
                    }
                    return Payload::Json(Text {
                        raw,
                        spot: start.spot(),
                    });
                }
            }
            raw.push_str(line);
            raw.push('\n');
            let Some(next) = self.lines.get(self.at + 1) else {
                self.refuse(start, "the JSON body is not closed");
                return Payload::Bytes(Vec::new());
            };
            self.at += 1;
            line = next;
        }
    }
}
