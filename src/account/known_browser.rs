//! A person's browsers: what kind each is, and by which secret it is known again.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};
use sputnik::Fault;

/// The longest that browsers keep a cookie.
const KEPT_SECONDS: u32 = 400 * 24 * 60 * 60;
const RANDOM: usize = 16;

/// The secret by which a browser is known again, long after its session ended. It lets nobody in: whoever brings it has
/// guesses of their own at the password of those who signed in there, so that strangers cannot use these up.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one, which nobody can guess.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn new() -> Result<Self, Fault> {
        let mut bytes = [0; RANDOM];
        getrandom::fill(&mut bytes).map_err(|error| {
            tracing::error!(%error, "there is no randomness");
            Fault::internal()
        })?;
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The one a request's cookies bring.
    #[must_use]
    pub fn of(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let value = cookies.flat_map(|line| line.split(';')).find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == cookie(secure)).then_some(value)
        })?;
        let whole = BASE64_URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == RANDOM);
        whole.then(|| Self(value.to_owned()))
    }

    /// What is stored of it: nobody who reads the database can bring the secret.
    #[must_use]
    pub fn hash(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.as_bytes()))
    }

    /// The cookie that keeps it.
    #[must_use]
    pub fn set_cookie(&self, secure: bool) -> Option<HeaderValue> {
        let (name, only) = (cookie(secure), if secure { "; Secure" } else { "" });
        format!("{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEPT_SECONDS}{only}", self.0).parse().ok()
    }
}

/// With the prefix no other server of the same domain can set it, nor this one without https.
fn cookie(secure: bool) -> &'static str {
    if secure { "__Host-sputnik_browser" } else { "sputnik_browser" }
}

/// What kind of browser sent a request, in words: "Firefox on Linux". Nothing of what it says of itself is kept as it
/// stands.
#[must_use]
pub fn kind(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    // The first that fits: many say that they are others too.
    let name = |names: &[(&str, &'static str)]| names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, it)| *it);
    let browser = name(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
        ("python", "A Python program"),
    ]);
    let system = name(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "An unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_in_words() {
        for (agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 \
                 Safari/537.36 Edg/126.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/17.4 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 CriOS/123.0 Mobile \
                 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl"),
            ("<script>alert(1)</script>", "An unknown browser"),
            ("", "An unknown browser"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, agent.parse().expect("a header"));
            assert_eq!(kind(&headers), words);
        }
        assert_eq!(kind(&HeaderMap::new()), "An unknown browser");
    }

    #[test]
    fn a_browser_is_known_by_its_cookie_and_by_nothing_else() {
        let secret = Secret::new().expect("randomness");
        for secure in [false, true] {
            let set = secret.set_cookie(secure).expect("a cookie");
            let set = set.to_str().expect("text");
            assert!(set.contains("HttpOnly") && set.contains("Path=/") && set.ends_with("Secure") == secure, "{set}");
            let mut headers = HeaderMap::new();
            let cookie = set.split(';').next().expect("its value");
            headers.insert(header::COOKIE, format!("a=b; {cookie}").parse().expect("a header"));
            assert!(Secret::of(&headers, secure) == Some(secret.clone()));
            assert!(Secret::of(&headers, !secure).is_none(), "another site's cookie, or an older one");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "sputnik_browser=short".parse().expect("a header"));
        assert!(Secret::of(&headers, false).is_none());
        assert!(!secret.hash().contains(&secret.0));
    }
}
