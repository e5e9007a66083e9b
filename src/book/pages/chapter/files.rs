//! Brings a file of Markdown into a chapter.

use super::writer::Writer;
use crate::{
    book::{
        commands::files::import_chapter,
        import::{How, MAX_FILE, Preview, left_out_in_words, text_of},
        pages::{
            import::{
                said::Said,
                sending::{self, Sent, Upload},
            },
            retry::patiently,
        },
    },
    ui::{
        browser::{self, ChosenFile},
        dialog::{Dialog, DialogForm, Sending},
        form::Choice,
        later::shown_later,
        page::use_page,
    },
};
use leptos::{ev::Event, prelude::*, task::spawn_local, web_sys::HtmlInputElement};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Brings a text in.
#[component]
pub fn Import(writer: Writer, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Import Markdown into this chapter">
            {shown_later(move || into_chapter(writer, open))}
        </Dialog>
    }
}

#[wasm_split(management, fallible)]
fn into_chapter(writer: Writer, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    let page = use_page();
    let chosen = RwSignal::new(None::<String>);
    let replaces = RwSignal::new(false);
    let sending = Sending::of(open);
    let preview = RwSignal::new(Preview::default());
    let send = move |()| {
        let Some(text) = chosen.get_untracked() else { return };
        let how = if replaces.get_untracked() { How::Replace } else { How::Append };
        let (book, part) = writer.place();
        sending.run(async move {
            patiently(|| import_chapter(book.clone(), part.clone(), text.clone(), how)).await?;
            let left_out = preview.try_with_untracked(|preview| left_out_in_words(&preview.trees.first()?.left_out));
            let words = ["The text is in the chapter.".to_owned()].into_iter().chain(left_out.flatten());
            page.announce(words.collect::<Vec<_>>().join(" "));
            Ok(())
        });
    };
    let verb = move || match (sending.busy.get(), replaces.get()) {
        (true, _) => "Importing…".to_owned(),
        (false, false) => "Add the text".to_owned(),
        (false, true) => "Replace the text".to_owned(),
    };
    let view = view! {
        <DialogForm
            sending
            send
            verb=Signal::derive(verb)
            unready=Signal::derive(move || chosen.with(Option::is_none))
            danger=replaces
        >
            <MarkdownField chosen sending preview />
            <Said preview level=0 />
            <fieldset>
                <legend>"Where to"</legend>
                <Choice name="replaces" on=replaces is=false words="At the end">
                    "What the chapter holds stays as it is."
                </Choice>
                <Choice name="replaces" on=replaces is=true words="Instead of its text">
                    "What the chapter holds goes; its history still has it."
                </Choice>
            </fieldset>
        </DialogForm>
    };
    Ok(view.into_any())
}

/// Where one chooses a file of Markdown. What is wrong with it is said at once, and what of it has no place.
#[component]
fn MarkdownField(chosen: RwSignal<Option<String>>, sending: Sending, preview: RwSignal<Preview>) -> impl IntoView {
    let Sending { busy, fault, .. } = sending;
    let upload = StoredValue::new_local(None::<Upload>);
    let look = move |file: &ChosenFile| {
        let hear = move |sent: Sent| {
            let Sent::Whole(answer) = sent else { return };
            // The dialog may be closed by now.
            busy.try_set(false);
            match sending::read::<Preview>(answer) {
                Ok(found) => drop(preview.try_set(found)),
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        };
        busy.try_set(true);
        upload.try_set_value(Some(sending::send("/import/preview", file, None, hear)));
    };
    let choose = move |event: Event| {
        let field: HtmlInputElement = event_target(&event);
        chosen.set(None);
        fault.set(None);
        preview.set(Preview::default());
        spawn_local(async move {
            let Some(file) = browser::chosen_file(&field) else { return };
            let Some(bytes) = browser::bytes_of(&file, MAX_FILE).await else { return };
            match text_of(bytes) {
                Ok(text) => {
                    chosen.try_set(Some(text));
                    look(&file);
                }
                Err(bad) => drop(fault.try_set(Some(bad.to_string()))),
            }
        });
    };
    view! {
        <div class="field">
            <label for="markdown-file">"A Markdown file, at most 1,000,000 bytes"</label>
            <input
                id="markdown-file"
                type="file"
                accept=".md,.markdown,.txt,text/markdown,text/plain"
                on:change=choose
            />
        </div>
    }
    .into_any()
}
