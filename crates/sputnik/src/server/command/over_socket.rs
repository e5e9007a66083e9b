//! A command that came over a socket: it becomes a request with what the socket was opened with, which passes the
//! application's layers as a posted one does.

use super::{
    caller_cache::CallerCache,
    context::{CommandContext, REPLY_BYTES},
    queue::{Call, QueueSlot, Run},
};
use crate::{
    protocol::{
        fault::Fault,
        names::{CallKey, ClientId},
        paths::{AGAIN, COMMANDS},
    },
    server::{
        address::Address,
        gate::{Gate, Unprompted, User},
        handles::CommandHandles,
        once::reply_cache::Reply,
    },
};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use serde_json::value::RawValue;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

/// How many headers a command has at most that the socket was not opened with.
const OWN_HEADERS: usize = 3;

/// What a socket was opened with, and the commands that come over it are run with.
pub(crate) struct Opened {
    headers: Vec<(HeaderName, HeaderValue)>,
    address: Option<Address>,
    sender: Arc<CallerCache>,
    commands: Arc<CommandHandles>,
}

impl Opened {
    /// Copies what is needed of the request. A header as it came is a part of the buffer that the whole request was read
    /// into: to keep one for as long as the socket lives would keep all of that, 16 KiB.
    pub(crate) fn with(request: &Parts, commands: Arc<CommandHandles>) -> Self {
        let mut headers = Vec::new();
        for name in [header::COOKIE, header::HOST, header::ACCEPT_LANGUAGE, header::USER_AGENT] {
            for value in request.headers.get_all(&name) {
                headers.extend(HeaderValue::from_bytes(value.as_bytes()).map(|copy| (name.clone(), copy)));
            }
        }
        headers.shrink_to_fit();
        Self { headers, address: Address::of(&request.extensions), sender: Arc::default(), commands }
    }

    /// Who its commands are known to be of.
    pub(crate) fn sender(&self) -> &CallerCache {
        &self.sender
    }

    /// A request as this socket's commands are.
    fn request(&self, path: Uri, body: Body) -> Request {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = path;
        let mut headers = HeaderMap::with_capacity(OWN_HEADERS + self.headers.len());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        *request.headers_mut() = headers;
        if let Some(address) = self.address {
            request.extensions_mut().insert(address);
        }
        request
    }

    /// Asks the application who is at the other end of this socket now.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub(crate) async fn who(&self) -> Result<Option<User>, Fault> {
        let commands = self.commands.router.get().cloned().ok_or_else(Fault::internal)?;
        let mut request = self.request(Uri::from_static(COMMANDS), Body::empty());
        let asking = Asking(Arc::default(), Arc::clone(&self.sender));
        request.extensions_mut().insert(asking.clone());
        request.extensions_mut().insert(Unprompted);
        match commands.oneshot(request).await {
            Ok(_) => asking.0.get().cloned().unwrap_or_else(|| Err(Fault::internal())),
            Err(never) => match never {},
        }
    }
}

/// Goes the way of a socket's commands, through the application's layers, and asks only who sends it.
#[derive(Clone)]
pub(crate) struct Asking(Arc<OnceLock<Result<Option<User>, Fault>>>, Arc<CallerCache>);

impl Asking {
    pub(crate) async fn answer(self, gate: &dyn Gate, request: Request) -> Response {
        let (parts, _) = request.into_parts();
        let Self(answer, sender) = self;
        drop(answer.set(sender.ask(gate, &parts).await));
        StatusCode::NO_CONTENT.into_response()
    }
}

/// What runs the commands of one socket.
pub(crate) struct Runner<'a> {
    client: &'a ClientId,
    opened_with: &'a Arc<Opened>,
}

impl<'a> Runner<'a> {
    pub(crate) fn new(client: &'a ClientId, opened_with: &'a Arc<Opened>) -> Self {
        Self { client, opened_with }
    }
}

impl Run for Runner<'_> {
    fn run(&self, call: Call, slot: QueueSlot) -> impl Future<Output = Reply> + Send + 'static {
        let key = CallKey { client: self.client.clone(), uid: call.uid };
        let opened_with = Arc::clone(self.opened_with);
        async move { run(&opened_with, key, call, slot).await }
    }
}

/// Runs a command that came over a socket.
async fn run(opened_with: &Opened, key: CallKey, Call { path, body, again, .. }: Call, slot: QueueSlot) -> Reply {
    let Some(commands) = opened_with.commands.router.get().cloned() else {
        return Reply::fault(&Fault::internal());
    };
    if !path.starts_with(COMMANDS) {
        return Reply::fault(&Fault::unknown_command());
    }
    let Ok(path) = Uri::try_from(path) else {
        return Reply::fault(&Fault::unknown_command());
    };
    let body = Bytes::from(body);
    let mut request = opened_with.request(path, Body::from(body.clone()));
    if again {
        request.headers_mut().insert(AGAIN, HeaderValue::from_static("1"));
    }
    request.extensions_mut().insert(Arc::new(CommandContext::over_socket(
        key,
        body,
        Arc::clone(&opened_with.sender),
        slot,
    )));
    let response = match commands.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let status = response.status().as_u16();
    Reply { status, body: to_bytes(response.into_body(), REPLY_BYTES).await.unwrap_or_default() }
}

/// The status and the JSON that a `reply` frame carries.
pub(crate) fn as_json(Reply { status, body }: &Reply) -> (u16, Box<RawValue>) {
    if let Ok(json) = serde_json::from_slice(body) {
        return (*status, json);
    }
    // Not a command's answer: a refusal by one of the application's layers.
    let fault = match status {
        404 | 405 => Fault::unknown_command(),
        413 => Fault::too_large("This is larger than the server takes at once."),
        400..500 => Fault::bad_request(String::from_utf8_lossy(body)),
        _ => Fault::internal(),
    };
    (fault.status(), serde_json::value::to_raw_value(&fault).unwrap_or_default())
}
