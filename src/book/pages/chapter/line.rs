//! The one line under a chapter's title: quietly how the chapter stands; and where something needs a word, that in its
//! place. So nothing moves the text when a pen is taken or asked for, a chapter is closed, or a right changes. What
//! needs a word stays in sight above the text, wherever one reads or writes.

use super::{
    super::{
        book_context::use_book_context,
        contents::{mark, mark::Mark, set_status_of},
    },
    closing::ClosedLine,
    goal::Words,
    pen::{Asking, OthersPen, OwnPen, Requests},
    role::{News, RoleNews},
    writer::Writer,
};
use crate::{
    book::model::{Part, Status},
    ui::{icon::Icon, time::Time},
};
use leptos::prelude::*;

/// What needs a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Whoever looks may do more or less than before.
    Role,
    /// Somebody asks for the pen that is here.
    Asked,
    /// The pen is here.
    OwnPen,
    /// The pen is somebody else's.
    OthersPen,
    /// The chapter is closed.
    Closed,
}

/// What needs a word, and what is to be known for it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Telling {
    /// What is told now.
    pub told: Memo<Option<Told>>,
    news: News,
    requests: Requests,
}

impl Telling {
    /// Follows what there is to tell of a chapter.
    pub fn of(writer: Writer) -> Self {
        let (news, requests) = (News::of(writer), Requests::of(writer));
        // With the pen somebody writes in a chapter only as far as it is open to them.
        let is_shut = move || {
            let role = writer.context.role.get();
            writer.closed.with(|closed| closed.as_ref().is_some_and(|closed| !closed.how.lets_write(role)))
        };
        let told = Memo::new(move |_| match () {
            // Where the book itself is closed to them, the page says so above everything.
            () if news.is_there() && writer.context.ending.get().is_none() => Some(Told::Role),
            () if requests.first.with(Option::is_some) => Some(Told::Asked),
            () if writer.is_alone() => Some(Told::OwnPen),
            () if is_shut() => Some(Told::Closed),
            () if writer.alone().is_some() => Some(Told::OthersPen),
            () if writer.closed.with(Option::is_some) => Some(Told::Closed),
            () => None,
        });
        Self { told, news, requests }
    }
}

/// The line.
#[component]
pub fn Line(
    writer: Writer,
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
    telling: Telling,
) -> impl IntoView {
    let Telling { told, news, requests } = telling;
    view! {
        <div class="chapter-line" class:telling=move || told.with(Option::is_some)>
            {move || match told.get() {
                None => view! { <Meta writer part /> }.into_any(),
                Some(Told::Role) => view! { <RoleNews writer news /> }.into_any(),
                Some(Told::Asked) => view! { <Asking writer requests /> }.into_any(),
                Some(Told::OwnPen) => view! { <OwnPen writer part /> }.into_any(),
                Some(Told::OthersPen) => view! { <OthersPen writer part /> }.into_any(),
                Some(Told::Closed) => view! { <ClosedLine writer part /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Meta(writer: Writer, part: Memo<Option<Part>>) -> impl IntoView {
    let context = use_book_context();
    let status = Signal::derive(move || part.with(|part| part.as_ref().map(|part| part.status)).unwrap_or_default());
    let last = Memo::new(move |_| writer.live.state.with(|chapter| chapter.last.clone()));
    view! {
        <div class="meta">
            <Show
                when=move || context.can_edit() && writer.page.live.get()
                fallback=move || view! { <span class="with-mark"><Mark status=status.get() /> {move || status.get().words()}</span> }
            >
                <StatusSelect writer status />
            </Show>
            <Words part writer />
            {move || {
                last.get()
                    .map(|(who, at)| {
                        let by = if who.is_somebody() { "written ".to_owned() } else { format!("written by {} ", who.name) };
                        let title = by.trim_end().to_owned();
                        view! { <span class="last" title=title>{by} <Time at /></span> }
                    })
            }}
            <Show when=move || context.within.get()>
                <a class="to-history" href=move || writer.history()>
                    <Icon name="history" />
                    <span>"History"</span>
                </a>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn StatusSelect(writer: Writer, status: Signal<Status>) -> impl IntoView {
    let choose = move |chosen: &str| {
        if let Some(status) = Status::ALL.into_iter().find(|status| status.words() == chosen) {
            writer.part.with_value(|part| set_status_of(writer.context, part, status, writer.fault));
        }
    };
    view! {
        <span class="with-mark">
            {move || view! { <span class=format!("status {}", mark::status_class(status.get()))><mark::Shape status=status.get() /></span> }}
            <select
                class="bare"
                aria-label="Status"
                prop:value=move || status.get().words()
                on:change=move |event| choose(&event_target_value(&event))
            >
                {Status::ALL
                    .map(|each| {
                        view! {
                            <option value=each.words() selected=move || status.get() == each>
                                {each.words()}
                            </option>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </select>
        </span>
    }
    .into_any()
}
