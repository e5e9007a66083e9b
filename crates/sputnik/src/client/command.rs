//! How a command travels: [`Sputnik`] is the `client` of its server function.

use super::call::{Answer, Call};
use crate::protocol::fault::Fault;
use bytes::Bytes;
use futures::{Sink, Stream, stream};
use http::Method;
use leptos::server_fn::{
    client::Client,
    error::{FromServerFnError, ServerFnErrorErr},
    request::ClientReq,
    response::ClientRes,
};

/// The way commands travel: over the live connection when there is one, by POST otherwise; kept and sent again under
/// the same UID until they are answered. Where `KEEP`, also by the next page, if theirs goes before that.
pub struct Sputnik<const KEEP: bool = false>;

impl<const KEEP: bool, E: FromServerFnError, I, O> Client<E, I, O> for Sputnik<KEEP> {
    type Request = Call;
    type Response = Answer;

    async fn send(call: Call) -> Result<Answer, E> {
        // The error type is the server function's own; through JSON a fault becomes it, words and all.
        run(Call { keep: KEEP, ..call }).await.map_err(|fault| E::de(FromServerFnError::ser(&fault)))
    }

    async fn open_websocket(
        _path: &str,
    ) -> Result<(impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static, impl Sink<Bytes> + Send + 'static), E> {
        Err::<(stream::Empty<_>, futures::sink::Drain<_>), E>(unsupported("a socket of its own"))
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        leptos::task::spawn(future);
    }
}

/// Runs a command over the connection.
#[cfg(feature = "hydrate")]
fn run(call: Call) -> impl Future<Output = Result<Answer, Fault>> + Send {
    send_wrapper::SendWrapper::new(super::page::call(call))
}

/// On the server nothing calls itself over the network: server functions run in place.
#[cfg(not(feature = "hydrate"))]
async fn run(_: Call) -> Result<Answer, Fault> {
    Err(Fault::internal())
}

/// A command takes JSON and answers JSON; the other shapes server functions know are refused in words.
fn unsupported<E: FromServerFnError>(what: &str) -> E {
    E::from_server_fn_error(ServerFnErrorErr::Request(format!("a command cannot have {what}: use `input = Json`")))
}

impl<E: FromServerFnError> ClientReq<E> for Call {
    type FormData = ();

    fn try_new_req_query(_: &str, _: &str, _: &str, _: &str, _: Method) -> Result<Self, E> {
        Err(unsupported("its arguments in the query"))
    }

    fn try_new_req_text(path: &str, _: &str, _: &str, body: String, _: Method) -> Result<Self, E> {
        Ok(Self { path: path.to_owned(), body, keep: false })
    }

    fn try_new_req_bytes(path: &str, _: &str, _: &str, body: Bytes, _: Method) -> Result<Self, E> {
        match String::from_utf8(body.into()) {
            Ok(body) => Ok(Self { path: path.to_owned(), body, keep: false }),
            Err(_) => Err(unsupported("binary arguments")),
        }
    }

    fn try_new_req_form_data(_: &str, _: &str, _: &str, (): (), _: Method) -> Result<Self, E> {
        Err(unsupported("a form as its arguments"))
    }

    fn try_new_req_multipart(_: &str, _: &str, (): (), _: Method) -> Result<Self, E> {
        Err(unsupported("files as its arguments"))
    }

    fn try_new_req_streaming(
        _: &str,
        _: &str,
        _: &str,
        _: impl Stream<Item = Bytes> + Send + 'static,
        _: Method,
    ) -> Result<Self, E> {
        Err(unsupported("a stream as its arguments"))
    }
}

impl<E: FromServerFnError> ClientRes<E> for Answer {
    async fn try_into_string(self) -> Result<String, E> {
        Ok(self.body)
    }

    async fn try_into_bytes(self) -> Result<Bytes, E> {
        Ok(self.body.into())
    }

    fn try_into_stream(self) -> Result<impl Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static, E> {
        Err::<stream::Empty<_>, E>(unsupported("a stream as its answer"))
    }

    fn status(&self) -> u16 {
        self.status
    }

    fn status_text(&self) -> String {
        String::new()
    }

    fn location(&self) -> String {
        String::new()
    }

    fn has_redirect(&self) -> bool {
        false
    }
}
