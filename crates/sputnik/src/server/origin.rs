//! Whose page a request comes from.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// From which site a browser asks.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request comes from a page of this site, or from no page at all.
#[must_use]
pub fn same_origin(headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let said = |name| headers.get(name).map(text);
    if said(FETCH_SITE).is_some_and(|site| site == "cross-site") {
        return false;
    }
    match (said(header::ORIGIN), said(header::HOST)) {
        // No browser: nothing that would send somebody's cookies unasked.
        (None, _) => true,
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, origin)| origin == host),
        (Some(_), None) => false,
    }
}
