//! An answer as rules and captures look at it: decoded, and read as text, JSON or HTML when the first of them asks.

use std::{borrow::Cow, cell::OnceCell};

use http_client::{Class, Response, header::SET_COOKIE};
use jiff::Timestamp;
use scraper::Html;
use serde_json::Value;

use crate::{markup, xpath::Page};

/// An answer and what is known around it.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer; its body is decoded.
    pub response: Response,
    /// What its status means for a repetition.
    pub class: Class,
    /// The size of the body as it was sent, in bytes.
    pub size: u64,
    /// When it came.
    pub now: Timestamp,
}

/// An answer that is being looked at.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The answer.
    pub answer: &'a Answered,
    text: OnceCell<Cow<'a, str>>,
    json: OnceCell<Result<Value, String>>,
    html: OnceCell<Result<Html, String>>,
    page: OnceCell<Result<Page, String>>,
}

impl<'a> Seen<'a> {
    /// Looks at an answer.
    pub fn new(answer: &'a Answered) -> Self {
        Self {
            answer,
            text: OnceCell::new(),
            json: OnceCell::new(),
            html: OnceCell::new(),
            page: OnceCell::new(),
        }
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> &str {
        self.text
            .get_or_init(|| String::from_utf8_lossy(&self.answer.response.body))
    }

    /// The body as JSON, or why it is none.
    pub fn json(&self) -> Result<&Value, &str> {
        self.json
            .get_or_init(|| {
                serde_json::from_slice(&self.answer.response.body)
                    .map_err(|error| format!("the body is no JSON ({error})"))
            })
            .as_ref()
            .map_err(String::as_str)
    }

    /// The body as HTML, which anything is in some way, unless it is made to be slow.
    pub fn html(&self) -> Result<&Html, &str> {
        self.html
            .get_or_init(|| markup::parse(self.text()))
            .as_ref()
            .map_err(String::as_str)
    }

    /// The body as XPath sees it, or why it cannot.
    pub fn page(&self) -> Result<&Page, &str> {
        self.page
            .get_or_init(|| {
                let kind = self.answer.response.header("content-type");
                Page::of(kind, self.text(), || self.html())
            })
            .as_ref()
            .map_err(String::as_str)
    }

    /// The values of a header, in the order they came.
    pub fn headers(&self, name: &str) -> Vec<Cow<'_, str>> {
        self.answer
            .response
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect()
    }

    /// The value of a cookie that the answer sets; the last one of that name, as a browser would keep it.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.answer.response.headers.get_all(SET_COOKIE);
        cookies.iter().rev().find_map(|cookie| {
            let text = String::from_utf8_lossy(cookie.as_bytes());
            let pair = text.split(';').next()?;
            let (found, value) = pair.split_once('=')?;
            (found.trim() == name).then(|| value.trim().to_owned())
        })
    }
}
