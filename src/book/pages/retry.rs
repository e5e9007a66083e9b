//! What takes long on the server waits for its turn there, and where it does not come to it, is asked for again.

use sputnik::Fault;
use std::future::Future;

/// How often it is asked for again before the page says that the server is busy.
#[cfg(feature = "hydrate")]
const AGAIN: usize = 3;

/// Asks, and where the server is too busy, asks again when it says that it makes sense. While a page is rendered there is
/// no time for that: then the answer stands as it is, and the live page asks.
pub async fn patiently<T, A: Future<Output = Result<T, Fault>>>(ask: impl Fn() -> A) -> Result<T, Fault> {
    #[cfg(feature = "hydrate")]
    for _ in 0..AGAIN {
        match ask().await {
            Err(Fault { code: sputnik::Code::TooMany, retry_ms: Some(after), .. }) => pause(after).await,
            answered => return answered,
        }
    }
    ask().await
}

#[cfg(feature = "hydrate")]
async fn pause(milliseconds: u32) {
    let (done, waits) = futures::channel::oneshot::channel::<()>();
    let time = std::time::Duration::from_millis(milliseconds.into());
    leptos::prelude::set_timeout(move || _ = done.send(()), time);
    // The timer holds the other end until it fires.
    _ = waits.await;
}
