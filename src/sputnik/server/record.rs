//! What is noted of each command: it is counted, and one line is written of it. Never its arguments: they are the
//! writers' text.

use super::{calls::Reply, dispatch::COMMANDS, ledger::CallKey, node::Node};
use crate::sputnik::{fault::Fault, names::UserId};
use axum::extract::Request;
use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};
use tokio::time::Instant;

/// Who turned out to send a command.
#[derive(Debug, Clone, Default)]
pub(super) struct Asker(Arc<OnceLock<UserId>>);

impl Asker {
    pub(super) fn is(&self, user: &UserId) {
        // Whoever it is, they are so for the whole command.
        drop(self.0.set(user.clone()));
    }
}

/// A command that is being run.
pub(super) struct Record {
    name: String,
    asker: Asker,
    began: Instant,
}

impl Record {
    /// A command begins. Who asks is found out where it is looked up, through what is left in the request.
    pub(super) fn begin(request: &mut Request) -> Self {
        let asker = Asker::default();
        request.extensions_mut().insert(asker.clone());
        let name = request.uri().path().trim_start_matches(COMMANDS).to_owned();
        Self { name, asker, began: Instant::now() }
    }

    /// It was answered.
    pub(super) fn end(self, node: &Node, key: Option<&CallKey>, reply: &Reply) {
        let Self { name, asker, began } = self;
        let took = began.elapsed();
        let result = result(reply);
        node.metrics().commanded(&name, &result, took);
        let client = key.map_or("form", |key| key.client.as_str());
        let uid = key.map(|key| key.uid.0);
        let user = asker.0.get().map_or("nobody", UserId::as_str);
        let ms = took.as_secs_f64() * 1_000.0;
        tracing::info!(target: "sputnik::command", client, user, uid, name, %result, ms, "answered");
    }
}

/// `ok`, or the code of the fault.
fn result(reply: &Reply) -> Cow<'static, str> {
    if reply.status < 400 {
        return "ok".into();
    }
    let fault = serde_json::from_slice::<Fault>(&reply.body).unwrap_or_else(|_| Fault::internal());
    match serde_json::to_value(fault.code) {
        Ok(serde_json::Value::String(code)) => code.into(),
        _ => "internal".into(),
    }
}
