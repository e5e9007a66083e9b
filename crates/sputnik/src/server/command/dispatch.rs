//! How a command reaches its server function, whichever way it came.
//!
//! Leptos' own registry of server functions **is** the dispatcher. This wraps it: it checks whose command it is,
//! recognises a retry, bounds it, and gives a fault its own HTTP status. A command that came over a socket becomes such a
//! request too (`over_socket.rs`), so the very same code answers it.

use super::{
    audit,
    context::{CommandContext, REPLY_BYTES},
    log::Record,
    over_socket::Asking,
};
use crate::{
    protocol::{
        fault::{Code, Fault},
        names::{CallKey, ClientId, Uid},
        paths::{AGAIN, CLIENT, COMMANDS, LAYER, UID},
    },
    server::{
        address::Address,
        browser::BrowserSession,
        handles::CommandHandles,
        inbound,
        node::Node,
        once::{
            command_store::{Asked, CommandStore},
            reply_cache::Reply,
        },
        origin::same_origin,
        rate_limit::Payers,
    },
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures::{FutureExt, future::BoxFuture};
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::{
    context::provide_context,
    reactive::{computed::ScopedFuture, owner::Owner},
    server_fn::{
        axum::get_server_fn_service,
        error::{FromServerFnError, ServerFnUrlError},
        middleware::BoxedService,
    },
};
use leptos_axum::ResponseOptions;
use std::{
    panic::AssertUnwindSafe,
    str::FromStr,
    sync::{Arc, PoisonError},
    task::Poll,
};

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, "application/json")], FromServerFnError::ser(&self)).into_response()
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response()
    }
}

impl Reply {
    pub(crate) fn fault(fault: &Fault) -> Self {
        Self { status: fault.status(), body: FromServerFnError::ser(fault) }
    }

    /// That of the fault, where it is one.
    fn code(&self) -> Option<Code> {
        let fault = || serde_json::from_slice::<Fault>(&self.body).map_or(Code::Internal, |fault| fault.code);
        (self.status >= 400).then(fault)
    }
}

/// The layer's part in what is asked over HTTP: put around the application's routes, inside its sessions. Commands never
/// come to those routes.
pub(crate) async fn dispatch(State(node): State<Node>, mut request: Request, next: Next) -> Response {
    let handles = node.command_handles();
    up_to_date(handles, &mut request);
    let path = request.uri().path();
    if path.starts_with(COMMANDS) {
        return command(State(node), request).await;
    }
    let is_layer = path.starts_with(LAYER);
    request.extensions_mut().insert(node.clone());
    if !is_layer {
        return next.run(request).await;
    }
    // Other sites' scripts would otherwise speak with this site's cookies.
    if !same_origin(request.headers()) {
        audit::refused_origin(request.extensions(), request.headers(), request.uri().path());
        return Fault::forbidden("A live connection is only for pages of this site.").into_response();
    }
    let poll = get_server_fn_service(request.uri().path(), request.method().clone());
    match bounded(request, handles).await {
        Ok((parts, body)) => {
            let request = Request::from_parts(parts, Body::from(body));
            match poll {
                Some(poll) => run_function(poll, request).await,
                None => with_status_of_fault(next.run(request).await).await,
            }
        }
        Err(fault) => fault.into_response(),
    }
}

/// Answers a command, whichever way it came.
pub(crate) async fn command(State(node): State<Node>, mut request: Request) -> Response {
    let handles = Arc::clone(node.command_handles());
    if let Some(asking) = request.extensions_mut().remove::<Asking>() {
        return asking.answer(&*handles.gate, request).await;
    }
    up_to_date(&handles, &mut request);
    let Some(function) = get_server_fn_service(request.uri().path(), request.method().clone()) else {
        return not_there(request.uri().path());
    };
    request.extensions_mut().insert(node);
    // What comes over a socket says whose it is, and all of it is here.
    let over_socket = request.extensions().get::<Arc<CommandContext>>().cloned();
    let begun = match over_socket {
        Some(sent) => Ok(begin(handles, sent, function, request)),
        None => posted(handles, function, request).await,
    };
    match begun {
        Ok(command) => to_its_end(command).await,
        Err(fault) => fault.into_response(),
    }
}

/// Has a request under a path of the release before ask under the one of now.
fn up_to_date(handles: &CommandHandles, request: &mut Request) {
    if let Some(old_paths) = handles.old_paths.get() {
        old_paths.bring_up_to_date(request.uri_mut());
    }
}

