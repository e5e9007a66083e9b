//! Channels: what of this page follows which, and what it shows of itself there.

use super::{
    super::{
        inbox::Inbox,
        state::{Followed, Reader},
    },
    Page, step,
};
use crate::protocol::{frame::ClientFrame, names::ChannelName, position::Position};
use leptos::prelude::*;
use serde_json::Value;
use std::time::Duration;

/// Follows a channel, or changes how; tells the id by which to [`unfollow`].
pub(crate) fn follow(channel: &ChannelName, add: impl FnOnce(&mut Followed, u64)) -> u64 {
    step(|page, _| {
        let id = page.state.next_id();
        let followed = page.state.channels.entry(channel.clone()).or_default();
        add(followed, id);
        followed.show_roster_to(id);
        page.follow(channel);
        id
    })
    .unwrap_or_default()
}

/// Takes back what was added under this id.
pub(crate) fn unfollow(channel: &ChannelName, id: u64) {
    step(|page, _| {
        let Some(followed) = page.state.channels.get_mut(channel) else { return };
        let waited = followed.waits_for_snapshot();
        followed.readers.remove(&id);
        followed.rosters.remove(&id);
        followed.whispers.remove(&id);
        followed.scripts.remove(&id);
        let left = followed.present.take_if(|(present, _)| *present == id).is_some();
        if !followed.is_wanted() {
            page.state.channels.remove(channel);
            // It would come after the word that this page hears no more, and be refused.
            page.whispers.remove(channel);
            page.say(&ClientFrame::Unfollow { channel: channel.clone() });
        } else if left || waited {
            // The others may have waited for this one's snapshot only.
            page.follow(channel);
        }
    });
}

/// Continues a reader from a new snapshot.
pub(crate) fn restart(channel: &ChannelName, id: u64, at: Position, version: u64, as_within: Option<bool>) {
    step(|page, _| {
        let reader = page.state.channels.get_mut(channel).and_then(|followed| followed.readers.get_mut(&id));
        if let Some(Reader { inbox, within, .. }) = reader {
            *inbox = Inbox::new(at, version);
            *within = as_within;
            page.follow(channel);
        }
    });
}

/// A reader did not understand a message. Tells whether its snapshot is to be fetched now.
pub(super) fn not_understood(channel: &ChannelName, id: u64) -> bool {
    step(|page, _| page.state.not_understood(channel, id)).unwrap_or_default()
}

/// Follows a channel that rests as soon as it may be tried again.
pub(super) fn wake_in(channel: ChannelName, rest: u64, after_ms: u32) {
    let wake = move || {
        step(|page, _| {
            if page.state.wake(&channel, rest) {
                page.follow(&channel);
            }
        });
    };
    set_timeout(wake, Duration::from_millis(after_ms.into()));
}

/// Shows something else of this page in a channel.
pub(crate) fn show(channel: &ChannelName, id: u64, shown: Value) {
    step(|page, _| {
        let Some(followed) = page.state.channels.get_mut(channel) else { return };
        let new = Some((id, shown.clone()));
        if followed.present == new {
            return;
        }
        followed.present = new;
        page.say(&ClientFrame::Show { channel: channel.clone(), state: shown });
    });
}

impl Page {
    pub(super) fn follow(&mut self, channel: &ChannelName) {
        if let Some(follow) = self.state.follow(channel) {
            self.say(&ClientFrame::Follow(follow));
        }
    }
}
