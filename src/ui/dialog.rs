//! Dialogs: the browser's own `<dialog>`, which keeps the focus in, closes on Escape and gives the focus back. Whoever
//! opens one that asks for something begins in its first field, also where that comes a moment later.

use super::{browser, form::Wrong, icon::Icon};
use leptos::{html, prelude::*, task::spawn_local};
use sputnik::Fault;

/// A dialog that is there while `open` is true.
#[component]
pub fn Dialog(
    /// Whether it is open. Set to false when it closes.
    open: RwSignal<bool>,
    /// Its title, and its name.
    #[prop(into)]
    title: Signal<String>,
    /// What it holds; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // It can only fail when the dialog is not in the document, and then there is nobody to show it to.
            let _ = dialog.show_modal();
            browser::focus_first_field();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=dialog class="dialog" aria-label=title on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <header>
                    <h2>{title}</h2>
                    <button type="button" class="quiet small" aria-label="Close" on:click=move |_| open.set(false)>
                        <Icon name="close" />
                    </button>
                </header>
                {children()}
            </Show>
        </dialog>
    }
    .into_any()
}

/// What a form in a dialog has sent, until that is answered.
#[derive(Clone, Copy)]
pub struct Sending {
    open: RwSignal<bool>,
    /// Whether something is under way.
    pub busy: RwSignal<bool>,
    /// Why it could not be done.
    pub fault: RwSignal<Option<String>>,
}

impl Sending {
    /// Nothing yet. The dialog closes when it is done.
    #[must_use]
    pub fn of(open: RwSignal<bool>) -> Self {
        Self { open, busy: RwSignal::new(false), fault: RwSignal::new(None) }
    }

    /// Sends something, unless something is under way already. Closes the dialog when it is done, or says why it is not.
    pub fn run(self, work: impl Future<Output = Result<(), Fault>> + 'static) {
        let Self { open, busy, fault } = self;
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let done = work.await;
            // The dialog may be closed by now.
            busy.try_set(false);
            match done {
                Ok(()) => drop(open.try_set(false)),
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        });
    }
}

/// A form in a dialog: its fields, what went wrong, and below them the way back and the button that sends it.
#[component]
pub fn DialogForm(
    /// What it sends.
    sending: Sending,
    /// Sends it.
    #[prop(into)]
    send: Callback<()>,
    /// What the button that sends it says: a verb.
    #[prop(into)]
    verb: Signal<String>,
    /// What the other button says and does; without it, that one cancels.
    #[prop(optional)]
    instead: Option<(&'static str, Callback<()>)>,
    /// Whether there is nothing to be sent yet.
    #[prop(optional, into)]
    unready: Signal<bool>,
    /// Whether something is lost by it.
    #[prop(optional, into)]
    danger: Signal<bool>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let Sending { open, busy, fault } = sending;
    let (other, leave) = instead.unwrap_or(("Cancel", Callback::new(move |()| open.set(false))));
    // It may have come after the dialog, with what was fetched for it.
    Effect::new(browser::focus_first_field);
    view! {
        <form
            class="stack"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                send.run(());
            }
        >
            {children()}
            <Wrong words=fault />
            <footer class="row end">
                <button type="button" on:click=move |_| leave.run(())>
                    {other}
                </button>
                <button
                    type="submit"
                    class=move || if danger.get() { "danger" } else { "primary" }
                    disabled=move || busy.get() || unready.get()
                >
                    {verb}
                </button>
            </footer>
        </form>
    }
    .into_any()
}

/// A dialog that asks before something is done that is hard to take back.
#[component]
pub fn Confirm(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What would happen, and what would not.
    #[prop(into)]
    words: Signal<String>,
    /// What the button that does it says: a verb.
    #[prop(into)]
    verb: Signal<String>,
    /// Does it.
    #[prop(into)]
    act: Callback<()>,
    /// Whether something is lost by it.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    view! {
        <Dialog open title>
            <p>{words}</p>
            <footer class="row end">
                <button type="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="button"
                    class=if danger { "danger" } else { "primary" }
                    on:click=move |_| {
                        open.set(false);
                        act.run(());
                    }
                >
                    {verb}
                </button>
            </footer>
        </Dialog>
    }
    .into_any()
}
