//! Books as cards, as a shelf shows them.

use super::{
    kept::{KeptMark, use_kept},
    people::role_words,
};
use crate::{
    book::{
        model::{Role, Visibility},
        shelf::BookCard,
    },
    ui::{number::count, time::Time},
};
use leptos::prelude::*;

/// Books, one under the other.
#[component]
pub(super) fn Books(
    /// Which.
    books: Vec<BookCard>,
) -> impl IntoView {
    view! { <ul class="books">{books.into_iter().map(|book| view! { <Card book /> }).collect_view()}</ul> }.into_any()
}

#[component]
fn Card(book: BookCard) -> impl IntoView {
    // Of one's own, that it is by oneself goes without saying.
    let shown = book.role != Some(Role::Owner) || book.writers > 1;
    let people = book.people().filter(|_| shown).map(|people| format!("by {people}"));
    let role = book.role.filter(|role| *role != Role::Owner).map(role_words);
    let (kept, id) = (use_kept(), book.id.clone());
    let waits = Memo::new(move |_| kept.waits_in_book(&id));
    view! {
        <li class="book-card">
            <h3>
                <a href=format!("/book/{}", book.id) dir="auto">
                    {book.title.to_string()}
                </a>
            </h3>
            <p class="meta">
                {people.map(|people| view! { <span>{people}</span> })}
                <span>{count(book.chapters, "chapter")}</span>
                <span>{count(book.words, "word")}</span>
                <span>"changed " <Time at=book.changed /></span>
                {(book.visibility == Visibility::Public).then(|| view! { <span class="tag">"Public"</span> })}
                {role.map(|role| view! { <span class="tag">{role}</span> })}
                <KeptMark waits />
            </p>
        </li>
    }
    .into_any()
}
