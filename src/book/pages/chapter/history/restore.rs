//! An older version becomes the text again.

use crate::{
    book::{
        commands::history::restore_revision,
        model::PartId,
        pages::{book_context::BookContext, retry::patiently},
    },
    ui::{dialog::Confirm, form::Wrong},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

/// The question before it is done.
#[component]
pub fn Restore(context: BookContext, part: StoredValue<PartId>, number: u32, asked: RwSignal<bool>) -> impl IntoView {
    let fault = RwSignal::new(None::<String>);
    let navigate = use_navigate();
    let act = move |()| {
        let part = part.get_value();
        let (book, path, navigate) = (context.book(), context.path(&part), navigate.clone());
        fault.set(None);
        spawn_local(async move {
            match patiently(|| restore_revision(book.clone(), part.clone(), number)).await {
                Ok(_) => navigate(&path, Default::default()),
                Err(why) => {
                    fault.try_set(Some(why.words));
                }
            }
        });
    };
    view! {
        <Wrong words=fault />
        <Confirm
            open=asked
            title=format!("Restore version {number}?")
            words="The chapter reads as it did then, for everyone. How it stands now stays in the history, as a version of its own."
            verb="Restore"
            act
        />
    }
    .into_any()
}
