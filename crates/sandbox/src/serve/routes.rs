//! From a request to what answers it: Build Output routes, phase by phase. Pure.
//!
//! The order is Vercel's: routes before the file system, the file system, then `filesystem`, `rewrite` and `resource` routes
//! with the file system asked again after each rewriting, `miss` when it has nothing, `hit` on what was found, `error` last.

use std::collections::BTreeMap;

use super::{
    config::{Condition, On, Phase, Route},
    site::{Asset, Site},
};

/// What a route may look at.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: &'a str,
    /// Percent-encoded, as it came, without the query.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) host: &'a str,
    /// Lower-case names.
    pub(super) headers: BTreeMap<String, String>,
}

/// What answers.
#[derive(Debug)]
pub(super) enum Found<'a> {
    File(&'a Asset),
    Function(&'a str),
    Redirect(String),
    /// A rewrite to another host, which the sandbox does not follow.
    Elsewhere(String),
    /// No body of the deployment's own.
    Nothing,
}

/// The outcome of routing.
#[derive(Debug)]
pub(super) struct Routed<'a> {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) found: Found<'a>,
}

struct Walk<'a> {
    site: &'a Site,
    ask: &'a Ask<'a>,
    path: String,
    headers: BTreeMap<String, String>,
    status: Option<u16>,
}

enum Step {
    /// Nothing in the phase ended it.
    Through,
    /// The path was rewritten.
    Rewritten {
        check: bool,
    },
    /// The answer is known.
    Redirect(u16, String),
    Elsewhere(String),
    /// An answer without a file.
    Ends(u16),
}

/// Finds what answers a request.
pub(super) fn route<'a>(site: &'a Site, ask: &'a Ask<'a>) -> Routed<'a> {
    let mut walk = Walk {
        site,
        ask,
        path: ask.path.to_owned(),
        headers: BTreeMap::new(),
        status: None,
    };
    for phase in [
        Phase::First,
        Phase::Filesystem,
        Phase::Rewrite,
        Phase::Resource,
    ] {
        match walk.run(phase) {
            Step::Through | Step::Rewritten { .. } => {}
            Step::Redirect(status, location) => return walk.end(status, Found::Redirect(location)),
            Step::Elsewhere(url) => return walk.end(501, Found::Elsewhere(url)),
            Step::Ends(status) => return walk.error(status),
        }
        if let Some(found) = walk.look() {
            return walk.hit(found);
        }
        if let Step::Rewritten { .. } = walk.run(Phase::Miss)
            && let Some(found) = walk.look()
        {
            return walk.hit(found);
        }
    }
    walk.error(404)
}

impl<'a> Walk<'a> {
    fn look(&self) -> Option<Found<'a>> {
        let path = decode(&self.path);
        let file = self.site.asset(&path).map(Found::File);
        file.or_else(|| self.site.function(&path).map(Found::Function))
    }

    fn hit(mut self, found: Found<'a>) -> Routed<'a> {
        self.run(Phase::Hit);
        let status = self.status.unwrap_or(200);
        self.end(status, found)
    }

    /// The error page: an `error` route's, else the deployment's `404.html`, else none.
    fn error(mut self, status: u16) -> Routed<'a> {
        self.status = Some(status);
        if let Step::Rewritten { .. } = self.run(Phase::Error)
            && let Some(found) = self.look()
        {
            let status = self.status.unwrap_or(status);
            return self.end(status, found);
        }
        let own = (status == 404)
            .then(|| {
                self.site
                    .asset("/404.html")
                    .or_else(|| self.site.asset("/404"))
            })
            .flatten();
        self.end(status, own.map_or(Found::Nothing, Found::File))
    }

    fn end(self, status: u16, found: Found<'a>) -> Routed<'a> {
        Routed {
            status,
            headers: self.headers,
            found,
        }
    }

    fn run(&mut self, phase: Phase) -> Step {
        let mut outcome = Step::Through;
        for route in self.site.config.routes(phase) {
            // In the error phase `status` says which error a route is for.
            if phase == Phase::Error
                && route
                    .status
                    .is_some_and(|status| Some(status) != self.status)
            {
                continue;
            }
            let Some(captures) = matches(route, &self.path, self.ask) else {
                continue;
            };
            for (name, value) in &route.headers {
                self.headers.insert(name.clone(), captures.fill(value));
            }
            if let Some(status) = route.status.filter(|status| (300..400).contains(status))
                && let Some(location) = self.headers.remove("location")
            {
                return Step::Redirect(status, location);
            }
            if let Some(dest) = &route.dest {
                let dest = captures.fill(dest);
                if dest.starts_with("http://") || dest.starts_with("https://") {
                    return Step::Elsewhere(dest);
                }
                self.path = dest.split(['?', '#']).next().unwrap_or_default().to_owned();
                outcome = Step::Rewritten { check: route.check };
            }
            if let Some(status) = route.status {
                if route.dest.is_none()
                    && !route.goes_on
                    && phase != Phase::Error
                    && phase != Phase::Hit
                {
                    return Step::Ends(status);
                }
                self.status = Some(status);
            }
            let checked =
                matches!(outcome, Step::Rewritten { check: true }) && self.look().is_some();
            if !route.goes_on || checked {
                return outcome;
            }
        }
        outcome
    }
}

/// What a route's pattern took from the path.
struct Captures {
    numbered: Vec<String>,
    named: BTreeMap<String, String>,
}

impl Captures {
    /// Puts captures into `$1` and `$name`.
    fn fill(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let digits = after
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(after.len());
            let word = after
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(after.len());
            let (value, used) = match after[..digits].parse::<usize>() {
                Ok(number) => (self.numbered.get(number), digits),
                Err(_) => (self.named.get(&after[..word]), word),
            };
            match value {
                Some(value) => out.push_str(value),
                None if used == 0 => out.push('$'),
                None => {}
            }
            rest = &after[used..];
        }
        out.push_str(rest);
        out
    }
}

fn matches(route: &Route, path: &str, ask: &Ask<'_>) -> Option<Captures> {
    let method = route
        .methods
        .as_ref()
        .is_none_or(|methods| methods.iter().any(|m| m.eq_ignore_ascii_case(ask.method)));
    if !method
        || !route.has.iter().all(|c| holds(c, ask))
        || route.missing.iter().any(|c| holds(c, ask))
    {
        return None;
    }
    let found = route.src.find(path)?;
    let text = |range: Option<std::ops::Range<usize>>| {
        range.map_or(String::new(), |range| path[range].to_owned())
    };
    Some(Captures {
        numbered: found.groups().map(text).collect(),
        named: found
            .named_groups()
            .map(|(name, range)| (name.to_owned(), text(range)))
            .collect(),
    })
}

fn holds(condition: &Condition, ask: &Ask<'_>) -> bool {
    let value = match condition.on {
        On::Host => Some(ask.host.to_owned()),
        On::Header => ask.headers.get(&condition.key).cloned(),
        On::Cookie => ask
            .headers
            .get("cookie")
            .and_then(|cookies| super::cookie(cookies, &condition.key)),
        On::Query => url::form_urlencoded::parse(ask.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(&condition.key))
            .map(|(_, value)| value.into_owned()),
    };
    value.is_some_and(|value| {
        condition
            .value
            .as_ref()
            .is_none_or(|pattern| pattern.find(&value).is_some())
    })
}

/// Percent-decoding of a path; what does not decode stays as it came and finds no file.
fn decode(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}
