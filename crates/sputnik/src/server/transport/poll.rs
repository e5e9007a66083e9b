//! The poll and the long poll: one request listens from the positions it brings, and is done when it is answered.

use super::listener::{Listener, frame};
use crate::{
    protocol::{
        fault::Fault,
        frame::{Ask, ClientFrame, Mail, ServerFrame},
    },
    server::{
        channels::ring::WHISPER_LIFE,
        metrics::Transport,
        node::{Node, closed},
        presence::leases::End,
    },
};
use http::request::Parts;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};

/// How long whispers alone wait for something more important to go with, so that typing does not mean a request a key.
const WHISPERS_WAIT: Duration = Duration::from_millis(500);
/// How far back a long poll hears whispers: the time in which the one before it was answered and it was asked. A poll
/// hears them as far back as they are kept.
const BETWEEN_LONG_POLLS: Duration = Duration::from_secs(1);

/// Answers a poll; a long one waits until there is something.
///
/// # Errors
/// When the client is not this browser's, or the node is not there.
pub async fn answer(ask: Ask, long: bool) -> Result<Mail, Fault> {
    let parts = leptos::prelude::use_context::<Parts>().ok_or_else(Fault::internal)?;
    let node = parts.extensions.get::<Node>().ok_or_else(Fault::internal)?;
    let handles = Arc::clone(node.connection_handles());
    if ask.follow.len() + ask.frames.len() > 2 * handles.settings.follows {
        return Err(Fault::too_large("One poll asks too much at once."));
    }
    let end = if ask.last { End::Last } else { End::Answered };
    let known = ask.hello.client.is_some();
    let (mut listener, welcome) = Listener::greet(&handles, &parts, ask.hello, end).await?;
    // Who has no name yet waits for it before anything else: to be told it is news enough.
    let long = long && !ask.last && known;
    let mut out = Vec::new();
    for follow in ask.follow {
        let asked = (follow.after.clone(), follow.roster);
        let mut answers = Vec::new();
        listener.hear(ClientFrame::Follow(follow), &mut answers).await;
        // That one still follows where one followed before is no news.
        let news = asked.0.is_none() || asked.1 || !answers.iter().all(|answer| answer.starts_with(r#"{"following""#));
        if news {
            out.append(&mut answers);
        }
    }
    for heard in ask.frames {
        listener.hear(heard, &mut out).await;
    }
    listener.polls(long);
    // Nobody listens between two polls. To hear a whisper twice is no harm: it says what is, not what changed.
    listener.recall_whispers(if long { BETWEEN_LONG_POLLS } else { WHISPER_LIFE });
    // The next one is asked about anew.
    let longest = handles.settings.long_poll.min(handles.settings.ask_again);
    let mut until = Instant::now() + if long { longest } else { Duration::ZERO };
    let _counted = long.then(|| handles.metrics.connected(Transport::LongPoll));
    let mut closing = handles.closing.subscribe();
    let news = listener.news().clone();
    loop {
        while listener.collect(&mut out).await {
            if out.iter().map(|frame| frame.len()).sum::<usize>() >= handles.settings.waiting_bytes {
                break;
            }
        }
        if news.is_signed_out() {
            return Err(Fault::unknown_client());
        }
        // The next poll tells who asks.
        if news.is_asked_anew() || !out.iter().all(|frame| frame.starts_with(r#"{"whisper""#)) {
            break;
        }
        if !out.is_empty() {
            // Once there is a whisper, the next ones do not put it off.
            until = until.min(Instant::now() + WHISPERS_WAIT);
        }
        let claim_at = if listener.claims() { Instant::now() + handles.settings.ping } else { until };
        tokio::select! {
            woken = timeout_at(until.min(claim_at), news.wait()) => {
                if Instant::now() >= until {
                    break;
                }
                if woken.is_err() {
                    listener.claim().await;
                }
            }
            () = closed(&mut closing) => {
                out.push(frame(&ServerFrame::Bye { after_ms: 500 }));
                break;
            }
        }
    }
    let mut frames = vec![ServerFrame::Welcome(welcome)];
    frames.extend(out.iter().filter_map(|frame| serde_json::from_str(frame).ok()));
    Ok(Mail { frames })
}
