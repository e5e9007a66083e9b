//! What is noted of each command: it is counted, and one line is written of it. Never its arguments: they are the
//! writers' text.

use super::{calls::Reply, dispatch::COMMANDS, node::Node, sent::Sent};
use crate::sputnik::{fault::Fault, names::UserId};
use axum::extract::Request;
use std::borrow::Cow;
use tokio::time::Instant;

/// A command that is being run.
pub(super) struct Record {
    name: String,
    began: Instant,
}

impl Record {
    /// A command begins.
    pub(super) fn begin(request: &Request) -> Self {
        let name = request.uri().path().trim_start_matches(COMMANDS).to_owned();
        Self { name, began: Instant::now() }
    }

    /// It was answered.
    pub(super) fn end(self, node: &Node, sent: &Sent, reply: &Reply) {
        let Self { name, began } = self;
        let took = began.elapsed();
        let result = result(reply);
        node.metrics().commanded(&name, &result, took);
        let client = sent.key.as_ref().map_or("form", |key| key.client.as_str());
        let uid = sent.key.as_ref().map(|key| key.uid.0);
        let user = sent.user().map_or("nobody", UserId::as_str);
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
