//! What a file says of itself, and what of it has no place in a chapter.

use crate::{
    book::import::{LeftOut, Preview, left_out_in_words},
    metadata::{Contributor, ContributorRole},
};
use leptos::prelude::*;

/// What is left out without its words.
const WITH_WORDS: [&str; 4] = ["picture", "link", "exact place that a link leads to", "layout of a formula"];

/// What a file says of itself, and what of it has no place in a chapter.
#[component]
pub fn Said(
    /// What was found in it.
    preview: RwSignal<Preview>,
    /// Which of its trees is looked at.
    #[prop(into)]
    level: Signal<usize>,
) -> impl IntoView {
    let said = move || {
        preview.with(|Preview { title, metadata, has_cover, .. }| {
            let title = title.as_ref().map(|title| format!("It is called “{title}”."));
            let people: Vec<String> = metadata.people.iter().map(person).collect();
            let people = (!people.is_empty()).then(|| format!("By {}.", people.join(", ")));
            let language = Some(&metadata.language).filter(|language| !language.is_empty());
            let language = language.map(|language| format!("Its language: {language}."));
            let cover = has_cover.then(|| "It has a cover.".to_owned());
            let said: Vec<String> = [title, people, language, cover].into_iter().flatten().collect();
            (!said.is_empty()).then(|| view! { <p dir="auto">{said.join(" ")}</p> })
        })
    };
    let left_out = move || {
        let left_out = preview.with(|preview| preview.trees.get(level.get()).map(|tree| tree.left_out.clone()))?;
        let words = left_out_in_words(&left_out)?;
        let all_stay = left_out.iter().all(|LeftOut { what, .. }| WITH_WORDS.contains(&what.as_str()));
        let stay = if all_stay { " The words that belong to it stay." } else { "" };
        let named = left_out.into_iter().map(|LeftOut { what, name, times }| {
            let named = if name.is_empty() { what } else { format!("{what}: {name}") };
            let line = if times > 1 { format!("{named} ({times} times)") } else { named };
            view! { <li>{line}</li> }
        });
        let list = named.collect_view();
        Some(view! {
            <details class="left-out">
                <summary>{format!("{words}{stay}")}</summary>
                <ul>{list}</ul>
            </details>
        })
    };
    view! {
        {said}
        {left_out}
    }
}

fn person(Contributor { name, role }: &Contributor) -> String {
    let role = match role {
        ContributorRole::Author => return name.clone(),
        ContributorRole::Editor => "editor",
        ContributorRole::Translator => "translator",
        ContributorRole::Illustrator => "illustrator",
        ContributorRole::Photographer => "photographer",
        ContributorRole::ForewordAuthor => "foreword",
        ContributorRole::Designer => "designer",
        ContributorRole::Contributor => "contributor",
    };
    format!("{name} ({role})")
}
