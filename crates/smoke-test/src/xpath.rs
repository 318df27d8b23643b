//! XPath 1.0 over HTML and XML bodies. The page is foreign and may be made to be slow: an evaluation gets so many steps, and
//! one that needs more is refused instead of answered.

mod check;
mod page;
mod read;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use scraper::Html;
use xpath_eval::{
    Document as _, EvaluationContext, Expr, Node as _, NodeKind, PathExpr, PrimaryExpr, Value,
    evaluate,
};

use self::page::At;
pub use self::page::Page;

/// Steps of an evaluation. A page of the usual size has some thousand nodes.
const STEPS: u64 = 2_000_000;

/// An expression.
#[derive(Clone, Debug)]
pub struct Query {
    expression: Expr,
    written: String,
}

/// What an expression finds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// So many nodes.
    Nodes(usize),
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is not understood in it, or that it is too long.
    pub fn parse(text: &str) -> Result<Self, String> {
        check::length(text)?;
        let expression = xpath_eval::parse(text).map_err(|error| format!("`{text}`: {error}"))?;
        check::names(&expression).map_err(|reason| format!("`{text}`: {reason}"))?;
        Ok(Self {
            expression,
            written: text.to_owned(),
        })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// What it finds in a document.
    ///
    /// # Errors
    /// Why it cannot be answered.
    pub(crate) fn find(&self, page: &Page) -> Result<Found, String> {
        self.evaluated(page, |value| match value {
            Value::NodeSet(nodes) => Found::Nodes(nodes.len()),
            Value::String(text) => Found::Text(text),
            Value::Number(number) => Found::Number(number),
            Value::Boolean(truth) => Found::Truth(truth),
        })
    }

    /// The texts of the nodes it finds, in the order of the document, those of elements with single spaces; or what it
    /// computes, as one text.
    ///
    /// # Errors
    /// Why it cannot be answered.
    pub(crate) fn texts(&self, page: &Page) -> Result<Vec<String>, String> {
        let text = |node: At<'_>| match node.kind() {
            NodeKind::Element | NodeKind::Root => {
                let text = node.string_value();
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            _ => node.string_value(),
        };
        self.evaluated(page, |value| match value {
            Value::NodeSet(mut nodes) => {
                nodes.sort_by(|one, two| one.document_order(*two));
                nodes.into_iter().map(text).collect()
            }
            other => vec![other.to_xpath_string()],
        })
    }

    /// Whether it finds nodes, and does not compute a value.
    pub(crate) fn finds_nodes(&self) -> bool {
        match &self.expression {
            Expr::Union(..) => true,
            Expr::Path(PathExpr::Filter(filter)) => {
                !filter.predicates.is_empty() || is_id(&filter.primary)
            }
            Expr::Path(_) => true,
            _ => false,
        }
    }

    fn evaluated<'p, T>(
        &self,
        page: &'p Page,
        look: impl FnOnce(Value<At<'p>>) -> T,
    ) -> Result<T, String> {
        page.allow(STEPS);
        let undeclared = RefCell::new(None);
        let namespaces = |prefix: &str| {
            let found = page.namespace(prefix);
            if found.is_none() {
                undeclared.replace(Some(prefix.to_owned()));
            }
            found
        };
        let mut context = EvaluationContext::new(page.root());
        context.namespaces = Some(&namespaces);
        let value = evaluate(&self.expression, &context).map_err(|error| error.to_string())?;
        let found = look(value);
        // It finds nothing, which must not prove that there is nothing.
        if let Some(prefix) = undeclared.take() {
            return Err(format!("the body declares no namespace `{prefix}`"));
        }
        // What was found before the steps ran out may be a part of it.
        if page.exhausted() {
            return Err("the page is too large or too deep for this expression".to_owned());
        }
        Ok(found)
    }
}

/// Whether it finds nodes without being a path.
fn is_id(primary: &PrimaryExpr) -> bool {
    match primary {
        PrimaryExpr::Function(call) => call.name.local == "id",
        PrimaryExpr::Parenthesized(inner) => {
            matches!(**inner, Expr::Union(..) | Expr::Path(PathExpr::Location(_)))
        }
        _ => false,
    }
}

impl Page {
    /// The document of a body of this media type.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn of<'h>(
        kind: Option<&str>,
        text: &str,
        html: impl FnOnce() -> Result<&'h Html, &'h str>,
    ) -> Result<Self, String> {
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind {
            "text/html" => Self::of_html(html()?),
            "text/xml" | "application/xml" => read::xml(text),
            other if other.ends_with("+xml") => read::xml(text),
            other => Err(format!(
                "XPath reads HTML and XML, and the answer's `content-type` is `{other}`"
            )),
        }
    }

    /// An HTML document.
    ///
    /// # Errors
    /// When it has too many nodes.
    pub(crate) fn of_html(document: &Html) -> Result<Self, String> {
        read::html(document)
    }
}
