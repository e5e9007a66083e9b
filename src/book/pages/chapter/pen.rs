//! The pen, as the page shows it: who writes alone, since when and why, who asks for it, and what can be done about that.

use super::{goal::Words, writer::Writer};
use crate::{
    book::{
        chapter::Pen,
        commands::pen::{hand_over_pen, put_down_pen, take_over_pen, take_pen},
        model::Part,
        pages::book_context::face_of,
    },
    ui::{
        avatar::Avatar,
        browser,
        dialog::{Confirm, Dialog},
        icon::Icon,
        time::Time,
        toast::Toast,
    },
};
use leptos::{prelude::*, task::spawn_local};
use sputnik::{
    ClientId, Fault, LockState, Present,
    client::{Shown, connection::use_connection},
};

/// For how long after a cut of the connection a loss of the pen is put down to it, in milliseconds.
const WAS_AWAY: i64 = 30_000;

/// How somebody who holds or asks for the pen is called.
fn called(writer: Writer, who: &Present) -> String {
    if writer.context.is_me(who.user.as_ref()) { "You, in another tab,".to_owned() } else { face_of(who).name }
}

/// Runs a command about the pen, and says what went wrong.
fn ask(writer: Writer, answer: impl Future<Output = Result<(), Fault>> + 'static) {
    writer.fault.set(None);
    spawn_local(async move {
        if let Err(why) = answer.await {
            writer.fault.try_set(Some(why.words));
        }
    });
}

/// Gives the pen away: the news of it, which may come after the answer, need not be told.
fn give(writer: Writer, answer: impl Future<Output = Result<(), Fault>> + 'static) {
    writer.pressed.set_value(true);
    ask(writer, async move {
        let answer = answer.await;
        if answer.is_err() {
            writer.pressed.try_set_value(false);
        }
        answer
    });
}

/// Takes the pen: the news of it, which may come after the answer, need not be told. Tells whether it is here.
async fn take(writer: Writer, answer: impl Future<Output = Result<LockState, Fault>>) -> Result<bool, Fault> {
    writer.pressed.set_value(true);
    let answer = answer.await;
    let here = answer.as_ref().is_ok_and(|pen| writer.holds(pen));
    if !here {
        writer.pressed.try_set_value(false);
    }
    answer.map(|_| here)
}

async fn told<T>(answer: impl Future<Output = Result<T, Fault>>) -> Result<(), Fault> {
    answer.await.map(drop)
}

/// The pen comes and goes without a press here: from the queue, after a reload, with a cut of the connection.
///
/// One that came is taken: so the database knows who has it. One that was lost while there was no connection is taken
/// again, if nobody else has it by then; any other loss is told.
pub fn follow(writer: Writer) {
    let connection = use_connection();
    let away = StoredValue::new(0_i64);
    Effect::new(move || {
        if connection.shown.get() == Shown::Reconnecting {
            away.set_value(i64::MAX);
        } else if away.get_value() == i64::MAX {
            away.set_value(browser::now());
        }
    });
    Effect::new(move |before: Option<Option<u64>>| {
        let fence = writer.lock.fence.get();
        let known = before.flatten();
        if fence == known || writer.pressed.try_update_value(std::mem::take) == Some(true) {
            return fence;
        }
        if fence.is_none() {
            lost(writer, browser::now().saturating_sub(away.get_value()) < WAS_AWAY);
        } else {
            let (book, part) = writer.place();
            if before.is_some() {
                let title = super::title_of_untracked(writer.context, &part);
                let words = format!("You have the pen of “{title}”: you write alone until you put it down.");
                writer.page.announce(words.clone());
                writer.page.toast(Toast::plain(words));
            }
            ask(writer, told(take_pen(book, part, false, String::new())));
        }
        fence
    });
}

/// The pen is gone, and nobody here put it down.
fn lost(writer: Writer, while_away: bool) {
    let (book, part) = writer.place();
    spawn_local(async move {
        let why = writer.live.state.try_with_untracked(|text| text.pen.clone().map(|pen| pen.why).unwrap_or_default());
        if while_away && take(writer, take_pen(book, part, false, why.unwrap_or_default())).await == Ok(true) {
            return;
        }
        let words = match writer.lock.holder.try_get_untracked().flatten() {
            Some(who) => format!("{} has the pen now.", face_of(&who).name),
            None => "You no longer have the pen: everybody may write again.".to_owned(),
        };
        writer.page.announce(words.clone());
        writer.page.toast(Toast::plain(words));
    });
}

/// The pen is here.
#[component]
pub fn OwnPen(
    writer: Writer,
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
) -> impl IntoView {
    let put_down = move |_| {
        let (book, part) = writer.place();
        // The button goes with the pen.
        writer.write_on();
        give(writer, put_down_pen(book, part));
    };
    view! {
        <section class="told" aria-label="The pen">
            <Icon name="pen" />
            <p class="what">
                <span>"You write alone"</span>
                " "
                <Words part writer />
            </p>
            <button type="button" on:click=put_down>
                "Let everybody write"
            </button>
        </section>
    }
    .into_any()
}

