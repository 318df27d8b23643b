//! GitHub's OpenAPI description: finds the operation of an exchange and checks both directions.

use std::collections::BTreeSet;
use std::path::Path;

use sandbox::github::Exchange;
use serde_json::Value;

use crate::schema;

/// Below the installed peers.
const FILE: &str =
    "github-openapi/node_modules/@octokit/openapi/generated/api.github.com.deref.json";

/// The description as npm has it, references resolved.
pub(crate) struct Description(Value);

/// A template of the description that an exchange's path fits.
struct Operation<'d> {
    template: &'d str,
    values: Vec<(&'d str, String)>,
    described: &'d Value,
}

impl Description {
    pub(crate) fn load() -> Self {
        let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
        let text = std::fs::read(Path::new(&peers).join(FILE)).expect("the description");
        Self(serde_json::from_slice(&text).expect("JSON"))
    }

    /// Checks all exchanges, stops the test when one does not fit, and returns the operations met, as
    /// `METHOD /template`.
    pub(crate) fn check(&self, exchanges: &[Exchange]) -> BTreeSet<String> {
        let problems: Vec<String> = exchanges
            .iter()
            .flat_map(|exchange| self.problems(exchange))
            .collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        let met = exchanges.iter().filter_map(|exchange| {
            let operation = self.find(exchange)?;
            Some(format!("{} {}", exchange.method, operation.template))
        });
        met.collect()
    }

    /// The same of the answers alone.
    pub(crate) fn check_answers(&self, exchanges: &[Exchange]) {
        for exchange in exchanges {
            let operation = self.find(exchange).expect("an operation");
            let problems = self.answer(&operation, exchange);
            assert!(problems.is_empty(), "{}: {problems:?}", exchange.path);
        }
    }

    /// What is wrong with an exchange, request and answer.
    pub(crate) fn problems(&self, exchange: &Exchange) -> Vec<String> {
        let Exchange {
            method,
            path,
            status,
            ..
        } = exchange;
        let Some(operation) = self.find(exchange) else {
            return vec![format!("{method} {path}: no such operation")];
        };
        let asked = operation.request(exchange).into_iter();
        let answered = self.answer(&operation, exchange).into_iter();
        asked
            .map(|text| format!("request: {text}"))
            .chain(answered.map(|text| format!("answer: {text}")))
            .map(|text| format!("{method} {} {status} {text}", operation.template))
            .collect()
    }

    /// Of several templates that fit, the one with the fewest placeholders is meant (OpenAPI 3.0.3, "path templating").
    fn find(&self, exchange: &Exchange) -> Option<Operation<'_>> {
        let paths = self.0["paths"].as_object().expect("paths");
        let method = exchange.method.to_ascii_lowercase();
        paths
            .iter()
            .filter_map(|(template, operations)| {
                let values = fit(template, &exchange.path)?;
                let described = operations.get(&method)?;
                Some(Operation {
                    template,
                    values,
                    described,
                })
            })
            .min_by_key(|operation| operation.values.len())
    }
}

impl Description {
    fn answer(&self, operation: &Operation<'_>, exchange: &Exchange) -> Vec<String> {
        let Exchange {
            status,
            media_type,
            answer,
            ..
        } = exchange;
        let content = match operation.described["responses"].get(status.to_string()) {
            Some(described) => described.get("content"),
            // Said of every operation, outside the description: conditional requests, and what a token may not see.
            None if *status == 304 => None,
            None if matches!(status, 401 | 403 | 404) => self.refusal(),
            None => return vec!["the status is not described".to_owned()],
        };
        match (content, answer) {
            (None, None) if media_type.is_empty() => Vec::new(),
            (None, _) => vec!["a body is not described".to_owned()],
            (Some(content), answer) => match (content.get(media_type), answer) {
                (Some(described), Some(answer)) => {
                    schema::problems(&described["schema"], &without_status(*status, answer))
                }
                _ => vec![format!("{media_type} is not described")],
            },
        }
    }

