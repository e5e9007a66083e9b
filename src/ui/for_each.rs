//! A list whose lines stay when others come and go.

use leptos::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A line: what it is known by, and how it is made.
struct Line {
    key: u64,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Shows each item, and keeps what it shows of an item as long as there is one with its key: as [`For`], which is
/// compiled for each kind of item anew. Here all lists are of one kind, and the wasm smaller.
#[component]
pub fn ForEach<I, T, K, N>(
    /// The items.
    each: impl Fn() -> I + Send + 'static,
    /// What an item is known by. It changes when the item is to be shown anew.
    key: impl Fn(&T) -> K + Send + 'static,
    /// How an item is shown.
    children: impl Fn(T) -> N + Clone + Send + 'static,
) -> impl IntoView
where
    I: IntoIterator<Item = T>,
    T: Send + 'static,
    K: Hash,
    N: IntoView + 'static,
{
    let line = move |item: T| {
        let (key, children) = (hash(&key(&item)), children.clone());
        Line { key, view: Box::new(move || children(item).into_any()) }
    };
    let each: Box<dyn Fn() -> Vec<Line> + Send> = Box::new(move || each().into_iter().map(&line).collect());
    // Functions and no closures: they have the same type in every list.
    let key: fn(&Line) -> u64 = |line| line.key;
    let children: fn(Line) -> AnyView = |line| (line.view)();
    view! { <For each key children /> }.into_any()
}

/// That two keys of one list have the same is less likely than that the machine errs.
fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
