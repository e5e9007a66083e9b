//! One poll of the browser: a request that takes along what the page says, and brings what came for it. Dropping it
//! gives it up, and nothing of it is heard any more.

use crate::{
    client::devtools::fault_injection::{self, Way},
    polls::{Poll as AskPoll, long_poll, poll},
    protocol::{
        fault::Fault,
        frame::{Ask, Mail},
    },
};
use futures::future::{AbortHandle, abortable};
use leptos::{prelude::window, server_fn::ServerFn, task::spawn_local};

/// How long a poll is left alone before whispers ask it anew, in milliseconds: as slow as the network may be, an answer
/// comes in this time, so that whoever whispers all the while hears too.
const IN_PEACE_MS: u64 = 4_000;

/// A poll that is under way.
pub(crate) struct Poll {
    long: bool,
    since: u64,
    handle: AbortHandle,
}

impl Poll {
    /// Asks, and hands over what is answered. `now` is in milliseconds since 1970.
    pub(crate) fn start(ask: Ask, long: bool, now: u64, heard: impl FnOnce(Result<Mail, Fault>) + 'static) -> Self {
        let by = if long { "long poll" } else { "poll" };
        let (answered, handle) = abortable(async move {
            fault_injection::note(Way::Up, by, || serde_json::to_string(&ask).unwrap_or_default());
            fault_injection::travel().await?;
            let mail = if long { long_poll(ask).await? } else { poll(ask).await? };
            fault_injection::travel().await?;
            for frame in &mail.frames {
                fault_injection::note(Way::Down, by, || serde_json::to_string(frame).unwrap_or_default());
            }
            Ok(mail)
        });
        spawn_local(async move {
            if let Ok(answer) = answered.await {
                heard(answer);
            }
        });
        Self { long, since: now, handle }
    }

    /// Asks a last time, in a request that outlives the page. Nobody hears its answer.
    pub(crate) fn last(ask: Ask) {
        let Ok(body) = serde_json::to_string(&AskPoll { ask }) else { return };
        let json = web_sys::BlobPropertyBag::new();
        json.set_type("application/json");
        let body = js_sys::Array::of1(&body.into());
        if let Ok(body) = web_sys::Blob::new_with_str_sequence_and_options(&body, &json) {
            // Where the browser will not, the page's lease runs out.
            drop(window().navigator().send_beacon_with_opt_blob(AskPoll::PATH, Some(&body)));
        }
    }

    /// Whether the server answers it only when there is something to say.
    pub(crate) fn is_long(&self) -> bool {
        self.long
    }

    /// Whether it is too young to be asked anew for a whisper alone.
    pub(crate) fn is_young(&self, now: u64) -> bool {
        now.saturating_sub(self.since) < IN_PEACE_MS
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.handle.abort();
    }
}
