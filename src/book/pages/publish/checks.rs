//! What a reader, a shop or a printer would stumble over, each with a way to its place.

use super::super::{book_context::use_book_context, retry::patiently};
use crate::{
    book::{
        commands::publishing::check_book,
        publishing::{Finding, Findings, PressStands, unsaid},
    },
    metadata::problem::Problem,
    ui::{form::Wrong, number::count, page::use_page},
};
use leptos::{prelude::*, task::spawn_local};

/// Looks the book over when the page is live, and again when somebody asks for it.
#[component]
pub(super) fn Checks(
    /// Where it is told whether a PDF can be made here.
    press: RwSignal<PressStands>,
) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let findings = RwSignal::new(None::<Findings>);
    let (busy, fault) = (RwSignal::new(false), RwSignal::new(None));
    let look = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let found = patiently(|| check_book(context.book())).await;
            // The page may be another by now.
            busy.try_set(false);
            match found {
                Ok(found) => {
                    page.announce(told(&found));
                    press.try_set(found.press);
                    drop(findings.try_set(Some(found)));
                }
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        });
    };
    Effect::new(look);
    let missing = move || {
        context
            .live
            .state
            .with(|book| unsaid(&book.metadata, &book.publishing))
            .into_iter()
            .map(|(field, words)| {
                view! {
                    <li>
                        {words} " "
                        <Show when=move || context.owns()>
                            <a href=format!("#field-{field}") rel="external">
                                {way_to(field)}
                            </a>
                        </Show>
                    </li>
                }
            })
            .collect_view()
    };
    let says_all = move || context.live.state.with(|book| unsaid(&book.metadata, &book.publishing).is_empty());
    view! {
        <section aria-labelledby="looked-over" class="checks">
            <h2 id="looked-over">"Before it leaves"</h2>
            <div class="row">
                <p role="status">
                    {move || match (busy.get(), findings.get()) {
                        (true, _) => "Looking it over…".to_owned(),
                        (false, Some(found)) => told(&found),
                        (false, None) => String::new(),
                    }}
                </p>
                <button type="button" class="quiet" disabled=move || busy.get() on:click=move |_| look()>
                    "Look again"
                </button>
            </div>
            <Wrong words=fault />
            {move || findings.get().map(|found| view! { <Found found /> })}
            <Show when=move || !says_all()>
                <h3>"What the book does not say"</h3>
                <ul class="findings">{missing}</ul>
            </Show>
        </section>
    }
    .into_any()
}

/// What the way to a field of the form says: what is done there.
fn way_to(field: &str) -> &'static str {
    match field {
        "people" => "Name them",
        "language" => "Say which it is",
        "description" => "Describe it",
        "cover" => "Choose a picture",
        "licence" => "Choose a licence",
        "isbn" => "Enter it",
        _ => "Say it",
    }
}

fn told(found: &Findings) -> String {
    match found.found.len() + found.more {
        0 => "Nothing to stumble over was found in the text.".to_owned(),
        many => format!("{} to look at.", count(u32::try_from(many).unwrap_or(u32::MAX), "place")),
    }
}

/// What was found, of each kind together.
#[component]
fn Found(found: Findings) -> impl IntoView {
    let Findings { found, more, .. } = found;
    let kinds = Problem::ALL.map(|problem| {
        let of_kind: Vec<Finding> = found.iter().filter(|one| one.problem == problem).cloned().collect();
        (!of_kind.is_empty()).then(|| {
            view! {
                <h3>{problem.words()}</h3>
                <ul class="findings">{of_kind.into_iter().map(|finding| view! { <Line finding /> }).collect_view()}</ul>
            }
        })
    });
    view! {
        {kinds.into_iter().collect_view()}
        {(more > 0).then(|| view! { <p class="muted">{format!("And {more} more, which are told when these are mended.")}</p> })}
    }
    .into_any()
}

/// One place. A browser that can goes to the very words.
#[component]
fn Line(finding: Finding) -> impl IntoView {
    let context = use_book_context();
    let Finding { part, title, near, .. } = finding;
    let path = context.path(&part);
    let href = if near.is_empty() { path } else { format!("{path}#:~:text={}", fragment(&near)) };
    let words = (!near.is_empty()).then(|| view! { <span class="muted">{format!(": “{near}”")}</span> });
    view! {
        <li dir="auto">
            <a href=href rel="external">
                {title}
            </a>
            {words}
        </li>
    }
    .into_any()
}

/// Words as the end of an address names them.
fn fragment(words: &str) -> String {
    let mut to = String::new();
    for byte in words.bytes() {
        if byte.is_ascii_alphanumeric() {
            to.push(char::from(byte));
        } else {
            to.push_str(&format!("%{byte:02X}"));
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_something_in_an_address_are_only_words() {
        assert_eq!(fragment("a-b, c&d ü"), "a%2Db%2C%20c%26d%20%C3%BC");
    }
}
