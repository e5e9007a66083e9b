//! Who somebody is: whoever says that they are Ann, is. An application with accounts asks its sessions here.

use sputnik::{Fault, command};
#[cfg(feature = "ssr")]
use {
    base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD},
    http::{HeaderValue, header, request::Parts},
    leptos::prelude::expect_context,
    leptos_axum::ResponseOptions,
    sputnik::{
        Channel, ChannelName, UserId,
        server::{Gate, Pass, User, async_trait, browser},
    },
};

/// Comes in under a name. A form: its answer sets a cookie, and it works before the page is live.
#[command(form)]
pub async fn come_in(name: String) -> Result<(), Fault> {
    // As a cookie, and as a user's id, a name is letters and digits.
    let id = URL_SAFE_NO_PAD.encode(name.trim());
    id.parse::<UserId>().map_err(|_| Fault::bad_request("A name has at least one letter, and not too many."))?;
    let cookie = HeaderValue::try_from(format!("name={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"));
    let cookie = cookie.map_err(|_| Fault::internal())?;
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    // The browser is somebody else's now: what was sent from it before counts for nothing.
    browser::renew(&expect_context());
    Ok(())
}

/// Lets everybody who has a name to the board.
#[cfg(feature = "ssr")]
pub struct Door;

#[cfg(feature = "ssr")]
#[async_trait]
impl Gate for Door {
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault> {
        let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split("; "));
        let id = pairs.find_map(|pair| pair.strip_prefix("name=")?.parse::<UserId>().ok());
        Ok(id.and_then(|id| {
            let name = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
            Some(User { id, name })
        }))
    }

    async fn admit(&self, who: Option<&User>, channel: &ChannelName) -> Result<Pass, Fault> {
        if who.is_some() && *channel == crate::board::Wall.name() {
            return Ok(Pass { present: true, whisper: true, ..Pass::default() });
        }
        Err(Fault::not_found("channel"))
    }
}
