//! Those who made the book, as rows of a form.

use crate::{
    metadata::{Contributor, ContributorRole, check::PEOPLE},
    ui::{
        browser,
        for_each::ForEach,
        form::{Faults, Wrong, focus_first_wrong},
        icon::Icon,
    },
};
use leptos::prelude::*;

/// A row: who is typed in it, under a number of its own. It is a plain value: rows come and go with what others keep, and
/// a signal that is made while that is heard would end before the row does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    number: usize,
    person: Contributor,
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
        self.rows.set(people.iter().map(|person| self.row(person.clone())).collect());
        if people.is_empty() {
            self.add();
        }
    }

    /// The people as they are typed.
    pub(super) fn take(self) -> Vec<Contributor> {
        self.rows.with_untracked(|rows| {
            let named = rows.iter().filter(|row| !row.is_empty());
            named.map(|row| row.person.clone()).collect()
        })
    }

    /// Rows without a name go, so that what is wrong is told of the row with its number.
    pub(super) fn drop_empty(self) {
        if self.rows.with_untracked(|rows| rows.iter().any(Row::is_empty) && !rows.iter().all(Row::is_empty)) {
            self.rows.update(|rows| rows.retain(|row| !row.is_empty()));
        }
    }

    fn row(self, person: Contributor) -> Row {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        Row { number, person }
    }

    fn add(self) {
        let row = self.row(Contributor { name: String::new(), role: ContributorRole::Author });
        self.rows.update(|rows| rows.push(row));
    }

    fn change(self, number: usize, how: impl FnOnce(&mut Contributor)) {
        self.rows.update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.number == number) {
                how(&mut row.person);
            }
        });
    }

    fn remove(self, number: usize) {
        // What had the focus goes with the row.
        browser::focus("field-people");
        self.rows.update(|rows| rows.retain(|row| row.number != number));
    }
}

impl Row {
    fn is_empty(&self) -> bool {
        self.person.name.trim().is_empty()
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
                <Person number=row.number rows faults />
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
fn Person(number: usize, rows: Rows, faults: Faults) -> impl IntoView {
    // Which of the rows it is, and who is typed in it.
    let row = Memo::new(move |_| {
        rows.rows.with(|list| {
            let (place, row) = list.iter().enumerate().find(|(_, row)| row.number == number)?;
            Some((place, row.person.clone()))
        })
    });
    let name = move || row.with(|row| row.as_ref().map(|(_, person)| person.name.clone()).unwrap_or_default());
    let role = move || row.with(|row| row.as_ref().map(|(_, person)| person.role).unwrap_or_default());
    let error = Signal::derive(move || {
        let place = row.with(|row| row.as_ref().map(|(place, _)| *place))?;
        faults.told_of(&format!("person-{place}"))
    });
    let id = format!("field-person-{number}");
    let error_id = format!("{id}-error");
    focus_first_wrong(id.clone(), error);
    let described = {
        let error_id = error_id.clone();
        move || error.with(Option::is_some).then(|| error_id.clone())
    };
    let called =
        move || Some(name()).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "this person".to_owned());
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
                value=untrack(name)
                prop:value=name
                on:input=move |event| rows.change(number, |person| person.name = event_target_value(&event))
            />
            <select
                aria-label=move || format!("What {} did", called())
                prop:value=move || role().relator()
                on:change=move |event| {
                    let chosen = ContributorRole::of_relator(&event_target_value(&event));
                    rows.change(number, |person| person.role = chosen);
                }
            >
                {ContributorRole::ALL
                    .map(|each| {
                        view! {
                            <option value=each.relator() selected=move || role() == each>
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
                on:click=move |_| rows.remove(number)
            >
                <Icon name="close" />
            </button>
            <Wrong words=error id=error_id />
        </div>
    }
    .into_any()
}
