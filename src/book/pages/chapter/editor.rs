//! Writing: a plain field of Markdown in the book's own type.

use super::{
    toolbar::{Format, Toolbar, apply},
    writer::{Mode, Writer},
};
use crate::ui::{browser, form::Wrong};
use leptos::{html, prelude::*, web_sys::HtmlTextAreaElement};

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
    Effect::new(move |opened: Option<bool>| {
        writer.replaced.track();
        let Some(area) = area.get() else { return false };
        let text = writer.text.get_untracked();
        if area.value() != text {
            area.set_value(&text);
        }
        if opened != Some(true) {
            begin_where_read(&area, &text, writer.depth.get_value());
        }
        true
    });
    view! {
        <div class="editor">
            <div class="editor-bar">
                <Show when=move || !refused()>
                    <Toolbar area />
                </Show>
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
                on:scroll=move |_| writer.depth.set_value(browser::scrolled("chapter-text"))
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

/// Sets the caret to the line that is so far down the text, and shows it: who presses "Write" in the middle of a chapter
/// means to write there.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a length"
)]
fn begin_where_read(area: &HtmlTextAreaElement, text: &str, depth: f64) {
    let mut about = ((text.len() as f64 * depth) as usize).min(text.len());
    while !text.is_char_boundary(about) {
        about -= 1;
    }
    let line = text[..about].rfind('\n').map_or(0, |at| at + 1);
    let caret = u32::try_from(text[..line].encode_utf16().count()).unwrap_or(0);
    let _ = area.set_selection_range(caret, caret);
    request_animation_frame(move || browser::scroll("chapter-text", depth));
}