/// There is no such command, or it is there and is posted.
fn not_there(path: &str) -> Response {
    if get_server_fn_service(path, Method::POST).is_none() {
        return Fault::unknown_command().into_response();
    }
    let mut response = Fault::bad_request("A command is posted.").into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

/// A server function, as Leptos has it in its registry.
type Function = BoxedService<Request, Response>;

/// A command that is to be run, and in the end its answer. On the heap: whatever wraps a future copies it, and this one
/// holds all that a command does.
type Command = BoxFuture<'static, Response>;

async fn posted(handles: Arc<CommandHandles>, function: Function, request: Request) -> Result<Command, Fault> {
    if !same_origin(request.headers()) {
        audit::refused_origin(request.extensions(), request.headers(), request.uri().path());
        return Err(Fault::forbidden("A command is only for pages of this site."));
    }
    let (parts, body) = bounded(request, &handles).await?;
    let sent = Arc::new(CommandContext::posted(whose(&parts)?, body.clone()));
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(Arc::clone(&sent));
    Ok(begin(handles, sent, function, request))
}

fn begin(handles: Arc<CommandHandles>, sent: Arc<CommandContext>, function: Function, request: Request) -> Command {
    let record = Record::begin(&request);
    Box::pin(async move {
        let (parts, body) = request.into_parts();
        if let Err(fault) = may_begin(&handles, &sent, &parts).await {
            record.end(&handles.metrics, &sent, Some(fault.code));
            return refused(fault, &sent, &parts);
        }
        let request = Request::from_parts(parts, body);
        let Some(asked) = sent.asked() else {
            // A form posted by a page that is not live: answered as it is, a redirect and all.
            let run = run_function(function, request);
            let response = unless_it_panics(run).await.unwrap_or_else(IntoResponse::into_response);
            let code = || response.extensions().get().copied().unwrap_or(Code::Internal);
            record.end(&handles.metrics, &sent, (response.status().as_u16() >= 400).then(code));
            return response;
        };
        let reply = unless_it_panics(answer(&handles, asked, function, request)).await.flatten();
        let reply = reply.unwrap_or_else(|fault| Reply::fault(&fault));
        record.end(&handles.metrics, &sent, reply.code());
        reply.into_response()
    })
}

/// A command that was not begun, as its function would have told the fault: a page that is not live is led back to its
/// form, with the fault in the address.
fn refused(fault: Fault, sent: &CommandContext, request: &Parts) -> Response {
    let said = |name| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent.key.is_some() || !said(header::ACCEPT).contains("text/html") {
        return fault.into_response();
    }
    match ServerFnUrlError::new(request.uri.path(), fault.clone()).to_url(said(header::REFERER)) {
        Ok(form) => Redirect::to(form.as_str()).into_response(),
        Err(_) => fault.into_response(),
    }
}

/// Finds out whose command it is, and whether they send too many.
async fn may_begin(handles: &CommandHandles, sent: &CommandContext, request: &Parts) -> Result<(), Fault> {
    sent.find_out(&*handles.gate, handles.old_paths.get(), request).await?;
    // What comes over a socket does not say which browser's it is: its client does.
    let browser = sent.key.as_ref().and_then(|key| handles.leases.commanded(&key.client));
    handles.rate_limit.take(&Payers::of(sent.user(), browser.as_ref(), &request.extensions))
}

/// Runs a command. One that has to wait for something does so in a task of its own: what began is finished though the
/// connection it came by is cut, so that what it changed is told. One that waits for nothing is not worth a task.
async fn to_its_end(mut command: Command) -> Response {
    if let Poll::Ready(response) = futures::poll!(&mut command) {
        return response;
    }
    tokio::spawn(command).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a command broke off");
        Fault::internal().into_response()
    })
}

/// Runs a command, or finds what it answered before.
async fn answer(handles: &CommandHandles, asked: &Asked, function: Function, request: Request) -> Result<Reply, Fault> {
    let again = request.headers().contains_key(&AGAIN);
    let run = Box::pin(async {
        if again {
            match recorded(&*handles.store, asked).await {
                Ok(Some(body)) => {
                    return Reply { status: 200, body: body.into() };
                }
                Ok(None) => {}
                Err(fault) => return Reply::fault(&fault),
            }
        }
        let response = run_function(function, request).await;
        let status = response.status().as_u16();
        match to_bytes(response.into_body(), REPLY_BYTES).await {
            Ok(body) => Reply { status, body },
            Err(_) => Reply::fault(&Fault::too_large("The answer is too large to be sent.")),
        }
    });
    match handles.replies.once(asked, run).await {
        // What this node remembers under its key may be what came under it wrongly, and only read.
        Err(conflict) if again => match recorded(&*handles.store, asked).await? {
            Some(body) => Ok(Reply { status: 200, body: body.into() }),
            None => Err(conflict),
        },
        answer => answer,
    }
}

