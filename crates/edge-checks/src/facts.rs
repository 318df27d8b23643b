//! What a visit saw, as plain values: everything the findings are made from.

use http::HeaderMap;

use crate::{site::Site, tls::Tls};

/// What a visit saw. A text in an `Err` says why something could not be seen.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The page and the ways to it.
    pub site: Result<Site, String>,
    /// Its TLS; `None` where the target is plain http.
    pub tls: Option<Result<Tls, String>>,
    /// One for each cache rule, in order.
    pub cache: Vec<Result<Cached, String>>,
    /// One for each path that should be compressed, in order.
    pub compression: Vec<Result<Compressed, String>>,
    /// What the rate limit did.
    pub rate_limit: Option<Result<Limited, String>>,
    /// When, in seconds since 1970.
    pub now: i64,
}

/// Several answers to the same request.
#[derive(Clone, Debug)]
pub struct Cached {
    /// The path that was asked.
    pub path: String,
    /// The headers of each answer, in order; at least one.
    pub answers: Vec<HeaderMap>,
}

/// An answer to a browser that accepts Brotli only.
#[derive(Clone, Debug)]
pub struct Compressed {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its size on the wire, in bytes.
    pub bytes: usize,
    /// Its decoded size in bytes, or why it does not decode.
    pub decoded: Result<usize, String>,
}

/// What happened to many requests in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// How many were sent.
    pub sent: u32,
    /// How many passed before the first 429; `None` when all did.
    pub passed: Option<u32>,
    /// Whether the first 429 said when to come back.
    pub retry_after: bool,
}
