//! The locks: who holds what, who waits, and how one is freed.

use super::{commands::free_lock, listed::Listed};
use crate::ui::{command::run_with_toast, dialog::Confirm, for_each::ForEach, page::use_page};
use leptos::prelude::*;
use sputnik::protocol::overview::{LockOverview, Party, SiteOverview};

/// The table of locks.
#[component]
pub(super) fn Locks(
    /// The site.
    site: RwSignal<SiteOverview>,
) -> impl IntoView {
    let page = use_page();
    let asked = RwSignal::new(None::<LockOverview>);
    let open = RwSignal::new(false);
    let words = move || asked.with(|asked| asked.as_ref().map(what_follows).unwrap_or_default());
    let free = move |()| {
        let Some(LockOverview { channel, lock, holder: Some(holder), .. }) = asked.get_untracked() else { return };
        let done = format!("“{lock}” is no longer held by {}.", holder.name);
        run_with_toast(page, done, free_lock(channel, lock, holder.client));
    };
    let rows = move || site.with(|site| site.locks.keys().cloned().collect::<Vec<_>>());
    view! {
        <Listed
            id="locks"
            title="Locks"
            heads=&["Lock", "Channel", "Held by", "Waiting", "Fence", ""]
            empty="Nothing is locked."
            is_empty=Signal::derive(move || site.with(|site| site.locks.is_empty()))
            more=Signal::derive(move || site.with(|site| site.more_locks))
        >
            <ForEach
                each=rows
                key=|key| key.clone()
                children=move |key| {
                    let (channel, name) = key.clone();
                    let lock = Memo::new(move |_| site.with(|site| site.locks.get(&key).cloned()));
                    let ask = move |_| {
                        asked.set(lock.get_untracked());
                        open.set(true);
                    };
                    let held = move || lock.with(|lock| lock.as_ref().and_then(|lock| lock.holder.clone()));
                    let label = {
                        let name = name.clone();
                        move || held().map(|holder| format!("Free {name}, held by {}", holder.name))
                    };
                    view! {
                        <tr>
                            <th scope="row" class="id">
                                {name.to_string()}
                            </th>
                            <td class="id" data-head="Channel">
                                {channel.to_string()}
                            </td>
                            <td data-head="Held by">{move || held().map_or("nobody".to_owned(), |who| who.name)}</td>
                            <td data-head="Waiting">
                                {move || lock.with(|lock| lock.as_ref().map(|lock| names(&lock.queue)))}
                            </td>
                            <td class="numbers" data-head="Fence">
                                {move || lock.with(|lock| lock.as_ref().map(|lock| lock.fence))}
                            </td>
                            <td class="does">
                                <button
                                    type="button"
                                    class="small"
                                    aria-label=label
                                    disabled=move || held().is_none()
                                    on:click=ask
                                >
                                    "Free…"
                                </button>
                            </td>
                        </tr>
                    }
                }
            />
        </Listed>
        <Confirm open title="Free this lock?" words=Signal::derive(words) verb="Free it" act=free danger=true />
    }
    .into_any()
}

fn names(queue: &[Party]) -> String {
    match queue {
        [] => "nobody".to_owned(),
        queue => queue.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// What comes of freeing it.
fn what_follows(lock: &LockOverview) -> String {
    let holder = lock.holder.as_ref().map_or("Nobody", |holder| &holder.name);
    let next = match lock.queue.first() {
        Some(next) => format!("It passes to {}, who waits for it.", next.name),
        None => "Nobody waits for it: a page that is still writing takes it again by itself.".to_owned(),
    };
    format!(
        "{holder} holds “{}” in {}. {next} {holder} is told, and what they typed stays on their page.",
        lock.lock, lock.channel
    )
}
