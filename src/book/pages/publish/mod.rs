//! Where a book gets ready to go out: what it says about itself, its cover and its look, what is looked at before, and the
//! files it is had as.
//!
//! | file | what it has |
//! | --- | --- |
//! | `checks` | what a reader, a shop or a printer would stumble over, each with a way to its place |
//! | `about`, `draft`, `people` | the form of what the book says about itself |
//! | `cover` | the picture on its cover |
//! | `exports` | the files that are made beside all else, and kept for a while |
//! | `matter` | what stands before and around the text |
//! | `preview` | how it looks, before it is made |
//! | `going_out` | its look, what readers are offered, and who may find it |

mod about;
mod checks;
mod cover;
mod draft;
mod exports;
mod going_out;
mod matter;
mod people;
mod preview;

use super::{book_context::use_book_context, downloads::Download};
use crate::{
    book::{format::Format, model::Role, publishing::PressStands},
    ui::title::PageTitle,
};
use about::About;
use checks::Checks;
use cover::Cover;
use exports::Exports;
use going_out::{Look, Offers};
use leptos::prelude::*;
use matter::AroundTheText;
use preview::Preview;

/// The page. Editors look the book over and take it along; owners also say what it says about itself, and to whom it goes.
#[component]
pub fn PublishPage() -> impl IntoView {
    let context = use_book_context();
    // By their role alone: what is typed here stays on the page, also where the book ends under it.
    let (writes, owns) = (move || context.role.get() >= Role::Editor, move || context.role.get() == Role::Owner);
    let press = RwSignal::new(PressStands::default());
    view! {
        <PageTitle text="Publish" />
        <div class="page settings publish">
            <h1>"Publish"</h1>
            <Show
                when=writes
                fallback=|| view! { <p>"Those who write this book get it ready here. What it offers its readers stands on its own page."</p> }
            >
                <p class="lead muted">
                    "From here the book goes out: look it over, say what it is, and take it along as a file."
                </p>
                <Checks press />
                <Show
                    when=owns
                    fallback=|| view! { <p class="muted">"Its owners say here what the book says about itself, and what readers are offered."</p> }
                >
                    <About />
                    <Cover />
                    <Look />
                    <AroundTheText />
                    <Offers />
                </Show>
                <Preview />
                <TakeAlong press />
                <Exports />
            </Show>
        </div>
    }
    .into_any()
}

/// The book as files.
#[component]
fn TakeAlong(press: RwSignal<PressStands>) -> impl IntoView {
    let each = Format::ALL.map(|format| {
        view! {
            <li>
                <Download format />
                <p class="muted">{format.hint()}</p>
            </li>
        }
    });
    view! {
        <section aria-labelledby="take-along">
            <h2 id="take-along">"Take it along"</h2>
            <ul class="formats">{each.into_iter().collect_view()}</ul>
            {move || press.get().words().map(|words| view! { <p>{words}</p> })}
            <p class="muted">"Making a long book with many pictures into a file takes some seconds. Then it comes as a whole."</p>
        </section>
    }
    .into_any()
}
