//! Signals. A cancelled job gets SIGINT, then SIGTERM after 7.5 s, then dies: time enough to say where things stand.

/// Waits for a request to stop; gives the signal's name.
#[cfg(unix)]
pub(crate) async fn signal() -> &'static str {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).ok();
    match (
        listen(SignalKind::interrupt()),
        listen(SignalKind::terminate()),
    ) {
        (Some(mut interrupt), Some(mut terminate)) => tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        },
        // Without a handler the system ends the process itself.
        _ => std::future::pending().await,
    }
}

/// Waits for a request to stop; gives the signal's name.
#[cfg(not(unix))]
pub(crate) async fn signal() -> &'static str {
    match tokio::signal::ctrl_c().await {
        Ok(()) => "ctrl-c",
        Err(_) => std::future::pending().await,
    }
}
