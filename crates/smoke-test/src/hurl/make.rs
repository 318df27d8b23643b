//! Makes a check of a request in a `.hurl` file, with the values it uses.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use gate::Problem;
use http_client::{Body, HeaderMap, HeaderName, HeaderValue, Url, header};
use verdict::Place;

use super::{
    eval::Maker,
    syntax::{Entry, Fault, Pair, Payload, Spot, Text},
};
use crate::{
    capture::{Capture, Source},
    compile::check::ENCODINGS,
    plan::Check,
    rule::{Demand, Rule, TextRule},
    status::StatusSet,
    target::is_private,
    template::Template,
    variables::Variables,
    world::World,
};

/// The check of a request with these values. Calls `used` with each name it uses.
///
/// # Errors
/// Every mistake in it, each at its line.
pub fn check(
    template: &Template,
    entry: &Entry,
    world: &World,
    variables: &Variables,
    used: &mut dyn FnMut(&str),
) -> Result<Check, Vec<Problem>> {
    let (mut faults, mut secret) = (Vec::new(), false);
    let mut used = |name: &str| {
        secret |= variables.is_secret(name);
        used(name);
    };
    let mut maker = Maker {
        variables,
        used: &mut used,
        faults: &mut faults,
    };
    let url = url(entry, &mut maker, world);
    let (headers, body) = request(entry, &mut maker, world);
    let place = |spot: Spot| {
        let file = template.file.as_ref()?;
        Some(Place::line(file, spot.line).column(spot.column))
    };
    let (rules, captures) = answer(entry, &mut maker, world, place);
    if let Some(url) = url.as_ref().filter(|url| secret && !is_private(url)) {
        faults.push(Fault {
            spot: entry.url.spot,
            message: format!(
                "a secret would travel unencrypted to {}: use https",
                url.host_str().unwrap_or_default()
            ),
        });
    }
    match url {
        Some(url) if faults.is_empty() => Ok(Check {
            name: template.name.clone(),
            place: place(entry.spot),
            method: entry.method.clone(),
            url,
            headers,
            body,
            rules,
            captures,
            max_time: None,
            redirects: entry.redirects,
        }),
        _ => {
            let problem = |fault: Fault| Problem::new(fault.message).at(place(fault.spot));
            Err(faults.into_iter().map(problem).collect())
        }
    }
}

/// Its address: a whole one, or a path of the tested deployment.
fn url(entry: &Entry, maker: &mut Maker<'_>, world: &World) -> Option<Url> {
    let written = maker.fill(&entry.url)?;
    let url = if written.starts_with('/') {
        world.target.join(&written)
    } else {
        let url = written.parse::<Url>().ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
    };
    let Some(mut url) = url else {
        let message = format!(
            "`{}` is no address: write a path like `/about`, `{{{{url}}}}/about` or a whole http(s) address",
            entry.url.raw
        );
        maker.refuse(entry.url.spot, message);
        return None;
    };
    if !entry.query.is_empty() {
        let pairs = maker.pairs(&entry.query);
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Some(url)
}

fn request(entry: &Entry, maker: &mut Maker<'_>, world: &World) -> (HeaderMap, Body) {
    let mut headers = HeaderMap::new();
    for (name, value) in &entry.headers {
        if let Some((name, value)) = header(name, value, maker) {
            headers.append(name, value);
        }
    }
    if !entry.cookies.is_empty() {
        let pairs: Vec<String> = maker
            .pairs(&entry.cookies)
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        set(
            &mut headers,
            header::COOKIE,
            &pairs.join("; "),
            entry.spot,
            maker,
        );
    }
    if let Some((user, password)) = &entry.basic
        && let (Some(user), Some(password)) = (maker.fill(user), maker.fill(password))
    {
        let value = format!(
            "Basic {}",
            BASE64_STANDARD.encode(format!("{user}:{password}"))
        );
        set(
            &mut headers,
            header::AUTHORIZATION,
            &value,
            entry.spot,
            maker,
        );
    }
    if entry.compressed {
        headers.insert(header::ACCEPT_ENCODING, ENCODINGS);
    }
    let body = match &entry.body {
        Some(payload) => {
            if matches!(payload, Payload::Json(_)) && !headers.contains_key(header::CONTENT_TYPE) {
                headers.insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                );
            }
            Body::Bytes(maker.payload(payload, world).unwrap_or_default())
        }
        None if entry.form.is_empty() => Body::Empty,
        None => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(maker.pairs(&entry.form));
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(header::CONTENT_TYPE, kind);
            Body::Bytes(form.finish().into_bytes())
        }
    };
    (headers, body)
}

fn header(name: &Text, value: &Text, maker: &mut Maker<'_>) -> Option<(HeaderName, HeaderValue)> {
    let (key, text) = (maker.fill(name)?, maker.fill(value)?);
    match (key.parse::<HeaderName>(), text.parse::<HeaderValue>()) {
        (Ok(key), Ok(text)) => Some((key, text)),
        (Err(_), _) => {
            maker.refuse(name.spot, format!("`{key}` is no header name"));
            None
        }
        (_, Err(_)) => {
            maker.refuse(value.spot, "the value has characters that HTTP forbids");
            None
        }
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str, spot: Spot, maker: &mut Maker<'_>) {
    match HeaderValue::from_str(value) {
        Ok(mut value) => {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Err(_) => maker.refuse(
            spot,
            format!("the value of `{name}` has characters that HTTP forbids"),
        ),
    }
}

/// What must hold of the answer, and what of it is kept.
fn answer(
    entry: &Entry,
    maker: &mut Maker<'_>,
    world: &World,
    place: impl Fn(Spot) -> Option<Place>,
) -> (Vec<Rule>, Vec<Capture>) {
    let mut rules = Vec::new();
    let mut push = |spot: Spot, demand: Demand| {
        rules.push(Rule {
            place: place(spot),
            demand,
        });
    };
    if let Some(status) = &entry.expected
        && let Some(code) = status.code
    {
        push(status.spot, Demand::Status(StatusSet::one(code)));
    }
    for (name, value) in &entry.expected_headers {
        if let Some((key, _)) = header(name, value, maker) {
            let equals = maker.fill(value);
            push(
                name.spot,
                Demand::Header(
                    key,
                    TextRule {
                        equals,
                        ..TextRule::default()
                    },
                ),
            );
        }
    }
    for line in &entry.asserts {
        if let Some(assertion) = maker.assertion(line) {
            push(line.spot, Demand::Hurl(Box::new(assertion)));
        }
    }
    if let Some(payload) = &entry.expected_body {
        let bytes = maker.payload(payload, world).unwrap_or_default();
        push(payload_spot(payload, entry), Demand::Body(bytes));
    }
    let mut captures = Vec::new();
    for line in &entry.captures {
        if let Some(extract) = maker.extract(&line.query, &line.filters) {
            captures.push(Capture {
                name: line.name.raw.clone(),
                source: Source::Hurl(extract),
                redact: line.redact,
                place: place(line.name.spot),
            });
        }
    }
    (rules, captures)
}

fn payload_spot(payload: &Payload, entry: &Entry) -> Spot {
    match payload {
        Payload::Text(text) | Payload::Json(text) | Payload::File(text) => text.spot,
        Payload::Bytes(_) => entry.spot,
    }
}

impl Maker<'_> {
    fn pairs(&mut self, pairs: &[Pair]) -> Vec<(String, String)> {
        let mut filled = Vec::new();
        for (name, value) in pairs {
            if let (Some(name), Some(value)) = (self.fill(name), self.fill(value)) {
                filled.push((name, value));
            }
        }
        filled
    }
}
