//! What every answer carries, so that a browser does nothing with it that it was not meant for. Whatever a person wrote
//! reaches a page as text; were it ever not so, this would keep it from running.

use crate::local_address::local_part;
use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE};
use http::{HeaderName, HeaderValue, Uri, header};
use leptos::{nonce::Nonce, prelude::use_context, server_fn::error::ServerFnUrlError};
use leptos_axum::ResponseOptions;
use leptos_router::location::RequestUrl;
use sputnik::Fault;
use tower_http::set_header::SetResponseHeaderLayer;

/// For what is no page: should a browser ever take it for one, it can load nothing, run nothing and be nobody. A drawing
/// has its own style in it.
const NO_PAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What of the device a page may use: of all that asks for permission, only the clipboard.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
    usb=(), xr-spatial-tracking=(), clipboard-read=(self), clipboard-write=(self)";

/// For a year, this host is asked over https only.
const ONLY_HTTPS: &str = "max-age=31536000";

/// For the service worker, which fetches what it keeps for when there is no connection, and does nothing else.
const SERVICE_WORKER: (&str, &str) = ("/service-worker.js", "default-src 'none'; connect-src 'self'");

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Gives the page that is being rendered its policy. Scripts run that carry this answer's nonce, or were loaded by one
/// that does; a nonce is made anew for every answer, and nobody can guess it. Styles come from files alone.
pub fn keep_page(nonce: &Nonce) {
    // While somebody works on the pages, `cargo leptos watch` tells of changes at a port of its own.
    let watched = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws: wss:" } else { "" };
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; connect-src 'self'{watched}; frame-src 'self'; worker-src 'self'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let (Some(response), Ok(policy)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&policy)) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Puts around all routes what every answer carries that does not say otherwise.
pub fn around(routes: Router) -> Router {
    routes.layer((
        middleware::map_response(lead_nowhere_else),
        middleware::from_fn(show_no_fault_that_is_none),
        set(header::CONTENT_SECURITY_POLICY, NO_PAGE),
        set(header::REFERRER_POLICY, "same-origin"),
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        set(header::CACHE_CONTROL, "private, no-cache"),
        set(PERMISSIONS_POLICY, PERMISSIONS),
        middleware::from_fn(let_the_service_worker_fetch),
        set(RESOURCE_POLICY, "same-origin"),
    ))
}

/// The same where people come by https: browsers never ask by anything else again.
pub fn by_https(routes: Router) -> Router {
    routes.layer(set(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS))
}

/// Sets a header where the answer does not set it itself.
fn set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// A form that is refused on a page that is not live comes back with its fault in the address. Where somebody made that
/// up so that it cannot be read, the server and the browser show different things for it, and such a page never becomes
/// live: it is asked for without.
async fn show_no_fault_that_is_none(request: Request, next: Next) -> Response {
    match without_unreadable_fault(request.uri()) {
        Some(address) => Redirect::to(&address).into_response(),
        None => next.run(request).await,
    }
}

fn without_unreadable_fault(address: &Uri) -> Option<String> {
    address.query()?.contains("__err").then_some(())?;
    let mut address = format!("http://localhost{}", address.path_and_query()?);
    let told = RequestUrl::new(&address).parse().ok()?.search_params().get_str("__err")?.to_owned();
    URL_SAFE.decode(told).err()?;
    ServerFnUrlError::<Fault>::strip_error_info(&mut address);
    local_part(&address)
}

async fn let_the_service_worker_fetch(request: Request, next: Next) -> Response {
    let (path, policy) = SERVICE_WORKER;
    let is_worker = request.uri().path() == path;
    let mut response = next.run(request).await;
    if is_worker && response.status().is_success() {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    response
}

/// Where an answer leads, it leads to this site. A form that is refused goes back to where it says it came from, which
/// may be anywhere, and `//fonts` is a folder here and another site in a browser.
async fn lead_nowhere_else(mut response: Response) -> Response {
    if let Some(leads) = response.headers_mut().get_mut(header::LOCATION) {
        let here = leads.to_str().ok().and_then(local_part).and_then(|path| path.parse().ok());
        *leads = here.unwrap_or(HeaderValue::from_static("/"));
    }
    response
}
