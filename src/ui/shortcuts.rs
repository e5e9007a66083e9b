//! The sheet of keyboard shortcuts, on `?`.

use super::{browser, dialog::Dialog, page::use_page};
use leptos::prelude::*;

const SHEET: [(&str, &[(&str, &str)]); 3] = [
    (
        "Contents",
        &[
            ("↑ ↓", "Go up and down"),
            ("→ ←", "Unfold and fold a section"),
            ("Enter", "Open"),
            ("F2", "Rename"),
            ("Delete", "Delete"),
            ("Ctrl Z", "Bring back what was just deleted"),
            ("Shift F10", "All that can be done with it"),
            ("Alt ↑ ↓", "Move up and down"),
            ("Alt → ←", "Move into and out of a section"),
        ],
    ),
    (
        "Writing",
        &[
            ("Ctrl B", "Bold"),
            ("Ctrl I", "Italic"),
            ("Ctrl K", "Link"),
            ("/", "A menu of everything a line can be"),
            ("Ctrl F", "Find and replace"),
            ("Ctrl Alt Z", "Only the text, and everything again"),
            ("Ctrl /", "Every key that works in the text"),
        ],
    ),
    (
        "Anywhere",
        &[
            ("Ctrl K", "Go to a chapter, a book, or words; in the text Ctrl Alt O"),
            ("Ctrl Shift F", "Find in the whole book"),
            ("Enter", "Send a message; Shift Enter begins a new line"),
            ("?", "This sheet"),
            ("Esc", "Close"),
        ],
    ),
];

/// The sheet, and the key that opens it.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let open = use_page().help;
    Effect::new(move || {
        let listening = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "?" && !browser::is_typing() {
                open.set(true);
            }
        });
        on_cleanup(move || listening.remove());
    });
    view! {
        <Dialog open title="Keyboard shortcuts">
            <div class="shortcuts">
                {SHEET
                    .into_iter()
                    .map(|(title, keys)| {
                        view! {
                            <section>
                                <h3>{title}</h3>
                                <dl>
                                    {keys
                                        .iter()
                                        .map(|(key, what)| {
                                            view! {
                                                <div>
                                                    <dt>
                                                        <kbd>{*key}</kbd>
                                                    </dt>
                                                    <dd>{*what}</dd>
                                                </div>
                                            }
                                        })
                                        .collect_view()}
                                </dl>
                            </section>
                        }
                    })
                    .collect_view()}
            </div>
        </Dialog>
    }
    .into_any()
}
