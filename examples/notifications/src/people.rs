//! Who somebody is: whoever says that they are Ann, is. An application with accounts asks its sessions here.

use sputnik::{Fault, command};
#[cfg(feature = "ssr")]
use {
    http::{HeaderValue, header, request::Parts},
    leptos::prelude::expect_context,
    leptos_axum::ResponseOptions,
    sputnik::{
        ChannelName, UserId,
        server::{Gate, Pass, User, async_trait, browser},
    },
};

/// Signs in. A form: its answer sets a cookie.
#[command(form)]
pub async fn sign_in(name: String) -> Result<(), Fault> {
    let name = name.trim().to_lowercase();
    name.parse::<UserId>().map_err(|_| Fault::bad_request("A name is letters from a to z, and digits."))?;
    let cookie = HeaderValue::try_from(format!("name={name}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"));
    let cookie = cookie.map_err(|_| Fault::internal())?;
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    // The browser is somebody else's now: what was sent from it before counts for nothing.
    browser::renew(&expect_context());
    Ok(())
}

/// Knows people by their cookie. To the channel of a person the layer itself lets that person, and nobody else; others
/// there are none.
#[cfg(feature = "ssr")]
pub struct Door;

#[cfg(feature = "ssr")]
#[async_trait]
impl Gate for Door {
    async fn who(&self, request: &Parts) -> Result<Option<User>, Fault> {
        let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split("; "));
        let id = pairs.find_map(|pair| pair.strip_prefix("name=")?.parse::<UserId>().ok());
        Ok(id.map(|id| User { name: id.to_string(), id }))
    }

    async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
        Err(Fault::not_found("channel"))
    }
}
