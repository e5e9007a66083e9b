//! The side panel: people, chat, activity.

use super::{
    activity::{Activity, toast_what_others_do},
    book_context::{BookContext, Pane, Tab, use_book_context},
    chat::Chat,
    people::People,
};
use crate::ui::icon::Icon;
use leptos::prelude::*;

const TABS: [(Tab, &str, &str); 3] =
    [(Tab::People, "People", "people"), (Tab::Chat, "Chat", "chat"), (Tab::Activity, "Activity", "activity")];

/// How many lines of the chat came since it was last open. One count for the whole book.
pub fn unread(context: BookContext) -> Memo<usize> {
    if let Some(Unread(count)) = use_context() {
        return count;
    }
    let last = move || context.live.state.with(|book| book.chat.last().map_or(0, |line| line.id));
    let seen = RwSignal::new(context.live.state.with_untracked(|book| book.chat.last().map_or(0, |line| line.id)));
    let open = move || context.tab.get() == Tab::Chat && (context.right.get() || context.pane.get() == Pane::Chat);
    Effect::new(move || {
        if open() {
            seen.set(last());
        }
    });
    let count = Memo::new(move |_| {
        let seen = seen.get();
        context.live.state.with(|book| {
            let new = book.chat.iter().filter(|line| line.id > seen);
            new.filter(|line| !context.is_me(Some(&line.by.id))).count()
        })
    });
    provide_context(Unread(count));
    count
}

#[derive(Clone, Copy)]
struct Unread(Memo<usize>);

/// The panel.
#[component]
pub fn Side() -> impl IntoView {
    let context = use_book_context();
    let unread = unread(context);
    toast_what_others_do(context);
    let choose = move |event: &leptos::ev::KeyboardEvent| {
        let at = TABS.iter().position(|(tab, ..)| *tab == context.tab.get_untracked()).unwrap_or_default();
        let next = match &*event.key() {
            "ArrowRight" => (at + 1) % TABS.len(),
            "ArrowLeft" => (at + TABS.len() - 1) % TABS.len(),
            _ => return,
        };
        event.prevent_default();
        context.tab.set(TABS[next].0);
        crate::ui::browser::focus(&format!("tab-{}", TABS[next].1));
    };
    view! {
        <aside class="pane side" aria-label="People, chat and activity">
            <div class="tabs" role="tablist" aria-label="Side panel">
                {TABS
                    .map(|(tab, words, icon)| {
                        let chosen = move || context.tab.get() == tab;
                        view! {
                            <button
                                type="button"
                                role="tab"
                                id=format!("tab-{words}")
                                aria-controls="side-panel"
                                aria-selected=move || chosen().to_string()
                                tabindex=move || if chosen() { "0" } else { "-1" }
                                on:click=move |_| context.tab.set(tab)
                                on:keydown=move |event| choose(&event)
                            >
                                <Icon name=icon />
                                {words}
                                {move || {
                                    let count = unread.get();
                                    (tab == Tab::Chat && count > 0)
                                        .then(|| {
                                            view! {
                                                <span class="badge">{count} <span class="unseen">" unread"</span></span>
                                            }
                                        })
                                }}
                            </button>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </div>
            <section
                class="panel"
                id="side-panel"
                role="tabpanel"
                // It scrolls, and not always over something that can be focused.
                tabindex="0"
                aria-label=move || TABS.iter().find(|(tab, ..)| *tab == context.tab.get()).map(|(_, words, _)| *words)
            >
                {move || match context.tab.get() {
                    Tab::People => view! { <People /> }.into_any(),
                    Tab::Chat => view! { <Chat /> }.into_any(),
                    Tab::Activity => view! { <Activity /> }.into_any(),
                }}
            </section>
        </aside>
    }
    .into_any()
}
