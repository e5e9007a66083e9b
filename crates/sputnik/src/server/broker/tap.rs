//! The sending end of a node's wakes: never blocks, never grows, never drops in silence.

use super::pub_sub::{Wake, Wakes};
use tokio::sync::mpsc;

/// How many wakes wait for a node that is busy.
const WAITING: usize = 4_096;

/// Feeds one node's [`Wakes`].
///
/// The last free place is kept for [`Wake::Lost`], so that a node which fell behind always learns of it, even when
/// nothing more happens. From then on wakes are dropped until half the places are free again: `Lost` is then the last
/// thing in the queue, so the node reads it after all that was dropped had happened, and once, not once a drop.
#[derive(Debug)]
pub(crate) struct Tap {
    wakes: mpsc::Sender<Wake>,
    /// `Lost` stands last in the queue, and nothing is added behind it.
    behind: bool,
}

impl Tap {
    /// A tap and what flows from it.
    pub(crate) fn new() -> (Self, Wakes) {
        let (wakes, receiver) = mpsc::channel(WAITING);
        (Self { wakes, behind: false }, receiver)
    }

    /// Hands the node a wake, or notes that it was lost.
    pub(crate) fn send(&mut self, wake: Wake) {
        if self.still_behind() {
            return;
        }
        if self.wakes.capacity() > 1 {
            // It fails only when the node has stopped listening.
            let _ = self.wakes.try_send(wake);
        } else {
            self.lose();
        }
    }

    /// Tells the node that wakes may have been missed.
    pub(crate) fn lose(&mut self) {
        if !self.still_behind() {
            let _ = self.wakes.try_send(Wake::Lost);
            self.behind = true;
        }
    }

    /// Whether `Lost` is still the last thing the node will read.
    fn still_behind(&mut self) -> bool {
        self.behind = self.behind && self.wakes.capacity() < WAITING / 2;
        self.behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::names::ClientId;
    use bytes::Bytes;

    fn whisper(n: usize) -> Wake {
        let from: ClientId = format!("c{n}").parse().expect("a name");
        Wake::Whisper { channel: "lobby".parse().expect("a name"), from, body: Bytes::new() }
    }

    fn drain(wakes: &mut Wakes) -> Vec<Wake> {
        std::iter::from_fn(|| wakes.try_recv().ok()).collect()
    }

    #[test]
    fn a_node_that_falls_behind_is_told_once_and_after_the_last_wake_it_got() {
        let (mut tap, mut wakes) = Tap::new();
        (0..3 * WAITING).for_each(|n| tap.send(whisper(n)));
        let got = drain(&mut wakes);
        assert_eq!(got.len(), WAITING);
        assert!(matches!(got.last(), Some(Wake::Lost)));
        assert_eq!(got.iter().filter(|wake| matches!(wake, Wake::Lost)).count(), 1);
    }

    #[test]
    fn a_node_that_reads_one_by_one_is_not_told_at_every_step() {
        let (mut tap, mut wakes) = Tap::new();
        (0..2 * WAITING).for_each(|n| tap.send(whisper(n)));
        let mut lost = 0;
        for n in 0..WAITING {
            lost += usize::from(matches!(wakes.try_recv(), Ok(Wake::Lost)));
            tap.send(whisper(n));
        }
        lost += drain(&mut wakes).iter().filter(|wake| matches!(wake, Wake::Lost)).count();
        assert!((1..=2).contains(&lost), "told {lost} times");
    }

    #[test]
    fn a_node_that_caught_up_gets_wakes_again() {
        let (mut tap, mut wakes) = Tap::new();
        (0..2 * WAITING).for_each(|n| tap.send(whisper(n)));
        drain(&mut wakes);
        tap.send(whisper(7));
        assert!(matches!(drain(&mut wakes)[..], [Wake::Whisper { .. }]));
    }
}
