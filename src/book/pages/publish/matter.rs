//! What stands before and around the text: pages at the front, and the numbers of chapters.

use super::super::{book_context::use_book_context, contents::rows::in_order};
use crate::{
    book::{
        commands::publishing::choose_publishing,
        model::{Kind, Part, PartId},
        publishing::Choice,
    },
    metadata::matter::{Matter, Numbering},
    ui::{command::run_in_form, for_each::ForEach, form::Wrong, page::use_page},
};
use leptos::prelude::*;

/// A page that a book has or has not: what it is called, what it is, whether it is there, and how that is set.
type Page = (&'static str, &'static str, fn(Matter) -> bool, fn(bool) -> Choice);

const PAGES: [Page; 3] = [
    (
        "Half title",
        "A page with nothing but the title, before the title page. In EPUB, PDF and DOCX.",
        |matter| matter.half_title,
        Choice::HalfTitle,
    ),
    (
        "List of figures",
        "Behind the contents: each picture that has a caption, where there are such.",
        |matter| matter.figures,
        Choice::Figures,
    ),
    (
        "Index",
        "At the end: all words that are marked as index terms, each with its places. In EPUB, PDF, DOCX and the HTML page.",
        |matter| matter.index,
        Choice::Index,
    ),
];

/// The form.
#[component]
pub(super) fn AroundTheText() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let choose = move |choice: Choice| {
        run_in_form(page, fault, "It is changed.", choose_publishing(context.book(), choice));
    };
    let matter = Memo::new(move |_| context.live.state.with(|book| book.publishing.matter));
    let option = move |(words, hint, get, choice): Page| {
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || get(matter.get())
                    on:change=move |event| choose(choice(event_target_checked(&event)))
                />
                <span>
                    <strong>{words}</strong>
                    <span class="muted">{hint}</span>
                </span>
            </label>
        }
    };
    let numbering = move || matter.get().numbering;
    let kind = move |numbering: Numbering| view! { <option value=numbering.value()>{numbering.words()}</option> };
    // What could have a number: sections at the top only where they are called parts.
    let parts = Memo::new(move |_| {
        context.live.state.with(|book| {
            let is_counted =
                |part: &&Part| part.kind == Kind::Chapter || numbering() == Numbering::Words && part.parent.is_none();
            in_order(book).into_iter().filter(is_counted).map(|part| part.id.clone()).collect::<Vec<_>>()
        })
    });
    view! {
        <fieldset class="around-the-text">
            <legend>
                <h2>"Before and around the text"</h2>
            </legend>
            <p class="muted">
                "Title page and contents are always there; an imprint and a dedication, where the book says what stands in them."
            </p>
            {PAGES.map(option).into_iter().collect_view()}
            <label class="field">
                <span>"Numbers of chapters"</span>
                <select
                    prop:value=move || numbering().value()
                    on:change=move |event| {
                        choose(Choice::Numbering(Numbering::of_value(&event_target_value(&event))));
                    }
                >
                    {Numbering::ALL.map(kind).into_iter().collect_view()}
                </select>
            </label>
            <Show when=move || numbering() != Numbering::None>
                <details>
                    <summary>"Which chapters have none, such as a foreword"</summary>
                    <ul class="unnumbered">
                        <ForEach each=move || parts.get() key=|id| id.to_string() let:id>
                            <Unnumbered id fault />
                        </ForEach>
                    </ul>
                </details>
            </Show>
            <Wrong words=fault />
        </fieldset>
    }
    .into_any()
}

/// Whether one chapter goes without a number.
#[component]
fn Unnumbered(id: PartId, fault: RwSignal<Option<String>>) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let id = StoredValue::new(id);
    let title = Memo::new(move |_| {
        context.live.state.with(|book| id.with_value(|id| book.part(id).map(|part| part.title.to_string())))
    });
    let is_left_out =
        move || context.live.state.with(|book| id.with_value(|id| book.publishing.unnumbered.contains(id)));
    let choose = move |event| {
        let choice = Choice::Unnumbered { part: id.get_value(), is: event_target_checked(&event) };
        run_in_form(page, fault, "It is changed.", choose_publishing(context.book(), choice));
    };
    view! {
        <li>
            <label class="choice">
                <input type="checkbox" prop:checked=is_left_out on:change=choose />
                <span dir="auto">{move || title.get().unwrap_or_default()}</span>
            </label>
        </li>
    }
    .into_any()
}
