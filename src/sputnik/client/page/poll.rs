//! The page by polls: where no socket can be had, and until there is one.

use super::{Page, now, step};
use crate::sputnik::{
    client::{
        link::{Input, State as LinkState},
        state::{Later, is_unknown_client},
        trial::{self, Way},
    },
    fault::Fault,
    frame::{Ask, ClientFrame, Mail},
    wire::{Poll, long_poll, poll},
};
use futures::future::{AbortHandle, abortable};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use std::time::Duration;

/// How often whispers go out at most by poll, where each time is a request.
pub(super) const POLLED_WHISPER_EVERY: Duration = Duration::from_secs(1);
/// How long a poll is left alone before whispers ask it anew, in milliseconds: as slow as the network may be, an answer
/// comes in this time, so that whoever whispers all the while hears too.
const POLL_IN_PEACE_MS: u64 = 4_000;

/// A poll that is under way.
pub(super) struct Polling {
    pub(super) long: bool,
    since: u64,
    handle: AbortHandle,
}

impl Page {
    pub(super) fn start_poll(&mut self, long: bool) {
        let whispers = std::mem::take(&mut self.whispers);
        let frames = whispers.into_iter().map(|(channel, body)| ClientFrame::Whisper { channel, body }).collect();
        let ask = Ask { hello: self.state.hello(), follow: self.state.poll_follows(), frames, last: false };
        let by = if long { "long poll" } else { "poll" };
        let (answered, handle) = abortable(async move {
            trial::note(Way::Up, by, || serde_json::to_string(&ask).unwrap_or_default());
            trial::travel().await?;
            let mail = if long { long_poll(ask).await? } else { poll(ask).await? };
            trial::travel().await?;
            for frame in &mail.frames {
                trial::note(Way::Down, by, || serde_json::to_string(frame).unwrap_or_default());
            }
            Ok(mail)
        });
        self.poll = Some(Polling { long, since: now(), handle });
        spawn_local(async move {
            if let Ok(answer) = answered.await {
                step(|page, later| page.polled(answer, later));
            }
        });
    }

    pub(super) fn stop_poll(&mut self) {
        if let Some(poll) = self.poll.take() {
            poll.handle.abort();
        }
    }

    /// Asks the poll under way anew, with what there is to say now.
    pub(super) fn poll_anew(&mut self) {
        if let Some(poll) = self.poll.take() {
            poll.handle.abort();
            self.start_poll(poll.long);
        }
    }

    /// Says that this page goes, in a request that outlives it. A socket's end says it by itself.
    pub(super) fn last_poll(&self) {
        let ask = Ask { hello: self.state.hello(), follow: self.state.poll_follows(), frames: Vec::new(), last: true };
        let Ok(body) = serde_json::to_string(&Poll { ask }) else { return };
        let json = web_sys::BlobPropertyBag::new();
        json.set_type("application/json");
        let body = js_sys::Array::of1(&body.into());
        if let Ok(body) = web_sys::Blob::new_with_str_sequence_and_options(&body, &json) {
            // Where the browser will not, the page's lease runs out.
            drop(window().navigator().send_beacon_with_opt_blob(Poll::PATH, Some(&body)));
        }
    }

    fn polled(&mut self, answer: Result<Mail, Fault>, later: &mut Vec<Later>) {
        self.poll = None;
        match answer {
            Ok(mail) => {
                for frame in mail.frames {
                    self.hear(frame, false, later);
                }
                if matches!(self.state.link.state(), LinkState::Polling { .. }) {
                    self.input(Input::PollAnswered, later);
                    self.send_calls();
                }
            }
            Err(fault) => {
                if is_unknown_client(&fault) {
                    self.state.start_anew();
                }
                self.input(Input::PollFailed, later);
            }
        }
    }

    /// Has a poll take along what is to be whispered: one that waits is asked anew, but not so soon that no answer could
    /// come.
    pub(super) fn whisper_by_poll(&mut self) {
        let is_young = |poll: &Polling| now().saturating_sub(poll.since) < POLL_IN_PEACE_MS;
        if self.poll.as_ref().is_some_and(is_young) {
            let send = || {
                step(|page, _| page.send_whispers());
            };
            set_timeout(send, POLLED_WHISPER_EVERY);
        } else {
            self.poll_anew();
        }
    }
}
