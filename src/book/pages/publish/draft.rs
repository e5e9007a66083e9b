//! What is typed in the form of what the book says about itself, beside what others keep meanwhile. Each field is for
//! itself: what others kept is shown where nothing else was typed, and what is typed stays. Where both is so, it is said
//! beside the field what the book says by now, before anything is overwritten.

use super::people::Rows;
use crate::{metadata::Metadata, ui::listed::listed};
use leptos::prelude::*;

/// How much of what others kept is told beside a field, in characters.
const SHOWN: usize = 200;

/// What is typed, field by field, and what is known of what the book says. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) subtitle: RwSignal<String>,
    pub(super) people: Rows,
    pub(super) language: RwSignal<String>,
    pub(super) description: RwSignal<String>,
    pub(super) subjects: RwSignal<String>,
    pub(super) isbn: RwSignal<String>,
    pub(super) publisher: RwSignal<String>,
    pub(super) licence: RwSignal<String>,
    pub(super) series: RwSignal<String>,
    pub(super) series_number: RwSignal<String>,
    pub(super) dedication: RwSignal<String>,
    pub(super) published: RwSignal<String>,
    /// What the book said when this page last heard of it: what is typed is seen beside that.
    known: StoredValue<Metadata>,
    /// What is on its way from here.
    sent: StoredValue<Option<Metadata>>,
    /// Where others kept something else than what is typed.
    notes: RwSignal<Vec<Note>>,
}

/// That others kept something else in a field than what is typed there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    field: &'static str,
    /// Who did, as a sentence begins with them.
    by: String,
    /// What the book says by now.
    says: String,
}

/// A text of the form: the name of its field, what is typed there, and what the book says there.
type Text = (&'static str, RwSignal<String>, fn(&Metadata) -> String);

impl Draft {
    pub(super) fn of(said: &Metadata) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            subtitle: text(&said.subtitle),
            people: Rows::of(&said.people),
            language: text(&said.language),
            description: text(&said.description),
            subjects: text(&subjects(said)),
            isbn: text(&said.isbn),
            publisher: text(&said.publisher),
            licence: text(&said.licence),
            series: text(&said.series),
            series_number: text(&said.series_number),
            dedication: text(&said.dedication),
            published: text(&said.published),
            known: StoredValue::new(said.clone()),
            sent: StoredValue::new(None),
            notes: RwSignal::new(Vec::new()),
        }
    }

    fn texts(self) -> [Text; 11] {
        [
            ("subtitle", self.subtitle, |said| said.subtitle.clone()),
            ("language", self.language, |said| said.language.clone()),
            ("description", self.description, |said| said.description.clone()),
            ("subjects", self.subjects, subjects),
            ("isbn", self.isbn, |said| said.isbn.clone()),
            ("publisher", self.publisher, |said| said.publisher.clone()),
            ("licence", self.licence, |said| said.licence.clone()),
            ("series", self.series, |said| said.series.clone()),
            ("series-number", self.series_number, |said| said.series_number.clone()),
            ("dedication", self.dedication, |said| said.dedication.clone()),
            ("published", self.published, |said| said.published.clone()),
        ]
    }

    /// What is typed.
    pub(super) fn take(self) -> Metadata {
        let subjects = self.subjects.get_untracked();
        let subjects = subjects.split(';').map(str::trim).filter(|subject| !subject.is_empty());
        Metadata {
            subtitle: self.subtitle.get_untracked(),
            people: self.people.take(),
            language: self.language.get_untracked(),
            description: self.description.get_untracked(),
            subjects: subjects.map(str::to_owned).collect(),
            isbn: self.isbn.get_untracked(),
            publisher: self.publisher.get_untracked(),
            licence: self.licence.get_untracked(),
            series: self.series.get_untracked(),
            series_number: self.series_number.get_untracked(),
            dedication: self.dedication.get_untracked(),
            published: self.published.get_untracked(),
        }
    }

    /// Shows this in each field in which something else is typed. The others are left as they are, with the caret in them.
    fn show(self, said: &Metadata) {
        let typed = self.take();
        for (_, field, says) in self.texts() {
            let words = says(said);
            if says(&typed) != words {
                field.set(words);
            }
        }
        if typed.people != said.people {
            self.people.show(&said.people);
        }
    }

    /// The book says something else now, by somebody's doing.
    pub(super) fn hear(self, now: &Metadata, by: &str) {
        let (merged, mut both) = Metadata::merged(&self.known.get_value(), self.take(), now);
        // What was sent from here is heard, too: somebody may have typed on since.
        if let Some(sent) = self.sent.get_value() {
            both.retain(|field| self.says(&sent, field) != self.says(now, field));
        }
        self.show(&merged);
        self.known.set_value(now.clone());
        self.notes.update(|notes| {
            let differs = |field: &str| self.says(&merged, field) != self.says(now, field);
            notes.retain(|note| !both.contains(&note.field) && differs(note.field));
            notes.extend(both.iter().map(|&field| Note { field, by: by.to_owned(), says: self.says(now, field) }));
        });
    }

    /// What is typed is sent, tidied so. Tells what the book was known to say.
    pub(super) fn send(self, tidy: &Metadata) -> Metadata {
        self.show(tidy);
        self.sent.set_value(Some(tidy.clone()));
        self.known.get_value()
    }

    /// What was sent is kept, by whoever knew the book to say `base`; or it was refused. The page may be another by now.
    pub(super) fn is_answered(self, base: &Metadata, is_kept: bool) {
        let Some(sent) = self.sent.try_update_value(Option::take).flatten() else { return };
        if is_kept {
            // What others kept since may have been heard already.
            let known = self.known.get_value();
            self.known.set_value(Metadata::merged(base, sent, &known).0);
            self.notes.set(Vec::new());
        }
    }

    /// Shows in a field what others kept there, instead of what is typed.
    fn take_theirs(self, field: &'static str) {
        let known = self.known.get_value();
        if field == PEOPLE {
            self.people.show(&known.people);
        }
        for (_, text, says) in self.texts().into_iter().filter(|(name, ..)| *name == field) {
            text.set(says(&known));
        }
        self.notes.update(|notes| notes.retain(|note| note.field != field));
    }

    /// What the book says in a field, as one text.
    fn says(self, said: &Metadata, field: &str) -> String {
        if field == PEOPLE {
            return listed(&said.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>());
        }
        let text = self.texts().into_iter().find(|(name, ..)| *name == field);
        text.map(|(.., says)| says(said)).unwrap_or_default()
    }
}

