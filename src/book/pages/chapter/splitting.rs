//! A chapter is split at the caret.

use super::writer::Writer;
use crate::{
    book::{
        commands::parts::split_chapter,
        model::Title,
        pages::{book_context::Saving, retry::patiently},
        place::TextPlace,
    },
    ui::{
        dialog::{Dialog, DialogForm, Sending},
        form::Field,
        later::shown_later,
        page::use_page,
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The dialog in which one says what the second half is called.
#[component]
pub fn SplitHere(writer: Writer, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Split the chapter at the caret">
            {shown_later(move || split(writer, open))}
        </Dialog>
    }
}

#[wasm_split(management, fallible)]
fn split(writer: Writer, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    let page = use_page();
    let navigate = use_navigate();
    let place: Option<TextPlace> = writer.caret();
    // A heading that stands there is what the chapter is called.
    let heading = place.and_then(|place| {
        writer.standing.with_untracked(|standing| {
            let there = |heading: &&super::writer::Heading| heading.block == place.block && place.at == 0;
            standing.headings.iter().find(there).map(|heading| heading.words.clone())
        })
    });
    let title = RwSignal::new(heading.unwrap_or_default());
    let (sending, bad) = (Sending::of(open), RwSignal::new(None::<String>));
    // What the server does not have yet, it could not split.
    let unsaved = Signal::derive(move || writer.context.saving.get() != Saving::Saved);
    let send = move |()| {
        bad.set(None);
        let named: Title = match title.with_untracked(|title| title.parse()) {
            Ok(named) => named,
            Err(wrong) => return bad.set(Some(wrong.to_string())),
        };
        let Some(place) = place else {
            return bad.set(Some("Please put the caret where the new chapter is to begin.".to_owned()));
        };
        let ((book, part), navigate) = (writer.place(), navigate.clone());
        sending.run(async move {
            let new = patiently(|| split_chapter(book.clone(), part.clone(), place, named.clone())).await?;
            page.announce(format!("“{named}” is a chapter of its own now."));
            // The caret stood before what is there now.
            writer.context.begun.try_set_value(Some(new.clone()));
            navigate(&format!("/book/{book}/{new}"), NavigateOptions::default());
            Ok(())
        });
    };
    let view = view! {
        <DialogForm sending send verb="Split" unready=unsaved>
            <p>"What stands behind the caret becomes a chapter of its own, which follows this one."</p>
            <Field label="Title of the new chapter" name="split-title" autocomplete="off" bind=title error=bad />
        </DialogForm>
    };
    Ok(view.into_any())
}
