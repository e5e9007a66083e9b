//! A counter that everybody shares. Every click counts once, also one that was made without a network.

use leptos::{prelude::*, task::spawn_local};
#[cfg(feature = "ssr")]
use sputnik::server::{Caller, MemoryStore, Outbox};
use sputnik::{Channel, ChannelName, Fault, Snapshot, client, command};

/// The count, and which clicks are in it.
#[cfg(feature = "ssr")]
pub static COUNT: std::sync::LazyLock<std::sync::Arc<MemoryStore<u64>>> = std::sync::LazyLock::new(Default::default);

/// Here everybody hears of a new count.
#[derive(Clone, PartialEq)]
struct Counter;

impl Channel for Counter {
    type State = u64;
    type Message = u64;

    fn name(&self) -> ChannelName {
        "counter".parse().expect("a name of letters")
    }

    fn snapshot(&self) -> impl Future<Output = Result<Snapshot<u64>, Fault>> + Send + 'static {
        open_counter()
    }
}

/// The count as it stands.
#[command]
pub async fn open_counter() -> Result<Snapshot<u64>, Fault> {
    COUNT.snapshot(&Caller::current().await?, &Counter.name(), |count| Ok(*count)).await
}

/// Counts one more, and tells everybody.
#[command]
pub async fn click() -> Result<(), Fault> {
    let count_one = |count: &mut u64, outbox: &mut Outbox| {
        *count += 1;
        outbox.say(&Counter.name(), count)
    };
    COUNT.run(&Caller::current().await?, count_one).await
}

/// The button, on which the count is; and how many clicks wait for the network.
#[component]
pub fn App() -> impl IntoView {
    let waiting = client::provide_connection().waiting;
    let follow = |snapshot| client::use_channel(Counter, snapshot, |count, new| *count = *new).state;
    view! {
        <Await future=open_counter() let:opened>
            <button on:click=move |_| spawn_local(async { drop(click().await) })>{opened.clone().ok().map(follow)}</button>
        </Await>
        <p role="status">{move || Some(waiting.get()).filter(|some| *some > 0).map(|some| format!("{some} on the way"))}</p>
    }
}

/// The document around the page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <title>"Counter"</title>
                <meta name="viewport" content="width=device-width" />
                <link rel="stylesheet" href="/pkg/counter.css" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
            </head>
            <body><App /></body>
        </html>
    }
}

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    hydrate_body(App);
}
