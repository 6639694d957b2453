//! A connection with bounds: how long it may stand still, how long a request may take to arrive, how old it may become.
//!
//! One timer for all of them, and it is only set anew when it goes off: most requests touch no timer at all.
//!
//! Kept beside hyper's own timeout and tower's: those bound the head or the answer of a request, and neither idle time
//! nor the lifetime of a connection.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::ServerSettings;
use super::metrics::{Limit, Metrics};

/// How many heads of requests were read whole, told by who reads them to who counts the time.
#[derive(Debug, Default)]
pub(crate) struct HeadCounter(AtomicU64);

impl HeadCounter {
    pub(crate) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A connection that fails when nothing moves for too long, when a request takes too long, or when it is too old.
pub(crate) struct BoundedStream {
    stream: TcpStream,
    settings: ServerSettings,
    metrics: Arc<Metrics>,
    heads: Arc<HeadCounter>,
    /// The heads that were read when the first byte of the next one came, and when that was.
    begun: Option<(u64, Instant)>,
    moved: Instant,
    end: Instant,
    timer: Pin<Box<Sleep>>,
}

impl BoundedStream {
    pub(crate) fn new(
        stream: TcpStream,
        settings: &ServerSettings,
        metrics: Arc<Metrics>,
        heads: Arc<HeadCounter>,
    ) -> Self {
        // Nagle's algorithm would hold small answers back for tens of milliseconds. A refusal costs only that.
        let _ = stream.set_nodelay(true);
        let now = Instant::now();
        Self {
            stream,
            settings: *settings,
            metrics,
            heads,
            // A connection on which nothing is ever said is one on which a request takes too long.
            begun: Some((0, now)),
            moved: now,
            // The first answer after its life closes it; this is for who asks for nothing more, and reads slowly.
            end: now + settings.life + settings.idle,
            timer: Box::pin(tokio::time::sleep_until(
                now + settings.idle.min(settings.request),
            )),
        }
    }

    /// After something moved the time begins anew; while nothing moves it runs.
    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        moved: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let now = Instant::now();
        if moved.is_ready() {
            self.moved = now;
            if now < self.end {
                return moved;
            }
            return Poll::Ready(Err(self.hit(Limit::Life)));
        }
        while self.timer.as_mut().poll(context).is_ready() {
            let (limit, deadline) = self.deadline();
            if deadline <= now {
                return Poll::Ready(Err(self.hit(limit)));
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// The next moment at which the connection has failed if nothing more moves.
    fn deadline(&self) -> (Limit, Instant) {
        let idle = (Limit::Idle, self.moved + self.settings.idle);
        let life = (Limit::Life, self.end);
        let begun = self.begun.filter(|(heads, _)| *heads == self.heads.read());
        let request = begun.map(|(_, since)| (Limit::Request, since + self.settings.request));
        let all = [Some(idle), Some(life), request].into_iter().flatten();
        all.min_by_key(|(_, deadline)| *deadline).unwrap_or(idle)
    }

    /// Bytes that came: the first after a head begin the next one.
    fn received(&mut self) {
        let heads = self.heads.read();
        if self.begun.is_none_or(|(before, _)| before != heads) {
            self.begun = Some((heads, self.moved));
            // The timer may stand further away, at the end of standing still.
            let deadline = self.moved + self.settings.request;
            if deadline < self.timer.deadline() {
                self.timer.as_mut().reset(deadline);
            }
        }
    }

    fn hit(&self, limit: Limit) -> io::Error {
        self.metrics.limit(limit);
        io::ErrorKind::TimedOut.into()
    }
}

impl AsyncRead for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let moved = Pin::new(&mut self.stream).poll_read(context, buffer);
        let moved = self.bounded(context, moved);
        if buffer.filled().len() > before {
            self.received();
        }
        moved
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write(context, buffer);
        self.bounded(context, moved)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let moved = Pin::new(&mut self.stream).poll_write_vectored(context, buffers);
        self.bounded(context, moved)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
