//! The front page: what this is, what it looks like, the one next action, and the books anyone may read.

use crate::{
    account::me::use_me,
    book::{commands::shelf::open_shelf, model::Visibility, shelf::BookCard},
    ui::{
        empty::Empty, form::Wrong, header::SiteHeader, hue::hue, number::count, page::use_page, theme::Theme,
        title::PageTitle,
    },
};
use leptos::prelude::*;
use sputnik::protocol::json;

/// The front page.
#[component]
pub fn FrontPage() -> impl IntoView {
    let shelf = json::resource(|| (), |()| open_shelf());
    view! {
        <PageTitle text="" />
        <SiteHeader />
        <main id="main" class="front">
            <section class="hero">
                <div class="pitch">
                    <h1>"Write a book together"</h1>
                    <p class="lead">
                        "Sputnik is a quiet room for people who write the same book: in one chapter, one paragraph, one sentence, at the same time. You see where the others are, and always whether it is saved."
                    </p>
                    <NextStep />
                </div>
                <EditorPicture />
            </section>
            <ul class="promises">
                <li>
                    <h2>"Everybody writes at once"</h2>
                    <p>
                        "There is nothing to wait for and nothing to merge. Carets carry names, undo takes back only what is yours, and whoever needs quiet takes a chapter’s pen for a while."
                    </p>
                </li>
                <li>
                    <h2>"Nothing is lost"</h2>
                    <p>
                        "What you type is stored as you type it. Without a network it is kept on your device, and joins the others’ words when you are back."
                    </p>
                </li>
                <li>
                    <h2>"It remembers how it was"</h2>
                    <p>
                        "Each stretch of writing becomes a version by itself. Read it, compare it, see who wrote what, and bring it back."
                    </p>
                </li>
                <li>
                    <h2>"It is made for books"</h2>
                    <p>
                        "Sections and chapters, pictures, tables, verse and footnotes; a status and a goal for each chapter. Markdown goes in, and comes out."
                    </p>
                </li>
            </ul>
            <section aria-labelledby="public-books">
                <h2 id="public-books">"Books to read"</h2>
                <Suspense fallback=|| view! { <p class="muted">"Looking on the shelf…"</p> }>
                    {move || Suspend::new(async move {
                        match shelf.await {
                            Ok(shelf) => {
                                let theirs = shelf.mine.into_iter().chain(shelf.shared);
                                let theirs = theirs.filter(|book| book.visibility == Visibility::Public);
                                let mut books: Vec<BookCard> = shelf.public.into_iter().chain(theirs).collect();
                                books.sort_by_key(|book| std::cmp::Reverse(book.changed));
                                view! { <Covers books /> }.into_any()
                            }
                            Err(fault) => view! { <Wrong words=Some(fault.words) /> }.into_any(),
                        }
                    })}
                </Suspense>
            </section>
        </main>
    }
    .into_any()
}

/// The one next thing to do, for whoever looks.
#[component]
fn NextStep() -> impl IntoView {
    let me = use_me();
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match me.await {
                    Some(_) => {
                        view! {
                            <p class="row">
                                <a class="button primary large" href="/shelf">
                                    "Open my shelf"
                                </a>
                            </p>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <p class="row">
                                <a class="button primary large" href="/sign-up">
                                    "Create an account"
                                </a>
                                <a class="button quiet large" href="/sign-in">
                                    "Sign in"
                                </a>
                            </p>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

/// How large the pictures are on a wide page and on a narrow one, in pixels of the page.
const WIDE: (u32, u32) = (1_120, 640);
const NARROW: (u32, u32) = (390, 480);

/// How a chapter looks in which several write, in the light or the dark of the page and as wide as it. The pictures are
/// taken of the editor itself: `npm run pictures`, in `end2end`.
#[component]
fn EditorPicture() -> impl IntoView {
    let theme = use_page().theme;
    // As the device is set, the browser chooses; whoever chose a theme here sees that one.
    let source = move |name: &'static str, dark: bool, (width, height): (u32, u32), condition: &'static str| {
        let media = move || match (theme.get(), dark) {
            (Theme::Auto, true) => format!("{condition} and (prefers-color-scheme: dark)"),
            (Theme::Dark, true) | (Theme::Auto | Theme::Light, false) => condition.to_owned(),
            (Theme::Light, true) | (Theme::Dark, false) => "not all".to_owned(),
        };
        view! { <source srcset=format!("/pictures/{name}.webp") media=media width=width height=height /> }
    };
    view! {
        <picture class="glimpse">
            {source("editor-narrow-dark", true, NARROW, "(max-width: 699px)")}
            {source("editor-narrow-light", false, NARROW, "(max-width: 699px)")}
            {source("editor-dark", true, WIDE, "(min-width: 700px)")}
            <img
                src="/pictures/editor-light.webp"
                alt="A chapter while three people write in it: their carets stand in the text, each in a colour of its own"
                width=WIDE.0
                height=WIDE.1
            />
        </picture>
    }
    .into_any()
}

/// Books as they would lie on a table: their covers.
#[component]
fn Covers(books: Vec<BookCard>) -> impl IntoView {
    if books.is_empty() {
        return view! {
            <Empty
                title="No book has been made public yet"
                words="Whoever owns a book can make it public in its settings. Then everyone reads it here, as it grows."
            />
        }
        .into_any();
    }
    view! { <ul class="covers">{books.into_iter().map(|book| view! { <Cover book /> }).collect_view()}</ul> }.into_any()
}

#[component]
fn Cover(book: BookCard) -> impl IntoView {
    let people = book.people();
    let class = format!("cover hue-{}", hue(book.id.as_str()));
    view! {
        <li class=class>
            <h3>
                <a href=format!("/book/{}", book.id) dir="auto">
                    {book.title.to_string()}
                </a>
            </h3>
            {people.map(|people| view! { <p class="cover-people">{people}</p> })}
            <p class="cover-numbers numbers">{count(book.chapters, "chapter")} ", " {count(book.words, "word")}</p>
        </li>
    }
    .into_any()
}
