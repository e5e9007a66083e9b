//! A chapter as a file: taken out as Markdown, and brought in.

use super::writer::Writer;
use crate::{
    book::{
        commands::files::import_chapter,
        import::How,
        pages::{
            files::{About, Chosen, MarkdownField, came_in, use_preview},
            retry::patiently,
        },
    },
    ui::{
        dialog::{Dialog, DialogForm, Sending},
        form::Choice,
        page::use_page,
    },
};
use leptos::prelude::*;

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
            <Show when=move || writer.context.can_edit()>
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
    let replaces = RwSignal::new(false);
    let sending = Sending::of(open);
    let preview = use_preview(chosen, sending);
    let send = move |()| {
        let Some(Chosen { text, .. }) = chosen.get_untracked() else { return };
        let how = if replaces.get_untracked() { How::Replace } else { How::Append };
        let (book, part) = writer.place();
        sending.run(async move {
            patiently(|| import_chapter(book.clone(), part.clone(), text.clone(), how)).await?;
            page.announce(came_in("The text is in the chapter.".to_owned(), preview));
            Ok(())
        });
    };
    let verb = move || match (sending.busy.get(), replaces.get()) {
        (true, _) => "Importing…".to_owned(),
        (false, false) => "Add the text".to_owned(),
        (false, true) => "Replace the text".to_owned(),
    };
    view! {
        <DialogForm
            sending
            send
            verb=Signal::derive(verb)
            unready=Signal::derive(move || chosen.with(Option::is_none))
            danger=replaces
        >
            <MarkdownField chosen fault=sending.fault />
            <About preview />
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
    }
    .into_any()
}