/// The field of those who made the book.
const PEOPLE: &str = "people";

fn subjects(said: &Metadata) -> String {
    said.subjects.join("; ")
}

/// Says beside a field what others kept there while something else was typed, and offers that instead.
#[component]
pub(super) fn Meanwhile(
    draft: Draft,
    /// The name of the field.
    field: &'static str,
) -> impl IntoView {
    let note = Memo::new(move |_| draft.notes.with(|notes| notes.iter().find(|note| note.field == field).cloned()));
    move || {
        note.get().map(|note| {
            view! {
                <p class="meanwhile" role="status">
                    <span dir="auto">{note.words()}</span>
                    " "
                    <button type="button" class="small" on:click=move |_| draft.take_theirs(field)>
                        "Take theirs"
                    </button>
                </p>
            }
        })
    }
}

impl Note {
    fn words(&self) -> String {
        let Self { by, says, .. } = self;
        let cut = says.char_indices().nth(SHOWN).map(|(end, _)| &says[..end]);
        match (says.is_empty(), cut) {
            (true, _) => format!("{by} emptied this field meanwhile."),
            (false, None) => format!("{by} kept “{says}” here meanwhile."),
            (false, Some(begins)) => format!("{by} kept “{begins}…” here meanwhile."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_kept_is_told_in_few_words() {
        let note = |says: &str| Note { field: "subtitle", by: "ann".into(), says: says.into() }.words();
        assert_eq!(note("Of water"), "ann kept “Of water” here meanwhile.");
        assert_eq!(note(""), "ann emptied this field meanwhile.");
        assert!(note(&"ä".repeat(300)).ends_with("ä…” here meanwhile."));
    }
}
