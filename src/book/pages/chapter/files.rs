//! A chapter as a file: taken out as Markdown, and brought in.

use super::writer::Writer;
use crate::{
    book::{
        commands::files::import_chapter,
        import::How,
        pages::files::{Chosen, MarkdownField},
    },
    ui::{
        dialog::Dialog,
        form::{Choice, Wrong},
        page::use_page,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// Takes the chapter out; editors bring a text in.
#[component]
pub fn ChapterFiles(writer: Writer) -> impl IntoView {
    let open = RwSignal::new(false);
    let (book, part) = writer.place();
    let file = format!("/book/{book}/chapter/{part}.md");
    view! {
        <div class="row files">
            <a class="button quiet" href=file rel="external" download="">
                "Download as Markdown"
            </a>
            <Show when=move || writer.room.can_edit()>
                <button type="button" class="quiet" on:click=move |_| open.set(true)>
                    "Import Markdown…"
                </button>
            </Show>
        </div>
        <Dialog open title="Import Markdown into this chapter">
            <IntoChapter writer open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn IntoChapter(writer: Writer, open: RwSignal<bool>) -> impl IntoView {
    let page = use_page();
    let chosen = RwSignal::new(None::<Chosen>);
    let fault = RwSignal::new(None);
    let replaces = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let send = move || {
        let Some(Chosen { text, .. }) = chosen.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        let how = if replaces.get_untracked() { How::Replace } else { How::Append };
        let (book, part) = writer.place();
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let done = import_chapter(book, part, text, how).await;
            busy.try_set(false);
            match done {
                Ok(()) => {
                    page.announce("The text is in the chapter.");
                    open.try_set(false);
                }
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        });
    };
    view! {
        <form
            class="stack"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <MarkdownField chosen fault />
            <fieldset>
                <legend>"Where to"</legend>
                <Choice name="replaces" on=replaces is=false words="At the end">
                    "What the chapter holds stays as it is."
                </Choice>
                <Choice name="replaces" on=replaces is=true words="Instead of its text">
                    "What the chapter holds goes; its history still has it."
                </Choice>
            </fieldset>
            <Wrong words=fault />
            <footer class="row end">
                <button type="button" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button
                    type="submit"
                    class=move || if replaces.get() { "danger" } else { "primary" }
                    disabled=move || busy.get() || chosen.with(Option::is_none)
                >
                    {move || match (busy.get(), replaces.get()) {
                        (true, _) => "Importing…",
                        (false, false) => "Add the text",
                        (false, true) => "Replace the text",
                    }}
                </button>
            </footer>
        </form>
    }
    .into_any()
}
