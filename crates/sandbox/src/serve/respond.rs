//! One visit, from request to response: wall, deployment, routes, mishaps, then the body with its cache and encoding headers.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use axum::{
    body::Bytes,
    http::{HeaderMap, Uri, header},
    response::Response,
};

use super::{
    Host,
    cache::Lookup,
    content_type,
    draft::Draft,
    encode::Encoding,
    headers::{REVALIDATE, hide_edge_rules, is_known, is_storable, vary},
    pick::{self, Picked},
    range::{self, Range},
    routes::{self, Ask, Found},
    split, wall,
};
use crate::vercel::Inner;

/// A request, taken apart.
pub(super) struct Visit<'a> {
    pub(super) host: String,
    pub(super) method: String,
    pub(super) uri: Uri,
    pub(super) headers: &'a HeaderMap,
}

impl Visit<'_> {
    /// The response, and the deployment that gave it.
    pub(super) async fn answer(&self, inner: &Inner, host: &Host) -> (Response, Option<String>) {
        let rules = pick::rules(inner, host);
        if let Some(response) = wall::check(
            &rules,
            &inner.api_url(),
            &self.host,
            &self.uri,
            self.headers,
        ) {
            return (response, None);
        }
        let cookies = super::cookies(self.headers);
        let picked = pick::pick(
            inner,
            host,
            self.uri.path(),
            self.uri.query().unwrap_or_default(),
            &cookies,
        );
        let Some(picked) = picked else {
            let draft = Draft::plain(
                404,
                "DEPLOYMENT_NOT_FOUND",
                "No deployment answers here yet.",
            );
            return (self.finish(inner, draft, None), None);
        };
        let draft = match self.draft(inner, &picked).await {
            Ok(draft) => draft,
            Err(error) => Draft::plain(
                500,
                "SANDBOX_STORAGE",
                &format!("A stored file cannot be read: {error}"),
            ),
        };
        let response = self.finish(inner, draft, Some(&picked));
        (response, Some(picked.id))
    }

    async fn draft(&self, inner: &Inner, picked: &Picked) -> std::io::Result<Draft> {
        let Some(site) = &picked.site else {
            return Ok(Draft::plain(
                503,
                "DEPLOYMENT_NOT_READY",
                "The deployment is not ready.",
            ));
        };
        let mut headers = BTreeMap::new();
        for (name, value) in self.headers {
            headers.insert(
                name.as_str().to_owned(),
                value.to_str().unwrap_or_default().to_owned(),
            );
        }
        let query = self.uri.query().unwrap_or_default();
        let ask = Ask {
            method: &self.method,
            path: self.uri.path(),
            query,
            host: &self.host,
            headers,
        };
        let routed = routes::route(site, &ask);
        let mut draft = match routed.found {
            Found::File(_) if !matches!(self.method.as_str(), "GET" | "HEAD") => Draft::plain(
                405,
                "METHOD_NOT_ALLOWED",
                "A static file answers GET and HEAD only.",
            ),
            Found::File(asset) => Draft::file(inner, asset, routed.status, routed.headers).await?,
            Found::Function(name) => {
                let text = format!("The sandbox runs no functions: `{name}` is not served here.");
                Draft::plain(501, "FUNCTION_NOT_SERVED", &text)
            }
            Found::Elsewhere(url) => {
                let text = format!("The sandbox follows no rewrites to other hosts: {url}");
                Draft::plain(501, "REWRITE_NOT_SERVED", &text)
            }
            Found::Redirect(location) => {
                let mut draft = Draft {
                    status: routed.status,
                    headers: routed.headers,
                    body: Bytes::new(),
                    sha: None,
                    prerendered: false,
                };
                draft.headers.insert("location".to_owned(), location);
                draft
                    .headers
                    .entry("cache-control".to_owned())
                    .or_insert_with(|| REVALIDATE.to_owned());
                draft
            }
            Found::Nothing => {
                let mut draft = Draft::plain(routed.status, "NOT_FOUND", "Nothing is here.");
                draft.headers.extend(routed.headers);
                draft
            }
        };
        draft.spoil(picked.spoil.as_ref());
        Ok(draft)
    }

    fn finish(&self, inner: &Inner, draft: Draft, picked: Option<&Picked>) -> Response {
        let Draft {
            mut status,
            mut headers,
            mut body,
            sha,
            prerendered,
        } = draft;
        let number = inner.edge.requests.fetch_add(1, Ordering::Relaxed);
        headers.insert("server".to_owned(), "stagegate-sandbox".to_owned());
        headers.insert("x-vercel-id".to_owned(), format!("loc1::{number:08}"));
        if let Some(picked) = picked {
            headers.insert("x-deployment-id".to_owned(), picked.id.clone());
            if let Some(bucket) = &picked.bucket {
                let cookie = format!("{}={bucket}; Path=/; SameSite=Lax", split::COOKIE);
                headers.insert("set-cookie".to_owned(), cookie);
            }
            if picked.noindex {
                headers
                    .entry("x-robots-tag".to_owned())
                    .or_insert_with(|| "noindex".to_owned());
            }
        }
        let tags = headers.remove("vercel-cache-tag").unwrap_or_default();
        hide_edge_rules(&mut headers);
        let storable = sha.is_some() && is_storable(&headers) && matches!(status, 200 | 404);
        let cache = self.cache(inner, picked.filter(|_| storable), &tags, prerendered);
        headers.insert("x-vercel-cache".to_owned(), cache.0.to_owned());
        headers.insert("age".to_owned(), cache.1.to_string());
        if let Some(sha) = sha {
            self.negotiate(inner, &mut status, &mut headers, &mut body, &sha);
        }
        Draft {
            status,
            headers,
            body,
            sha: None,
            prerendered,
        }
        .into_response(self.method == "HEAD")
    }

    /// MISS once per host, deployment and path, then HIT. Static files are keyed without their query.
    fn cache(
        &self,
        inner: &Inner,
        picked: Option<&Picked>,
        tags: &str,
        prerendered: bool,
    ) -> (&'static str, u32) {
        if self.headers.contains_key(header::AUTHORIZATION) {
            return ("BYPASS", 0);
        }
        let Some(picked) = picked else {
            return ("MISS", 0);
        };
        inner.edge.look(&Lookup {
            host: &self.host,
            deployment: &picked.id,
            path: self.uri.path(),
            production: picked.production,
            tags,
            prerendered,
        })
    }

    /// Validators, byte ranges and encodings of a file that is as it was uploaded.
    fn negotiate(
        &self,
        inner: &Inner,
        status: &mut u16,
        headers: &mut BTreeMap<String, String>,
        body: &mut Bytes,
        sha: &str,
    ) {
        let asked = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        if *status != 200 {
            self.encode(inner, headers, body, sha);
            return;
        }
        headers.insert("accept-ranges".to_owned(), "bytes".to_owned());
        let strong = format!("\"{sha}\"");
        if is_known(self.headers, sha) {
            *status = 304;
            for name in ["content-type", "content-disposition"] {
                headers.remove(name);
            }
            headers.insert("etag".to_owned(), strong);
            *body = Bytes::new();
            return;
        }
        // Parts of a file are parts of the file, not of what an encoding made of it.
        let same = asked(header::IF_RANGE).is_none_or(|tag| tag == strong);
        let asked_range = asked(header::RANGE).filter(|_| same && self.method == "GET");
        match asked_range.map_or(Range::Whole, |range| range::read(range, body.len())) {
            Range::Whole => {
                let encoding = self.encode(inner, headers, body, sha);
                let weak = encoding != Encoding::Identity;
                let etag = if weak { format!("W/{strong}") } else { strong };
                headers.insert("etag".to_owned(), etag);
            }
            Range::Part(first, last) => {
                *status = 206;
                let whole = body.len();
                *body = body.slice(first..=last);
                let range = format!("bytes {first}-{last}/{whole}");
                headers.insert("content-range".to_owned(), range);
                headers.insert("etag".to_owned(), strong);
            }
            Range::Outside => {
                *status = 416;
                headers.insert(
                    "content-range".to_owned(),
                    format!("bytes */{}", body.len()),
                );
                *body = Bytes::new();
            }
        }
    }

    /// Compresses what is worth it for those who accept it.
    fn encode(
        &self,
        inner: &Inner,
        headers: &mut BTreeMap<String, String>,
        body: &mut Bytes,
        sha: &str,
    ) -> Encoding {
        let compressible = headers
            .get("content-type")
            .is_some_and(|kind| content_type::is_compressible(kind));
        if !compressible || body.is_empty() {
            return Encoding::Identity;
        }
        headers.insert("vary".to_owned(), vary(headers.get("vary")));
        let accepts = self
            .headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let encoding = Encoding::accepted(accepts);
        let (Some(name), Ok(smaller)) = (
            encoding.name(),
            inner.edge.compressed.get(sha, encoding, body),
        ) else {
            return Encoding::Identity;
        };
        *body = smaller;
        headers.insert("content-encoding".to_owned(), name.to_owned());
        encoding
    }
}
