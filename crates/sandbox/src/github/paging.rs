//! GitHub's paging: `per_page` (30, at most 100), `page`, and a `Link` header with first, prev, next and last.

use serde_json::{Value, json};

use super::call::{Answer, Call};

const DEFAULT_PER_PAGE: usize = 30;
const MAX_PER_PAGE: usize = 100;

/// 200 with one page of `items` as a bare array.
pub(super) fn list<T>(call: &Call<'_>, items: Vec<T>, shape: impl Fn(T) -> Value) -> Answer {
    let window = Window::of(call, items.len());
    let body = window.cut(items, shape);
    window.answer(call, body)
}

/// 200 with one page of `items` under `key`, beside `total_count`.
pub(super) fn counted<T>(
    call: &Call<'_>,
    key: &str,
    items: Vec<T>,
    shape: impl Fn(T) -> Value,
) -> Answer {
    let window = Window::of(call, items.len());
    let total = items.len();
    let body = window.cut(items, shape);
    window.answer(call, json!({ "total_count": total, key: body }))
}

/// Which part of a list is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Window {
    page: usize,
    per_page: usize,
    pages: usize,
}

impl Window {
    /// Reads the query as GitHub does: values it cannot use fall back to the default, too large ones to the limit.
    fn of(call: &Call<'_>, total: usize) -> Self {
        let number = |name| {
            call.query(name)
                .and_then(|text| text.parse::<usize>().ok())
                .filter(|number| *number > 0)
        };
        let per_page = number("per_page")
            .unwrap_or(DEFAULT_PER_PAGE)
            .min(MAX_PER_PAGE);
        Self {
            page: number("page").unwrap_or(1),
            per_page,
            pages: total.div_ceil(per_page).max(1),
        }
    }

    fn cut<T>(&self, items: Vec<T>, shape: impl Fn(T) -> Value) -> Value {
        let skipped = (self.page - 1).saturating_mul(self.per_page);
        items
            .into_iter()
            .skip(skipped)
            .take(self.per_page)
            .map(shape)
            .collect()
    }

    fn answer(&self, call: &Call<'_>, body: Value) -> Answer {
        let mut answer = Answer::ok(body);
        let mut links = Vec::new();
        if self.page > 1 {
            links.push(("prev", (self.page - 1).min(self.pages)));
        }
        if self.page < self.pages {
            links.push(("next", self.page + 1));
            links.push(("last", self.pages));
        }
        if self.page > 1 {
            links.push(("first", 1));
        }
        if !links.is_empty() {
            let entries: Vec<String> = links
                .into_iter()
                .map(|(relation, page)| format!("<{}>; rel=\"{relation}\"", address(call, page)))
                .collect();
            answer.headers.push(("link", entries.join(", ")));
        }
        answer
    }
}

/// The address of another page of the same question.
fn address(call: &Call<'_>, page: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in call.query.iter().filter(|(key, _)| key != "page") {
        query.append_pair(key, value);
    }
    query.append_pair("page", &page.to_string());
    format!("{}{}?{}", call.links.api, call.path, query.finish())
}
