//! What a connection is sent of what it listens to: read from its own positions, as much as may wait for it.

use super::listener::{Listener, frame};
use crate::{
    protocol::{fault::Fault, frame::ServerFrame},
    server::{
        channels::reader::{Line, Reading},
        metrics::Source,
        presence::leases::End,
    },
};
use axum::extract::ws::Utf8Bytes;
use std::time::Duration;

/// How many entries of a channel are taken at a time: enough to be quick, little enough to be fair to the others.
const BATCH: usize = 64;

impl Listener {
    /// Puts what is new into `out`: a batch of each channel, and not more than may wait for one client. Tells whether
    /// there may be more. Whispers come when there is not, so that they never delay a message.
    pub(crate) async fn collect(&mut self, out: &mut Vec<Utf8Bytes>) -> bool {
        let may_wait = self.handles.settings.waiting_bytes;
        let mut room = may_wait.saturating_sub(out.iter().map(|frame| frame.len()).sum());
        let mut more = false;
        // Whoever came last the time before comes first now: a channel with much to say does not silence the others.
        for _ in 0..self.follows.len() {
            self.next = self.next.wrapping_add(1) % self.follows.len();
            match self.collect_from(self.next, &mut room, out).await {
                Ok(any) => more |= any,
                Err(fault) => {
                    let channel = self.follows[self.next].channel.clone();
                    self.stop(&channel, End::Said);
                    out.push(frame(&ServerFrame::Ended { channel, fault }));
                    // The others have moved: they are looked at again.
                    return true;
                }
            }
        }
        if !more {
            for following in &mut self.follows {
                let (whispered, whispers) = following.feed.whispers(following.whispered);
                following.whispered = whispered;
                if following.pass.within {
                    out.extend(whispers);
                }
            }
        }
        more
    }

    /// An error is the loss of the right to listen. That the broker is out of reach is none: the next wake or ping
    /// tries again.
    async fn collect_from(&mut self, index: usize, room: &mut usize, out: &mut Vec<Utf8Bytes>) -> Result<bool, Fault> {
        let following = &mut self.follows[index];
        if *room == 0 {
            return Ok(true);
        }
        let recovers = std::mem::take(&mut following.recovers);
        let remembers = recovers && following.feed.remembers(&following.at);
        let reading = match self.handles.hub.read(&following.feed, &following.at, BATCH).await {
            Ok(reading) => reading,
            Err(error) => {
                following.recovers = recovers;
                let channel = &following.channel;
                tracing::warn!(%channel, %error, "could not read the channel; it is tried again");
                return Ok(false);
            }
        };
        if recovers {
            self.handles.metrics.recovered(match reading {
                Reading::Gap(_) => Source::Gap,
                _ if remembers => Source::Ring,
                _ => Source::Broker,
            });
        }
        match reading {
            Reading::UpToDate => Ok(false),
            Reading::Gap(at) => {
                // In what is missing a right may have been withdrawn. It is read on from here, for the same reason,
                // though nothing is sent.
                let channel = following.channel.clone();
                match self.admit(&channel).await {
                    Ok(pass) => self.keep_to(index, pass),
                    Err(fault) if fault.can_retry() => return Ok(false),
                    Err(fault) => return Err(fault),
                }
                let following = &mut self.follows[index];
                following.at = at.clone();
                if !std::mem::replace(&mut following.stalled, true) {
                    out.push(frame(&ServerFrame::Gap { channel, at }));
                }
                Ok(false)
            }
            Reading::Lines(lines) => self.take(index, lines, room, out).await,
        }
    }

    /// Takes lines up to the one that leaves no room; the rest is read again when there is.
    async fn take(
        &mut self,
        index: usize,
        lines: Vec<Line>,
        room: &mut usize,
        out: &mut Vec<Utf8Bytes>,
    ) -> Result<bool, Fault> {
        let full = lines.len() >= BATCH;
        for line in lines {
            if line.recheck {
                let channel = self.follows[index].channel.clone();
                match self.admit(&channel).await {
                    Ok(pass) => {
                        let turned = pass.within != self.follows[index].pass.within;
                        self.keep_to(index, pass);
                        self.follows[index].at.offset = line.offset;
                        if turned && !std::mem::replace(&mut self.follows[index].stalled, true) {
                            // It has been shown more than it may see from here on, or less.
                            let at = self.follows[index].at.clone();
                            out.push(frame(&ServerFrame::Gap { channel, at }));
                        }
                    }
                    Err(fault) if fault.can_retry() => return Ok(false),
                    Err(fault) => return Err(fault),
                }
            }
            let following = &mut self.follows[index];
            following.at.offset = line.offset;
            if following.stalled {
                continue;
            }
            let frame = match following.pass.within {
                true => line.frame,
                false => {
                    let gate = &self.handles.gate;
                    following.feed.outside(&line, |said| gate.outside(&following.channel, said))
                }
            };
            *room = room.saturating_sub(frame.len());
            out.push(frame);
            self.handles.metrics.deliveries.inc();
            if *room == 0 {
                return Ok(true);
            }
        }
        Ok(full)
    }

    /// Hears again what was whispered within this time.
    pub(crate) fn recall_whispers(&mut self, age: Duration) {
        for following in &mut self.follows {
            following.whispered = following.feed.whispered_before(age);
        }
    }
}
