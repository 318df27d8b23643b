//! Tests of what a JSONPath finds.

use std::borrow::Cow;

use http_client::Redactor;
use regex_lite::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::Mismatch;
use crate::quote::quote;

/// What must hold of every node a JSONPath finds.
#[derive(Clone, Debug, Default)]
pub struct JsonRule {
    /// It is this value.
    pub equals: Option<Value>,
    /// It is a text or list with this in it.
    pub contains: Option<Value>,
    /// It is a text or number this matches in.
    pub matches: Option<Regex>,
    /// There must be no node at all.
    pub absent: bool,
    /// It is a number that is not smaller.
    pub at_least: Option<f64>,
    /// It is a number that is not larger.
    pub at_most: Option<f64>,
    /// So many nodes there are.
    pub count: Option<u64>,
}

pub(super) fn judge(
    path: &JsonPath,
    rule: &JsonRule,
    json: &Value,
    redactor: &Redactor,
) -> Vec<Mismatch> {
    let nodes = path.query(json).all();
    let miscounted = rule.count.filter(|count| *count != nodes.len() as u64);
    let fault = match nodes.first() {
        _ if miscounted.is_some() => Some(format!(
            "finds {} nodes, expected {}",
            nodes.len(),
            miscounted.unwrap_or_default()
        )),
        None if rule.absent || rule.count == Some(0) => None,
        None => Some("finds nothing".to_owned()),
        Some(first) if rule.absent => {
            Some(format!("finds {}, expected nothing", show(first, redactor)))
        }
        Some(_) => nodes.iter().find_map(|node| {
            rule.fault(node, redactor)
                .map(|wanted| format!("is {}, expected {wanted}", show(node, redactor)))
        }),
    };
    fault
        .map(|fault| Mismatch::error("json", format!("`{path}` {fault}")))
        .into_iter()
        .collect()
}

impl JsonRule {
    /// What was wanted of a node that does not pass.
    fn fault(&self, node: &Value, redactor: &Redactor) -> Option<String> {
        if let Some(value) = self.equals.as_ref().filter(|value| !equal(value, node)) {
            return Some(show(value, redactor));
        }
        if let Some(part) = self.contains.as_ref().filter(|part| !contains(node, part)) {
            return Some(format!("{} in it", show(part, redactor)));
        }
        let number = node.as_f64();
        if let Some(least) = self
            .at_least
            .filter(|least| number.is_none_or(|number| number < *least))
        {
            return Some(format!("at least {least}"));
        }
        if let Some(most) = self
            .at_most
            .filter(|most| number.is_none_or(|number| number > *most))
        {
            return Some(format!("at most {most}"));
        }
        let regex = self.matches.as_ref()?;
        let text = match node {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            _ => return Some("a text or a number to match".to_owned()),
        };
        (!regex.is_match(&text)).then(|| format!("a match of {}", quote(redactor, regex.as_str())))
    }
}

fn contains(node: &Value, part: &Value) -> bool {
    match (node, part) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::Array(list), part) => list.iter().any(|element| equal(element, part)),
        _ => false,
    }
}

/// Equality as people mean it: `1` and `1.0` are the same number.
pub(crate) fn equal(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Number(one), Value::Number(two)) => one == two || one.as_f64() == two.as_f64(),
        (Value::Array(one), Value::Array(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| equal(one, two))
        }
        (Value::Object(one), Value::Object(two)) => {
            one.len() == two.len()
                && one
                    .iter()
                    .all(|(key, one)| two.get(key).is_some_and(|two| equal(one, two)))
        }
        _ => one == two,
    }
}

fn show(value: &Value, redactor: &Redactor) -> String {
    quote(redactor, &value.to_string())
}
