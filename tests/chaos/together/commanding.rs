//! The commands of one who writes: one at a time, and the same again until it is answered.

use super::{Over, Place, SILENCE, Stage, Writer};
use crate::support::client::{Browser, read};
use base64::{Engine, engine::general_purpose::STANDARD};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{Code, Fault, Uid, protocol::frame::ClientFrame};
use sputnik_editor::book::{
    chapter::Exchanged,
    commands::writing::{Exchange, Write},
};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How many edits wait side by side.
const WAITING: usize = 6;

/// An edit that is not acknowledged, and the words that are new in it.
pub(super) struct Batch {
    update: String,
    words: Vec<String>,
}

/// A command that is not answered.
pub(super) struct Call {
    uid: Uid,
    path: &'static str,
    args: Value,
    sent: bool,
}

impl Writer {
    /// The next command, or the one that is not answered once more.
    pub(super) async fn act(&mut self) -> Option<ClientFrame> {
        if self.is(Stage::Busy) && self.waiting.len() < WAITING && self.dice.below(5) > 0 {
            let written = self.yjs.edit(self.document).await;
            self.waiting.extend(written.update.map(|update| Batch { update, words: written.words }));
        }
        if self.call.is_none() {
            let (book, part) = (&self.place.book, &self.place.part);
            let (path, args) = if self.must_exchange {
                let vector = self.yjs.vector(self.document).await;
                (Exchange::PATH, json!({ "book": book, "part": part, "state_vector": vector }))
            } else if let Some(batch) = self.waiting.front() {
                (Write::PATH, json!({ "book": book, "part": part, "edit": batch.update }))
            } else {
                self.note_whether_it_waits();
                self.act_at = Instant::now() + self.dice.ms(20..120);
                return None;
            };
            self.uid += 1;
            self.call = Some(Call { uid: Uid(self.uid), path, args, sent: false });
        }
        self.note_whether_it_waits();
        self.act_at = Instant::now() + SILENCE;
        let call = self.call.as_mut()?;
        let again = std::mem::replace(&mut call.sent, true);
        let frame = ClientFrame::Call { uid: call.uid, path: call.path.into(), body: call.args.to_string(), again };
        if again {
            self.record().retries += 1;
        }
        Some(frame)
    }

    pub(super) async fn answered(&mut self, uid: Uid, answer: Result<Value, Fault>) -> Result<(), Over> {
        let Some(call) = self.call.take_if(|call| call.uid == uid) else { return Ok(()) };
        self.act_at = Instant::now() + self.dice.ms(5..80);
        match answer {
            Ok(value) if call.path == Exchange::PATH => {
                self.exchanged(&serde_json::from_value(value).expect("what each side has")).await;
            }
            Ok(_) => {
                let batch = self.waiting.pop_front().expect("it was written");
                self.yjs.acknowledged(&batch.words).await;
                self.record().writes += 1;
            }
            Err(fault) if fault.code == Code::UnknownClient => {
                self.client = None;
                return Err(Over);
            }
            Err(fault) if fault.code == Code::Stale => {
                self.record().stale += 1;
                self.must_exchange = true;
            }
            Err(fault) if fault.can_retry() => {
                self.act_at = Instant::now() + Duration::from_millis(fault.retry_ms.unwrap_or(0).min(500).into());
                self.call = Some(call);
            }
            Err(fault) => self.record().broken.push(format!("{} is refused: {fault:?}", call.path)),
        }
        self.note_whether_it_waits();
        Ok(())
    }

    async fn exchanged(&mut self, exchanged: &Exchanged) {
        self.must_exchange = false;
        self.exchanged_in_quiet = self.is(Stage::Quiet);
        self.receive(std::slice::from_ref(&exchanged.update.0)).await;
        let lacks = self.yjs.lacks(self.document, &exchanged.state_vector.0).await;
        // One difference in place of all that waits; where only what was removed is lacking, that is in what waits.
        if lacks.adds || (!self.waiting.is_empty() && self.dice.below(2) == 0) {
            let words = self.waiting.drain(..).flat_map(|batch| batch.words).collect();
            self.waiting.push_back(Batch { update: lacks.update, words });
        }
    }

    pub(super) async fn receive(&mut self, updates: &[Vec<u8>]) {
        let received = self.yjs.receive(self.document, updates).await;
        self.waiting.extend(received.update.map(|update| Batch { update, words: Vec::new() }));
        if !received.complete {
            self.must_exchange = true;
        }
        self.note_whether_it_waits();
    }
}

/// What the server has of a chapter, all of it.
pub async fn state(browser: &Browser, site: &str, place: &Place) -> Option<Vec<u8>> {
    let nothing = STANDARD.encode([0]);
    let args = json!({ "book": place.book, "part": place.part, "state_vector": nothing });
    let answer = timeout(SILENCE, browser.post(&format!("{site}{}", Exchange::PATH), &[], args.to_string())).await;
    let exchanged: Exchanged = read(&answer.ok()?.ok()?).ok()?;
    Some(exchanged.update.0)
}
