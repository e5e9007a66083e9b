//! A picture on its way from this page to the site.

use crate::book::{model::BookId, pictures::Uploaded};
use gloo_net::http::Request;
use leptos::web_sys::Blob;
use sputnik::{Fault, protocol::json};
use wasm_bindgen::JsValue;

/// Sends a picture, and tells where it is now and how large it is shown.
///
/// # Errors
/// In words for the person: when it is none that can be kept, is too large, or the site cannot be reached. Then nothing
/// was stored, and it can be sent again.
pub async fn picture(book: &BookId, file: Blob) -> Result<Uploaded, Fault> {
    let out_of_reach =
        || Fault::temporary("The picture could not be sent: there is no connection. Please add it again in a moment.");
    let request = Request::post(&format!("/book/{book}/pictures")).header("accept", "application/json");
    let request = request.body(JsValue::from(file)).map_err(|_| Fault::internal())?;
    let response = request.send().await.map_err(|_| out_of_reach())?;
    let (status, body) = (response.status(), response.text().await.map_err(|_| out_of_reach())?);
    if response.ok() {
        return json::read(&body).map_err(|_| Fault::internal());
    }
    Err(json::read(&body).unwrap_or_else(|_| match status {
        // Not the site's own words, but those of what stands before it.
        413 => Fault::too_large("This picture is too large to be sent. It was not stored; please make it smaller."),
        _ => out_of_reach(),
    }))
}
