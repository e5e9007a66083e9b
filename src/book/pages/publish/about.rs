//! The form of what the book says about itself.

use super::{
    super::book_context::use_book_context,
    people::{People, Rows},
};
use crate::{
    book::commands::publishing::set_metadata,
    metadata::Metadata,
    ui::{
        form::{Faults, Field, Wrong, focus_first_wrong},
        page::use_page,
    },
};
use leptos::{prelude::*, task::spawn_local};
use sputnik::Fault;

/// Licences that are chosen often, by their SPDX identifiers, and what each means.
const LICENCES: [(&str, &str); 8] = [
    ("All rights reserved", "Nobody may copy it without asking"),
    ("CC-BY-4.0", "Anybody may use it who names you"),
    ("CC-BY-SA-4.0", "So they may who share what they make of it as freely"),
    ("CC-BY-NC-4.0", "Anybody may use it who names you and earns nothing by it"),
    ("CC-BY-ND-4.0", "Anybody may pass it on who names you and changes nothing"),
    ("CC-BY-NC-ND-4.0", "Pass it on unchanged, name you, earn nothing by it"),
    ("CC0-1.0", "Anybody may do with it whatever they like"),
    ("GFDL-1.3-or-later", "The GNU Free Documentation License"),
];

/// Languages that are written often.
const LANGUAGES: [(&str, &str); 16] = [
    ("en", "English"),
    ("en-GB", "English, British"),
    ("en-US", "English, American"),
    ("de", "German"),
    ("fr", "French"),
    ("es", "Spanish"),
    ("it", "Italian"),
    ("pt-BR", "Portuguese, Brazilian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("cs", "Czech"),
    ("ru", "Russian"),
    ("ar", "Arabic"),
    ("he", "Hebrew"),
    ("ja", "Japanese"),
    ("zh-Hans", "Chinese, simplified"),
];

/// What is typed, field by field.
#[derive(Clone, Copy)]
struct Draft {
    subtitle: RwSignal<String>,
    people: Rows,
    language: RwSignal<String>,
    description: RwSignal<String>,
    subjects: RwSignal<String>,
    isbn: RwSignal<String>,
    publisher: RwSignal<String>,
    licence: RwSignal<String>,
    series: RwSignal<String>,
    series_number: RwSignal<String>,
    dedication: RwSignal<String>,
    published: RwSignal<String>,
}

impl Draft {
    fn of(said: &Metadata) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            subtitle: text(&said.subtitle),
            people: Rows::of(&said.people),
            language: text(&said.language),
            description: text(&said.description),
            subjects: text(&said.subjects.join("; ")),
            isbn: text(&said.isbn),
            publisher: text(&said.publisher),
            licence: text(&said.licence),
            series: text(&said.series),
            series_number: text(&said.series_number),
            dedication: text(&said.dedication),
            published: text(&said.published),
        }
    }

    /// Shows what is said now instead of what was typed.
    fn show(self, said: &Metadata) {
        self.people.show(&said.people);
        self.subjects.set(said.subjects.join("; "));
        for (field, text) in [
            (self.subtitle, &said.subtitle),
            (self.language, &said.language),
            (self.description, &said.description),
            (self.isbn, &said.isbn),
            (self.publisher, &said.publisher),
            (self.licence, &said.licence),
            (self.series, &said.series),
            (self.series_number, &said.series_number),
            (self.dedication, &said.dedication),
            (self.published, &said.published),
        ] {
            field.set(text.clone());
        }
    }

    fn take(self) -> Metadata {
        Metadata {
            subtitle: self.subtitle.get_untracked(),
            people: self.people.take(),
            language: self.language.get_untracked(),
            description: self.description.get_untracked(),
            subjects: self.subjects.get_untracked().split(';').map(|subject| subject.trim().to_owned()).collect(),
            isbn: self.isbn.get_untracked(),
            publisher: self.publisher.get_untracked(),
            licence: self.licence.get_untracked(),
            series: self.series.get_untracked(),
            series_number: self.series_number.get_untracked(),
            dedication: self.dedication.get_untracked(),
            published: self.published.get_untracked(),
        }
    }
}

