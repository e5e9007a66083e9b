//! How a command travels: [`Sputnik`] is the `client` of its server function.

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
/// the same UID until they are answered. Write `client = Sputnik` in a server function's attribute, nothing else.
pub struct Sputnik;

/// A command on its way: the path of its server function and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Such as `/command/app/book/commands/rename_chapter`.
    pub path: String,
    /// The arguments, as JSON.
    pub body: String,
}

/// What a command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As an HTTP status.
    pub status: u16,
    /// The value, or the fault, as JSON.
    pub body: String,
}

impl<E: FromServerFnError, I, O> Client<E, I, O> for Sputnik {
    type Request = Call;
    type Response = Answer;

    async fn send(call: Call) -> Result<Answer, E> {
        // The error type is the server function's own; through JSON a fault becomes it, words and all.
        super::connection::run(call).await.map_err(|fault| E::de(FromServerFnError::ser(&fault)))
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
        Ok(Self { path: path.to_owned(), body })
    }

    fn try_new_req_bytes(path: &str, _: &str, _: &str, body: Bytes, _: Method) -> Result<Self, E> {
        match String::from_utf8(body.into()) {
            Ok(body) => Ok(Self { path: path.to_owned(), body }),
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
