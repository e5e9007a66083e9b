//! Fields of forms: a label, an input, and the error that belongs to it. A form says all that is wrong at once, beside the
//! fields it is about, in our words and not the browser's (`novalidate`), and the focus goes to the first of them.

use super::browser;
use leptos::{prelude::*, server_fn::ServerFn};
use sputnik::Fault;

/// Why a form was refused, for its fields. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Faults(Signal<Option<Fault>>);

impl Faults {
    /// Of what a form was answered.
    pub fn of(fault: impl Into<Signal<Option<Fault>>>) -> Self {
        Self(fault.into())
    }

    /// Of what an action was answered, in this page or, without script, in the address of this one.
    pub fn of_action<F>(action: ServerAction<F>) -> Self
    where
        F: ServerFn<Error = Fault> + Send + Sync + Clone + 'static,
        F::Output: Send + Sync + 'static,
    {
        Self(Signal::derive(move || action.value().with(|value| value.as_ref()?.as_ref().err().cloned())))
    }

    /// What is wrong with the field of this name.
    pub fn in_field(self, name: impl Into<String>) -> Signal<Option<String>> {
        let name = name.into();
        Signal::derive(move || self.0.with(|fault| fault.as_ref()?.fields.get(&name).cloned()))
    }

    /// The same, for what asks for another field each time.
    pub fn told_of(self, name: &str) -> Option<String> {
        self.0.with(|fault| fault.as_ref()?.fields.get(name).cloned())
    }

    /// What is wrong with none of the fields: with the form as a whole, or with us.
    pub fn elsewhere(self) -> Signal<Option<String>> {
        let elsewhere = |fault: &Fault| fault.fields.is_empty().then(|| fault.words.clone());
        Signal::derive(move || self.0.with(|fault| fault.as_ref().and_then(elsewhere)))
    }
}

/// A labelled line of text, with its hint and its error tied to it.
#[component]
pub fn Field(
    /// What it is called.
    label: &'static str,
    /// The name under which the form sends it: no other field of the page has it.
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
    /// An example, shown as long as it is empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// Whether what stands around the form says what it is called, so that the label is for those who listen.
    #[prop(optional)]
    bare: bool,
    /// Whether it may stay empty.
    #[prop(optional)]
    may_be_empty: bool,
    /// Whether numbers are typed into it.
    #[prop(optional)]
    numbers: bool,
    /// The id of a list of what is often typed into it.
    #[prop(optional)]
    list: &'static str,
    /// What stands in it at first.
    #[prop(optional)]
    value: String,
    /// What stands in it, where the page sends it itself.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
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
    focus_first_wrong(id.clone(), error);
    let given = |text: &'static str| (!text.is_empty()).then_some(text);
    let dir = (kind == "text").then_some("auto");
    let invalid = move || error.with(Option::is_some).then_some("true");
    // A page that comes with what is wrong, without script too, begins there.
    let begins_here = error.with_untracked(Option::is_some);
    let input_mode = numbers.then_some("numeric");
    let input = match bind {
        None => view! {
            <input
                id=id.clone()
                name=name
                type=kind
                dir=dir
                inputmode=input_mode
                autocomplete=given(autocomplete)
                placeholder=given(placeholder)
                list=given(list)
                value=(!value.is_empty()).then_some(value)
                required=!may_be_empty
                autofocus=begins_here
                aria-invalid=invalid
                aria-describedby=described
            />
        }
        .into_any(),
        Some(typed) => view! {
            <input
                id=id.clone()
                name=name
                type=kind
                dir=dir
                inputmode=input_mode
                autocomplete=given(autocomplete)
                placeholder=given(placeholder)
                list=given(list)
                required=!may_be_empty
                aria-invalid=invalid
                aria-describedby=described
                value=typed.get_untracked()
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label for=id class:unseen=bare>
                {label}
            </label>
            {input}
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <Wrong words=error id=error_id />
        </div>
    }
    .into_any()
}

/// Leads whoever sent a form to the first field that something is wrong with, as soon as that is known.
pub fn focus_first_wrong(id: String, error: Signal<Option<String>>) {
    Effect::new(move |before: Option<()>| {
        // What the page came with is where it begins already.
        if error.with(Option::is_some) && before.is_some() {
            browser::focus_first_wrong(&id);
        }
    });
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
