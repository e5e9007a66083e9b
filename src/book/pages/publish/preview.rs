//! A look at the book before it goes out: the pages of the EPUB as a reader shows them, and pages of the PDF as pictures.
//! They stand in a frame in which nothing runs.

use super::super::{book_context::use_book_context, contents::rows::rows};
use crate::{
    book::state::Book,
    metadata::theme::Theme,
    ui::{browser, icon::Icon},
};
use leptos::prelude::*;
use std::collections::HashSet;

/// How many pages of a PDF stand in the frame at once, as the server has them.
const PAGES: u32 = 6;
/// The frame.
const FRAME: &str = "preview-frame";
/// The title page, with which one begins: a cover says little.
const TITLE: &str = "title.xhtml";
/// The page of the index.
const INDEX: &str = "index.xhtml";

/// As what the book is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Phone,
    Reader,
    Screen,
    Print,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Phone, Self::Reader, Self::Screen, Self::Print];

    /// The word for it, and what people call it.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Phone => ("phone", "EPUB on a phone"),
            Self::Reader => ("reader", "EPUB on an e-reader"),
            Self::Screen => ("screen", "PDF"),
            Self::Print => ("print", "PDF for print"),
        }
    }

    fn is_pages(self) -> bool {
        matches!(self, Self::Screen | Self::Print)
    }
}

fn theme_word(theme: Theme) -> &'static str {
    match theme {
        Theme::Novel => "novel",
        Theme::Textbook => "textbook",
        Theme::Plain => "plain",
    }
}

/// The pages of the EPUB: the file of each, and what it is called. Those before the text are there as the server makes
/// them.
fn files(book: &Book) -> Vec<(String, String)> {
    let (said, matter) = (&book.metadata, book.publishing.matter);
    let lines = [&said.publisher, &said.published, &said.isbn, &said.licence, &said.series];
    let has_imprint = !said.people.is_empty() || lines.iter().any(|line| !line.is_empty());
    let front = [
        (true, "cover", "Cover"),
        (matter.half_title, "half-title", "Half title"),
        (true, "title", "Title page"),
        (has_imprint, "imprint", "Imprint"),
        (!said.dedication.is_empty(), "dedication", "Dedication"),
        (true, "nav", "Contents"),
        (matter.figures, "figures", "List of figures"),
    ];
    let front = front.into_iter().filter(|(is_there, ..)| *is_there);
    let front = front.map(|(_, file, words)| (format!("{file}.xhtml"), words.to_owned()));
    let parts = (1..).zip(rows(book, &HashSet::new())).map(|(number, row)| {
        let title = book.part(&row.id).map(|part| part.title.to_string()).unwrap_or_default();
        (format!("part-{number:04}.xhtml"), format!("{}{title}", "\u{2003}".repeat(row.depth)))
    });
    let index = matter.index.then(|| (INDEX.to_owned(), "Index".to_owned()));
    front.chain(parts).chain(index).collect()
}

/// The file of the page of the EPUB that stands where pages of a PDF begin, by on which page each part does: the part that
/// is under way there, or the title page before the first.
fn file_at(files: &[(String, String)], begins: &[u32], page: u32) -> String {
    let parts = files.iter().filter(|(file, _)| file.starts_with("part-")).zip(begins);
    let here = parts.filter(|(_, begins)| **begins <= page).last();
    here.map_or_else(|| TITLE.to_owned(), |((file, _), _)| file.clone())
}

/// On which of so many pages of a PDF a page of the EPUB stands: where a part begins; of those before the text the first,
/// and of the index the last.
fn page_of(files: &[(String, String)], begins: &[u32], pages: u32, name: &str) -> u32 {
    let mut parts = files.iter().filter(|(file, _)| file.starts_with("part-"));
    let part = parts.position(|(file, _)| file == name).and_then(|part| begins.get(part)).copied();
    part.unwrap_or(if name == INDEX { pages.max(1) } else { 1 })
}

