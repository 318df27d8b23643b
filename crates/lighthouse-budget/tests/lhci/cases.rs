//! Random configs and reports. Keys keep a random order, which is why they are written as text.

/// One case.
#[derive(Debug)]
pub(crate) struct Case {
    /// A lighthouserc.
    pub rc: String,
    /// A budget.json.
    pub budgets: Option<String>,
    /// Reports.
    pub reports: Vec<String>,
}

/// SplitMix64: small, and the same everywhere.
pub(crate) struct Random(u64);

pub(super) const AUDITS: [&str; 14] = [
    "first-contentful-paint",
    "interactive",
    "largest-contentful-paint",
    "cumulative-layout-shift",
    "unused-javascript",
    "uses-http2",
    "is-on-https",
    "viewport",
    "user-timings",
    "resource-summary",
    "performance-budget",
    "made-up-audit",
    "dom-size",
    "csp-xss",
];

const KEYS: [&str; 20] = [
    "categories:performance",
    "categories.seo",
    "categories:best-practices",
    "categories:nothing",
    "categories",
    "resource-summary:script:size",
    "resource-summary.total.count",
    "resource-summary:third-party:size",
    "resource-summary:font:count",
    "resource-summary",
    "user-timings:app-hydrate",
    "user-timings:AppHydrate",
    "user-timings.my mark",
    "user-timings:nothing",
    "performance-budget",
    "firstContentfulPaint",
    "usesHttp2",
    "largest-contentful-paint:ignored",
    "constructor-like",
    "unused-javascript",
];

const URLS: [&str; 5] = [
    "http://127.0.0.1:8080/",
    "http://127.0.0.1:8080/artists/a-b.html?x=1",
    "https://app.example/artists/c",
    "https://app.example/#one",
    "https://app.example/vendor-1/chunk.js",
];

const PATTERNS: [&str; 8] = [
    ".*",
    "^https://",
    "artists/(?!c)",
    "app\\\\.example/$",
    "(?<=:8080)/",
    "nowhere",
    "[A-Z]{3}",
    "/artists/[^/]+$",
];