async fn recorded(store: &dyn CommandStore, asked: &Asked) -> Result<Option<String>, Fault> {
    store.recorded(&asked.key).await?.map(|recorded| recorded.reply_to(asked)).transpose()
}

async fn run_function(function: Function, request: Request) -> Response {
    with_status_of_fault(run_alone(function, request).await).await
}

/// Runs a server function as `leptos_axum` does, but with the context of this request alone. There it would have that of
/// what was rendered last on the same thread, for whomever, and look in it for what its own request has not.
async fn run_alone(mut function: Function, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let accepts = parts.headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let is_form = accepts.is_some_and(|accepted| accepted.contains("text/html"));
    let form = parts.headers.get(header::REFERER).filter(|_| is_form).cloned();
    let options = ResponseOptions::default();
    let running = Owner::default().with(|| {
        provide_context(parts.clone());
        provide_context(options.clone());
        ScopedFuture::new(function.run(Request::from_parts(parts, body)))
    });
    let mut response = running.await;
    // A page that is not live goes back to its form, unless it was told where to go.
    if let Some(form) = form
        && !response.headers().contains_key(header::LOCATION)
    {
        *response.status_mut() = StatusCode::FOUND;
        response.headers_mut().insert(header::LOCATION, form);
    }
    let mut options = options.0.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(status) = options.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(std::mem::take(&mut options.headers));
    response
}

/// A command that panics is answered, and harms no other.
async fn unless_it_panics<A>(answer: impl Future<Output = A>) -> Result<A, Fault> {
    AssertUnwindSafe(answer).catch_unwind().await.map_err(|_| {
        tracing::error!("a command panicked");
        Fault::internal()
    })
}

/// The request and its body, once all of it is here.
async fn bounded(request: Request, handles: &CommandHandles) -> Result<(Parts, Bytes), Fault> {
    let (parts, body) = request.into_parts();
    let share = handles.inbound.from(Address::of(&parts.extensions));
    Ok((parts, inbound::whole(body, &handles.settings, share).await?))
}

/// Which client's command is posted; `None` when it names none.
fn whose(request: &Parts) -> Result<Option<CallKey>, Fault> {
    let text = |name: &HeaderName| request.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let Some(client) = text(&CLIENT) else {
        return Ok(None);
    };
    let client = ClientId::from_str(client)?;
    let uid = text(&UID).and_then(|uid| uid.parse().ok()).map(Uid);
    let uid = uid.ok_or_else(|| Fault::bad_request("A command of a client needs its UID: a whole number."))?;
    if !request.extensions.get::<BrowserSession>().is_some_and(|browser| browser.owns(&client)) {
        return Err(Fault::unknown_client());
    }
    Ok(Some(CallKey { client, uid }))
}

/// Leptos answers every error with 500. A fault knows its own status; and a 500 would make the session forget what the
/// command changed in it.
async fn with_status_of_fault(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, REPLY_BYTES).await.unwrap_or_default();
    let fault = serde_json::from_slice::<Fault>(&body).unwrap_or_else(|_| Fault::internal());
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.status = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // For whoever notes how it ended.
    parts.extensions.insert(fault.code);
    Response::from_parts(parts, Body::from(FromServerFnError::ser(&fault)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::{
        context::{provide_context, use_context},
        server,
        server_fn::{ServerFn, codec::Json},
    };

    #[server(prefix = "/command", input = Json)]
    async fn what_somebody_else_is_shown() -> Result<Option<String>, Fault> {
        Ok(use_context::<String>())
    }

    /// What renders a page stays its thread's owner while the page waits for what it shows.
    #[tokio::test]
    async fn a_command_finds_nothing_of_a_page_that_is_rendered_for_somebody_else_meanwhile() {
        let page = Owner::new_root(None);
        page.with(|| provide_context(String::from("a secret")));
        assert_eq!(use_context::<String>().as_deref(), Some("a secret"), "so it would be found");
        let path = WhatSomebodyElseIsShown::PATH;
        let function = get_server_fn_service(path, Method::POST).expect("it is registered");
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let answer = run_alone(function, request.body(Body::from("{}")).expect("a request")).await;
        let body = to_bytes(answer.into_body(), 100).await.expect("a body");
        assert_eq!(&*body, b"null");
    }
}
