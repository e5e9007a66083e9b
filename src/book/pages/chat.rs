//! The chat of a book.

use super::book_context::{BookContext, face, use_book_context};
use crate::{
    book::{
        commands::chat::say,
        events::EventKind,
        model::{ChatLine, Role},
    },
    ui::{
        avatar::Avatar,
        browser,
        empty::Empty,
        for_each::ForEach,
        form::Wrong,
        time::{Day, Time, day_of},
    },
};
use leptos::{html, prelude::*, task::spawn_local};

/// Lines of one person that stand close together are one group.
const CLOSE: i64 = 5 * 60_000;
const LONGEST: usize = 2_000;

/// A line of the chat, and what stands above it.
#[derive(Clone, PartialEq, Eq)]
struct Shown {
    line: ChatLine,
    new_day: bool,
    new_group: bool,
}

fn grouped(lines: &[ChatLine]) -> Vec<Shown> {
    let before = std::iter::once(None).chain(lines.iter().map(Some));
    let shown = lines.iter().zip(before).map(|(line, before)| {
        let new_day = before.is_none_or(|before| day_of(before.at) != day_of(line.at));
        let close = before.is_some_and(|before| before.by.id == line.by.id && line.at - before.at < CLOSE);
        Shown { line: line.clone(), new_day, new_group: new_day || !close }
    });
    shown.collect()
}

/// The panel of the chat.
#[component]
pub fn Chat() -> impl IntoView {
    let context = use_book_context();
    let state = context.live.state;
    let lines = Memo::new(move |_| state.with(|book| grouped(&book.chat)));
    let log = NodeRef::<html::Div>::new();
    // The newest line is at the bottom; whoever has scrolled up to read is left where they are.
    Effect::new(move |before: Option<usize>| {
        let count = lines.with(Vec::len);
        if let Some(log) = log.get() {
            let below = log.scroll_height() - log.scroll_top() - log.client_height();
            if before.is_none() || below < 160 {
                request_animation_frame(move || log.set_scroll_top(log.scroll_height()));
            }
        }
        count
    });
    let awaits = Signal::derive(move || {
        let words = if context.can_edit() {
            "Talk about the book here: a question, a plan. Everyone in it sees what is said, now and later."
        } else {
            "What the editors of this book say to each other will stand here."
        };
        words.to_owned()
    });
    view! {
        <div class="chat">
            <div class="chat-log" role="log" aria-label="Messages" tabindex="0" node_ref=log>
                <Show when=move || lines.with(Vec::is_empty)>
                    <Empty title="Nothing has been said yet" words=awaits />
                </Show>
                <ForEach each=move || lines.get() key=|shown| (shown.line.id, shown.new_day, shown.new_group) let:shown>
                    <ChatLineView shown />
                </ForEach>
            </div>
            // By their role alone: what is typed stays in the field, also where the book ends under it.
            <Show
                when=move || { context.role.get() >= Role::Editor }
                fallback=|| view! { <p class="muted pad">"Editors of this book can talk here."</p> }
            >
                <Say />
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn ChatLineView(shown: Shown) -> impl IntoView {
    let Shown { line, new_day, new_group } = shown;
    let is_expected = line.is_expected();
    view! {
        {new_day
            .then(|| {
                view! {
                    <p class="day">
                        <Day at=line.at />
                    </p>
                }
            })}
        // Read out once it is in the chat.
        <div class="line" class:first=new_group class:expected=is_expected aria-hidden=is_expected.then_some("true")>
            {new_group
                .then(|| {
                    view! {
                        <Avatar face=face(&line.by) />
                        <p class="by">
                            <strong>{line.by.name.clone()}</strong>
                            <Time at=line.at />
                        </p>
                    }
                })} <p class="said" dir="auto">
                {line.text}
            </p>
        </div>
    }
    .into_any()
}

/// The line as the chat will have it.
fn expected(context: BookContext, said: &str) -> Option<ChatLine> {
    let by = context.me.get_value()?;
    let last = context.live.state.with_untracked(|book| book.chat.last().map(|line| line.id)).unwrap_or_default();
    let id = ChatLine::EXPECTED.max(last + 1);
    Some(ChatLine { id, by, at: browser::now(), text: said.to_owned() })
}

#[component]
fn Say() -> impl IntoView {
    let context = use_book_context();
    let text = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let send = move || {
        let said = text.get_untracked().trim().to_owned();
        if said.is_empty() {
            return;
        }
        if said.chars().count() > LONGEST {
            fault.set(Some("A message has at most 2,000 characters.".to_owned()));
            return;
        }
        let Some(line) = expected(context, &said) else { return };
        fault.set(None);
        // The field is free at once for the next thought; what could not be sent comes back to it.
        text.set(String::new());
        spawn_local(async move {
            let saying = say(context.book(), said.clone());
            if let Err(why) = context.predict(EventKind::Chatted { line }, saying).await {
                fault.try_set(Some(why.words));
                text.try_update(|text| *text = if text.is_empty() { said } else { format!("{said}\n{text}") });
            }
        });
    };
    view! {
        <form
            class="say"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <Wrong words=fault id="message-error" />
            <div class="say-row">
                <textarea
                    aria-label="Message"
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby=move || fault.with(Option::is_some).then_some("message-error")
                    placeholder="Write a message"
                    rows="1"
                    dir="auto"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                    on:keydown=move |event| {
                        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                            event.prevent_default();
                            send();
                        }
                    }
                ></textarea>
                <button type="submit" class="primary">
                    "Send"
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::person::Person;

    #[test]
    fn lines_of_one_person_that_stand_close_are_one_group() {
        let line = |id, name: &str, at| ChatLine {
            id,
            by: Person { id: name.parse().expect("an id"), name: name.into() },
            at,
            text: "hello".into(),
        };
        let shown =
            grouped(&[line(1, "ann", 0), line(2, "ann", 1_000), line(3, "ben", 2_000), line(4, "ben", 90_000_000)]);
        assert_eq!(shown.iter().map(|shown| shown.new_group).collect::<Vec<_>>(), [true, false, true, true]);
        assert_eq!(shown.iter().map(|shown| shown.new_day).collect::<Vec<_>>(), [true, false, false, true]);
    }
}
