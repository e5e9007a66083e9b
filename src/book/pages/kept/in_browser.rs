//! Listing and sending what is kept, in the browser.

use super::state::{Kept, KeptChapter, Unsendable};
use crate::{
    account::{commands::me, me::use_me},
    book::{
        chapter::{Moved, MovedTo},
        commands::parts::find_moved,
        model::{BookId, PartId},
        pages::text_server::{Refusal, from_js, load_module, put, server, to_js},
    },
};
use js_sys::{Function, Object, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use sputnik::{
    Fault,
    client::{Reload, Shown, use_connection},
};
use std::{collections::HashSet, time::Duration};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

/// How long one waits with what could not be sent for the moment.
const AGAIN: Duration = Duration::from_secs(10);
/// How often it is asked whether what was refused may go now: a right may be back, a chapter open again.
const ASK_AGAIN: Duration = Duration::from_secs(300);

#[wasm_bindgen]
extern "C" {
    /// The module that looks after the device.
    #[derive(Clone)]
    type Device;
    #[wasm_bindgen(method)]
    fn watch(this: &Device, person: &str, changed: &JsValue, unsendable: &JsValue);
    #[wasm_bindgen(method, js_name = "beThereOffline")]
    fn be_there_offline(this: &Device);
    #[wasm_bindgen(method, js_name = "belongTo")]
    fn belong_to(this: &Device, person: Option<String>) -> Promise;
    #[wasm_bindgen(method, js_name = "hasPage")]
    fn has_page(this: &Device, path: &str) -> Promise;
    #[wasm_bindgen(method, js_name = "letGo")]
    fn let_go(this: &Device, document: &str, person: &str) -> Promise;
    #[wasm_bindgen(method, js_name = "tellUnsendable")]
    fn tell_unsendable(this: &Device, found: JsValue);
}

/// What looks after the device, for whoever is signed in.
#[derive(Clone)]
pub struct Keeper {
    device: Device,
    person: String,
    /// What was tried on this connection, or rests.
    tried: StoredValue<HashSet<String>>,
}

/// What a tab found of a chapter, as it tells the others.
#[derive(Serialize, Deserialize)]
struct Found {
    document: String,
    person: String,
    #[serde(flatten)]
    found: Unsendable,
}

/// What became of what was sent: see `Sent` in the editor's contract.
#[derive(Deserialize)]
#[serde(tag = "sent", rename_all = "snake_case")]
enum Outcome {
    Sent,
    Busy,
    Refused { refusal: Refusal, text: String },
}

pub(super) fn follow(kept: Kept) {
    let (me, owner) = (use_me(), Owner::current());
    spawn_local(async move {
        let person = me.await.map(|me| me.id.to_string());
        // Without it nothing is lost: what is kept waits for a page that has it.
        let Ok(device) = load_module("device").await else { return };
        let device: Device = device.unchecked_into();
        device.be_there_offline();
        // Where that fails the device keeps nothing.
        drop(JsFuture::from(device.belong_to(person.clone())).await);
        let (Some(person), Some(owner)) = (person, owner) else { return };
        owner.with(|| {
            let keeper = Keeper { device, person, tried: StoredValue::new(HashSet::new()) };
            watch(kept, &keeper);
            kept.device.set_value(Some(keeper.clone()));
            send_whenever_possible(kept, keeper);
        });
    });
}

fn watch(kept: Kept, keeper: &Keeper) {
    let listed = move |chapters: JsValue| {
        let Some(chapters) = from_js::<Vec<KeptChapter>>(&chapters) else { return };
        let is_kept = |document: &String| chapters.iter().any(|chapter| chapter.document == *document);
        if kept.unsendable.with_untracked(|found| !found.keys().all(is_kept)) {
            kept.unsendable.update(|found| found.retain(|document, _| is_kept(document)));
        }
        if kept.chapters.with_untracked(|before| *before != chapters) {
            kept.chapters.set(chapters);
        }
    };
    let tried = keeper.tried;
    let found = move |found: JsValue| {
        if let Some(Found { document, found, .. }) = from_js(&found) {
            tried.update_value(|tried| _ = tried.insert(document.clone()));
            kept.unsendable.update(|all| _ = all.insert(document, found));
        }
    };
    let listed = Closure::<dyn Fn(JsValue)>::new(listed).into_js_value();
    let found = Closure::<dyn Fn(JsValue)>::new(found).into_js_value();
    keeper.device.watch(&keeper.person, &listed, &found);
}

fn send_whenever_possible(kept: Kept, keeper: Keeper) {
    let connection = use_connection();
    let tried = keeper.tried;
    let again = RwSignal::new(0_u32);
    Effect::new(move |before: Option<bool>| {
        // Of somebody else nothing is sent.
        let mine = connection.reload.get() != Some(Reload::SomebodyElse);
        let live = connection.shown.get() == Shown::Live && mine;
        if live && before == Some(false) {
            tried.update_value(HashSet::clear);
        }
        again.track();
        let next = kept.chapters.with(|chapters| {
            let waits =
                |chapter: &&KeptChapter| !chapter.open && tried.with_value(|tried| !tried.contains(&chapter.document));
            chapters.iter().find(waits).cloned()
        });
        if let Some(next) = next.filter(|_| live && kept.sending.get_untracked().is_none()) {
            kept.sending.set(Some(next.document.clone()));
            let keeper = keeper.clone();
            spawn_local(async move {
                let sent = send(&next, &keeper.person).await;
                keeper.is_sent(kept, next.document, sent, again).await;
                kept.sending.try_set(None);
                again.try_update(|again| *again += 1);
            });
        }
        live
    });
    let ask_again = move || {
        tried.try_update_value(HashSet::clear);
        again.try_update(|again| *again += 1);
    };
    if let Ok(asking) = set_interval_with_handle(ask_again, ASK_AGAIN) {
        on_cleanup(move || asking.clear());
    }
}

impl Keeper {
    async fn is_sent(&self, kept: Kept, document: String, sent: Outcome, again: RwSignal<u32>) {
        self.tried.try_update_value(|tried| _ = tried.insert(document.clone()));
        match sent {
            Outcome::Sent => {
                // What is written there next is another matter. That nothing is there any more, the device tells soon.
                kept.chapters.try_update(|chapters| chapters.retain(|chapter| chapter.document != document));
                kept.unsendable.try_update(|found| _ = found.remove(&document));
                self.tried.try_update_value(|tried| _ = tried.remove(&document));
            }
            Outcome::Busy => {
                let tried = self.tried;
                let rested = move || {
                    tried.try_update_value(|tried| _ = tried.remove(&document));
                    again.try_update(|again| *again += 1);
                };
                set_timeout(rested, AGAIN);
            }
            Outcome::Refused { refusal, text } => {
                let (reason, went) = reason(refusal, &document).await;
                let found = Unsendable { reason, text, went };
                let told = Found { document: document.clone(), person: self.person.clone(), found: found.clone() };
                self.device.tell_unsendable(to_js(&told));
                kept.unsendable.try_update(|all| _ = all.insert(document, found));
            }
        }
    }
}

/// Why it was refused, for whoever wrote it; and where the chapter went, if it did.
async fn reason(refusal: Refusal, document: &str) -> (String, Option<MovedTo>) {
    if matches!(me().await, Ok(None)) {
        return ("You are signed out. Sign in again, and it is sent.".to_owned(), None);
    }
    if refusal.code != "not_found" {
        return (refusal.words, None);
    }
    let moved = match place_of(document) {
        Some((book, part)) => find_moved(book, part).await.ok().flatten(),
        None => None,
    };
    let words = match &moved {
        Some(Moved { to: Some(_), joined: true }) => {
            "This chapter was joined to another, and takes nothing any more. Copy your text, and put it there."
        }
        Some(Moved { to: Some(_), joined: false }) => {
            "This chapter was moved to another book, and takes nothing here any more. Copy your text, and put it there."
        }
        Some(Moved { to: None, joined: true }) => {
            "This chapter was joined to another, which is not there any more. Copy your text to keep it."
        }
        // Whoever was taken out of the book is told by whom.
        _ if refusal.words != Fault::not_found("chapter").words => &refusal.words,
        _ => "The chapter is not there any more, or not open to you. Copy your text to keep it.",
    };
    (words.to_owned(), moved.and_then(|moved| moved.to))
}

/// Which chapter of which book a document is.
fn place_of(document: &str) -> Option<(BookId, PartId)> {
    let (book, part) = document.split_once('/')?;
    Some((book.parse().ok()?, part.parse().ok()?))
}

async fn send(chapter: &KeptChapter, person: &str) -> Outcome {
    let Some((book, part)) = place_of(&chapter.document) else { return Outcome::Busy };
    send_to(&book, &part, chapter, person).await.ok().and_then(|sent| from_js(&sent)).unwrap_or(Outcome::Busy)
}

async fn send_to(book: &BookId, part: &PartId, chapter: &KeptChapter, person: &str) -> Result<JsValue, JsValue> {
    let module = load_module("editor").await?;
    let send: Function = Reflect::get(&module, &"sendKept".into())?.dyn_into()?;
    let (server, calls) = server(book, part);
    let options = Object::new();
    let language = document().document_element().and_then(|html| html.get_attribute("lang")).unwrap_or_default();
    put(&options, "document", &chapter.document.as_str().into());
    put(&options, "names", &to_js(&chapter.names));
    put(&options, "person", &person.into());
    put(&options, "language", &language.into());
    put(&options, "server", &server);
    let sent = JsFuture::from(send.call1(&JsValue::UNDEFINED, &options)?.dyn_into::<Promise>()?).await;
    drop(calls);
    sent
}

/// Forgets what is kept of a chapter.
pub(super) fn let_go(kept: Kept, document: String) {
    let Some(keeper) = kept.device.get_value() else { return };
    spawn_local(async move {
        // Where that fails it is still listed.
        drop(JsFuture::from(keeper.device.let_go(&document, &keeper.person)).await);
    });
}

/// Whether this device has the page of this address, and shows it without a connection.
pub(super) async fn has_page(kept: Kept, path: &str) -> bool {
    let Some(Some(keeper)) = kept.device.try_get_value() else { return false };
    JsFuture::from(keeper.device.has_page(path)).await.is_ok_and(|has| has.is_truthy())
}
