//! Those who made the book, as rows of a form.

use crate::{
    metadata::{Contributor, ContributorRole, check::PEOPLE},
    ui::{
        for_each::ForEach,
        form::{Faults, Wrong, focus_first_wrong},
        icon::Icon,
    },
};
use leptos::prelude::*;

/// A row: what is typed in it, under a number of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    number: usize,
    name: RwSignal<String>,
    role: RwSignal<ContributorRole>,
}

/// The rows of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    rows: RwSignal<Vec<Row>>,
    next: StoredValue<usize>,
}

impl Rows {
    /// Those of these people; one to type in, where there are none.
    pub(super) fn of(people: &[Contributor]) -> Self {
        let rows = Self { rows: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        rows.show(people);
        rows
    }

    /// Shows these people instead.
    pub(super) fn show(self, people: &[Contributor]) {
        self.rows.set(people.iter().map(|person| self.row(&person.name, person.role)).collect());
        if people.is_empty() {
            self.add();
        }
    }

    /// The people as they are typed. Rows without a name go, so that what is wrong is told of the row with its number.
    pub(super) fn take(self) -> Vec<Contributor> {
        if self.rows.with_untracked(|rows| rows.iter().any(|row| !row.is_empty())) {
            self.rows.update(|rows| rows.retain(|row| !row.is_empty()));
        }
        let rows = self.rows.get_untracked().into_iter().filter(|row| !row.is_empty());
        rows.map(|row| Contributor { name: row.name.get_untracked(), role: row.role.get_untracked() }).collect()
    }

    fn row(self, name: &str, role: ContributorRole) -> Row {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        Row { number, name: RwSignal::new(name.to_owned()), role: RwSignal::new(role) }
    }

    fn add(self) {
        let row = self.row("", ContributorRole::Author);
        self.rows.update(|rows| rows.push(row));
    }
}

impl Row {
    fn is_empty(self) -> bool {
        self.name.with_untracked(|name| name.trim().is_empty())
    }
}

/// The rows, each with a name and what they did.
#[component]
pub(super) fn People(rows: Rows, faults: Faults) -> impl IntoView {
    let Rows { rows: list, .. } = rows;
    let wrong = faults.in_field("people");
    view! {
        <fieldset class="contributors" id="field-people" tabindex="-1">
            <legend>"Who made it"</legend>
            <p class="hint">"In the order in which they are named, as the title page has them."</p>
            <ForEach each=move || list.get() key=|row| row.number let:row>
                <Person row rows faults />
            </ForEach>
            <Wrong words=wrong />
            <Show when=move || list.with(|list| list.len() < PEOPLE)>
                <button type="button" class="quiet" on:click=move |_| rows.add()>
                    <Icon name="plus" />
                    "Add a person"
                </button>
            </Show>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Person(row: Row, rows: Rows, faults: Faults) -> impl IntoView {
    let Row { number, name, role } = row;
    let place = Memo::new(move |_| rows.rows.with(|list| list.iter().position(|one| one.number == number)));
    let error = Signal::derive(move || place.get().and_then(|place| faults.in_field(format!("person-{place}")).get()));
    let id = format!("field-person-{number}");
    let error_id = format!("{id}-error");
    focus_first_wrong(id.clone(), error);
    let described = {
        let error_id = error_id.clone();
        move || error.with(Option::is_some).then(|| error_id.clone())
    };
    let called = move || name.with(|name| if name.trim().is_empty() { "this person".to_owned() } else { name.clone() });
    view! {
        <div class="row contributor">
            <input
                id=id
                type="text"
                dir="auto"
                autocomplete="off"
                aria-label="Name"
                placeholder="Name"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                value=name.get_untracked()
                prop:value=name
                on:input=move |event| name.set(event_target_value(&event))
            />
            <select
                aria-label=move || format!("What {} did", called())
                prop:value=move || role.get().relator()
                on:change=move |event| role.set(ContributorRole::of_relator(&event_target_value(&event)))
            >
                {ContributorRole::ALL
                    .map(|each| {
                        view! {
                            <option value=each.relator() selected=move || role.get() == each>
                                {each.words()}
                            </option>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </select>
            <button
                type="button"
                class="quiet"
                aria-label=move || format!("Remove {}", called())
                title="Remove"
                on:click=move |_| rows.rows.update(|list| list.retain(|one| one.number != number))
            >
                <Icon name="close" />
            </button>
            <Wrong words=error id=error_id />
        </div>
    }
    .into_any()
}
