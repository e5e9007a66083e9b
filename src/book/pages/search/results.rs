//! What was found, chapter by chapter: places that lead to where they stand.

use super::{field::FIELD, finder::Finder, place::path, replace::ReplaceDialog};
use crate::{
    book::{
        pages::book_context::Pane,
        search::{Found, FoundChapter, FoundIn, FoundPlace, Marked},
    },
    ui::{browser, form::Wrong, number::count},
};
use leptos::{ev::KeyboardEvent, prelude::*};

/// What was found.
#[component]
pub fn Results(finder: Finder) -> impl IntoView {
    let told = move || {
        finder.found.with(|found| match found {
            Some(Ok(found)) => summary(found),
            Some(Err(_)) => String::new(),
            None => "Looking…".to_owned(),
        })
    };
    let fault = Signal::derive(move || {
        finder
            .found
            .with(|found| found.as_ref().and_then(|found| found.as_ref().err().map(|fault| fault.words.clone())))
    });
    let pressed = move |event: KeyboardEvent| {
        match &*event.key() {
            "ArrowDown" => _ = browser::walk(".found .hit", 1),
            "ArrowUp" => {
                if !browser::walk(".found .hit", -1) {
                    browser::focus(FIELD);
                }
            }
            "Escape" => {
                finder.stop();
                browser::focus(FIELD);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let replacing = RwSignal::new(false);
    view! {
        <div class="found" aria-busy=move || finder.busy.get().to_string() on:keydown=pressed>
            <div class="row found-count">
                <p class="muted numbers" role="status">
                    {told}
                </p>
                <Show when=move || finder.context.can_edit()>
                    <button type="button" class="quiet small" on:click=move |_| replacing.set(true)>
                        "Replace…"
                    </button>
                </Show>
            </div>
            <Wrong words=fault />
            {move || {
                finder
                    .found
                    .with(|found| {
                        let chapters = found.iter().flatten().flat_map(|found| &found.chapters);
                        chapters.map(|chapter| view! { <Chapter finder chapter=chapter.clone() /> }).collect_view()
                    })
            }}
        </div>
        <ReplaceDialog open=replacing finder />
    }
    .into_any()
}

/// What was found, in a word.
fn summary(Found { chapters, places, more }: &Found) -> String {
    let chapters = u32::try_from(chapters.len()).unwrap_or(u32::MAX);
    match (places, more) {
        (0, _) => "Not found in this book.".to_owned(),
        (_, false) => format!("{} in {}", count(*places, "place"), count(chapters, "chapter")),
        (_, true) => format!("More than {}. Another word tells which.", count(*places, "place")),
    }
}

#[component]
fn Chapter(finder: Finder, chapter: FoundChapter) -> impl IntoView {
    let FoundChapter { part, title, places, further } = chapter;
    let context = finder.context;
    let show = move |_| context.pane.set(Pane::Chapter);
    let of = part.clone();
    let place = move |place: FoundPlace| {
        let href = path(&context.book(), &of, &place);
        let kind = match place.kind {
            FoundIn::Note => Some("Note"),
            FoundIn::Description => Some("Picture"),
            FoundIn::Heading | FoundIn::Text => None,
        };
        view! {
            <li>
                <a class="hit" href=href on:click=show>
                    {kind.map(|kind| view! { <span class="tag">{kind}</span> " " })}
                    <ShowMarked text=place.around />
                </a>
            </li>
        }
    };
    view! {
        <section>
            <h3 dir="auto">
                <a class="hit" href=context.path(&part) on:click=show>
                    <ShowMarked text=title />
                </a>
            </h3>
            <ol>{places.into_iter().map(place).collect_view()}</ol>
            {(further > 0).then(|| view! { <p class="muted">{format!("and {} more here", count(further, "place"))}</p> })}
        </section>
    }
    .into_any()
}

/// A text with its marks.
#[component]
pub fn ShowMarked(text: Marked) -> impl IntoView {
    let piece = |(piece, is_marked): (String, bool)| match is_marked {
        true => view! { <mark>{piece}</mark> }.into_any(),
        false => piece.into_any(),
    };
    view! { <span dir="auto">{text.pieces().into_iter().map(piece).collect_view()}</span> }.into_any()
}
