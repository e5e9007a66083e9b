//! Whispers: of each channel the newest goes out, now and then.

use super::{super::state::Heard, Page, now, step};
use crate::protocol::{
    frame::ClientFrame,
    names::{ChannelName, ClientId},
};
use leptos::prelude::*;
use serde_json::Value;
use std::{collections::HashMap, time::Duration};

/// How often whispers go out at most.
const WHISPER_EVERY: Duration = Duration::from_millis(100);
/// The same by poll, where each time is a request.
const POLLED_WHISPER_EVERY: Duration = Duration::from_secs(1);

/// Whispers; the newest of a channel goes out at most ten times a second, by poll at most once. On a channel that this page
/// no longer follows nobody is told anything: a part of a page may say a last word while it goes.
pub(crate) fn whisper(channel: ChannelName, body: Value) {
    step(|page, _| {
        if !page.state.channels.contains_key(&channel) {
            return;
        }
        if page.whispers.is_empty() {
            let send = || {
                step(|page, _| page.send_whispers());
            };
            set_timeout(send, if page.is_live() { WHISPER_EVERY } else { POLLED_WHISPER_EVERY });
        }
        page.whispers.insert(channel, body);
    });
}

/// What is heard of others' whispers, without when it came.
pub(crate) fn bodies(heard: &Heard) -> HashMap<ClientId, Value> {
    heard.iter().map(|(from, (body, _))| (from.clone(), body.clone())).collect()
}

impl Page {
    /// Has a poll take along what is to be whispered: one that waits is asked anew, but not so soon that no answer could
    /// come.
    fn whisper_by_poll(&mut self) {
        if self.poll.as_ref().is_some_and(|poll| poll.is_young(now())) {
            let send = || {
                step(|page, _| page.send_whispers());
            };
            set_timeout(send, POLLED_WHISPER_EVERY);
        } else {
            self.poll_anew();
        }
    }

    pub(super) fn send_whispers(&mut self) {
        // Those that waited may have gone with a poll.
        if self.whispers.is_empty() {
            return;
        }
        if !self.is_live() {
            self.whisper_by_poll();
            return;
        }
        for (channel, body) in std::mem::take(&mut self.whispers) {
            self.say(&ClientFrame::Whisper { channel, body });
        }
    }
}
