//! What is noted of each command: it is counted, and one line is written of it. Never its arguments: what
//! people write is theirs.

use super::{
    audit::{self, code},
    context::CommandContext,
};
use crate::{
    protocol::{fault::Code, names::UserId, paths::COMMANDS},
    server::{address::Address, metrics::Metrics},
};
use axum::extract::Request;
use std::borrow::Cow;
use tokio::time::Instant;

/// A command that is being run.
pub(crate) struct Record {
    name: String,
    address: Option<Address>,
    began: Instant,
}

impl Record {
    /// A command begins.
    pub(crate) fn begin(request: &Request) -> Self {
        let name = request.uri().path().trim_start_matches(COMMANDS).to_owned();
        Self { name, address: Address::of(request.extensions()), began: Instant::now() }
    }

    /// It was answered, maybe with a fault.
    pub(crate) fn end(self, metrics: &Metrics, sent: &CommandContext, fault: Option<Code>) {
        let Self { name, address, began } = self;
        if let (Some(Code::Forbidden), Some(user)) = (fault, sent.user()) {
            audit::refused_command(user, address, &name);
        }
        let result = fault.map_or(Cow::Borrowed("ok"), code);
        let took = began.elapsed();
        metrics.commanded(&name, &result, took);
        let client = sent.key.as_ref().map_or("form", |key| key.client.as_str());
        let uid = sent.key.as_ref().map(|key| key.uid.0);
        let user = sent.user_id().map_or("nobody", UserId::as_str);
        let ms = took.as_secs_f64() * 1_000.0;
        tracing::info!(target: "sputnik::command", client, user, uid, name, %result, ms, "answered");
    }
}