    /// GitHub's error document, as the description has it where a comment's issue is not found.
    fn refusal(&self) -> Option<&Value> {
        let comments = &self.0["paths"]["/repos/{owner}/{repo}/issues/{issue_number}/comments"];
        comments["get"]["responses"]["404"].get("content")
    }
}

/// GitHub repeats the status in the document of every refusal. The description says so of some only, and the sandbox
/// does as the service does.
fn without_status(status: u16, answer: &Value) -> Value {
    let mut answer = answer.clone();
    if status >= 400
        && answer["status"].as_str() == Some(status.to_string().as_str())
        && let Some(fields) = answer.as_object_mut()
    {
        fields.remove("status");
    }
    answer
}

/// The values of a template's placeholders. `{path}` at the end takes slashes too, as GitHub's own page on it says.
fn fit<'t>(template: &'t str, path: &str) -> Option<Vec<(&'t str, String)>> {
    let mut values = Vec::new();
    let mut rest = path.split('/');
    let mut segments = template.split('/').peekable();
    while let Some(segment) = segments.next() {
        let mut given = rest.next()?.to_owned();
        match segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            None if segment == given => {}
            None => return None,
            Some(name) => {
                if name == "path" && segments.peek().is_none() {
                    for more in rest.by_ref() {
                        given = format!("{given}/{more}");
                    }
                }
                if given.is_empty() {
                    return None;
                }
                values.push((name, given));
            }
        }
    }
    rest.next().is_none().then_some(values)
}

impl Operation<'_> {
    fn request(&self, exchange: &Exchange) -> Vec<String> {
        let mut problems = Vec::new();
        let empty = Vec::new();
        let parameters = self.described["parameters"].as_array().unwrap_or(&empty);
        let find = |place: &str, name: &str| {
            parameters
                .iter()
                .find(|parameter| parameter["in"] == place && parameter["name"] == name)
        };
        let given = self
            .values
            .iter()
            .map(|(name, value)| ("path", *name, value));
        let query = exchange.query.iter();
        let given = given.chain(query.map(|(name, value)| ("query", name.as_str(), value)));
        for (place, name, value) in given {
            let Some(parameter) = find(place, name) else {
                problems.push(format!("{place} parameter `{name}` is not described"));
                continue;
            };
            let schema = &parameter["schema"];
            let found = schema::problems(schema, &typed(schema, value));
            problems.extend(
                found
                    .into_iter()
                    .map(|text| format!("{place} `{name}`{text}")),
            );
        }
        let names: BTreeSet<&str> = exchange
            .query
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        if names.len() != exchange.query.len() {
            problems.push("a query parameter is given twice".to_owned());
        }
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["required"] == true && parameter["in"] == "query" && !names.contains(name)
            {
                problems.push(format!("query parameter `{name}` is missing"));
            }
        }
        let body = &self.described["requestBody"];
        match (
            &exchange.body,
            &body["content"]["application/json"]["schema"],
        ) {
            (None, _) if body["required"] == true => {
                problems.push("the body is missing".to_owned())
            }
            (None, _) => {}
            (Some(_), Value::Null) => problems.push("a body is not described".to_owned()),
            (Some(sent), schema) => problems.extend(schema::problems(schema, sent)),
        }
        problems
    }
}

/// A value of the address as the JSON its schema speaks of.
fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "boolean" | "number") => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        _ => text.into(),
    }
}

#[test]
fn templates_fit_their_paths_only() {
    for (template, path, values) in [
        ("/a/{b}/c", "/a/x/c", Some(vec!["x"])),
        ("/a/{b}/c", "/a//c", None),
        ("/a/{b}/c", "/a/x/d", None),
        ("/a/{b}", "/a/x/c", None),
        ("/a/{path}", "/a/x/c", Some(vec!["x/c"])),
        ("/a/{path}/d", "/a/x/c/d", None),
        ("/a", "/a", Some(vec![])),
        ("/a", "/a/", None),
    ] {
        let found = fit(template, path);
        let found: Option<Vec<&str>> = found
            .as_ref()
            .map(|values| values.iter().map(|(_, value)| value.as_str()).collect());
        assert_eq!(found, values, "{template} {path}");
    }
}
