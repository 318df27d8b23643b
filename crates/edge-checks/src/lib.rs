//! What a web server promises at its edge: security headers, TLS, caching, compression, rate limits.
//!
//! [`observatory`] scores a [`Site`] as the MDN HTTP Observatory does. Everything here is pure except
//! [``tls`, which opens connections of its own, because no HTTP client shows what a handshake refuses.

pub mod facts;
mod html;
mod judge;
pub mod observatory;
mod plan;
pub mod policy;
mod site;
#[cfg(test)]
mod testing;
pub mod tls;
mod visit;

pub use judge::{Judged, judge};
pub use plan::{Mistake, Plan};
pub use site::{CrossOrigin, Https, PlainHttp, Site};
pub use visit::{Visit, visit};
