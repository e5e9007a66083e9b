//! The one who publishes: by HTTP, to every server in the same way.

use crate::{
    crowd::{REMEMBERED, Tally},
    http::Http,
    wire::Said,
};
use std::{net::SocketAddr, time::Duration};
use tokio::time::{sleep, timeout};

/// How long a server may take to take a message.
const PATIENCE: Duration = Duration::from_secs(10);

/// Publishes to one room.
pub struct Publisher {
    to: SocketAddr,
    path: String,
    http: Option<Http>,
    next: u64,
}

impl Publisher {
    /// To the first room. The messages are numbered from 0, so that each is known again: [`REMEMBERED`] of them at most.
    pub fn of_few(to: SocketAddr) -> Self {
        Self { to, path: "/publish/room-0".into(), http: None, next: 0 }
    }

    /// To the first room, without end: the messages are only counted.
    pub fn of_many(to: SocketAddr) -> Self {
        Self { next: REMEMBERED, ..Self::of_few(to) }
    }

    /// Publishes the next message, as one that was due at `at`; again and again, until the server has taken it.
    pub async fn publish(&mut self, at: u64) {
        let said = Said { number: self.next, at }.text();
        self.next += 1;
        loop {
            if let Some(http) = &mut self.http {
                match timeout(PATIENCE, http.post(&self.path, "Content-Type: text/plain\r\n", &said)).await {
                    Ok(Ok(_)) => return,
                    Ok(Err(_)) => {}
                    // It may have been taken: then it must not be said twice.
                    Err(_) => {
                        self.http = None;
                        return;
                    }
                }
            }
            self.http = Http::open(self.to).await.ok();
            if self.http.is_none() {
                sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Publishes as one that is due now.
    pub async fn publish_now(&mut self, tally: &Tally) {
        self.publish(tally.now()).await;
    }
}
