//! The look of the book, what readers are offered, and who may find it.

use super::super::book_context::use_book_context;
use crate::{
    book::{commands::publishing::set_publishing, model::Visibility, publishing::Publishing},
    metadata::theme::Theme,
    ui::{command::run_in_form, form::Wrong, page::use_page},
};
use leptos::prelude::*;

/// In which look the book goes out.
#[component]
pub(super) fn Look() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let now = move || context.live.state.with(|book| book.publishing.theme);
    let option = move |theme: Theme| {
        let choose = move |_| {
            let publishing = context.live.state.with_untracked(|book| Publishing { theme, ..book.publishing.clone() });
            run_in_form(page, fault, "The look is changed.", set_publishing(context.book(), publishing));
        };
        view! {
            <label class="choice">
                <input type="radio" name="theme-of-book" prop:checked=move || now() == theme on:change=choose />
                <span>
                    <strong>{theme.words()}</strong>
                    <span class="muted">{theme.hint()}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>
                <h2>"Look"</h2>
            </legend>
            {Theme::ALL.map(option).into_iter().collect_view()} <Wrong words=fault />
        </fieldset>
    }
    .into_any()
}

/// Something that readers get or do not: what it is called, whether they get it, and how that is set.
type Offer = (&'static str, &'static str, fn(&Publishing) -> bool, fn(&mut Publishing, bool));

const OFFERS: [Offer; 5] = [
    (
        "The book as EPUB",
        "A button on the book\u{2019}s own page.",
        |set| set.offers_epub,
        |set, on| set.offers_epub = on,
    ),
    (
        "The book as DOCX",
        "For word processors. Whoever has it can change it.",
        |set| set.offers_docx,
        |set, on| set.offers_docx = on,
    ),
    (
        "The book as one page",
        "A file that opens in any browser, without a network.",
        |set| set.offers_html,
        |set, on| set.offers_html = on,
    ),
    ("The book as PDF", "Pages that look the same everywhere.", |set| set.offers_pdf, |set, on| set.offers_pdf = on),
    (
        "Search engines may list it",
        "Otherwise they are asked to leave it alone.",
        |set| set.may_be_found,
        |set, on| set.may_be_found = on,
    ),
];

/// What readers get who do not belong to the book.
#[component]
pub(super) fn Offers() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let is_private = move || context.live.state.with(|book| book.visibility == Visibility::Private);
    let option = move |(words, hint, get, set): Offer| {
        let choose = move |event| {
            let mut publishing = context.live.state.with_untracked(|book| book.publishing.clone());
            set(&mut publishing, event_target_checked(&event));
            run_in_form(page, fault, "It is changed.", set_publishing(context.book(), publishing));
        };
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || context.live.state.with(|book| get(&book.publishing))
                    on:change=choose
                />
                <span>
                    <strong>{words}</strong>
                    <span class="muted">{hint}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend>
                <h2>"For readers"</h2>
            </legend>
            <Show when=is_private>
                <p class="muted">
                    "This book is private: only those who belong to it read it. "
                    <a href=format!("/book/{}/settings", context.book())>"Make it public"</a> " first."
                </p>
            </Show>
            {OFFERS.map(option).into_iter().collect_view()} <Wrong words=fault />
        </fieldset>
    }
    .into_any()
}
