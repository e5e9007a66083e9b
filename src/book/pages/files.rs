//! A book as files: taken out as Markdown, and brought in as new chapters.

use super::{book_context::use_book_context, retry::patiently};
use crate::{
    book::{
        commands::{
            files::{import_chapters, preview_import},
            shelf::rename_book,
        },
        import::{LeftOut, MAX_CHAPTERS, MAX_FILE, Preview, left_out_in_words, text_of},
        model::{Place, Title},
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

/// What a file would become, asked anew of each that is chosen.
pub(super) fn use_preview(chosen: RwSignal<Option<Chosen>>, sending: Sending) -> RwSignal<Preview> {
    let context = use_book_context();
    let preview = RwSignal::new(Preview::default());
    Effect::new(move || {
        preview.set(Preview::default());
        let Some(Chosen { name, text }) = chosen.get() else { return };
        sending.busy.set(true);
        spawn_local(async move {
            let found = patiently(|| preview_import(context.book(), name.clone(), text.clone())).await;
            // The dialog may be closed by now.
            sending.busy.try_set(false);
            match found {
                Ok(found) => drop(preview.try_set(found)),
                Err(why) => drop(sending.fault.try_set(Some(why.words))),
            }
        });
    });
    preview
}

/// What a file says of itself, and what of it has no place in a chapter.
#[component]
pub(super) fn About(preview: RwSignal<Preview>) -> impl IntoView {
    let said = move || {
        preview.with(|Preview { title, people, language, .. }| {
            let title = title.as_ref().map(|title| format!("It is called “{title}”."));
            let people = (!people.is_empty()).then(|| format!("By {}.", people.join(", ")));
            let language = language.as_ref().map(|language| format!("Its language: {language}."));
            let said: Vec<String> = [title, people, language].into_iter().flatten().collect();
            (!said.is_empty()).then(|| view! { <p>{said.join(" ")}</p> })
        })
    };
    let left_out = move || {
        preview.with(|Preview { left_out, .. }| {
            let words = left_out_in_words(left_out)?;
            let named = left_out.iter().map(|LeftOut { what, name, times }| {
                let named = if name.is_empty() { what.clone() } else { format!("{what}: {name}") };
                let line = if *times > 1 { format!("{named} ({times} times)") } else { named };
                view! { <li>{line}</li> }
            });
            let list = named.collect_view();
            Some(view! {
                <details class="left-out">
                    <summary>{format!("{words} The words that belong to it stay.")}</summary>
                    <ul>{list}</ul>
                </details>
            })
        })
    };
    view! {
        {said}
        {left_out}
    }
}

/// What is said when a file has come in, with what was left out of it.
pub(super) fn came_in(words: String, preview: RwSignal<Preview>) -> String {
    match preview.try_with_untracked(|preview| left_out_in_words(&preview.left_out)).flatten() {
        Some(left_out) => format!("{words} {left_out}"),
        None => words,
    }
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
                <a class="button quiet" href=format!("/book/{}/publish", context.book())>
                    "Get it ready to go out"
                </a>
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
    let split = RwSignal::new(false);
    let renames = RwSignal::new(false);
    let sending = Sending::of(open);
    let Sending { busy, fault, .. } = sending;
    let preview = use_preview(chosen, sending);
    let several = move || {
        preview.with(|Preview { chapters, sections, is_book, .. }| {
            (1..=MAX_CHAPTERS).contains(chapters) && (*is_book || chapters + sections > 1)
        })
    };
    Effect::new(move || split.set(several()));
    // The book can be called as the file is.
    let title = Memo::new(move |_| {
        let title = preview.with(|preview| preview.title.clone()).filter(|_| context.owns());
        title.filter(|title| context.live.state.with(|book| book.title != *title))
    });
    Effect::new(move || {
        title.track();
        renames.set(false);
    });
    let send = move |()| {
        let Some(Chosen { name, text }) = chosen.get_untracked() else { return };
        let split = split.get_untracked();
        let title = title.get_untracked().filter(|_| renames.get_untracked());
        sending.run(async move {
            // First: to do it a second time changes nothing.
            if let Some(title) = title {
                patiently(|| rename_book(context.book(), title.clone())).await?;
            }
            let place = Place { parent: None, before: None };
            let import = || import_chapters(context.book(), name.clone(), text.clone(), split, place.clone());
            let added = patiently(import).await?;
            let words = match added.len() {
                1 => "A chapter is added at the end of the contents.".to_owned(),
                many => format!("{many} chapters are added at the end of the contents."),
            };
            page.announce(came_in(words, preview));
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
            <About preview />
            <Show when=move || title.get().is_some()>
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=move || renames.get()
                        on:change=move |event| renames.set(event_target_checked(&event))
                    />
                    <span>{move || title.get().map(|title: Title| format!("Call this book “{title}” too"))}</span>
                </label>
            </Show>
            <Show when=several>
                <fieldset>
                    <legend>
                        {move || match preview.with(|preview| preview.sections) {
                            0 => "This file has several chapters",
                            _ => "This file has chapters in sections",
                        }}
                    </legend>
                    <Choice name="split" on=split is=true words="Make a chapter of each">
                        <Titles preview />
                    </Choice>
                    <Choice name="split" on=split is=false words="Keep it as one chapter">
                        "Their titles become headings in its text."
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
        preview.with(|Preview { chapters, first, .. }| {
            let listed = first.iter().map(|title| format!("“{title}”")).collect::<Vec<_>>().join(", ");
            match chapters.saturating_sub(first.len()) {
                0 => listed,
                more => format!("{listed}, and {more} more"),
            }
        })
    }
}
