//! A table of the live page, with its heading.

use leptos::prelude::*;

/// A table with its heading, or what is said where there is nothing to list.
#[component]
pub(super) fn Listed(
    /// An id for the heading.
    id: &'static str,
    /// What is listed.
    title: &'static str,
    /// The heads of the columns; the last may be empty, over what can be done.
    heads: &'static [&'static str],
    /// What is said where there is nothing.
    empty: &'static str,
    /// Whether there is nothing.
    #[prop(into)]
    is_empty: Signal<bool>,
    /// How many there are that are not listed.
    #[prop(optional, into)]
    more: Signal<usize>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let head = |head: &'static str| match head {
        "" => view! { <th scope="col"><span class="unseen">"What can be done"</span></th> }.into_any(),
        head => view! { <th scope="col">{head}</th> }.into_any(),
    };
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <p class="muted" hidden=move || !is_empty.get()>
                {empty}
            </p>
            <table class="listed" aria-labelledby=id hidden=move || is_empty.get()>
                <thead>
                    <tr>{heads.iter().map(|words| head(words)).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
            <p class="muted numbers" hidden=move || more.get() == 0>
                {move || format!("And {} more that are not listed.", more.get())}
            </p>
        </section>
    }
    .into_any()
}
