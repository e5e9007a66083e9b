//! A book comes in as a file: it is chosen, looked at as the tree it will be, and brought in, as a new book or into one.
//!
//! | file | what happens there |
//! | --- | --- |
//! | `sending` | the file goes to the server, which answers as it works |
//! | `planned` | the tree that will be, of which one chooses |
//! | `said` | what a file says of itself, and what of it cannot be carried |

mod planned;
pub(super) mod said;
pub(super) mod sending;

use super::retry::patiently;
use crate::{
    book::{
        commands::shelf::rename_book,
        import::{Choices, Imported, MAX_BOOK, Preview, Progress, left_out_in_words},
        model::{BookId, Kind, PartId, Place, Title},
        state::Book,
    },
    ui::{
        browser::{self, ChosenFile},
        dialog::{DialogForm, Sending},
        form::Field,
        number::count,
    },
};
use leptos::{ev::Event, prelude::*, task::spawn_local, web_sys::HtmlInputElement};
use planned::{Finely, Plan, Planned};
use said::Said;
use sending::{Sent, Upload};
use sputnik::Fault;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Where a file comes in.
#[derive(Clone)]
pub(super) enum Into {
    /// As a new book.
    New,
    /// Into this one; its owner may call it as the file is called.
    Book {
        /// Which.
        book: BookId,
        /// How it stands.
        state: Signal<Book>,
        /// Whether whoever looks owns it.
        owns: bool,
    },
}

/// How far a file is on its way in.
#[derive(Debug, Clone, PartialEq)]
struct Under {
    /// What happens to it just now.
    words: String,
    /// So much is done of so much, if that is known.
    share: Option<(f64, f64)>,
}

impl Under {
    fn of(words: &str, share: Option<(f64, f64)>) -> Self {
        Self { words: words.to_owned(), share }
    }
}

