//! Answers kept for one client's life, so that asking again costs no quota: GitHub counts no request that
//! it can answer with 304 (docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
//! Nothing is taken from memory unasked; GitHub says every time whether it still holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use crate::call::Response;

/// The most that is kept, in bytes of bodies. A gate's life is short: what does not fit is asked for whole.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Answers by address.
#[derive(Default)]
pub(crate) struct Cache(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    kept: HashMap<Url, Arc<Kept>>,
    bytes: usize,
}

/// An answer with its ETag.
pub(crate) struct Kept {
    pub(crate) etag: HeaderValue,
    links: Vec<HeaderValue>,
    body: Vec<u8>,
}

impl Kept {
    /// The answer as it came first.
    pub(crate) fn response(&self) -> Response {
        let mut headers = HeaderMap::new();
        for link in &self.links {
            headers.append(header::LINK, link.clone());
        }
        Response {
            status: StatusCode::OK,
            headers,
            body: self.body.clone(),
        }
    }
}

impl Cache {
    pub(crate) fn get(&self, url: &Url) -> Option<Arc<Kept>> {
        self.entries().kept.get(url).cloned()
    }

    /// Keeps the answer to a GET, if it is a success with an ETag and there is room.
    pub(crate) fn keep(&self, url: &Url, response: &Response) {
        let Some(etag) = response.headers.get(header::ETAG) else {
            return;
        };
        let mut entries = self.entries();
        entries.remove(url);
        if response.status != StatusCode::OK || entries.bytes + response.body.len() > MAX_BYTES {
            return;
        }
        entries.bytes += response.body.len();
        let kept = Kept {
            etag: etag.clone(),
            links: response
                .headers
                .get_all(header::LINK)
                .iter()
                .cloned()
                .collect(),
            body: response.body.clone(),
        };
        entries.kept.insert(url.clone(), Arc::new(kept));
    }

    pub(crate) fn forget(&self, url: &Url) {
        self.entries().remove(url);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn remove(&mut self, url: &Url) {
        if let Some(gone) = self.kept.remove(url) {
            self.bytes -= gone.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: StatusCode, etag: Option<&'static str>, body: usize) -> Response {
        let etag = etag.map(|etag| (header::ETAG, HeaderValue::from_static(etag)));
        Response {
            status,
            headers: etag.into_iter().collect(),
            body: vec![0; body],
        }
    }

    #[test]
    fn only_successes_with_an_etag_are_kept_and_never_too_many() {
        let cache = Cache::default();
        let url = |path: &str| -> Url { format!("https://x/{path}").parse().unwrap() };
        cache.keep(&url("none"), &response(StatusCode::OK, None, 1));
        cache.keep(
            &url("gone"),
            &response(StatusCode::NOT_FOUND, Some("\"1\""), 1),
        );
        cache.keep(
            &url("half"),
            &response(StatusCode::OK, Some("\"1\""), MAX_BYTES / 2),
        );
        cache.keep(
            &url("full"),
            &response(StatusCode::OK, Some("\"2\""), MAX_BYTES),
        );
        for (path, there) in [
            ("none", false),
            ("gone", false),
            ("half", true),
            ("full", false),
        ] {
            assert_eq!(cache.get(&url(path)).is_some(), there, "{path}");
        }
        // A newer answer takes the place of the older one, also in the count.
        for _ in 0..3 {
            cache.keep(
                &url("half"),
                &response(StatusCode::OK, Some("\"3\""), MAX_BYTES / 2),
            );
        }
        assert_eq!(cache.get(&url("half")).unwrap().etag, "\"3\"");
        cache.forget(&url("half"));
        assert_eq!(cache.entries().bytes, 0);
    }
}
