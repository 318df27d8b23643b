//! Random reports.

use super::cases::{AUDITS, Random};

const DESCRIPTIONS: [&str; 5] = [
    "Plain words.",
    "Words. [Learn](https://web.dev/a).",
    "[A](https://a.example) and [B](https://developers.google.com/web/b) [C](http://c.example/x)",
    "[broken](ftp://x) [",
    "",
];

impl Random {
    pub(super) fn report(&mut self, url: &str) -> String {
        let mut audits: Vec<String> = Vec::new();
        for audit in AUDITS {
            if audit == "made-up-audit" || self.one_in(12) {
                continue;
            }
            audits.push(format!("\"{audit}\": {}", self.audit(audit)));
        }
        let categories: Vec<String> = ["performance", "seo", "best-practices"]
            .into_iter()
            .filter_map(|name| {
                let score = self.score();
                (!self.one_in(20))
                    .then(|| format!("\"{name}\": {{\"id\": \"{name}\", \"score\": {score}}}"))
            })
            .collect();
        format!(
            "{{\"lighthouseVersion\": \"12.6.1\", \"requestedUrl\": \"{url}\", \"finalUrl\": \"{url}\", \"audits\": {{{}}}, \"categories\": {{{}}}}}",
            audits.join(", "),
            categories.join(", ")
        )
    }

    fn audit(&mut self, name: &str) -> String {
        let modes = [
            "numeric",
            "binary",
            "notApplicable",
            "informative",
            "error",
            "metricSavings",
        ];
        let mut parts = vec![
            format!("\"id\": \"{name}\""),
            format!("\"score\": {}", self.score()),
        ];
        parts.push(format!("\"scoreDisplayMode\": \"{}\"", self.of(&modes)));
        if !self.one_in(5) {
            parts.push(format!(
                "\"title\": \"Title {} of \\\"{name}\\\"\"",
                self.below(3)
            ));
        }
        if !self.one_in(5) {
            parts.push(format!("\"description\": \"{}\"", self.of(&DESCRIPTIONS)));
        }
        if !self.one_in(4) {
            let number = if self.one_in(10) {
                "null".to_owned()
            } else {
                self.number()
            };
            parts.push(format!("\"numericValue\": {number}"));
        }
        if !self.one_in(5) {
            let rows: Vec<String> = (0..self.below(5)).map(|_| self.row(name)).collect();
            let items = if self.one_in(15) {
                "null".to_owned()
            } else {
                format!("[{}]", rows.join(", "))
            };
            parts.push(format!(
                "\"details\": {{\"type\": \"table\", \"items\": {items}}}"
            ));
        }
        format!("{{{}}}", parts.join(", "))
    }

    fn row(&mut self, audit: &str) -> String {
        let mut parts = Vec::new();
        match audit {
            "resource-summary" | "performance-budget" => {
                let kind = self.of(&["script", "total", "font", "third-party"]);
                parts.push(format!("\"resourceType\": \"{kind}\""));
                for field in ["size", "transferSize", "requestCount"] {
                    if !self.one_in(4) {
                        parts.push(format!("\"{field}\": {}", self.below(400_000)));
                    }
                }
                if audit == "performance-budget" && self.one_in(2) {
                    parts.push(format!("\"sizeOverBudget\": {}", self.below(3000)));
                }
                if audit == "performance-budget" && self.one_in(2) {
                    parts.push(format!(
                        "\"countOverBudget\": \"{} requests\"",
                        self.below(9)
                    ));
                }
            }
            "user-timings" => {
                let name = self.of(&["App Hydrate", "appHydrate", "my:mark", "other"]);
                parts.push(format!(
                    "\"name\": \"{name}\", \"startTime\": {}",
                    self.number()
                ));
                if self.one_in(2) {
                    parts.push(format!("\"duration\": {}", self.number()));
                }
            }
            _ => parts.push("\"url\": \"x\"".to_owned()),
        }
        format!("{{{}}}", parts.join(", "))
    }
}
