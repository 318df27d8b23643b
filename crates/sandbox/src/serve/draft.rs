//! A response in the making: status, headers, body, and the digest that says the body is a file as it was uploaded.

use std::collections::BTreeMap;

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{headers::REVALIDATE, site::Asset};
use crate::vercel::{Inner, mishaps::Spoil};

/// What a response will be.
pub(super) struct Draft {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Bytes,
    /// SHA-1 of an unspoilt file's content; it is cached, compressed and revalidated.
    pub(super) sha: Option<String>,
    /// Whether the build rendered it for a function that is not there.
    pub(super) prerendered: bool,
}

impl Draft {
    /// A text of the edge's own.
    pub(super) fn plain(status: u16, code: &str, text: &str) -> Self {
        let mut headers = BTreeMap::new();
        headers.insert(
            "content-type".to_owned(),
            "text/plain; charset=utf-8".to_owned(),
        );
        headers.insert("x-vercel-error".to_owned(), code.to_owned());
        headers.insert("cache-control".to_owned(), REVALIDATE.to_owned());
        Self {
            status,
            headers,
            body: Bytes::from(format!("{text}\n\n{code}\n")),
            sha: None,
            prerendered: false,
        }
    }

    /// A file's content with the headers every static file has.
    pub(super) async fn file(
        inner: &Inner,
        asset: &Asset,
        status: u16,
        mut headers: BTreeMap<String, String>,
    ) -> std::io::Result<Self> {
        let body = Bytes::from(inner.blobs.read(&asset.sha).await?);
        let (mut status, initial) = (status, asset.prerender.as_deref());
        if let Some(initial) = initial {
            status = initial.status.unwrap_or(status);
            for (name, value) in &initial.headers {
                headers
                    .entry(name.to_ascii_lowercase())
                    .or_insert_with(|| value.clone());
            }
        }
        headers
            .entry("content-type".to_owned())
            .or_insert_with(|| asset.content_type.clone());
        headers
            .entry("cache-control".to_owned())
            .or_insert_with(|| REVALIDATE.to_owned());
        headers
            .entry("content-disposition".to_owned())
            .or_insert_with(|| "inline".to_owned());
        Ok(Self {
            status,
            headers,
            body,
            sha: Some(asset.sha.clone()),
            prerendered: asset.prerender.is_some(),
        })
    }

    /// Makes it wrong.
    pub(super) fn spoil(&mut self, spoil: Option<&Spoil>) {
        match spoil {
            None => return,
            Some(Spoil::Answer { status, body }) => {
                self.status = *status;
                if let Some(body) = body {
                    self.body = Bytes::from(body.clone());
                }
            }
            Some(Spoil::Append) => {
                let mut longer = self.body.to_vec();
                longer.extend_from_slice(b"\n<!-- not what was uploaded -->\n");
                self.body = Bytes::from(longer);
            }
        }
        // Neither cached nor revalidated: the digest is no longer that of the body.
        self.sha = None;
    }

    /// The response itself; HEAD gets the headers of GET.
    pub(super) fn into_response(self, head: bool) -> Response {
        let Self {
            status,
            headers,
            body,
            ..
        } = self;
        let length = body.len();
        let body = if head {
            Body::empty()
        } else {
            Body::from(body)
        };
        let mut response = body.into_response();
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), HeaderValue::from_str(&value))
            {
                response.headers_mut().append(name, value);
            }
        }
        if status != 304 {
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }
}
