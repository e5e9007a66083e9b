//! Fields of forms: a label, an input, and the error that belongs to it.

use leptos::prelude::*;

/// A labelled line of text, with its hint and its error tied to it.
#[component]
pub fn Field(
    /// What it is called.
    label: &'static str,
    /// The name under which the form sends it.
    name: &'static str,
    /// `text` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// For password managers.
    #[prop(optional)]
    autocomplete: &'static str,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: &'static str,
    /// What stands in it at first.
    #[prop(optional)]
    value: String,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (hint.is_empty(), error.with(Option::is_none)) {
            (true, true) => None,
            (false, true) => Some(hint_id.clone()),
            (true, false) => Some(error_id.clone()),
            (false, false) => Some(format!("{hint_id} {error_id}")),
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                autocomplete=autocomplete
                value=(!value.is_empty()).then_some(value)
                required=true
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
            />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Wrong words=error id=error_id />
        </div>
    }
    .into_any()
}

/// What went wrong, beside what caused it.
#[component]
pub fn Wrong(
    /// The words, when something did.
    #[prop(into)]
    words: Signal<Option<String>>,
    /// An id to be described by.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    move || {
        let id = id.clone();
        words.get().map(|words| view! { <p class="wrong" role="alert" id=id>{words}</p> })
    }
}

/// One of some ways to choose between, with what it means.
#[component]
pub fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The name they have in common.
    name: &'static str,
    /// Which is chosen.
    on: RwSignal<T>,
    /// Which one this is.
    is: T,
    /// What it is called.
    words: &'static str,
    /// What it means.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name prop:checked=move || on.get() == is on:change=move |_| on.set(is) />
            <span>
                <strong>{words}</strong>
                <span class="muted" dir="auto">
                    {children()}
                </span>
            </span>
        </label>
    }
    .into_any()
}
