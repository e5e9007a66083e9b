//! In the browser, what [`unanswered`](super::unanswered) decides: a page that goes writes down what it has no answer to,
//! and the next one sends that again, one after the other, by POST and under the old client's name.

use super::{
    call::{Answer, Call},
    page::{self, POST_AGAIN},
    shown::NotDone,
    transport::post::post,
    unanswered::{Found, KEPT, Unanswered},
};
use crate::protocol::{
    fault::Fault,
    json,
    names::{ClientId, Uid, UserId},
};
use futures::channel::oneshot;
use leptos::{prelude::*, task::spawn_local};

/// How often it is tried to send a command again. What got no answer by then stays for another page.
const TRIES: u32 = 120;

/// Writes down what a page has no answer to; where there is nothing, what it wrote before is gone.
pub(super) fn keep<'a>(client: &ClientId, user: Option<&UserId>, calls: impl Iterator<Item = (&'a Uid, &'a Call)>) {
    let Some(device) = device() else { return };
    let name = Unanswered::name(client);
    // Where a browser refuses to keep anything, or has no room, nothing can be done about it.
    drop(match Unanswered::of(client, user, page::now(), calls) {
        Some(kept) => device.set_item(&name, &kept.text()),
        None => device.remove_item(&name),
    });
}

/// Sends again what earlier pages of this user wrote down, and tells of what it is too late for.
pub(super) fn begin(here: &ClientId, user: Option<&UserId>) {
    let Some(device) = device() else { return };
    let names = (0..device.length().unwrap_or(0)).filter_map(|at| device.key(at).ok()?);
    let names: Vec<String> = names.filter(|name| name.starts_with(KEPT)).collect();
    for name in names.into_iter().filter(|name| *name != Unanswered::name(here)) {
        let Ok(Some(text)) = device.get_item(&name) else { continue };
        match Unanswered::read(&text, user, page::now()) {
            Found::Anothers => {}
            Found::Useless => drop(device.remove_item(&name)),
            Found::TooLate(all) => {
                drop(device.remove_item(&name));
                all.into_iter().for_each(page::not_done);
            }
            Found::ToSend(kept) => spawn_local(send(kept)),
        }
    }
}

/// Another page may do the same at this moment, or the one that asked may still be there, unseen: under its UID a command
/// is done once.
async fn send(mut kept: Unanswered) {
    while let Some((uid, call)) = kept.calls.first().cloned() {
        let Some(answer) = answer_to(&kept.client, uid, &call).await else { return };
        if answer.status >= 400 {
            let fault = json::read::<Fault>(&answer.body).unwrap_or_else(|_| Fault::internal());
            page::not_done(NotDone { path: call.path, body: call.body, fault });
        }
        kept.calls.remove(0);
        let Some(device) = device() else { return };
        let name = Unanswered::name(&kept.client);
        drop(match kept.calls.is_empty() {
            true => device.remove_item(&name),
            false => device.set_item(&name, &kept.text()),
        });
    }
}

/// The answer to a command, if one can be had.
async fn answer_to(client: &ClientId, uid: Uid, call: &Call) -> Option<Answer> {
    for _ in 0..TRIES {
        let answer = post(client.clone(), uid, call.clone(), true).await;
        let again = answer.as_ref().is_none_or(|answer| answer.status == 429 || answer.status >= 500);
        if !again {
            return answer;
        }
        let (tell, passed) = oneshot::channel();
        set_timeout(move || _ = tell.send(()), POST_AGAIN);
        passed.await.ok()?;
    }
    None
}

fn device() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
