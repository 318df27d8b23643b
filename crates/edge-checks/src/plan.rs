//! The policy with every word understood and every limit filled in from the profile.

use globset::{GlobBuilder, GlobMatcher};
use pipeline_config::Located;
use verdict::{Level, Place};

use crate::{
    observatory::Grade,
    policy::{CachePolicy, EdgePolicy, Profile, RateLimitPolicy},
    tls::Version,
};

/// The most requests a rate limit is tried with.
const MOST_REQUESTS: u32 = 500;

/// A limit and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Limit<T> {
    pub(crate) value: T,
    pub(crate) place: Option<Place>,
}

/// What will be asked and expected.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whether a weakness is an error by itself.
    strict: bool,
    pub(crate) path: String,
    pub(crate) min_grade: Limit<Grade>,
    pub(crate) hsts_max_age: Limit<u64>,
    pub(crate) hsts_subdomains: Limit<bool>,
    pub(crate) hsts_preload: Limit<bool>,
    pub(crate) min_version: Limit<Version>,
    pub(crate) certificate_days: Limit<u32>,
    pub(crate) cache: Vec<CacheRule>,
    pub(crate) compression: Vec<Limit<String>>,
    pub(crate) rate_limit: Option<RateRule>,
}

#[derive(Clone, Debug)]
pub(crate) struct CacheRule {
    /// As written.
    pub(crate) path: String,
    /// What picks an address of the page; `None` for a plain path.
    pub(crate) pattern: Option<GlobMatcher>,
    pub(crate) place: Option<Place>,
    pub(crate) directives: Vec<Limit<String>>,
    pub(crate) max_age: Option<Limit<u64>>,
    pub(crate) cdn: Option<Limit<bool>>,
}

#[derive(Clone, Debug)]
pub(crate) struct RateRule {
    pub(crate) path: String,
    pub(crate) requests: Limit<u32>,
    pub(crate) slack: u32,
}

/// A mistake in the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong and what is accepted.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
}

impl Plan {
    /// Understands a policy. `place` says where a position stands.
    ///
    /// # Errors
    /// Every mistake, each at its place.
    pub fn compile(
        policy: &EdgePolicy,
        place: &dyn Fn(&Located<()>) -> Option<Place>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut compiler = Compiler {
            place,
            mistakes: Vec::new(),
        };
        let plan = compiler.plan(policy);
        if compiler.mistakes.is_empty() {
            Ok(plan)
        } else {
            Err(compiler.mistakes)
        }
    }
}

impl Plan {
    /// How bad a weakness is that no limit names.
    pub(crate) const fn level(&self) -> Level {
        if self.strict {
            Level::Error
        } else {
            Level::Warning
        }
    }
}

struct Compiler<'a> {
    place: &'a dyn Fn(&Located<()>) -> Option<Place>,
    mistakes: Vec<Mistake>,
}

/// What a profile asks for.
struct Defaults {
    grade: &'static str,
    hsts_max_age: u64,
    hsts_subdomains: bool,
    certificate_days: u32,
}

const fn defaults(profile: Profile) -> Defaults {
    match profile {
        Profile::Strict => Defaults {
            grade: "A+",
            hsts_max_age: 31_536_000,
            hsts_subdomains: true,
            certificate_days: 30,
        },
        Profile::Standard => Defaults {
            grade: "B",
            hsts_max_age: 15_552_000,
            hsts_subdomains: false,
            certificate_days: 14,
        },
        Profile::Requirements => Defaults {
            grade: "B+",
            hsts_max_age: 31_536_000,
            hsts_subdomains: true,
            certificate_days: 30,
        },
    }
}

