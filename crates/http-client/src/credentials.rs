//! Which headers travel to which host. A secret is bound to the scheme, host and port it was given for, so a redirect
//! cannot carry it away.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
};
use url::{Origin, Url};

use crate::{error::Error, redact::Secret, request::Request};

/// The secret headers of a client.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials(Vec<(Origin, HeaderName, Secret)>);

impl Credentials {
    /// Adds one for the URL's origin.
    pub(crate) fn add(&mut self, url: &Url, name: HeaderName, value: Secret) {
        self.0.push((url.origin(), name, value));
    }

    /// The headers for one hop. Away from the request's own origin it carries nothing that identifies anybody.
    pub(crate) fn headers(&self, request: &Request, url: &Url) -> Result<HeaderMap, Error> {
        let origin = url.origin();
        let at_home = origin == request.url.origin();
        let mut headers = request.headers.clone();
        if !at_home {
            for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
                headers.remove(name);
            }
        }
        let of_client = self
            .0
            .iter()
            .filter(|(home, ..)| *home == origin)
            .map(|(_, name, value)| (name, value));
        let of_request = request
            .secrets
            .iter()
            .filter(|_| at_home)
            .map(|(name, value)| (name, value));
        for (name, secret) in of_client.chain(of_request) {
            let mut value =
                HeaderValue::from_str(secret.expose()).map_err(|_| Error::HeaderValue {
                    header: name.to_string(),
                })?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}