const METHODS: [&str; 6] = [
    "optimistic",
    "pessimistic",
    "median",
    "median-run",
    "average",
    "optimistic",
];

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    /// True once in so many.
    pub(super) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(super) fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    pub(super) fn number(&mut self) -> String {
        let shown = [
            "0",
            "1",
            "0.9",
            "0.5",
            "-1",
            "2500",
            "1e21",
            "1.5e-7",
            "0.30000000000000004",
            "793.25",
        ];
        match self.below(4) {
            // All digits of a double, as a browser's clock gives them.
            #[expect(clippy::cast_precision_loss, reason = "any double will do")]
            0 => format!("{}", self.next() as f64 / 6e15),
            1 => self.of(&shown).to_owned(),
            2 => format!("{}", self.below(5000)),
            _ => format!("{}.{}", self.below(2000), self.below(1000)),
        }
    }

    pub(super) fn score(&mut self) -> String {
        match self.below(8) {
            0 => "null".to_owned(),
            1 => "1".to_owned(),
            2 => "0".to_owned(),
            _ => format!("0.{}", self.below(100)),
        }
    }

    pub(crate) fn case(&mut self) -> Case {
        let urls = 1 + self.below(2);
        let runs = 1 + self.below(5);
        let pages: Vec<&str> = (0..urls).map(|_| self.of(&URLS)).collect();
        let mut reports = Vec::new();
        for _ in 0..runs {
            for page in &pages {
                reports.push(self.report(page));
            }
        }
        let budgets = self.one_in(6).then(|| self.budgets());
        let mut assert = match (&budgets, self.below(20)) {
            (Some(_), 0..19) => vec!["\"budgetsFile\": \"budget.json\"".to_owned()],
            (None, 0) if self.one_in(3) => Vec::new(),
            (_, 0..6) => vec![format!("\"assertMatrix\": [{}]", self.matrix())],
            _ => self.set(8),
        };
        if budgets.is_some() && !assert.iter().any(|part| part.contains("budgetsFile")) {
            assert.push("\"budgetsFile\": \"budget.json\"".to_owned());
        }
        if self.one_in(2) {
            assert.push("\"includePassedAssertions\": true".to_owned());
        }
        let collect = if self.one_in(4) {
            ", \"collect\": {\"numberOfRuns\": 3}"
        } else {
            ""
        };
        let rc = format!(
            "{{\"ci\": {{\"assert\": {{{}}}{collect}}}}}",
            assert.join(", ")
        );
        Case {
            rc,
            budgets,
            reports,
        }
    }

    fn matrix(&mut self) -> String {
        let sets: Vec<String> = (0..1 + self.below(3))
            .map(|_| format!("{{{}}}", self.set(3).join(", ")))
            .collect();
        sets.join(", ")
    }

    /// Assertions of one set, with what goes along.
    fn set(&mut self, preset: usize) -> Vec<String> {
        let mut parts = Vec::new();
        if self.one_in(preset) {
            let names = [
                "lighthouse:all",
                "lighthouse:recommended",
                "lighthouse:no-pwa",
                "lighthouse:none",
                "other",
            ];
            let name = if self.one_in(6) {
                self.of(&names)
            } else {
                self.of(&names[..3])
            };
            parts.push(format!("\"preset\": \"{name}\""));
        }
        if !self.one_in(12) {
            let assertions: Vec<String> = (0..self.below(7)).map(|_| self.assertion()).collect();
            parts.push(format!("\"assertions\": {{{}}}", assertions.join(", ")));
        }
        if self.one_in(3) {
            parts.push(format!("\"aggregationMethod\": \"{}\"", self.of(&METHODS)));
        }
        if self.one_in(3) {
            let pattern = if self.one_in(20) {
                "("
            } else {
                self.of(&PATTERNS)
            };
            parts.push(format!("\"matchingUrlPattern\": \"{pattern}\""));
        }
        parts
    }

    fn assertion(&mut self) -> String {
        let key = if self.one_in(2) {
            self.of(&AUDITS)
        } else {
            self.of(&KEYS)
        };
        let throws = [
            "resource-summary:font:sum",
            "resource-summary:x",
            "categories:a:b",
        ];
        let key = if self.one_in(120) {
            self.of(&throws)
        } else {
            key
        };
        let level = match self.below(12) {
            0 => "off",
            1 => "fatal",
            2..6 => "warn",
            _ => "error",
        };
        let value = match self.below(24) {
            0 if self.one_in(6) => "true".to_owned(),
            0 | 1 => "0".to_owned(),
            2..6 => format!("\"{level}\""),
            6 => format!("[\"{level}\"]"),
            _ => format!("[\"{level}\", {{{}}}]", self.limits()),
        };
        format!("\"{key}\": {value}")
    }

    fn limits(&mut self) -> String {
        let mut parts = Vec::new();
        for name in ["minScore", "maxNumericValue", "maxLength"] {
            if self.one_in(3) {
                parts.push(format!("\"{name}\": {}", self.number()));
            }
        }
        if self.one_in(3) {
            parts.push(format!("\"aggregationMethod\": \"{}\"", self.of(&METHODS)));
        }
        if self.one_in(10) {
            parts.push("\"auditRan\": 1".to_owned());
        }
        parts.join(", ")
    }

    fn budgets(&mut self) -> String {
        let paths = [
            "/",
            "/artists/*",
            "/artists/*.html$",
            "/#one",
            "/vendor*chunk.js$",
            "artists",
        ];
        let budgets: Vec<String> = (0..1 + self.below(3))
            .map(|_| {
                let mut parts = Vec::new();
                if !self.one_in(3) {
                    let path = if self.one_in(8) {
                        self.of(&paths)
                    } else {
                        self.of(&paths[..5])
                    };
                    parts.push(format!("\"path\": \"{path}\""));
                }
                let metrics = [
                    "interactive",
                    "first-contentful-paint",
                    "cumulative-layout-shift",
                ];
                if self.one_in(2) {
                    parts.push(format!(
                        "\"timings\": [{{\"metric\": \"{}\", \"budget\": {}}}]",
                        self.of(&metrics),
                        self.number()
                    ));
                }
                for key in ["resourceSizes", "resourceCounts"] {
                    if self.one_in(2) {
                        let kind = self.of(&["script", "total", "font", "third-party"]);
                        let more = if self.one_in(20) {
                            ", \"tolerance\": 1"
                        } else {
                            ""
                        };
                        parts.push(format!(
                            "\"{key}\": [{{\"resourceType\": \"{kind}\", \"budget\": {}{more}}}]",
                            self.number()
                        ));
                    }
                }
                format!("{{{}}}", parts.join(", "))
            })
            .collect();
        format!("[{}]", budgets.join(", "))
    }
}
