//! The form of what the book says about itself.

use super::{
    super::book_context::{BookContext, use_book_context},
    draft::{Draft, Meanwhile},
    people::People,
};
use crate::{
    book::{commands::publishing::set_metadata, events::EventKind},
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

/// The form. Whatever is wrong with it is said at once, beside its field.
#[component]
pub(super) fn About() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let said = Memo::new(move |_| context.live.state.with(|book| book.metadata.clone()));
    let draft = Draft::of(&said.get_untracked());
    let fault = RwSignal::new(None::<Fault>);
    let faults = Faults::of(fault);
    let busy = RwSignal::new(false);
    // What another owner keeps meanwhile is shown, but for what is typed here.
    Effect::new(move |before: Option<Metadata>| {
        let now = said.get();
        if before.is_some_and(|before| before != now) {
            draft.hear(&now, &made_by(context, &now));
        }
        now
    });
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        fault.set(None);
        draft.people.drop_empty();
        let kept = match draft.take().checked() {
            Ok(kept) => kept,
            Err(why) => return fault.set(Some(why)),
        };
        let base = draft.send(&kept);
        busy.set(true);
        spawn_local(async move {
            let sent = set_metadata(context.book(), kept, Some(base.clone())).await;
            // The page may be another by now.
            busy.try_set(false);
            draft.is_answered(&base, sent.is_ok());
            match sent {
                Ok(()) => page.announce("What the book says about itself is kept."),
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
                <Line draft faults label="Subtitle" name="subtitle" text=draft.subtitle />
                <People rows=draft.people faults />
                <Meanwhile draft field="people" />
                <Line draft faults label="Language" name="language" list="languages" hint="Such as en, pt-BR or zh-Hans." text=draft.language />
                <Options id="languages" of=&LANGUAGES />
                <Lines
                    draft
                    faults
                    label="Description"
                    name="description"
                    hint="What it is about, for those who look for a book."
                    rows=6
                    text=draft.description
                />
                <Line draft faults label="Subjects" name="subjects" hint="Separated by semicolons: words, or codes of Thema or BISAC." text=draft.subjects />
                <Line draft faults label="Licence" name="licence" list="licences" hint="What others may do with it: one of the list, or your own words." text=draft.licence />
                <Options id="licences" of=&LICENCES />
                <Line draft faults label="Publisher" name="publisher" text=draft.publisher />
                <Line draft faults label="Published" name="published" hint="A year, a month or a day: 2026, 2026-11 or 2026-11-30." text=draft.published />
                <Line draft faults label="ISBN" name="isbn" hint="The number the book has in shops, with or without hyphens." text=draft.isbn />
                <Line draft faults label="Series" name="series" text=draft.series />
                <Line draft faults label="Number in the series" name="series-number" text=draft.series_number />
                <Lines
                    draft
                    faults
                    label="Dedication"
                    name="dedication"
                    hint="Whom it is for. It has a page of its own before the contents; a blank line begins another paragraph."
                    rows=3
                    text=draft.dedication
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

/// Who had the book say this, where that was just told: as a sentence begins with them.
fn made_by(context: BookContext, said: &Metadata) -> String {
    let told = context.live.heard.with_untracked(|heard| {
        let told = &heard.as_ref()?.message;
        let EventKind::MetadataSet { metadata: Some(set) } = &told.what else { return None };
        (**set == *said).then(|| told.by.clone())
    });
    match told {
        Some(by) if context.is_me(Some(&by.id)) => "You, in another tab,".to_owned(),
        Some(by) => by.name,
        None => "Somebody else".to_owned(),
    }
}

/// What is offered while one types.
#[component]
fn Options(id: &'static str, of: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let each = of.iter().map(|(value, words)| view! { <option value=*value>{*words}</option> }).collect_view();
    view! { <datalist id=id>{each}</datalist> }.into_any()
}

/// A field for a line, and what others kept there meanwhile.
#[component]
fn Line(
    draft: Draft,
    faults: Faults,
    label: &'static str,
    name: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(optional)] list: &'static str,
    text: RwSignal<String>,
) -> impl IntoView {
    view! {
        <Field label name may_be_empty=true list hint bind=text error=faults.in_field(name) />
        <Meanwhile draft field=name />
    }
    .into_any()
}

/// The same for a text of some lines.
#[component]
fn Lines(
    draft: Draft,
    faults: Faults,
    label: &'static str,
    name: &'static str,
    hint: &'static str,
    rows: u32,
    text: RwSignal<String>,
) -> impl IntoView {
    let error = faults.in_field(name);
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
        <Meanwhile draft field=name />
    }
    .into_any()
}
