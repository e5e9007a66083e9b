//! A way to a server that can be cut, held up, slowed down, or made to lose what comes back.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream, tcp::ReadHalf, tcp::WriteHalf},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// What happens to what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It passes.
    Open,
    /// Nothing passes, and nobody is told: it waits here, as in a network that is partitioned. New connections too.
    Held,
    /// What comes back passes at so many bytes a second, as to somebody who reads slowly.
    Slow(usize),
    /// What goes there passes; the first that comes back is lost, and its connection cut.
    LosesAnswers,
}

/// Passes bytes on to a port of this machine and back, as long as it is let. Connections end with it.
pub struct CuttingProxy {
    port: u16,
    target: Arc<AtomicU16>,
    way: watch::Sender<Way>,
    /// How often everything was cut.
    cuts: watch::Sender<u64>,
    accepting: JoinHandle<()>,
}

impl CuttingProxy {
    /// Starts one before `target`.
    pub async fn start(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let target = Arc::new(AtomicU16::new(target));
        let (way, cuts) = (watch::Sender::new(Way::Open), watch::Sender::new(0));
        let (to, ways, cut) = (Arc::clone(&target), way.subscribe(), cuts.subscribe());
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let mut cut = cut.clone();
                cut.mark_unchanged();
                tokio::spawn(carry(near, to.load(Ordering::Relaxed), ways.clone(), cut));
            }
        });
        Self { port, target, way, cuts, accepting }
    }

    /// Where it listens, as a site.
    pub fn site(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it listens, as Redis's address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Where new connections lead from now on.
    pub fn lead_to(&self, target: u16) {
        self.target.store(target, Ordering::Relaxed);
    }

    /// What happens from now on to what passes.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Cuts every connection there is, at both ends: a reset, and no word of farewell.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn carry(mut near: TcpStream, target: u16, mut way: watch::Receiver<Way>, mut cut: watch::Receiver<u64>) {
    let mut ways = way.clone();
    let far = async {
        ways.wait_for(|way| *way != Way::Held).await.ok()?;
        let socket = TcpSocket::new_v4().ok()?;
        // Small, so that somebody who reads slowly is felt at the other end, and not after megabytes.
        socket.set_recv_buffer_size(8_192).ok()?;
        socket.connect((Ipv4Addr::LOCALHOST, target).into()).await.ok()
    };
    let far = tokio::select! {
        far = far => far,
        _ = cut.changed() => None,
    };
    let Some(mut far) = far else { return reset(&near) };
    let whole = {
        let ((near_out, near_in), (far_out, far_in)) = (near.split(), far.split());
        let mut there = way.clone();
        let both = async {
            tokio::try_join!(pass(near_out, far_in, &mut there, false), pass(far_out, near_in, &mut way, true))
        };
        tokio::select! {
            passed = both => passed.is_ok(),
            _ = cut.changed() => false,
        }
    };
    if !whole {
        reset(&near);
        reset(&far);
    }
}

/// What is closed after this ends at once, and whatever was still on its way is lost.
fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

/// Passes on until the end; an error when the connection is to be cut.
async fn pass(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    way: &mut watch::Receiver<Way>,
    back: bool,
) -> Result<(), ()> {
    const TICK: Duration = Duration::from_millis(50);
    let mut bytes = vec![0; 16_384];
    loop {
        let piece = match *way.borrow() {
            Way::Slow(rate) if back => (rate / 20).max(1),
            _ => bytes.len(),
        };
        let read = from.read(&mut bytes[..piece]).await.map_err(drop)?;
        if read == 0 {
            return to.shutdown().await.map_err(drop);
        }
        let now = *way.wait_for(|way| *way != Way::Held).await.map_err(drop)?;
        match now {
            Way::LosesAnswers if back => return Err(()),
            Way::Slow(_) if back => sleep(TICK).await,
            _ => {}
        }
        to.write_all(&bytes[..read]).await.map_err(drop)?;
    }
}
