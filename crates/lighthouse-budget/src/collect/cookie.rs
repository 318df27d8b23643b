//! Puts one cookie into a running Chrome, by its debugging socket (Chrome DevTools Protocol, `Storage.setCookies`).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use gate::Problem;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::chrome::Chrome;

/// Setting a cookie takes milliseconds.
const DEADLINE: Duration = Duration::from_secs(10);

/// A cookie as a server set it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cookie {
    pub name: String,
    pub value: String,
    pub secure: bool,
}

impl std::fmt::Debug for Cookie {
    /// Without its value, which opens the preview.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Cookie")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Cookie {
    /// The one that Vercel sets for a bypass secret.
    pub(super) const BYPASS: &str = "_vercel_jwt";

    /// Reads a `Set-Cookie` header.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        if name.is_empty() || value.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            value: value.to_owned(),
            secure: parts.any(|part| part.eq_ignore_ascii_case("secure")),
        })
    }

    /// The command. Without `domain` the cookie is for this host and not for its subdomains.
    fn command(&self, url: &Url) -> Value {
        json!({
            "id": 1,
            "method": "Storage.setCookies",
            "params": {"cookies": [{
                "name": self.name,
                "value": self.value,
                "url": url.origin().ascii_serialization(),
                "path": "/",
                "secure": self.secure,
                "httpOnly": true,
            }]},
        })
    }
}

/// Sets a cookie for the host of a page.
pub(super) async fn set(cookie: &Cookie, url: &Url, chrome: &Chrome) -> Result<(), Problem> {
    tokio::time::timeout(DEADLINE, send(cookie, url, chrome))
        .await
        .unwrap_or_else(|_| Err("no answer".to_owned()))
        .map_err(|reason| Problem::new(format!("give Chrome the bypass cookie: {reason}")))
}

async fn send(cookie: &Cookie, url: &Url, chrome: &Chrome) -> Result<(), String> {
    let address = format!("127.0.0.1:{}", chrome.port);
    let stream = TcpStream::connect(&address)
        .await
        .map_err(|error| error.to_string())?;
    let (mut socket, _) =
        tokio_tungstenite::client_async(format!("ws://{address}{}", chrome.socket), stream)
            .await
            .map_err(|error| error.to_string())?;
    let command = cookie.command(url).to_string();
    socket
        .send(Message::text(command))
        .await
        .map_err(|error| error.to_string())?;
    while let Some(message) = socket.next().await {
        let message = message.map_err(|error| error.to_string())?;
        let Ok(answer) = message.to_text().map(serde_json::from_str::<Value>) else {
            continue;
        };
        let Ok(answer) = answer else { continue };
        if answer.get("id") != Some(&json!(1)) {
            // Events come in between.
            continue;
        }
        return match answer.pointer("/error/message").and_then(Value::as_str) {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(()),
        };
    }
    Err("the socket was closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Cookie;

    #[test]
    fn a_set_cookie_header_is_read_and_its_value_is_not_shown() {
        let cookie =
            Cookie::parse("_vercel_jwt=abc=.d; Path=/; HttpOnly; Secure; SameSite=None").unwrap();
        assert_eq!(
            (cookie.name.as_str(), cookie.value.as_str(), cookie.secure),
            ("_vercel_jwt", "abc=.d", true)
        );
        assert!(!format!("{cookie:?}").contains("abc"));
        assert!(!Cookie::parse("a=b; Path=/secure").unwrap().secure);
        for bad in ["", "a", "=b", "a=; Path=/"] {
            assert!(Cookie::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_cookie_is_for_the_host_of_the_page_alone() {
        let cookie = Cookie::parse("_vercel_jwt=abc").unwrap();
        let command = cookie.command(&"https://a.example/p?q".parse().unwrap());
        let cookie = &command["params"]["cookies"][0];
        assert_eq!(cookie["url"], "https://a.example");
        assert!(cookie.get("domain").is_none());
    }
}