/// The pen is somebody else's: who writes alone, since when and why, and a place in the queue for it.
#[component]
pub fn OthersPen(
    writer: Writer,
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
) -> impl IntoView {
    let context = writer.context;
    let holder = Memo::new(move |_| writer.alone());
    let place = Memo::new(move |_| writer.place_in_queue());
    // One button, which keeps the focus: into the queue, and out of it.
    let in_queue = Memo::new(move |_| place.get().is_some());
    let press = move |_| {
        let (book, part) = writer.place();
        if in_queue.get_untracked() {
            ask(writer, put_down_pen(book, part));
        } else {
            ask(writer, told(take_pen(book, part, true, String::new())));
        }
    };
    let waits = move |place| match place {
        0 => "You asked for the pen: you are next.".to_owned(),
        _ => format!("You asked for the pen: {place} before you."),
    };
    view! {
        <section class="told" aria-label="The pen">
            {move || holder.get().map(|who| view! { <Avatar face=face_of(&who) /> })}
            <p class="what">
                {move || holder.get().map(|who| view! { <Holder writer who /> })}
                {move || place.get().map(|place| view! { ". " <span class="asked">{waits(place)}</span> })}
            </p>
            <span class="only-wide">
                <Words part writer />
            </span>
            <Show when=move || context.can_edit() && writer.page.live.get()>
                <button type="button" on:click=press>
                    {move || if in_queue.get() { "Withdraw" } else { "Ask for the pen" }}
                </button>
            </Show>
        </section>
    }
    .into_any()
}

/// Somebody else who writes alone.
#[component]
fn Holder(writer: Writer, who: Present) -> impl IntoView {
    let name = called(writer, &who);
    let verb = if name.starts_with("You,") { " write alone" } else { " writes alone" };
    let user = who.user;
    let pen = Memo::new(move |_| {
        writer.live.state.with(|text| text.pen.clone().filter(|pen| Some(&pen.by.id) == user.as_ref()))
    });
    let since = move |pen: Pen| {
        view! {
            <span class="since">
                ", pen taken "
                <Time at=pen.since />
                {(!pen.why.is_empty()).then(|| view! { ": " <q>{pen.why}</q> })}
            </span>
        }
    };
    view! { <span>{name} {verb} {move || pen.get().map(since)}</span> }.into_any()
}

/// Asks before the pen is taken from whoever has it.
#[component]
pub fn TakeOver(writer: Writer, asked: RwSignal<bool>) -> impl IntoView {
    view! {
        <Confirm
            open=asked
            title="Take over the pen?"
            words="You write alone at once. What the other has typed is in the chapter; what is not stored yet stays on their page."
            verb="Take over"
            act=move |()| {
                let (book, part) = writer.place();
                ask(writer, told(take(writer, take_over_pen(book, part))));
            }
        />
    }
}

/// Asks why, and takes the pen.
#[component]
pub fn TakePen(writer: Writer, asked: RwSignal<bool>) -> impl IntoView {
    let why = RwSignal::new(String::new());
    let send = move || {
        let (book, part) = writer.place();
        let said = why.get_untracked();
        asked.set(false);
        why.set(String::new());
        ask(writer, told(take(writer, take_pen(book, part, false, said))));
    };
    view! {
        <Dialog open=asked title="Write alone for a while">
            <form
                class="stack"
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <p>"The others read along and may ask for the pen. It ends when you put it down, or leave the book."</p>
                <label class="field">
                    <span>"Why (optional)"</span>
                    <input
                        maxlength=Pen::WHY.to_string()
                        placeholder="I am restructuring this chapter"
                        prop:value=why
                        on:input=move |event| why.set(event_target_value(&event))
                    />
                </label>
                <footer class="row end">
                    <button type="button" on:click=move |_| asked.set(false)>
                        "Cancel"
                    </button>
                    <button type="submit" class="primary">
                        "Take the pen"
                    </button>
                </footer>
            </form>
        </Dialog>
    }
    .into_any()
}

/// Who asks for the pen that is here. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Requests {
    /// The first of them, unless they were told to wait.
    pub first: Memo<Option<Present>>,
    refused: RwSignal<Vec<ClientId>>,
}

impl Requests {
    /// Follows them, and announces each.
    pub fn of(writer: Writer) -> Self {
        let refused = RwSignal::new(Vec::<ClientId>::new());
        let first = Memo::new(move |_| {
            let first = writer.lock.queue.get().into_iter().next()?;
            (writer.is_alone() && refused.with(|refused| !refused.contains(&first.client))).then_some(first)
        });
        Effect::new(move || {
            if let Some(who) = first.get() {
                writer.page.announce(format!("{} asks for the pen.", face_of(&who).name));
            }
        });
        Self { first, refused }
    }
}

/// Tells who writes alone who asks for the pen: calmly, with two answers.
#[component]
pub fn Asking(writer: Writer, requests: Requests) -> impl IntoView {
    move || {
        let who = requests.first.get()?;
        let (name, client, not_now) = (face_of(&who).name, who.client.clone(), who.client.clone());
        let hand_over = move |_| {
            let (book, part) = writer.place();
            // The buttons go with the question.
            writer.hold_focus();
            give(writer, hand_over_pen(book, part, client.clone()));
        };
        Some(view! {
            <section class="told asking" aria-label="The pen is asked for">
                <Avatar face=face_of(&who) />
                <p class="what">
                    <strong>{name}</strong>
                    " asks for the pen"
                </p>
                <button type="button" class="primary" on:click=hand_over>
                    "Hand over"
                </button>
                <button
                    type="button"
                    class="quiet"
                    on:click=move |_| {
                        writer.write_on();
                        requests.refused.update(|refused| refused.push(not_now.clone()));
                    }
                >
                    "Not now"
                </button>
            </section>
        })
    }
}