/// The form. Whatever is wrong with it is said at once, beside its field.
#[component]
pub(super) fn About() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let said = Memo::new(move |_| context.live.state.with(|book| book.metadata.clone()));
    let draft = Draft::of(&said.get_untracked());
    let fault = RwSignal::new(None::<Fault>);
    let faults = Faults::of(fault);
    let busy = RwSignal::new(false);
    // What another owner set meanwhile is shown, unless that would take away what is being typed here.
    Effect::new(move |before: Option<Metadata>| {
        let now = said.get();
        let typed = draft.take().checked();
        if before.as_ref().is_some_and(|before| *before != now && typed.as_ref() == Ok(before)) {
            draft.show(&now);
        }
        now
    });
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        let typed = draft.take();
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let sent = set_metadata(context.book(), typed.clone()).await;
            // The page may be another by now.
            busy.try_set(false);
            match sent {
                Ok(()) => {
                    if let Ok(kept) = typed.checked() {
                        draft.show(&kept);
                    }
                    page.announce("What the book says about itself is kept.");
                }
                Err(why) => drop(fault.try_set(Some(why))),
            }
        });
    };
    view! {
        <section aria-labelledby="about-it">
            <h2 id="about-it">"What the book says about itself"</h2>
            <p class="muted">"It stands on the title page and the book\u{2019}s own page, and goes to shops and libraries with the files. Only the title is needed."</p>
            <form
                class="stack"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <Field label="Subtitle" name="subtitle" may_be_empty=true bind=draft.subtitle error=faults.in_field("subtitle") />
                <People rows=draft.people faults />
                <Field label="Language" name="language" may_be_empty=true list="languages" hint="Such as en, pt-BR or zh-Hans." bind=draft.language error=faults.in_field("language") />
                <Options id="languages" of=&LANGUAGES />
                <Lines
                    label="Description"
                    name="description"
                    hint="What it is about, for those who look for a book."
                    rows=6
                    text=draft.description
                    error=faults.in_field("description")
                />
                <Field label="Subjects" name="subjects" may_be_empty=true hint="Separated by semicolons: words, or codes of Thema or BISAC." bind=draft.subjects error=faults.in_field("subjects") />
                <Field label="Licence" name="licence" may_be_empty=true list="licences" hint="What others may do with it: one of the list, or your own words." bind=draft.licence error=faults.in_field("licence") />
                <Options id="licences" of=&LICENCES />
                <Field label="Publisher" name="publisher" may_be_empty=true bind=draft.publisher error=faults.in_field("publisher") />
                <Field label="Published" name="published" may_be_empty=true hint="A year, a month or a day: 2026, 2026-11 or 2026-11-30." bind=draft.published error=faults.in_field("published") />
                <Field label="ISBN" name="isbn" may_be_empty=true hint="The number the book has in shops, with or without hyphens." bind=draft.isbn error=faults.in_field("isbn") />
                <Field label="Series" name="series" may_be_empty=true bind=draft.series error=faults.in_field("series") />
                <Field label="Number in the series" name="series-number" may_be_empty=true bind=draft.series_number error=faults.in_field("series-number") />
                <Lines
                    label="Dedication"
                    name="dedication"
                    hint="Whom it is for. It has a page of its own before the contents; a blank line begins another paragraph."
                    rows=3
                    text=draft.dedication
                    error=faults.in_field("dedication")
                />
                <Wrong words=faults.elsewhere() />
                <button type="submit" class="primary" disabled=move || busy.get()>
                    "Keep what the book says"
                </button>
            </form>
        </section>
    }
    .into_any()
}

/// What is offered while one types.
#[component]
fn Options(id: &'static str, of: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let each = of.iter().map(|(value, words)| view! { <option value=*value>{*words}</option> }).collect_view();
    view! { <datalist id=id>{each}</datalist> }.into_any()
}

/// A field for a text of some lines.
#[component]
fn Lines(
    label: &'static str,
    name: &'static str,
    hint: &'static str,
    rows: u32,
    text: RwSignal<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    focus_first_wrong(id.clone(), error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id
                rows=rows.to_string()
                dir="auto"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=format!("{hint_id} {error_id}")
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <p class="hint" id=hint_id>
                {hint}
            </p>
            <Wrong words=error id=error_id />
        </div>
    }
    .into_any()
}
