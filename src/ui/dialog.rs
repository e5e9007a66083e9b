//! Dialogs: the browser's own `<dialog>`, which keeps the focus in, closes on Escape and gives the focus back.

use super::icon::Icon;
use leptos::{html, prelude::*};

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
