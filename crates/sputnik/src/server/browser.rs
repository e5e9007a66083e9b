//! A browser's session: a secret cookie, `sputnik_visit`, by which a client id is bound to the browser it was issued to.
//!
//! A client id is `random ‖ hash(random ‖ session)`. Any node can tell whether a request's client id belongs to its
//! cookie without asking anyone, and nobody who merely sees an id (it stands in messages) can act as it, for the cookie
//! is never shown to a script.
//!
//! A session is one person's, or nobody's: the application [renews](renew) it when somebody signs in or out. So whoever
//! sits down at a browser after somebody else has none of the ids that were issued before, and what still runs as one of
//! them comes back as a new client.

use crate::protocol::names::ClientId;
use axum::{extract::Request, middleware::Next, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use sha2::{Digest, Sha256};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// The cookie's name over plain http.
const COOKIE: &str = "sputnik_visit";
/// Its name over https. By it a browser takes the cookie from this very host over https alone: not from one beside it,
/// nor from whoever stands between.
const SECURE_COOKIE: &str = "__Host-sputnik_visit";
/// Bytes of randomness in a session and in a client id: beyond guessing.
const RANDOM: usize = 16;
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// One browser, until its cookie goes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BrowserSession(Arc<str>);

impl BrowserSession {
    /// A new one, which nobody can guess.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; RANDOM];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    /// The session a request's cookies tell of; `secure` where those are for https only.
    #[must_use]
    pub fn of(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let value = cookies.flat_map(|line| line.split(';')).find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == cookie(secure)).then_some(value)
        })?;
        let whole = URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == RANDOM);
        whole.then(|| Self(value.into()))
    }

    /// A new client of this browser.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn issue_client(&self) -> Result<ClientId, getrandom::Error> {
        let mut random = [0; RANDOM];
        getrandom::fill(&mut random)?;
        let mut id = random.to_vec();
        id.extend_from_slice(&self.bind(&random));
        Ok(URL_SAFE_NO_PAD.encode(id).parse().unwrap_or_else(|_| unreachable!("base64 of 32 bytes is a client id")))
    }

    /// Whether the client was issued to this browser.
    #[must_use]
    pub fn owns(&self, client: &ClientId) -> bool {
        URL_SAFE_NO_PAD.decode(client.as_str()).is_ok_and(|id| {
            id.split_at_checked(RANDOM).is_some_and(|(random, bound)| !bound.is_empty() && bound == self.bind(random))
        })
    }

    /// What the browser may be called: always the same, and nobody can act as it who knows it.
    #[must_use]
    pub fn name(&self) -> Arc<str> {
        URL_SAFE_NO_PAD.encode(&self.bind(b"name")[..RANDOM]).into()
    }

    fn bind(&self, random: &[u8]) -> [u8; RANDOM] {
        let hash = Sha256::new().chain_update(random).chain_update(self.0.as_bytes()).finalize();
        let mut half = [0; RANDOM];
        half.copy_from_slice(&hash[..RANDOM]);
        half
    }

    fn set_cookie(&self, secure: bool) -> Option<HeaderValue> {
        let (name, secure) = (cookie(secure), if secure { "; Secure" } else { "" });
        let cookie = format!("{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={YEAR_SECONDS}{secure}", self.0);
        cookie.parse().ok()
    }
}

fn cookie(secure: bool) -> &'static str {
    if secure { SECURE_COOKIE } else { COOKIE }
}

/// Whether the answer to a request brings the browser a new session.
#[derive(Clone, Default)]
struct Renewal(Arc<AtomicBool>);

/// Begins a new session with the answer to this request: the browser is somebody else's from now on, or nobody's. Whatever
/// client id it was issued before is unknown then. Nothing happens where the request came over a socket, which cannot set
/// a cookie; so sign-in and sign-out are posts.
pub fn renew(request: &Parts) {
    if let Some(Renewal(renewed)) = request.extensions.get() {
        renewed.store(true, Ordering::Relaxed);
    }
}

/// Gives every browser its session with the first page it asks for, and a new one where it was [renewed](renew); and hands
/// the session on to the handlers. `secure` says whether its cookie is for encrypted connections only.
pub(crate) async fn recognise(mut request: Request, next: Next, secure: bool) -> Response {
    let known = BrowserSession::of(request.headers(), secure);
    let mut issued = None;
    if known.is_none() {
        issued = BrowserSession::new().ok();
    }
    if let Some(session) = known.or_else(|| issued.clone()) {
        request.extensions_mut().insert(session);
    }
    let renewal = Renewal::default();
    request.extensions_mut().insert(renewal.clone());
    let mut response = next.run(request).await;
    if renewal.0.load(Ordering::Relaxed) {
        issued = BrowserSession::new().ok();
    }
    if let Some(cookie) = issued.and_then(|session| session.set_cookie(secure)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_worth_nothing_in_another_browser() {
        let (mine, theirs) = (BrowserSession::new().expect("randomness"), BrowserSession::new().expect("randomness"));
        let client = mine.issue_client().expect("randomness");
        assert!(mine.owns(&client));
        assert!(!theirs.owns(&client));
        for forged in ["x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(!mine.owns(&forged.parse().expect("a name")), "{forged}");
        }
    }

    #[test]
    fn over_https_a_session_that_another_host_could_have_planted_counts_for_nothing() {
        let session = BrowserSession::new().expect("randomness");
        let set = |secure| session.set_cookie(secure).expect("a header").to_str().expect("text").to_owned();
        assert!(set(true).starts_with("__Host-sputnik_visit=") && set(true).ends_with("; Secure"), "{}", set(true));
        assert!(set(true).contains("; Path=/;") && !set(true).to_lowercase().contains("domain"), "{}", set(true));
        for (cookie, secure) in [(COOKIE, false), (SECURE_COOKIE, true)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, format!("{cookie}={}", session.0).parse().expect("a header"));
            assert!(BrowserSession::of(&headers, secure) == Some(session.clone()));
            assert!(BrowserSession::of(&headers, !secure).is_none());
        }
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let session = BrowserSession::new().expect("randomness");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("a=b; {COOKIE}={}; c=d", session.0).parse().expect("a header"));
        assert!(BrowserSession::of(&headers, false) == Some(session));
        headers.insert(header::COOKIE, format!("{COOKIE}=short").parse().expect("a header"));
        assert!(BrowserSession::of(&headers, false).is_none());
    }
}
