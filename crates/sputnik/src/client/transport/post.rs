//! A command by a request of its own, where there is no socket.

use crate::{
    client::{
        call::{Answer, Call},
        devtools::fault_injection::{self, Way},
    },
    protocol::{
        fault::Fault,
        json,
        names::{ClientId, Uid},
        paths,
    },
};
use gloo_net::http::Request;
use leptos::server_fn::error::FromServerFnError;

/// Posts a command. `None` when no answer came: it stays and is sent again.
pub(crate) async fn post(client: ClientId, uid: Uid, call: Call, again: bool) -> Option<Answer> {
    fault_injection::note(Way::Up, "post", || format!("{uid} {} {}", call.path, call.body));
    fault_injection::travel().await.ok()?;
    let mut request = Request::post(&call.path)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header(paths::CLIENT.as_str(), client.as_str())
        .header(paths::UID.as_str(), &uid.to_string());
    if again {
        request = request.header(paths::AGAIN.as_str(), "1");
    }
    let response = request.body(call.body).ok()?.send().await.ok()?;
    let (status, body) = (response.status(), response.text().await.ok()?);
    fault_injection::travel().await.ok()?;
    fault_injection::note(Way::Down, "post", || format!("{uid} {status} {body}"));
    if json::read::<&serde_json::value::RawValue>(&body).is_ok() {
        return Some(Answer { status, body });
    }
    // A proxy's page: the server itself answers in JSON.
    let fault = Fault::temporary("The server cannot be reached for the moment.");
    let body = String::from_utf8(FromServerFnError::ser(&fault).into()).ok()?;
    (status < 500).then_some(Answer { status: fault.status(), body })
}