impl Compiler<'_> {
    fn plan(&mut self, policy: &EdgePolicy) -> Plan {
        let defaults = defaults(policy.profile);
        let grade = Located::nowhere(defaults.grade.to_owned());
        let grade = self.limit(policy.min_grade.as_ref(), &grade, |name| {
            Grade::named(name).ok_or_else(|| {
                let known: Vec<_> = Grade::names().collect();
                format!("`{name}` is no grade; grades are {}", known.join(", "))
            })
        });
        let version = Located::nowhere("1.2".to_owned());
        let min_version = self.limit(policy.tls.min_version.as_ref(), &version, |name| {
            [Version::Tls12, Version::Tls13]
                .into_iter()
                .find(|version| version.name() == name)
                .ok_or_else(|| format!("`{name}` is neither \"1.2\" nor \"1.3\""))
        });
        let path = policy
            .path
            .as_ref()
            .map_or_else(|| "/".to_owned(), |path| self.path(path));
        Plan {
            strict: policy.profile == Profile::Strict,
            path,
            min_grade: grade.unwrap_or(Limit {
                value: Grade::of(0),
                place: None,
            }),
            hsts_max_age: self.plain(policy.hsts.max_age.as_ref(), defaults.hsts_max_age),
            hsts_subdomains: self.plain(
                policy.hsts.include_subdomains.as_ref(),
                defaults.hsts_subdomains,
            ),
            hsts_preload: self.plain(policy.hsts.preload.as_ref(), false),
            min_version: min_version.unwrap_or(Limit {
                value: Version::Tls12,
                place: None,
            }),
            certificate_days: self.plain(
                policy.tls.certificate_days.as_ref(),
                defaults.certificate_days,
            ),
            cache: policy.cache.iter().map(|rule| self.cache(rule)).collect(),
            compression: policy
                .compression
                .iter()
                .map(|path| Limit {
                    value: self.path(path),
                    place: self.at(path),
                })
                .collect(),
            rate_limit: policy.rate_limit.as_ref().map(|rule| self.rate_limit(rule)),
        }
    }

    fn cache(&mut self, rule: &CachePolicy) -> CacheRule {
        let path = self.path(&rule.path);
        let pattern = path.contains('*').then(|| {
            GlobBuilder::new(&path)
                .literal_separator(true)
                .build()
                .map(|glob| glob.compile_matcher())
        });
        let pattern = pattern
            .transpose()
            .map_err(|error| {
                self.refuse(
                    &rule.path,
                    format!("`{path}` is no pattern: {}", error.kind()),
                )
            })
            .ok()
            .flatten();
        if rule.directives.is_empty() && rule.max_age.is_none() && rule.cdn.is_none() {
            self.refuse(
                &rule.path,
                "this cache rule expects nothing; give it `directives`, `max-age` or `cdn`"
                    .to_owned(),
            );
        }
        CacheRule {
            place: self.at(&rule.path),
            path,
            pattern,
            directives: rule
                .directives
                .iter()
                .map(|word| Limit {
                    value: word.value.trim().to_lowercase(),
                    place: self.at(word),
                })
                .collect(),
            max_age: rule.max_age.as_ref().map(|age| self.plain(Some(age), 0)),
            cdn: rule.cdn.as_ref().map(|cdn| self.plain(Some(cdn), false)),
        }
    }

    fn rate_limit(&mut self, rule: &RateLimitPolicy) -> RateRule {
        let requests = rule.requests.value;
        let slack = rule
            .slack
            .map_or_else(|| (requests / 10).max(5), |slack| slack.value);
        if requests == 0 || requests.saturating_add(slack) > MOST_REQUESTS {
            self.refuse(
                &rule.requests,
                format!("a rate limit is tried with 1 to {MOST_REQUESTS} requests, slack included"),
            );
        }
        RateRule {
            path: self.path(&rule.path),
            requests: self.plain(Some(&rule.requests), 0),
            slack,
        }
    }

    fn path(&mut self, path: &Located<String>) -> String {
        if !path.value.starts_with('/') {
            self.refuse(path, format!("`{}` is no path: begin with `/`", path.value));
        }
        path.value.clone()
    }

    fn limit<T>(
        &mut self,
        written: Option<&Located<String>>,
        default: &Located<String>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Limit<T>> {
        let located = written.unwrap_or(default);
        let place = self.at(located);
        read(&located.value)
            .map(|value| Limit { value, place })
            .map_err(|message| self.refuse(located, message))
            .ok()
    }

    fn plain<T: Copy>(&self, written: Option<&Located<T>>, default: T) -> Limit<T> {
        Limit {
            value: written.map_or(default, |located| located.value),
            place: written.and_then(|located| self.at(located)),
        }
    }

    fn at<T>(&self, located: &Located<T>) -> Option<Place> {
        (self.place)(&Located {
            value: (),
            position: located.position,
        })
    }

    fn refuse<T>(&mut self, located: &Located<T>, message: String) {
        let place = self.at(located);
        self.mistakes.push(Mistake { message, place });
    }
}