/// The form by which a file comes in: in which dialog, where to, and what happens when it is in.
#[wasm_split(management, fallible)]
pub(super) fn import_form(
    open: RwSignal<bool>,
    into: Into,
    done: Callback<Imported>,
) -> Result<AnyView, SplitLoaderError> {
    let sending = Sending::of(open);
    let Sending { busy, fault, .. } = sending;
    let chosen = RwSignal::new_local(None::<ChosenFile>);
    let preview = RwSignal::new(Preview::default());
    let plan = Plan::new(preview);
    let under = RwSignal::new(None::<Under>);
    let title = RwSignal::new(String::new());
    let renames = RwSignal::new(false);
    let place = RwSignal::new(None::<PartId>);
    let is_new = matches!(into, Into::New);
    let upload = StoredValue::new_local(None::<Upload>);
    let stop = move || {
        if let Some(upload) = upload.try_update_value(Option::take).flatten() {
            upload.abort();
        }
    };
    // With the dialog goes what is under way.
    on_cleanup(stop);

    let look = move || {
        let Some(file) = chosen.get_untracked() else { return };
        busy.set(true);
        under.set(Some(Under::of("Sending the file…", None)));
        let hear = move |sent: Sent| match sent {
            Sent::Share(loaded, total) if loaded < total => {
                drop(under.try_set(Some(Under::of("Sending the file…", Some((loaded, total))))));
            }
            Sent::Share(..) => drop(under.try_set(Some(Under::of("Reading the book…", None)))),
            Sent::Part(_) => {}
            Sent::Whole(answer) => {
                busy.try_set(false);
                under.try_set(None);
                match sending::read::<Preview>(answer) {
                    Ok(found) => {
                        title.try_set(found.title.as_ref().map(ToString::to_string).unwrap_or_default());
                        preview.try_set(found);
                    }
                    Err(why) => drop(fault.try_set(Some(why.words))),
                }
            }
        };
        upload.set_value(Some(sending::send("/import/preview", &file, None, hear)));
    };
    let choose = move |event: Event| {
        let field: HtmlInputElement = event_target(&event);
        stop();
        busy.set(false);
        under.set(None);
        fault.set(None);
        preview.set(Preview::default());
        chosen.set(browser::chosen_file(&field));
        look();
    };

    let target = StoredValue::new(into.clone());
    let send = move |()| {
        let Some(file) = chosen.get_untracked() else { return };
        let (level, without) = plan.choices();
        let named = Some(title.get_untracked()).filter(|_| is_new).map(|text| text.trim().parse::<Title>()).transpose();
        let named = match named {
            Ok(named) => named,
            Err(bad) => return fault.set(Some(bad.to_string())),
        };
        let place = place.get_untracked().map(|section| Place { parent: Some(section), before: None });
        let choices = Choices { level: Some(level), without: Some(without), title: named, place };
        let renamed = preview.with_untracked(|preview| preview.title.clone()).filter(|_| renames.get_untracked());
        busy.set(true);
        fault.set(None);
        under.set(Some(Under::of("Sending the file…", None)));
        let end = move |imported: Result<Imported, Fault>| {
            busy.try_set(false);
            under.try_set(None);
            match imported {
                Ok(imported) => {
                    open.try_set(false);
                    done.run(imported);
                }
                Err(why) => drop(fault.try_set(Some(why.words))),
            }
        };
        let hear = move |sent: Sent| match sent {
            Sent::Share(loaded, total) if loaded < total => {
                drop(under.try_set(Some(Under::of("Sending the file…", Some((loaded, total))))));
            }
            Sent::Share(..) => drop(under.try_set(Some(Under::of("Reading the book…", None)))),
            Sent::Part(text) => {
                if let Some(Progress::Done { done, of }) = sending::last_line(&text) {
                    #[expect(clippy::cast_precision_loss, reason = "no book has as many chapters")]
                    let share = (done as f64, of as f64);
                    let words = if done < of { "Bringing in chapters and pictures…" } else { "Storing the book…" };
                    under.try_set(Some(Under::of(words, Some(share))));
                }
            }
            Sent::Whole(answer) => end(sending::imported(answer)),
        };
        spawn_local(async move {
            let path = match target.get_value() {
                Into::New => "/import".to_owned(),
                Into::Book { book, .. } => {
                    // First: to do it a second time changes nothing.
                    if let Some(title) = renamed
                        && let Err(why) = patiently(|| rename_book(book.clone(), title.clone())).await
                    {
                        return end(Err(why));
                    }
                    format!("/book/{book}/import")
                }
            };
            upload.try_set_value(Some(sending::send(&path, &file, Some(&choices), hear)));
        });
    };
    let leave = move |()| {
        if upload.try_with_value(Option::is_some).unwrap_or_default() && busy.get_untracked() {
            stop();
            busy.set(false);
            under.set(None);
            if preview.with_untracked(|preview| preview.trees.is_empty()) {
                open.set(false);
            }
        } else {
            open.set(false);
        }
    };
    let is_planned = move || preview.with(|preview| !preview.trees.is_empty());
    let nothing = move || !is_planned() || plan.chapters() == 0;
    let verb = move || match (busy.get(), is_planned(), plan.chapters()) {
        (true, true, _) => "Importing…".to_owned(),
        (true, false, _) => "Reading…".to_owned(),
        (false, false, _) => "Import".to_owned(),
        (false, true, chapters) => format!("Import {}", count(u32::try_from(chapters).unwrap_or(u32::MAX), "chapter")),
    };
    let view = view! {
        <DialogForm
            sending
            send
            verb=Signal::derive(verb)
            unready=Signal::derive(nothing)
            instead=("Cancel", Callback::new(leave))
        >
            <FileField choose=Callback::new(choose) busy />
            <div role="status" class="import-progress">
                {move || under.get().map(|Under { words, share }| view! { <Bar words share /> })}
            </div>
            <Show when=is_planned>
                <fieldset class="plain" disabled=move || busy.get()>
                    <Said preview level=plan.level />
                    <Where into=target.get_value() title renames place preview />
                    <Finely plan />
                    <Planned plan />
                </fieldset>
            </Show>
        </DialogForm>
    };
    Ok(view.into_any())
}

