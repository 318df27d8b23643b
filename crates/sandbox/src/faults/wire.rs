//! A listener whose connections can be cut in the middle of a request, and a server that stops with its port closed.
//! HTTP frameworks always answer; a dropped connection, the commonest fault of all, needs a hand on the socket.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// One running server.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it and returns once its port is closed.
    pub(crate) async fn stop(self) {
        self.task.abort();
        // The error is the abort we asked for.
        let _ = self.task.await;
    }

    /// Stops it without waiting.
    pub(crate) fn abort(&self) {
        self.task.abort();
    }
}

/// Serves `router` on loopback; port 0 takes a free one.
pub(crate) async fn serve(port: u16, router: Router) -> io::Result<Server> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let service = router.into_make_service_with_connect_info::<Wire>();
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(Cuttable(listener), service).await {
            tracing::warn!(%address, %error, "a sandbox server ended");
        }
    });
    Ok(Server { address, task })
}

/// The hand on one connection's socket; handlers get it as `ConnectInfo<Wire>`.
#[derive(Debug, Clone)]
pub(crate) struct Wire(Arc<AtomicU64>);

/// Bytes that may be sent on a connection that nobody cuts.
const WHOLE: u64 = u64::MAX;

impl Wire {
    /// From now on only so many bytes are sent: the client sees the connection close there, with 0 without an answer.
    pub(super) fn cut_after(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, Cuttable>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        Self(Arc::clone(&stream.io().left))
    }
}

struct Cuttable(TcpListener);

impl Listener for Cuttable {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (
            Connection {
                stream,
                left: Arc::new(AtomicU64::new(WHOLE)),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

struct Connection {
    stream: TcpStream,
    /// Bytes that may still be sent.
    left: Arc<AtomicU64>,
}

impl Connection {
    /// How much of a write may be sent; an error once the connection is cut.
    fn admitted(&self, length: usize) -> io::Result<usize> {
        match self.left.load(Ordering::Acquire) {
            0 => Err(io::ErrorKind::ConnectionReset.into()),
            left => Ok(usize::try_from(left).map_or(length, |left| left.min(length))),
        }
    }

    fn sent(&self, outcome: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(sent)) = outcome {
            let left = self.left.load(Ordering::Acquire);
            if left != WHOLE {
                let left = left.saturating_sub(*sent as u64);
                self.left.store(left, Ordering::Release);
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let admitted = self.admitted(buf.len())?;
        let outcome = Pin::new(&mut self.stream).poll_write(cx, &buf[..admitted]);
        self.sent(&outcome);
        outcome
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = bufs.iter().map(|buf| buf.len()).sum();
        if self.admitted(length)? < length {
            // Cut short, which only one buffer at a time can be.
            let first = bufs.iter().find(|buf| !buf.is_empty());
            return self.poll_write(cx, first.map_or(&[][..], |buf| buf));
        }
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.sent(&outcome);
        outcome
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
