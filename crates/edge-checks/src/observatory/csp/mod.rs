//! The Content-Security-Policy of a page: what it allows, and what that is worth.

mod policies;
mod rating;

pub use policies::{InvalidCsp, Policies};
pub use rating::Weakness;
pub(super) use rating::rate;

use crate::{html, site::Site};

/// Every weakness of a site's policy, worst first; the rating names only the first.
pub fn weaknesses(site: &Site) -> Vec<Weakness> {
    rate(site).weaknesses
}

/// The policies of the headers and of the page. A header may carry several, separated by commas (CSP Level 3, 3.1).
fn of_site(site: &Site) -> (Vec<String>, Vec<String>) {
    let headers = site
        .values("content-security-policy")
        .iter()
        .flat_map(|value| value.split(','))
        .map(str::to_owned)
        .collect();
    let metas = if site.is_html() {
        html::content_security_policies(&site.body)
    } else {
        Vec::new()
    };
    (headers, metas)
}
