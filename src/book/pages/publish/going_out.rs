//! The look of the book, what readers are offered, and who may find it.

use super::super::book_context::use_book_context;
use crate::{
    book::{
        commands::publishing::choose_publishing,
        model::Visibility,
        publishing::{Choice, Publishing},
    },
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
            let choice = Choice::Theme(theme);
            run_in_form(page, fault, "The look is changed.", choose_publishing(context.book(), choice));
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
type Offer = (&'static str, &'static str, fn(&Publishing) -> bool, fn(bool) -> Choice);

const OFFERS: [Offer; 5] = [
    ("The book as EPUB", "A button on the book\u{2019}s own page.", |set| set.offers_epub, Choice::OffersEpub),
    (
        "The book as DOCX",
        "For word processors. Whoever has it can change it.",
        |set| set.offers_docx,
        Choice::OffersDocx,
    ),
    (
        "The book as one page",
        "A file that opens in any browser, without a network.",
        |set| set.offers_html,
        Choice::OffersHtml,
    ),
    ("The book as PDF", "Pages that look the same everywhere.", |set| set.offers_pdf, Choice::OffersPdf),
    (
        "Search engines may list it",
        "Otherwise they are asked to leave it alone.",
        |set| set.may_be_found,
        Choice::MayBeFound,
    ),
];

/// What readers get who do not belong to the book.
#[component]
pub(super) fn Offers() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let fault = RwSignal::new(None);
    let is_private = move || context.live.state.with(|book| book.visibility == Visibility::Private);
    let option = move |(words, hint, get, choice): Offer| {
        let choose = move |event| {
            let choice = choice(event_target_checked(&event));
            run_in_form(page, fault, "It is changed.", choose_publishing(context.book(), choice));
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
