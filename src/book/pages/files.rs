//! A book as files: taken out as Markdown, and brought in as new chapters.

use super::{book_context::use_book_context, retry::patiently};
use crate::{
    book::{
        commands::files::{import_chapters, preview_import},
        import::{MAX_CHAPTERS, MAX_FILE, Preview, text_of},
        model::Place,
    },
    ui::{
        browser,
        dialog::{Dialog, DialogForm, Sending},
        form::Choice,
        page::use_page,
    },
};
use leptos::{ev::Event, prelude::*, task::spawn_local, web_sys::HtmlInputElement};

/// A file of Markdown that was chosen and can be brought in.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// Where one chooses a file of Markdown. What is wrong with it is said at once.
#[component]
pub(super) fn MarkdownField(
    /// The file, once it is read.
    chosen: RwSignal<Option<Chosen>>,
    /// Why it cannot be brought in.
    fault: RwSignal<Option<String>>,
) -> impl IntoView {
    let choose = move |event: Event| {
        let field: HtmlInputElement = event_target(&event);
        chosen.set(None);
        fault.set(None);
        spawn_local(async move {
            let Some((name, bytes)) = browser::chosen_file(&field, MAX_FILE).await else { return };
            // The dialog may be closed by now.
            match text_of(bytes) {
                Ok(text) => drop(chosen.try_set(Some(Chosen { name, text }))),
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

/// Takes the whole book out; editors bring chapters in.
#[component]
pub(super) fn BookFiles() -> impl IntoView {
    let context = use_book_context();
    let open = RwSignal::new(false);
    view! {
        <p class="row files">
            <a class="button quiet" href=format!("/book/{}/book.md", context.book()) rel="external" download="">
                "Download as Markdown"
            </a>
            <Show when=move || context.can_edit()>
                <button type="button" class="quiet" on:click=move |_| open.set(true)>
                    "Import Markdown…"
                </button>
            </Show>
        </p>
        <Dialog open title="Import Markdown as new chapters">
            <NewChapters open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn NewChapters(open: RwSignal<bool>) -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let chosen = RwSignal::new(None::<Chosen>);
    let preview = RwSignal::new(Preview::default());
    let split = RwSignal::new(false);
    let sending = Sending::of(open);
    let Sending { busy, fault, .. } = sending;
    let in_several = |preview: &Preview| (2..=MAX_CHAPTERS).contains(&preview.chapters);
    let several = move || preview.with(in_several);
    // Each file is asked about anew.
    Effect::new(move || {
        preview.set(Preview::default());
        split.set(false);
        let Some(Chosen { name, text }) = chosen.get() else { return };
        busy.set(true);
        spawn_local(async move {
            let found = patiently(|| preview_import(context.book(), name.clone(), text.clone())).await;
            busy.try_set(false);
            match found {
                Ok(found) => {
                    // The dialog may be closed by now.
                    split.try_set(in_several(&found));
                    preview.try_set(found);
                }
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        });
    });
    let send = move |()| {
        let Some(Chosen { name, text }) = chosen.get_untracked() else { return };
        let split = split.get_untracked();
        sending.run(async move {
            let place = Place { parent: None, before: None };
            let import = || import_chapters(context.book(), name.clone(), text.clone(), split, place.clone());
            let added = patiently(import).await?;
            page.announce(match added.len() {
                1 => "A chapter is added at the end of the contents.".to_owned(),
                many => format!("{many} chapters are added at the end of the contents."),
            });
            Ok(())
        });
    };
    let verb = move || match (busy.get(), preview.with(|preview| preview.chapters)) {
        (true, 0) => "Reading…".to_owned(),
        (true, _) => "Importing…".to_owned(),
        (false, _) => "Import".to_owned(),
    };
    view! {
        <DialogForm
            sending
            send
            verb=Signal::derive(verb)
            unready=Signal::derive(move || chosen.with(Option::is_none))
        >
            <MarkdownField chosen fault />
            <Show when=several>
                <fieldset>
                    <legend>"This file has headings of the first level"</legend>
                    <Choice name="split" on=split is=true words="Make a chapter of each">
                        <Titles preview />
                    </Choice>
                    <Choice name="split" on=split is=false words="Keep it as one chapter">
                        "They become headings in its text."
                    </Choice>
                </fieldset>
            </Show>
        </DialogForm>
    }
    .into_any()
}

/// The first of the chapters that would be made.
#[component]
fn Titles(preview: RwSignal<Preview>) -> impl IntoView {
    move || {
        preview.with(|Preview { chapters, first }| {
            let listed = first.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>().join(", ");
            match chapters.saturating_sub(first.len()) {
                0 => listed,
                more => format!("{listed}, and {more} more"),
            }
        })
    }
}
