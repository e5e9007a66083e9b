//! The versions of a chapter, newest first, under how it stands now.

use super::Look;
use crate::{
    account::person::Person,
    book::{
        history::{History, Moment, Revision},
        model::PartId,
        pages::book_context::face,
    },
    ui::{
        avatar::{Avatar, Faces},
        listed::listed,
        number::count,
        time::Time,
    },
};
use leptos::prelude::*;

/// The list. Each line leads to its version.
#[component]
pub fn List(look: Look, part: StoredValue<PartId>, history: StoredValue<History>) -> impl IntoView {
    let now = history.with_value(|history| (history.now.clone(), history.words));
    let (unfinished, words) = now;
    let lines = history.with_value(|history| history.revisions.clone());
    let oldest =
        history.with_value(|history| history.revisions.last().map(|last| last.number).filter(|_| history.more));
    let older =
        oldest.map(|oldest| format!("{}&before={oldest}", part.with_value(|part| look.path(part, Moment::Now))));
    view! {
        <nav class="version-nav" aria-label="Versions of the chapter">
            <ol class="version-list" aria-label="Versions">
                <li>
                    <Line look part moment=Moment::Now people=unfinished.as_ref().map(|now| now.by.clone()).unwrap_or_default()>
                        <strong>"Now"</strong>
                        <span class="muted">
                            {unfinished
                                .map(|now| view! { {names(&now.by)} ", " <Time at=now.at /> ", " })} {count(words, "word")}
                        </span>
                    </Line>
                </li>
                {lines.into_iter().map(|revision| line(look, part, revision)).collect_view()}
            </ol>
            {older.map(|older| view! { <p><a href=older>"Older versions"</a></p> })}
        </nav>
    }
    .into_any()
}

fn line(look: Look, part: StoredValue<PartId>, revision: Revision) -> impl IntoView {
    let Revision { number, by, with, at, name, words } = revision;
    let people: Vec<Person> = std::iter::once(by).chain(with).collect();
    let (who, named) = (names(&people), !name.is_empty());
    view! {
        <li>
            <Line look part moment=Moment::Revision(number) people>
                <strong>"Version " {number}</strong>
                <span class="muted">{who} ", " <Time at /> ", " {count(words, "word")}</span>
                {named.then(|| view! { <q dir="auto">{name}</q> })}
            </Line>
        </li>
    }
    .into_any()
}

#[component]
fn Line(
    look: Look,
    part: StoredValue<PartId>,
    moment: Moment,
    people: Vec<Person>,
    children: Children,
) -> impl IntoView {
    let faces: Vec<_> = people.iter().map(face).collect();
    let faces = match faces.len() {
        1 => faces.into_iter().next().map(|face| view! { <Avatar face /> }.into_any()),
        _ => Some(view! { <Faces faces=faces most=3 /> }.into_any()),
    };
    view! {
        <a
            href=part.with_value(|part| look.path(part, moment))
            aria-current=move || (look.shown.get() == moment).then_some("true")
        >
            {faces}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// These people as one names them.
pub fn names(people: &[Person]) -> String {
    listed(&people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>())
}
