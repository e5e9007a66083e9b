//! The site as it runs: its locks, clients, people, channels and nodes, as the nodes tell of them, second by second.

use super::{
    commands::look,
    locks::Locks,
    tables::{Channels, Clients, Nodes, People},
};
use crate::ui::{
    header::SiteHeader,
    number::count,
    title::PageTitle,
    trouble::{NotFound, Trouble},
};
use leptos::prelude::*;
use serde_json::json;
use sputnik::{
    ChannelName, Code,
    client::{use_presence, use_whispers},
    protocol::{
        json,
        overview::{NodeOverview, SiteOverview},
    },
};

/// The page. For everyone but administrators there is none.
#[component]
pub fn LivePage() -> impl IntoView {
    let first = json::resource(|| (), |()| look());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match first.await {
                    Ok(overview) => view! { <Live first=overview /> }.into_any(),
                    Err(fault) if matches!(fault.code, Code::NotFound | Code::NotSignedIn) => {
                        view! { <NotFound /> }.into_any()
                    }
                    Err(fault) => {
                        view! {
                            <SiteHeader />
                            <main id="main">
                                <Trouble fault />
                            </main>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Live(
    /// What the node that rendered the page knew.
    first: NodeOverview,
) -> impl IntoView {
    let channel = ChannelName::overview();
    // To be there is what makes the nodes tell.
    use_presence(channel.clone(), Signal::stored(json!({})));
    let heard = use_whispers(channel).heard;
    let site = RwSignal::new(SiteOverview::of([first]));
    Effect::new(move |_| {
        let told: Vec<NodeOverview> =
            heard.with(|heard| heard.values().filter_map(|told| json::read(&told.to_string()).ok()).collect());
        // When nothing is heard any more, what was heard last stands; that it is old is said.
        if !told.is_empty() {
            site.set(SiteOverview::of(told));
        }
    });
    view! {
        <PageTitle text="Live" />
        <SiteHeader />
        <main id="main" tabindex="-1" class="sheet live">
            <header class="live-head">
                <h1>"Live"</h1>
                <Fresh heard=Signal::derive(move || heard.with(|heard| !heard.is_empty())) />
                <p class="muted numbers">{move || site.with(in_short)}</p>
            </header>
            <Locks site />
            <Clients site />
            <People site />
            <Channels site />
            <Nodes site />
        </main>
    }
    .into_any()
}

/// Whether what is shown is what is so now.
#[component]
fn Fresh(
    /// Whether any node was heard in the last few seconds.
    heard: Signal<bool>,
) -> impl IntoView {
    let ever = Memo::new(move |before: Option<&bool>| heard.get() || before.copied().unwrap_or_default());
    let state = move || match (heard.get(), ever.get()) {
        (true, _) => ("live", "As it is now"),
        (false, true) => ("away", "Nothing is heard for the moment: this is how it was"),
        (false, false) => ("starting", "As it was when this page was asked for"),
    };
    view! {
        <p class="connection" role="status" aria-label="How new this is" data-state=move || state().0>
            <span class="dot" aria-hidden="true"></span>
            <span class="words">{move || state().1}</span>
        </p>
    }
    .into_any()
}

fn in_short(site: &SiteOverview) -> String {
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let clients = site.nodes.values().map(|node| node.clients).sum();
    let person = match site.users.len() {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    [
        count(number(clients), "client"),
        person,
        count(number(site.channels.len() + site.more_channels), "channel"),
        count(number(site.locks.len() + site.more_locks), "lock"),
        count(number(site.nodes.len()), "node"),
    ]
    .join(" · ")
}
