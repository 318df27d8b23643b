//! The one registry endpoint that is not on every mirror: npm's bulk advisories. This one knows none, so
//! that `npm audit` gives a real and empty report without leaving the machine.

use axum::Router;
use axum::routing::post;

use crate::error::Error;

/// Starts the endpoint on a free loopback port and gives its address; it ends with the runtime.
pub(crate) async fn start() -> Result<String, Error> {
    let fail = |error: std::io::Error| Error::Sandbox(format!("npm audit endpoint: {error}"));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    let none = || async { ([("content-type", "application/json")], "{}") };
    let router = Router::new().route("/-/npm/v1/security/advisories/bulk", post(none));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/"))
}
