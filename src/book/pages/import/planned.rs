//! The tree that a file will be: how finely it is taken apart, and which chapters come in.

use crate::{
    book::import::{Preview, Tree},
    ui::number::count,
};
use leptos::prelude::*;
use std::collections::HashSet;

/// What one decides about a file.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    preview: RwSignal<Preview>,
    /// Which of the trees: its place among them.
    pub level: RwSignal<usize>,
    /// Which parts of it stay out.
    without: RwSignal<HashSet<usize>>,
}

impl Plan {
    /// As suits each file that is looked at.
    pub(super) fn new(preview: RwSignal<Preview>) -> Self {
        let plan = Self { preview, level: RwSignal::new(0), without: RwSignal::new(HashSet::new()) };
        Effect::new(move || {
            let suits = preview.with(|preview| preview.suits);
            plan.choose_level(suits);
        });
        plan
    }

    fn tree<T>(self, of: impl FnOnce(&Tree) -> T) -> Option<T> {
        self.preview.with(|preview| preview.trees.get(self.level.get()).map(of))
    }

    fn choose_level(self, level: usize) {
        self.level.set(level);
        let apparatus = |tree: &Tree| (0..tree.parts.len()).filter(|at| tree.parts[*at].is_apparatus).collect();
        self.without.set(untrack(|| self.tree(apparatus)).unwrap_or_default());
    }

    /// How many chapters come in.
    pub(super) fn chapters(self) -> usize {
        let count = |tree: &Tree| {
            let comes = |at: &usize| !self.without.with(|without| without.contains(at));
            let is_chapter = |at: &usize| !tree.parts[*at].is_section || tree.parts[*at].words > 0;
            (0..tree.parts.len()).filter(comes).filter(is_chapter).count()
        };
        self.tree(count).unwrap_or_default()
    }

    /// The level of the tree, and what is left out of it.
    pub(super) fn choices(self) -> (usize, Vec<usize>) {
        let level = untrack(|| self.tree(|tree| tree.level)).unwrap_or_default();
        let mut without: Vec<usize> = self.without.with_untracked(|without| without.iter().copied().collect());
        without.sort_unstable();
        (level, without)
    }

    /// Takes a part in, with all that stands in it and the sections it stands in; or leaves it out with all in it.
    fn set(self, at: usize, comes: bool) {
        let (within, around) = untrack(|| self.tree(|tree| (tree.within(at), around(tree, at)))).unwrap_or_default();
        self.without.update(|without| {
            for part in std::iter::once(at).chain(within) {
                if comes {
                    without.remove(&part);
                } else {
                    without.insert(part);
                }
            }
            if comes {
                without.retain(|part| !around.contains(part));
            }
        });
    }
}

/// The sections that a part stands in.
fn around(tree: &Tree, at: usize) -> Vec<usize> {
    (0..at).filter(|section| tree.parts[*section].is_section && tree.within(*section).contains(&at)).collect()
}

/// How finely it is taken apart.
#[component]
pub(super) fn Finely(plan: Plan) -> impl IntoView {
    let levels = move || {
        plan.preview.with(|preview| {
            let levels = preview.trees.iter().enumerate();
            levels.map(|(at, tree)| (at, words_of(tree))).collect::<Vec<_>>()
        })
    };
    view! {
        <Show when=move || { levels().len() > 1 }>
            <div class="field">
                <label for="import-level">"How finely"</label>
                <select
                    id="import-level"
                    prop:value=move || plan.level.get().to_string()
                    on:change=move |event| plan.choose_level(event_target_value(&event).parse().unwrap_or_default())
                >
                    {move || {
                        levels()
                            .into_iter()
                            .map(|(at, words)| {
                                view! {
                                    <option value=at.to_string() selected=move || plan.level.get() == at>
                                        {words}
                                    </option>
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

fn words_of(tree: &Tree) -> String {
    let chapters = count(u32::try_from(tree.chapters()).unwrap_or(u32::MAX), "chapter");
    let sections = tree.parts.iter().filter(|part| part.is_section).count();
    match sections {
        0 => chapters,
        _ => format!("{chapters} in {}", count(u32::try_from(sections).unwrap_or(u32::MAX), "section")),
    }
}

/// Its chapters and sections, each with a box to leave it out.
#[component]
pub(super) fn Planned(plan: Plan) -> impl IntoView {
    let rows = move || {
        plan.tree(|tree| tree.parts.clone())
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(at, part)| {
                let words = (part.words > 0 || !part.is_section)
                    .then(|| count(u32::try_from(part.words).unwrap_or(u32::MAX), "word"));
                view! {
                    <li data-depth=part.depth class:section=part.is_section>
                        <label>
                            <input
                                type="checkbox"
                                prop:checked=move || !plan.without.with(|without| without.contains(&at))
                                on:change=move |event| plan.set(at, event_target_checked(&event))
                            />
                            <span dir="auto">{part.title.to_string()}</span>
                            <span class="muted">{words}</span>
                        </label>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <fieldset class="import-tree">
            <legend>"What comes in"</legend>
            <ul tabindex="-1">{rows}</ul>
        </fieldset>
    }
    .into_any()
}
