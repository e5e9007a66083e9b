//! Whoever stands at the door, before it is known who they are.

use super::known_browser::{self, Secret};
use http::request::Parts;
use sputnik::server::{Node, address::Address};

/// What is known of whoever sends a form.
#[derive(Clone, Default)]
pub struct Visitor {
    /// Where they come from.
    pub address: Option<Address>,
    /// By what their browser is known again, if somebody signed in there before.
    pub browser: Option<Secret>,
    /// What kind of browser it is, in words.
    pub kind: String,
}

impl Visitor {
    /// Whoever sent this request.
    #[must_use]
    pub fn of(request: &Parts) -> Self {
        let secure = request.extensions.get::<Node>().is_some_and(|node| node.settings().secure_cookies);
        Self {
            address: Address::of(&request.extensions),
            browser: Secret::of(&request.headers, secure),
            kind: known_browser::kind(&request.headers),
        }
    }
}
