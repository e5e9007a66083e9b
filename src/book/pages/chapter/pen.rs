//! The pen, as the page shows it: who has it, who asks for it, and what can be done about that.

use super::writer::{Mode, Writer};
use crate::{
    book::pages::room::face_of,
    sputnik::{names::ClientId, roster::Present},
    ui::{avatar::Avatar, dialog::Confirm, icon::Icon},
};
use leptos::prelude::*;

/// How somebody who holds or asks for the pen is called.
fn called(writer: Writer, who: &Present) -> String {
    if writer.room.is_me(who.user.as_ref()) { "You, in another tab,".to_owned() } else { face_of(who).name }
}

/// Who writes, and the buttons to begin.
#[component]
pub fn PenBar(writer: Writer) -> impl IntoView {
    let room = writer.room;
    let me = crate::sputnik::client::use_connection().client;
    let others = Memo::new(move |_| {
        let holder = writer.lock.state.with(|state| state.holder.clone())?;
        (Some(&holder) != me.get().as_ref()).then_some(holder)
    });
    let reading = move || matches!(writer.mode.get(), Mode::Reading | Mode::Opening);
    let place = Memo::new(move |_| {
        let me = me.get()?;
        writer.lock.state.with(|state| state.queue.iter().position(|waiting| *waiting == me))
    });
    let taking_over = RwSignal::new(false);
    let opening = move || writer.mode.get() == Mode::Opening;
    view! {
        <div class="pen-bar">
            {move || {
                others
                    .get()
                    .map(|_| {
                        let who = writer.lock.holder.get();
                        let name = who.as_ref().map_or_else(|| "Somebody".to_owned(), |who| called(writer, who));
                        let verb = if name.starts_with("You") { " are writing" } else { " is writing" };
                        view! {
                            <p class="holder">
                                {who.map(|who| view! { <Avatar face=face_of(&who) /> })} <span class="pulse">
                                    <Icon name="pen" />
                                </span> <span>{name} {verb}</span>
                            </p>
                        }
                    })
            }}
            <Show when=move || room.can_edit() && reading()>
                <Show
                    when=move || others.with(Option::is_some)
                    fallback=move || {
                        view! {
                            <button
                                type="button"
                                class="primary"
                                disabled=move || opening() || !writer.page.live.get()
                                on:click=move |_| writer.write()
                            >
                                <Icon name="pen" />
                                {move || if opening() { "Opening…" } else { "Write" }}
                            </button>
                        }
                    }
                >
                    {move || match place.get() {
                        Some(place) => {
                            view! {
                                <p class="asked">
                                    {if place == 0 {
                                        "You asked for the pen: you are next.".to_owned()
                                    } else {
                                        format!("You asked for the pen: {place} before you.")
                                    }}
                                </p>
                                <button type="button" on:click=move |_| writer.withdraw()>
                                    "Withdraw"
                                </button>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <button type="button" disabled=opening on:click=move |_| writer.ask()>
                                    "Ask for the pen"
                                </button>
                            }
                                .into_any()
                        }
                    }}
                    <Show when=move || room.owns()>
                        <button type="button" class="quiet" on:click=move |_| taking_over.set(true)>
                            "Take over"
                        </button>
                    </Show>
                </Show>
            </Show>
            <Confirm
                open=taking_over
                title="Take over the pen?"
                words="The chapter is yours to write at once. What the other has typed and not saved is set aside and kept for them."
                verb="Take over"
                act=move |()| writer.take_over()
            />
        </div>
    }
    .into_any()
}

/// Tells the writer who asks for the pen: calmly, with two answers.
#[component]
pub fn Asking(writer: Writer) -> impl IntoView {
    let refused = RwSignal::new(Vec::<ClientId>::new());
    let asks = Memo::new(move |_| {
        let first = writer.lock.queue.get().into_iter().next()?;
        refused.with(|refused| !refused.contains(&first.client)).then_some(first)
    });
    Effect::new(move || {
        if let (Mode::Writing, Some(who)) = (writer.mode.get(), asks.get()) {
            writer.page.announce(format!("{} asks for the pen.", face_of(&who).name));
        }
    });
    move || {
        let who = asks.get().filter(|_| writer.mode.get() == Mode::Writing)?;
        let (name, client, not_now) = (face_of(&who).name, who.client.clone(), who.client.clone());
        Some(view! {
            <section class="banner calm" aria-label="The pen is asked for">
                <p class="row">
                    <Avatar face=face_of(&who) />
                    <span>
                        <strong>{name}</strong>
                        " asks for the pen"
                    </span>
                </p>
                <div class="row">
                    <button type="button" class="primary" on:click=move |_| writer.hand_over(client.clone())>
                        "Hand over"
                    </button>
                    <button
                        type="button"
                        class="quiet"
                        on:click=move |_| refused.update(|refused| refused.push(not_now.clone()))
                    >
                        "Not now"
                    </button>
                </div>
            </section>
        })
    }
}