#[component]
fn FileField(choose: Callback<Event>, busy: RwSignal<bool>) -> impl IntoView {
    let bound = MAX_BOOK / 1_000_000;
    view! {
        <div class="field">
            <label for="book-file">"A book as a file"</label>
            <input
                id="book-file"
                type="file"
                accept=".epub,.docx,.html,.htm,.xhtml,.md,.markdown,.txt,.zip,application/epub+zip,application/vnd.openxmlformats-officedocument.wordprocessingml.document,text/html,text/markdown,application/zip"
                aria-describedby="book-file-hint"
                disabled=move || busy.get()
                on:change=move |event| choose.run(event)
            />
            <p class="hint" id="book-file-hint">
                {format!(
                    "EPUB, DOCX, HTML, Markdown, or a zip of such files with their pictures; at most {bound} MB. Nothing is stored before you have seen what becomes of it.",
                )}
            </p>
        </div>
    }
    .into_any()
}

#[component]
fn Bar(words: String, share: Option<(f64, f64)>) -> impl IntoView {
    let (value, max) = share.unzip();
    view! {
        <label>
            <span>{words}</span>
            <progress value=value max=max></progress>
        </label>
    }
    .into_any()
}

/// What the book is called, or where in it the chapters come.
#[component]
fn Where(
    into: Into,
    title: RwSignal<String>,
    renames: RwSignal<bool>,
    place: RwSignal<Option<PartId>>,
    preview: RwSignal<Preview>,
) -> impl IntoView {
    match into {
        Into::New => view! { <Field label="Title of the new book" name="import-title" bind=title /> }.into_any(),
        Into::Book { state, owns, .. } => {
            let other = Memo::new(move |_| {
                let title = preview.with(|preview| preview.title.clone()).filter(|_| owns);
                title.filter(|title| state.with(|book| book.title != *title))
            });
            let sections = move || {
                state.with(|book| {
                    let sections = book.parts.iter().filter(|part| part.kind == Kind::Section);
                    sections.map(|part| (part.id.clone(), part.title.to_string())).collect::<Vec<_>>()
                })
            };
            view! {
                <Show when=move || other.get().is_some()>
                    <label class="choice">
                        <input
                            type="checkbox"
                            prop:checked=move || renames.get()
                            on:change=move |event| renames.set(event_target_checked(&event))
                        />
                        <span>{move || other.get().map(|title| format!("Call this book “{title}” too"))}</span>
                    </label>
                </Show>
                <Show when=move || !sections().is_empty()>
                    <div class="field">
                        <label for="import-place">"Where to"</label>
                        <select
                            id="import-place"
                            on:change=move |event| place.set(event_target_value(&event).parse().ok())
                        >
                            <option value="">"At the end of the contents"</option>
                            {move || {
                                sections()
                                    .into_iter()
                                    .map(|(id, title)| {
                                        view! {
                                            <option value=id.to_string()>{format!("At the end of “{title}”")}</option>
                                        }
                                    })
                                    .collect_view()
                            }}
                        </select>
                    </div>
                </Show>
            }
            .into_any()
        }
    }
}

/// What is said when a file has come in, with what was left out of it.
pub(super) fn came_in(imported: &Imported) -> String {
    let chapters = u32::try_from(imported.chapters.len()).unwrap_or(u32::MAX);
    let words = match chapters {
        1 => "A chapter is imported.".to_owned(),
        _ => format!("{} are imported.", count(chapters, "chapter")),
    };
    match left_out_in_words(&imported.left_out) {
        Some(left_out) => format!("{words} {left_out}"),
        None => words,
    }
}
