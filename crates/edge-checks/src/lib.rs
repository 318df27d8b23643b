//! What a web server promises at its edge: security headers, TLS, caching, compression, rate limits.
//!
//! [`observatory`] scores a [`Site`] as the MDN HTTP Observatory does. Everything here is pure except
//! [``tls`, which opens connections of its own, because no HTTP client shows what a handshake refuses.

mod html;
pub mod observatory;
mod site;
#[cfg(test)]
mod testing;
pub mod tls;

pub use site::{CrossOrigin, Https, PlainHttp, Site};
