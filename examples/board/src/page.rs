//! What one sees.

use crate::{
    board::{
        Board, Card, Column, Opened, TEXT, TITLE, Wall, add_card, give_up_card, hand_over_card, lock_of, move_card,
        open_board, remove_card, save_card, take_card,
    },
    people::ComeIn,
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local};
use serde_json::Value;
use sputnik::{
    Channel, Fault,
    client::{Lock, Presence, provide_connection, use_channel, use_connection, use_lock, use_presence},
};

/// The document around the page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, interactive-widget=resizes-content" />
                <title>"Board"</title>
                <link rel="stylesheet" href="/pkg/board.css" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The board, or the door to it for whoever has no name yet.
#[component]
pub fn App() -> impl IntoView {
    provide_connection();
    view! {
        <Await future=open_board() let:opened>
            {match opened.clone() {
                Ok(opened) => view! { <Inside opened /> }.into_any(),
                Err(_) => view! { <Outside /> }.into_any(),
            }}
        </Await>
    }
}

#[component]
fn Outside() -> impl IntoView {
    view! {
        <form class="outside" method="post" action=ComeIn::PATH>
            <h1>"Board"</h1>
            <label>"Your name" <input name="name" required maxlength="24" autocomplete="nickname" autofocus /></label>
            <button>"Come in"</button>
        </form>
    }
}

/// What all parts of the page have at hand.
#[derive(Clone, Copy)]
struct Page {
    board: RwSignal<Board>,
    presence: Presence,
    /// Why something was not done.
    trouble: RwSignal<Option<String>>,
}

impl Page {
    /// Asks the server for something, and says so if it is not done.
    fn ask<T: 'static>(self, command: impl Future<Output = Result<T, Fault>> + 'static) {
        spawn_local(async move {
            let done = command.await;
            drop(self.trouble.try_set(done.err().map(|fault| fault.words)));
        });
    }
}

#[component]
fn Inside(opened: Opened) -> impl IntoView {
    let board = use_channel(Wall, opened.board, Board::apply).state;
    let presence = use_presence(Wall.name(), Signal::stored(Value::Null));
    let page = Page { board, presence, trouble: RwSignal::new(None) };
    let people = move || presence.people.get().into_iter().map(|who| view! { <li>{who.name}</li> }).collect_view();
    view! {
        <header>
            <h1>"Board"</h1>
            <p role="alert">{move || page.trouble.get()}</p>
            <ul aria-label="Here now">{people}</ul>
        </header>
        <main>{Column::ALL.map(|column| view! { <Hanging column page /> }).collect_view()}</main>
    }
}

#[component]
fn Hanging(column: Column, page: Page) -> impl IntoView {
    let title = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        page.ask(add_card(column, title.get_untracked()));
        title.set(String::new());
    };
    let cards = move || {
        let here = |card: &&Card| card.column == column;
        page.board.with(|board| board.cards.iter().filter(here).map(|card| card.id).collect::<Vec<_>>())
    };
    view! {
        <section>
            <h2>{column.title()}</h2>
            <ol aria-label=column.title()>
                <For each=cards key=|id| *id let:id>
                    <Pinned id page />
                </For>
            </ol>
            <form on:submit=submit>
                <input
                    aria-label=format!("New: {}", column.title())
                    placeholder="A new card"
                    required
                    maxlength=TITLE
                    autocomplete="off"
                    prop:value=title
                    on:input=move |event| title.set(event_target_value(&event))
                />
                <button>"Add"</button>
            </form>
        </section>
    }
}

/// A card: as it stands, or, while this page has its lock, as it is edited.
#[component]
fn Pinned(id: i64, page: Page) -> impl IntoView {
    let lock = use_lock(page.presence, lock_of(id));
    view! {
        <li>
            {move || match lock.fence.get() {
                Some(fence) => view! { <Editing id fence lock page /> }.into_any(),
                None => view! { <Standing id lock page /> }.into_any(),
            }}
        </li>
    }
}

#[component]
fn Standing(id: i64, lock: Lock, page: Page) -> impl IntoView {
    let client = use_connection().client;
    let card = Memo::new(move |_| page.board.with(|board| board.card(id).cloned()));
    let of = move |show: fn(&Card) -> &String| card.with(|card| card.as_ref().map(show).cloned().unwrap_or_default());
    let column = move || card.with(|card| card.as_ref().map(|card| card.column));
    let beside = move |step: isize| {
        if lock.holder.with(Option::is_some) {
            return None;
        }
        let at = Column::ALL.iter().position(|other| Some(*other) == column())?;
        Column::ALL.get(at.checked_add_signed(step)?).copied()
    };
    let to = move |step: isize| {
        move || {
            beside(step).map(|to| {
                view! {
                    <button aria-label=format!("To “{}”", to.title()) on:click=move |_| page.ask(move_card(id, to))>
                        {if step < 0 { "←" } else { "→" }}
                    </button>
                }
            })
        }
    };
    let waits = move || client.with(|me| lock.queue.get().iter().any(|who| Some(&who.client) == me.as_ref()));
    let buttons = move || match lock.holder.get() {
        None => view! {
            <button on:click=move |_| page.ask(take_card(id))>"Edit"</button>
            <button on:click=move |_| page.ask(remove_card(id))>"Remove"</button>
        }
        .into_any(),
        Some(_) if waits() => {
            view! { <button on:click=move |_| page.ask(give_up_card(id))>"Do not wait"</button> }.into_any()
        }
        Some(_) => view! { <button on:click=move |_| page.ask(take_card(id))>"Wait for it"</button> }.into_any(),
    };
    let who = move || lock.holder.get().map(|who| format!("{} is editing it", who.name));
    view! {
        <h3>{move || of(|card| &card.title)}</h3>
        <p>{move || of(|card| &card.text)}</p>
        <p role="status">{who}</p>
        <div>{to(-1)} {buttons} {to(1)}</div>
    }
}

#[component]
fn Editing(id: i64, fence: u64, lock: Lock, page: Page) -> impl IntoView {
    let card = page.board.with_untracked(|board| board.card(id).cloned());
    let (title, text) = card.map(|card| (card.title, card.text)).unwrap_or_default();
    let (title, text) = (RwSignal::new(title), RwSignal::new(text));
    let save = move || save_card(id, fence, title.get_untracked(), text.get_untracked());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let save = save();
        page.ask(async move {
            save.await?;
            give_up_card(id).await
        });
    };
    let next = move || {
        lock.queue.get().into_iter().next().map(|next| {
            let to = next.client;
            let hand_over = move |_| {
                let (save, to) = (save(), to.clone());
                page.ask(async move {
                    save.await?;
                    hand_over_card(id, to).await
                });
            };
            view! {
                <p role="status">{format!("{} waits for it", next.name)}</p>
                <button type="button" on:click=hand_over>"Save and hand over"</button>
            }
        })
    };
    view! {
        <form on:submit=submit>
            <input
                aria-label="Title"
                required
                maxlength=TITLE
                prop:value=title
                on:input=move |event| title.set(event_target_value(&event))
            />
            <textarea
                aria-label="Text"
                maxlength=TEXT
                rows="4"
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <div>
                <button>"Save"</button>
                <button type="button" on:click=move |_| page.ask(give_up_card(id))>"Cancel"</button>
                {next}
            </div>
        </form>
    }
}