/// The preview. What it takes is made when somebody asks for it.
#[component]
pub(super) fn Preview() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <section aria-labelledby="preview" class="preview">
            <h2 id="preview">"Preview"</h2>
            <p class="muted">"How the book looks before it is made into a file, in any look. Nothing is changed by looking."</p>
            <Show
                when=move || open.get()
                fallback=move || {
                    view! {
                        <button type="button" on:click=move |_| open.set(true)>
                            "Show the preview"
                        </button>
                    }
                }
            >
                <Looking />
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Looking() -> impl IntoView {
    let context = use_book_context();
    let kind = RwSignal::new(Kind::default());
    let theme = RwSignal::new(context.live.state.with_untracked(|book| book.publishing.theme));
    let files = Memo::new(move |_| context.live.state.with(files));
    let file = RwSignal::new(TITLE.to_owned());
    // Of a PDF: from which page on, how many there are, and on which each part begins.
    let (from, pages, begins) = (RwSignal::new(1_u32), RwSignal::new(0_u32), RwSignal::new(Vec::<u32>::new()));
    let (again, busy) = (RwSignal::new(0_u32), RwSignal::new(true));
    let src = Memo::new(move |_| {
        let (book, theme) = (context.book(), theme_word(theme.get()));
        let what = match kind.get() {
            kind if kind.is_pages() => format!("{}/{}", kind.words().0, from.get()),
            _ => file.get(),
        };
        format!("/book/{book}/preview/{theme}/{what}?{}", again.get())
    });
    Effect::new(move || {
        src.track();
        busy.set(true);
    });
    let came = move |_| {
        busy.set(false);
        let Some(shown) = browser::shown_in_frame(FRAME) else { return };
        // A link within the book leads to another page of it.
        if let Some(name) = shown.path.rsplit('/').next().filter(|name| name.ends_with(".xhtml")) {
            let is_known = files.with_untracked(|files| files.iter().any(|(file, _)| file == name));
            if is_known && file.with_untracked(|now| now != name) {
                file.set(name.to_owned());
            }
        }
        if let Some(many) = shown.pages {
            pages.set(many);
            // The place follows the pages: what is chosen stays as long as it begins on one of those that are shown.
            let from = from.get_untracked();
            let here = files.with_untracked(|files| {
                let chosen = file.with_untracked(|file| page_of(files, &shown.begins, many, file));
                let is_shown = (from..from + PAGES).contains(&chosen);
                (!is_shown).then(|| file_at(files, &shown.begins, from))
            });
            if let Some(here) = here {
                file.set(here);
            }
            begins.set(shown.begins);
        }
    };
    let is_pages = Memo::new(move |_| kind.get().is_pages());
    let at = move || file.with(|now| files.with(|files| files.iter().position(|(file, _)| file == now)));
    let leads_to = move |step: i32| -> Option<String> {
        let to = at()?.checked_add_signed(isize::try_from(step).ok()?)?;
        files.with(|files| files.get(to).map(|(file, _)| file.clone()))
    };
    let page_after = move |step: i32| -> Option<u32> {
        let to = from.get().checked_add_signed(step * PAGES.cast_signed())?;
        (to >= 1 && to <= pages.get()).then_some(to)
    };
    let can = move |step: i32| if is_pages.get() { page_after(step).is_some() } else { leads_to(step).is_some() };
    let go = move |step: i32| {
        if !is_pages.get_untracked() {
            if let Some(to) = untrack(|| leads_to(step)) {
                file.set(to);
            }
        } else if let Some(to) = untrack(|| page_after(step)) {
            from.set(to);
        } else if step < 0 && from.get_untracked() > 1 {
            from.set(1);
        }
    };
    let status = move || match (busy.get(), is_pages.get()) {
        (true, true) => "Setting the pages…".to_owned(),
        (true, false) => "Opening…".to_owned(),
        (false, true) if pages.get() > 0 => {
            let last = (from.get() + PAGES - 1).min(pages.get());
            format!("Pages {} to {last} of {}", from.get().min(last), pages.get())
        }
        _ => String::new(),
    };
    let kinds = Kind::ALL.map(|kind| {
        let (value, words) = kind.words();
        view! { <option value=value>{words}</option> }
    });
    let themes = Theme::ALL.map(|theme| view! { <option value=theme_word(theme)>{theme.words()}</option> });
    let places = move || {
        files
            .get()
            .into_iter()
            .enumerate()
            .map(|(number, (name, words))| {
                let is_here = name.clone();
                view! {
                    <option value=number.to_string() selected=move || file.with(|now| *now == is_here)>
                        {words}
                    </option>
                }
            })
            .collect_view()
    };
    let choose = move |event| {
        let Ok(number) = event_target_value(&event).parse::<usize>() else { return };
        let Some((name, _)) = files.with_untracked(|files| files.get(number).cloned()) else { return };
        // Of a PDF: the page on which the same stands; of the last ones as many as stand in the frame.
        let many = pages.get_untracked();
        let page = files.with_untracked(|files| begins.with_untracked(|begins| page_of(files, begins, many, &name)));
        from.set(if name == INDEX { (many + 1).saturating_sub(PAGES).max(1) } else { page });
        file.set(name);
    };
    view! {
        <div class="row preview-controls">
            <label class="field">
                <span>"Preview as"</span>
                <select on:change=move |event| {
                    let value = event_target_value(&event);
                    kind.set(Kind::ALL.into_iter().find(|kind| kind.words().0 == value).unwrap_or_default());
                }>{kinds.into_iter().collect_view()}</select>
            </label>
            <label class="field">
                <span>"In the look"</span>
                <select
                    prop:value=move || theme_word(theme.get())
                    on:change=move |event| {
                        let value = event_target_value(&event);
                        theme.set(Theme::ALL.into_iter().find(|theme| theme_word(*theme) == value).unwrap_or_default());
                    }
                >
                    {themes.into_iter().collect_view()}
                </select>
            </label>
            <label class="field">
                <span>"Place in the book"</span>
                <select
                    prop:value=move || {
                        files.track();
                        at().unwrap_or_default().to_string()
                    }
                    on:change=choose
                >
                    {places}
                </select>
            </label>
        </div>
        <div class="row preview-paging">
            <button type="button" disabled=move || !(can(-1) || is_pages.get() && from.get() > 1) on:click=move |_| go(-1)>
                <Icon name="left" />
                "Previous"
            </button>
            <button type="button" disabled=move || !can(1) on:click=move |_| go(1)>
                "Next"
                <Icon name="right" />
            </button>
            <button type="button" class="quiet" on:click=move |_| again.update(|again| *again += 1)>
                "Show it anew"
            </button>
            <p role="status" class="muted">{status}</p>
        </div>
        <iframe
            id=FRAME
            class=move || kind.get().words().0
            title="Preview of the book"
            sandbox="allow-same-origin allow-popups"
            src=move || src.get()
            on:load=came
        ></iframe>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_the_book_is_the_part_that_is_under_way_on_a_page() {
        let file = |name: &str| (name.to_owned(), String::new());
        let names = [TITLE, "part-0001.xhtml", "part-0002.xhtml", "part-0003.xhtml", INDEX];
        let (files, begins) = (names.map(file), [5, 8, 8]);
        let at = |page| file_at(&files, &begins, page);
        assert_eq!([1, 5, 7, 9].map(at), [TITLE, "part-0001.xhtml", "part-0001.xhtml", "part-0003.xhtml"]);
        assert_eq!(names.map(|name| page_of(&files, &begins, 12, name)), [1, 5, 8, 8, 12]);
    }
}
