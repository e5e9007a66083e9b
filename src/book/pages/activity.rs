//! What happened in a book, and the toasts that tell of it as it happens.

use super::book_context::{BookContext, face, use_book_context};
use crate::{
    book::events::{BookEvent, EventKind, Leaves},
    ui::{
        avatar::Avatar,
        empty::Empty,
        for_each::ForEach,
        page::use_page,
        time::{Day, Time, day_of},
        toast::Toast,
    },
};
use leptos::prelude::*;

/// The panel of activity, newest first.
#[component]
pub fn Activity() -> impl IntoView {
    let context = use_book_context();
    let lines = Memo::new(move |_| {
        context.live.state.with(|book| {
            let newest: Vec<&BookEvent> = book.activity.iter().rev().collect();
            let before = std::iter::once(None).chain(newest.iter().map(Some));
            let lines = newest.iter().zip(before).enumerate().map(|(at, (told, before))| {
                let new_day = before.is_none_or(|before| day_of(before.at) != day_of(told.at));
                // Counted from the oldest, so that a line keeps its key when newer ones come.
                (book.activity.len() - at, (*told).clone(), new_day)
            });
            lines.collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || lines.with(Vec::is_empty)>
            <Empty
                title="Nothing has happened yet"
                words="Who came, who wrote where, and what was added, renamed and moved will be listed here, the newest first."
            />
        </Show>
        <ol class="activity" aria-label="Activity">
            <ForEach each=move || lines.get() key=|(nth, told, new_day)| (*nth, told.at, *new_day) let((_, told, new_day))>
                <li>
                    {new_day
                        .then(|| {
                            view! {
                                <p class="day">
                                    <Day at=told.at />
                                </p>
                            }
                        })} <div class="deed">
                        <Avatar face=face(&told.by) />
                        <p>
                            <strong>{told.by.name.clone()}</strong>
                            " "
                            {told.words()}
                            " "
                            <Time at=told.at />
                        </p>
                    </div>
                </li>
            </ForEach>
        </ol>
    }
    .into_any()
}

/// Shows a toast for what others do, and announces it. The chat has its own badge.
pub fn toast_what_others_do(context: BookContext) {
    let page = use_page();
    Effect::new(move || {
        let Some(heard) = context.live.heard.get() else { return };
        let told = heard.message;
        if heard.mine
            || told.by.is_somebody()
            || context.is_me(Some(&told.by.id))
            || told.what.leaves() == Leaves::Nothing
        {
            return;
        }
        let me = context.me.with_value(|me| me.as_ref().map(|me| me.id.clone()));
        // Whoever has a chapter open is told there.
        let is_told = matches!(&told.what, EventKind::MemberSet { member, .. } if Some(&member.person.id) == me.as_ref())
            && context.part.get_untracked().is_some();
        if !is_told {
            page.toast(Toast::of(face(&told.by), format!("{} {}", told.by.name, told.words_to(me.as_ref()))));
        }
    });
}
