//! What stands in place of a chapter that is not here: it was deleted, moved to another book, joined to another chapter,
//! or never was.

use super::{super::book_context::use_book_context, use_part};
use crate::{
    book::{
        chapter::{Moved, MovedTo},
        commands::parts::find_moved,
        model::BookId,
    },
    ui::{status::answer_with, title::PageTitle},
};
use leptos::prelude::*;
use sputnik::protocol::json;

/// The page. Where a chapter went is told to whoever may know.
#[component]
pub fn NotHere() -> impl IntoView {
    let (context, part) = (use_book_context(), use_part());
    answer_with(404);
    let moved = json::resource(
        move || part.get(),
        move |part| async move {
            match part {
                Some(part) => find_moved(context.book(), part).await,
                None => Ok(None),
            }
        },
    );
    let looking = || view! { <p class="muted" role="status">"Looking for this chapter…"</p> };
    view! {
        <PageTitle text="Not here" />
        <div class="page stack">
            <Suspense fallback=looking>
                {move || Suspend::new(async move {
                    match moved.await {
                        Ok(Some(moved)) => view! { <Went moved here=context.book() /> }.into_any(),
                        _ => {
                            view! {
                                <h1>"There is no such chapter"</h1>
                                <p>"It was deleted, or the address was cut short."</p>
                            }
                                .into_any()
                        }
                    }
                })}
            </Suspense>
            <p class="row">
                <a class="button" href=format!("/book/{}", context.book())>
                    "Go to the book"
                </a>
            </p>
        </div>
    }
    .into_any()
}

/// That it went somewhere else, and where to.
#[component]
fn Went(moved: Moved, here: BookId) -> impl IntoView {
    let Moved { to, joined } = moved;
    let heading = if joined { "This chapter was joined to another" } else { "This chapter was moved" };
    let words = match (to, joined) {
        (Some(to), true) if to.book == here => {
            view! { "What stood in it stands at the end of " <Link to=to.clone() /> " now." }.into_any()
        }
        (Some(to), true) => view! {
            "What stood in it stands in " <Link to=to.clone() /> " in " <cite dir="auto">{to.title.to_string()}</cite>
            " now."
        }
        .into_any(),
        (Some(to), false) => view! {
            "It was moved to another book: it is " <Link to=to.clone() /> " in "
            <cite dir="auto">{to.title.to_string()}</cite> " now."
        }
        .into_any(),
        (None, true) => "The chapter that it was joined to is not here any more.".into_any(),
        (None, false) => "It was moved to another book, which is not open to you.".into_any(),
    };
    view! {
        <h1>{heading}</h1>
        <p>{words}</p>
    }
    .into_any()
}

#[component]
fn Link(to: MovedTo) -> impl IntoView {
    view! {
        <a href=format!("/book/{}/{}", to.book, to.part) dir="auto">
            {to.chapter.to_string()}
        </a>
    }
}
