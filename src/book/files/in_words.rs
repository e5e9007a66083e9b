//! Where a browser is led to a file and there is none, a page says why, in the words that a program is told.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use sputnik::Fault;

/// How long the answer is at most in which something is refused.
const LONGEST: usize = 64 << 10;

/// Such a page loads and runs nothing. The look at a book before it goes out shows it in a frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'";

/// Around routes that answer with files.
pub(super) async fn in_words(request: Request, next: Next) -> Response {
    let wants_page = |value: &HeaderValue| value.to_str().is_ok_and(|kinds| kinds.contains("text/html"));
    let is_browser = request.headers().get(header::ACCEPT).is_some_and(wants_page);
    let response = next.run(request).await;
    let is_refused = response.status().is_client_error() || response.status().is_server_error();
    if !is_browser || !is_refused {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let Ok(fault) = serde_json::from_slice::<Fault>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    (parts, page(&fault.words)).into_response()
}

fn page(words: &str) -> String {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>This file cannot be had</title>\n<style>\n\
         body {{ max-width: 34rem; margin: 12vh auto; padding: 0 20px; font: 17px/1.55 system-ui, sans-serif; }}\n\
         h1 {{ font-size: 1.6rem; line-height: 1.25; }}\n</style>\n</head>\n<body>\n<main>\n\
         <h1>This file cannot be had</h1>\n<p>{words}</p>\n</main>\n</body>\n</html>\n"
    )
}
