//! A book's own page, which one would send a link to: what it is, what it says about itself, its contents to begin reading
//! from, and the files that readers are offered.

use super::{
    book_context::use_book_context, book_head::BookForPrograms, contents::outline::Outline, downloads::Downloads,
    empty_book::EmptyBook, files::BookFiles,
};
use crate::{
    book::{
        model::{Kind, Role},
        pictures::address,
        state::Book,
    },
    metadata::{Contributor, Metadata},
    ui::{listed::listed, number::count},
};
use leptos::prelude::*;

/// The overview.
#[component]
pub fn TitlePage() -> impl IntoView {
    let context = use_book_context();
    let state = context.live.state;
    let first = move || {
        state.with(|book| {
            super::contents::rows::in_order(book)
                .into_iter()
                .find(|part| part.kind == Kind::Chapter)
                .map(|part| part.id.clone())
        })
    };
    let line = move |of: fn(&Book) -> String, class: &'static str| {
        let text = Memo::new(move |_| state.with(of));
        move || {
            Some(text.get()).filter(|text| !text.is_empty()).map(|text| view! { <p class=class dir="auto">{text}</p> })
        }
    };
    let cover = Memo::new(move |_| state.with(|book| book.publishing.cover.clone()));
    let cover = move || {
        let alt = move || state.with(|book| format!("Cover: {}", book.title));
        cover.get().map(|cover| view! { <img class="book-cover" src=address(&context.book(), &cover) alt=alt /> })
    };
    view! {
        <article class="page title-page">
            <BookForPrograms />
            <header>
                {cover}
                <h1 dir="auto">{move || state.with(|book| book.title.to_string())}</h1>
                {line(|book| book.metadata.subtitle.clone(), "subtitle")} {line(by, "lead muted")}
                <p class="muted numbers">
                    {move || {
                        count(state.with(Book::words), "word")
                    }}
                </p>
                {move || match first() {
                    Some(part) => {
                        view! {
                            <a class="button primary" href=context.path(&part)>
                                {move || if context.can_edit() { "Start writing" } else { "Start reading" }}
                            </a>
                        }
                            .into_any()
                    }
                    None => ().into_any(),
                }}
                <Downloads />
            </header>
            <Description />
            {line(|book| book.metadata.dedication.clone(), "dedication")}
            <Show when=move || state.with(|book| book.parts.is_empty())>
                <EmptyBook />
            </Show>
            <Outline parent=None />
            <Imprint />
            <BookFiles />
        </article>
    }
    .into_any()
}

/// Who made the book: as it says itself, or else who writes it here.
fn by(book: &Book) -> String {
    let named = |of: &dyn Fn(&Contributor) -> bool| {
        book.metadata.people.iter().filter(|person| of(person)).map(|person| person.name.as_str()).collect::<Vec<_>>()
    };
    let mut names = named(&|person| person.role == crate::metadata::ContributorRole::Author);
    if names.is_empty() {
        names = named(&|_| true);
    }
    if names.is_empty() {
        let writers = book.members.iter().filter(|member| member.role >= Role::Editor);
        names = writers.map(|member| &*member.person.name).collect();
    }
    if names.is_empty() { String::new() } else { format!("by {}", listed(&names)) }
}

/// What the book is about, a paragraph for each that was written.
#[component]
fn Description() -> impl IntoView {
    let context = use_book_context();
    let text = Memo::new(move |_| context.live.state.with(|book| book.metadata.description.clone()));
    move || {
        let text = text.get();
        let paragraphs = text.split('\n').map(str::trim).filter(|line| !line.is_empty());
        let paragraphs = paragraphs.map(|line| view! { <p dir="auto">{line.to_owned()}</p> }).collect_view();
        (!text.is_empty()).then(|| view! { <div class="description">{paragraphs}</div> })
    }
}

/// What else it says about itself.
#[component]
fn Imprint() -> impl IntoView {
    let context = use_book_context();
    let said = Memo::new(move |_| context.live.state.with(|book| imprint(&book.metadata)));
    move || {
        let lines = said.get();
        let each = lines.iter().map(|(name, text)| {
            view! {
                <div>
                    <dt>{name.clone()}</dt>
                    <dd dir="auto">{text.clone()}</dd>
                </div>
            }
        });
        let each = each.collect_view();
        (!lines.is_empty()).then(|| {
            view! {
                <section aria-labelledby="imprint" class="imprint">
                    <h2 id="imprint">"About this book"</h2>
                    <dl>{each}</dl>
                </section>
            }
        })
    }
}

fn imprint(said: &Metadata) -> Vec<(String, String)> {
    let people = said.people.iter().map(|Contributor { name, role }| (role.words().to_owned(), name.clone()));
    let series = match (said.series.as_str(), said.series_number.as_str()) {
        (series, "") => series.to_owned(),
        (series, number) => format!("{series}, {number}"),
    };
    let rest = [
        ("Publisher", said.publisher.clone()),
        ("Published", said.published.clone()),
        ("Series", if said.series.is_empty() { String::new() } else { series }),
        ("Subjects", said.subjects.join(", ")),
        ("Language", said.language.clone()),
        ("ISBN", said.isbn.clone()),
        ("Licence", said.licence.clone()),
    ];
    let rest = rest.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.to_owned(), text));
    people.chain(rest).collect()
}
