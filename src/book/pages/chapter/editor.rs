//! Writing: a plain field of Markdown in the book's own type.

use super::{
    toolbar::{Format, Toolbar, apply},
    writer::{Mode, Writer},
};
use crate::{book::chapter::count_words, ui::form::Wrong};
use leptos::{html, prelude::*};

/// The editor, while this page holds the pen; afterwards, should the pen be lost, what was in it.
#[component]
pub fn Editor(writer: Writer) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let comment = RwSignal::new(String::new());
    let refused = move || writer.mode.get() == Mode::Refused;
    let save = move || {
        let said = comment.get_untracked().trim().to_owned();
        writer.save(said, Callback::new(move |()| comment.set(String::new())));
    };
    // The field keeps its own text while somebody types, with its caret and its undo; it is only set when another text
    // takes its place.
    Effect::new(move || {
        writer.replaced.track();
        if let Some(area) = area.get() {
            let text = writer.text.get_untracked();
            if area.value() != text {
                area.set_value(&text);
            }
        }
    });
    // Counting a long text with every key would be felt: it follows when the writer pauses.
    let words = RwSignal::new(writer.text.with_untracked(|text| count_words(text)));
    let counting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        writer.text.track();
        if let Some(before) = counting.get_value() {
            before.clear();
        }
        let count = move || {
            if let Some(count) = writer.text.try_with_untracked(|text| count_words(text)) {
                words.try_set(count);
            }
        };
        let pause = std::time::Duration::from_millis(250);
        counting.set_value(set_timeout_with_handle(count, pause).ok());
    });
    view! {
        <div class="editor">
            <div class="editor-bar">
                <Toolbar area />
                <span class="numbers muted">{move || format!("{} words", words.get())}</span>
                <span class="grow"></span>
                <Show when=move || !refused()>
                    <input
                        class="comment"
                        aria-label="Comment"
                        placeholder="What changed? (optional)"
                        maxlength="200"
                        prop:value=comment
                        on:input=move |event| comment.set(event_target_value(&event))
                        on:keydown=move |event| {
                            if event.key() == "Enter" && !event.is_composing() {
                                event.prevent_default();
                                save();
                            }
                        }
                    />
                    <button type="button" disabled=move || !writer.changed.get() title="Ctrl+S" on:click=move |_| save()>
                        "Save version"
                    </button>
                    <button type="button" class="primary" on:click=move |_| writer.done()>
                        "Done"
                    </button>
                </Show>
            </div>
            <Wrong words=writer.fault />
            <textarea
                id="chapter-text"
                class="paper"
                aria-label="Chapter text"
                dir="auto"
                spellcheck="true"
                placeholder="Begin here. A blank line starts a new paragraph."
                node_ref=area
                readonly=refused
                on:input=move |event| writer.typed(event_target_value(&event))
                on:keydown=move |event| {
                    if !(event.ctrl_key() || event.meta_key()) || event.alt_key() {
                        return;
                    }
                    let format = match &*event.key() {
                        "b" => Format::Bold,
                        "i" => Format::Italic,
                        "k" => Format::Link,
                        "s" => {
                            event.prevent_default();
                            return save();
                        }
                        _ => return,
                    };
                    event.prevent_default();
                    if let (Some(area), false) = (area.get_untracked(), refused()) {
                        apply(&area, format);
                    }
                }
            ></textarea>
        </div>
    }
    .into_any()
}
