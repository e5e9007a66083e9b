//! The bin on the shelf: books that were deleted, for as long as they can be brought back.

use super::book_context::face;
use crate::{
    book::{
        commands::shelf::{BringBookBack, delete_book_for_good},
        shelf::DeletedBook,
    },
    ui::{
        avatar::Avatar,
        command::run_in_form,
        dialog::Confirm,
        form::Wrong,
        page::use_page,
        time::{Time, date},
    },
};
use leptos::{form::ActionForm, prelude::*};

/// The books in it.
#[component]
pub fn Bin(
    /// Those that were deleted last first.
    books: Vec<DeletedBook>,
    /// Grows when one went for good.
    thrown_away: RwSignal<u32>,
) -> impl IntoView {
    let bring_back = ServerAction::<BringBookBack>::new();
    let fault = RwSignal::new(None);
    let refused = move || bring_back.value().get().and_then(Result::err).map(|fault| fault.words);
    let lines = books.into_iter().map(|book| view! { <Line book bring_back fault thrown_away /> }).collect_view();
    view! {
        <section aria-labelledby="bin">
            <h2 id="bin">"Bin"</h2>
            <ul class="people invitations" aria-labelledby="bin">
                {lines}
            </ul>
            <Wrong words=Signal::derive(move || refused().or_else(|| fault.get())) />
        </section>
    }
    .into_any()
}

#[component]
fn Line(
    book: DeletedBook,
    bring_back: ServerAction<BringBookBack>,
    fault: RwSignal<Option<String>>,
    thrown_away: RwSignal<u32>,
) -> impl IntoView {
    let page = use_page();
    let DeletedBook { id, title, by, at, until } = book;
    let asked = RwSignal::new(false);
    let (brings_back, deletes) = (format!("Bring back “{title}”"), format!("Delete for good: “{title}”"));
    let question = format!("Delete “{title}” for good?");
    let hidden = id.to_string();
    let delete = Callback::new(move |()| {
        let id = id.clone();
        run_in_form(page, fault, "The book is gone for good.", async move {
            delete_book_for_good(id).await?;
            thrown_away.update(|times| *times += 1);
            Ok(())
        });
    });
    view! {
        <li>
            <Avatar face=face(&by) />
            <p>
                <strong dir="auto">{title.to_string()}</strong>
                <span class="muted">" deleted by " {by.name} ", " <Time at /> ", kept until " {date(until)}</span>
            </p>
            <ActionForm action=bring_back attr:class="row">
                <input type="hidden" name="book" value=hidden />
                <button type="submit" aria-label=brings_back>
                    "Bring back"
                </button>
            </ActionForm>
            <Show when=move || page.live.get()>
                <button type="button" class="quiet" aria-label=deletes.clone() on:click=move |_| asked.set(true)>
                    "Delete for good"
                </button>
            </Show>
            <Confirm
                open=asked
                title=question
                words="Its chapters, versions, pictures and chat are gone then, for everyone. Nobody can bring them back."
                verb="Delete for good"
                act=delete
                danger=true
            />
        </li>
    }
    .into_any()
}
