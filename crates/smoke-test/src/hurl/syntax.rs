//! What a `.hurl` file says. Texts are as written, with their `{{name}}`.

use http_client::Method;
use serde_json::Value;

/// A place in the file, both from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) spot: Spot,
    pub(super) message: String,
}

/// A text and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) raw: String,
    pub(super) spot: Spot,
}

/// A file.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Words it is selected by: those of a comment `# tags: a, b` before the first request.
    pub tags: Vec<String>,
    /// Its requests.
    pub entries: Vec<Entry>,
}

/// A request and what its answer must be.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    pub(super) spot: Spot,
    pub(super) method: Method,
    pub(super) url: Text,
    pub(super) headers: Vec<Pair>,
    pub(super) query: Vec<Pair>,
    pub(super) form: Vec<Pair>,
    pub(super) cookies: Vec<Pair>,
    pub(super) basic: Option<Pair>,
    pub(super) body: Option<Payload>,
    /// How many redirects are followed.
    pub(super) redirects: u8,
    pub(super) compressed: bool,
    pub(super) expected: Option<Status>,
    pub(super) expected_headers: Vec<Pair>,
    pub(super) captures: Vec<CaptureLine>,
    pub(super) asserts: Vec<AssertLine>,
    pub(super) expected_body: Option<Payload>,
}

impl Entry {
    /// Method and address as written.
    pub fn request(&self) -> String {
        format!("{} {}", self.method, self.url.raw)
    }

    /// The address as written.
    pub fn address(&self) -> &str {
        &self.url.raw
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The line of the request.
    pub fn line(&self) -> u32 {
        self.spot.line
    }

    /// The names it captures.
    pub fn captured(&self) -> impl Iterator<Item = &str> {
        self.captures
            .iter()
            .map(|capture| capture.name.raw.as_str())
    }
}

/// `name: value`.
pub(super) type Pair = (Text, Text);

/// The status an answer must have.
#[derive(Clone, Debug)]
pub(super) struct Status {
    /// `None` for `*`.
    pub(super) code: Option<u16>,
    pub(super) spot: Spot,
}

/// A body.
#[derive(Clone, Debug)]
pub(super) enum Payload {
    /// Text.
    Text(Text),
    /// JSON, in whose texts values are escaped.
    Json(Text),
    /// The bytes of a file.
    File(Text),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A line of `[Captures]`.
#[derive(Clone, Debug)]
pub(super) struct CaptureLine {
    pub(super) name: Text,
    pub(super) query: Query,
    pub(super) filters: Vec<Filter>,
    pub(super) redact: bool,
}

/// A line of `[Asserts]`.
#[derive(Clone, Debug)]
pub(super) struct AssertLine {
    pub(super) spot: Spot,
    /// The whole line, for messages.
    pub(super) written: String,
    pub(super) query: Query,
    pub(super) filters: Vec<Filter>,
    pub(super) not: bool,
    pub(super) predicate: Predicate,
}

/// What of an answer is looked at.
#[derive(Clone, Debug)]
pub(super) enum Query {
    Part(Part),
    Header(Text),
    Cookie(Text),
    Jsonpath(Text),
    Xpath(Text),
    Regex(Pattern),
    Variable(Text),
}

/// A part of an answer that needs no further words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Status,
    Url,
    Body,
    Bytes,
    Sha256,
    Duration,
    CertificateExpires,
}

/// What is made of it.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Plain(Plain),
    Nth(i64),
    Jsonpath(Text),
    Xpath(Text),
    Regex(Pattern),
    Split(Text),
    Replace(Text, Text),
}

/// A filter that needs no further words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    Count,
    First,
    Last,
    ToInt,
    ToFloat,
    ToText,
    UrlEncode,
    UrlDecode,
    Base64Encode,
    Base64Decode,
    Utf8Decode,
    DaysAfterNow,
    DaysBeforeNow,
}

/// A regular expression.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// `/…/`, in which nothing is filled in.
    Plain(Text),
    /// In quotes.
    Quoted(Text),
}

/// What must hold.
#[derive(Clone, Debug)]
pub(super) enum Predicate {
    Compare(Comparison, Operand),
    Matches(Pattern),
    Exists,
    Is(Kind),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    More,
    MoreOrEqual,
    Less,
    LessOrEqual,
    StartsWith,
    EndsWith,
    Contains,
}

/// What kind a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Collection,
    Empty,
    Float,
    Integer,
    List,
    Number,
    Object,
    String,
}

/// A value to compare with.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Value(Value),
    Text(Text),
    /// `{{name}}` alone, which keeps its type.
    Variable(Text),
    Bytes(Vec<u8>),
}
