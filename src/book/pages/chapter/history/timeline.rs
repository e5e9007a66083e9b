//! The timeline: a slider over the versions of a chapter, oldest at the left, now at the right. Without JavaScript the
//! list does the same, version by version.

use super::{Look, list::names};
use crate::{
    book::{
        history::{History, Moment},
        model::PartId,
    },
    ui::{page::use_page, time::exact},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The slider.
#[component]
pub fn Timeline(look: Look, part: StoredValue<PartId>, history: StoredValue<History>) -> impl IntoView {
    let page = use_page();
    // Each moment with what is said of it, oldest first.
    let stops: Vec<(Moment, String)> = history.with_value(|history| {
        let said = |moment, people: &[_], at| (moment, format!("{}, {}", names(people), exact(at)));
        let revisions = history.revisions.iter().rev().map(|revision| {
            let people: Vec<_> = std::iter::once(&revision.by).chain(&revision.with).cloned().collect();
            let (moment, words) = said(Moment::Revision(revision.number), &people, revision.at);
            let name = if revision.name.is_empty() { String::new() } else { format!(" “{}”", revision.name) };
            (moment, format!("Version {}{name}, {words}", revision.number))
        });
        revisions.chain([(Moment::Now, "Now".to_owned())]).collect()
    });
    let last = stops.len() - 1;
    if last == 0 {
        return ().into_any();
    }
    let stops = StoredValue::new(stops);
    let place = move || {
        let shown = look.shown.get();
        stops.with_value(|stops| stops.iter().position(|(moment, _)| *moment == shown).unwrap_or(stops.len() - 1))
    };
    let words = move || stops.with_value(|stops| stops.get(place()).map(|(_, words)| words.clone()));
    let at = move |value: &str| {
        let place: usize = value.parse().ok()?;
        stops.with_value(|stops| stops.get(place).map(|(moment, _)| *moment))
    };
    let navigate = use_navigate();
    view! {
        <div class="timeline" hidden=move || !page.live.get()>
            <label for="timeline" class="unseen">"Timeline"</label>
            <input
                id="timeline"
                type="range"
                min="0"
                max=last
                step="1"
                value=place
                prop:value=move || place().to_string()
                aria-valuetext=words
                on:input=move |event| {
                    if let Some(moment) = at(&event_target_value(&event)) {
                        look.shown.set(moment);
                    }
                }
                on:change=move |event| {
                    // Only now: an address for every step of a drag would fill the browser's history.
                    if let Some(moment) = at(&event_target_value(&event)) {
                        let to = part.with_value(|part| look.path(part, moment));
                        navigate(&to, NavigateOptions { replace: true, scroll: false, ..Default::default() });
                    }
                }
            />
            <output for="timeline">{words}</output>
        </div>
    }
    .into_any()
}
