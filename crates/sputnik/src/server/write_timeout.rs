//! A connection whose other end takes nothing of what is sent to it is ended after a while: an answer that nobody reads
//! is not kept for ever.
//!
//! Whoever makes an answer cannot see to that: it is asked for more when there is room for it, and where nobody reads
//! there never is.

use axum::serve::Listener;
use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// For how long the other end may take not a single byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections that end where nothing is taken.
#[derive(Debug)]
pub struct WriteTimeout<L>(pub(crate) L);

impl<L: Listener> Listener for WriteTimeout<L> {
    type Io = TimedConnection<L::Io>;
    type Addr = L::Addr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (connection, address) = self.0.accept().await;
        (TimedConnection { connection, stalled: None }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// One of them.
#[derive(Debug)]
pub struct TimedConnection<C> {
    pub(crate) connection: C,
    /// Runs while something waits to be taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<C: Unpin> TimedConnection<C> {
    fn in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut C>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(written) = write(Pin::new(&mut self.connection), context) {
            self.stalled = None;
            return Poll::Ready(written);
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing is taken of what is sent")))
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for TimedConnection<C> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_read(context, to)
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for TimedConnection<C> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.in_time(context, |connection, context| connection.poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.in_time(context, AsyncWrite::poll_flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.in_time(context, AsyncWrite::poll_shutdown)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.in_time(context, |connection, context| connection.poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::Instant,
    };

    #[tokio::test(start_paused = true)]
    async fn whoever_reads_nothing_is_cut_off_and_whoever_reads_slowly_is_not() {
        let (here, mut there) = duplex(64);
        let mut here = TimedConnection { connection: here, stalled: None };
        let reads = async {
            for _ in 0..10 {
                sleep(PATIENCE / 2).await;
                there.read_exact(&mut [0; 64]).await.expect("it is sent");
            }
        };
        let (written, ()) = tokio::join!(here.write_all(&[7; 640]), reads);
        written.expect("a little is taken now and then");
        here.write_all(&[7; 64]).await.expect("nobody has to read it at once");
        let began = Instant::now();
        let error = here.write_all(&[7; 64]).await.expect_err("nobody reads");
        assert_eq!((error.kind(), began.elapsed()), (io::ErrorKind::TimedOut, PATIENCE));
    }
}
