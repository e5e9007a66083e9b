//! The commands of one client: one at a time, and the same again until it is answered.

use super::{SILENCE, Stage, Tab};
use crate::{app, support::client::post_call, world::ROOM};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{Fault, LockState, Uid, protocol::frame::ClientFrame};
use tokio::time::{Instant, timeout};

/// A command that is not answered yet.
pub(super) struct Call {
    uid: Uid,
    path: &'static str,
    args: Value,
    /// What is said for ever, if it is that.
    says: Option<String>,
    sent: bool,
}

impl Tab {
    pub(super) async fn act_by_post(&mut self, site: &str) {
        let Some(ClientFrame::Call { uid, path, body, again }) = self.act() else { return };
        let (client, args) = (self.client().expect("only a client commands"), serde_json::from_str(&body).unwrap());
        let post = post_call(&self.browser, site, &client, uid, again, &path, args);
        if let Ok(answer) = timeout(SILENCE, post).await {
            self.answered(uid, answer);
        }
    }

    /// The next command, or the one that is not answered yet once more.
    pub(super) fn act(&mut self) -> Option<ClientFrame> {
        self.act_at = Instant::now() + if self.call.is_some() { SILENCE } else { self.dice.ms(20..160) };
        if self.call.is_none() {
            if !self.is(Stage::Busy) {
                return None;
            }
            self.uid += 1;
            let text = format!("{} {}", self.record().told.who, self.uid);
            let pen = |what: &str| (app::Lock::PATH, json!({ "room": ROOM, "name": "pen", "what": what, "to": null }));
            let (path, args) = match (self.dice.below(12), self.fence) {
                (0, _) => pen("take"),
                (1, _) => pen("ask"),
                (2, _) => pen("release"),
                (3, _) => pen("take over"),
                (4..8, Some(fence)) => (app::WriteWithThePen::PATH, json!({ "fence": fence, "text": text })),
                _ => (app::Say::PATH, json!({ "room": ROOM, "text": text })),
            };
            let says = (path == app::Say::PATH).then_some(text);
            self.call = Some(Call { uid: Uid(self.uid), path, args, says, sent: false });
            self.record().waits = true;
        }
        let call = self.call.as_mut()?;
        let again = std::mem::replace(&mut call.sent, true);
        let frame = ClientFrame::Call { uid: call.uid, path: call.path.into(), body: call.args.to_string(), again };
        if again {
            self.record().retries += 1;
        }
        self.act_at = Instant::now() + SILENCE;
        Some(frame)
    }

    pub(super) fn answered(&mut self, uid: Uid, answer: Result<Value, Fault>) {
        let Some(call) = self.call.take_if(|call| call.uid == uid) else { return };
        self.act_at = Instant::now() + self.dice.ms(20..160);
        let mut record = self.record();
        match answer {
            Ok(value) => {
                if let Some(text) = call.says {
                    record.told.acknowledged.push((text, value.as_u64().expect("a version")));
                } else if call.path == app::Lock::PATH {
                    let state: LockState = serde_json::from_value(value).expect("a lock");
                    let mine = record.client.as_ref().is_some_and(|me| state.is_held_by(me));
                    drop(record);
                    self.fence = mine.then_some(state.fence).or(self.fence);
                    record = self.record();
                }
            }
            Err(fault) if fault.can_retry() => {
                drop(record);
                self.call = Some(call);
                return;
            }
            Err(_) => record.told.refused.extend(call.says),
        }
        record.waits = false;
    }
}
