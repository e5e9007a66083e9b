//! Leaving a book, for whoever belongs to it and is not its only owner: a form that works before the page is live.

use super::book_context::use_book_context;
use crate::{
    book::{
        commands::people::{LeaveBook, leave_book},
        model::{Role, Visibility},
    },
    ui::{
        browser,
        dialog::Confirm,
        form::{Faults, Wrong},
    },
};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

/// What leaving means, and the button. The only owner is told what has to come first.
#[component]
pub(super) fn Leave() -> impl IntoView {
    let context = use_book_context();
    let state = context.live.state;
    let me = StoredValue::new(context.me.with_value(|me| me.as_ref().map(|me| me.id.clone())));
    let must_stay =
        Memo::new(move |_| me.with_value(|me| me.as_ref().is_some_and(|me| state.with(|book| book.is_only_owner(me)))));
    let lost = Signal::derive(move || {
        let read = match state.with(|book| book.visibility) {
            Visibility::Private => "You can no longer read it, and it goes from your shelf.",
            Visibility::Public => "It goes from your shelf. As everybody may, you can still read it.",
        };
        let wrote = if context.role.get() == Role::Reader { "" } else { " What you wrote stays in the book." };
        format!("{read}{wrote} To come back, you need an invitation.")
    });
    view! {
        <section aria-labelledby="set-leave">
            <h2 id="set-leave">"Leave this book"</h2>
            <Show
                when=move || !must_stay.get()
                fallback=|| {
                    view! {
                        <p class="muted">
                            "You are its only owner. To leave, make somebody else an owner first; or delete the book."
                        </p>
                    }
                }
            >
                <p class="muted">{lost}</p>
                <LeaveForm lost />
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn LeaveForm(
    /// What whoever leaves loses.
    lost: Signal<String>,
) -> impl IntoView {
    let context = use_book_context();
    let asked = RwSignal::new(false);
    // Without script it comes back with its fault in the address.
    let fault = RwSignal::new(ServerAction::<LeaveBook>::new().value().get_untracked().and_then(Result::err));
    let leave = move |()| {
        fault.set(None);
        spawn_local(async move {
            match leave_book(context.book()).await {
                Ok(()) => browser::load("/shelf"),
                Err(why) => drop(fault.try_set(Some(why))),
            }
        });
    };
    let title = Signal::derive(move || format!("Leave “{}”?", context.live.state.with(|book| book.title.to_string())));
    view! {
        <form
            method="post"
            action=LeaveBook::url()
            on:submit=move |event| {
                event.prevent_default();
                asked.set(true);
            }
        >
            <input type="hidden" name="book" value=context.book().to_string() />
            <button type="submit" class="danger-text">
                "Leave this book"
            </button>
        </form>
        <Wrong words=Faults::of(fault).elsewhere() />
        <Confirm open=asked title words=lost verb="Leave" act=leave danger=true />
    }
    .into_any()
}
