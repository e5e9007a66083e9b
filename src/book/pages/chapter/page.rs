//! A chapter on its page: its head, and below it the text to read and write.

use super::{
    super::{
        book_context::{Pane, Tab, face_of},
        contents::around,
    },
    headings::Headings,
    line::{Line, Telling},
    menu::ChapterMenu,
    references::in_html,
    refused_text::Refused,
    title_of,
    writer::Writer,
};
use crate::ui::{
    avatar::{Avatar, Faces},
    for_each::ForEach,
    form::Wrong,
    title::PageTitle,
};
use leptos::prelude::*;
use sputnik::Present;

/// The page of a chapter.
#[component]
pub fn Reading(writer: Writer) -> impl IntoView {
    let context = writer.context;
    let title = Memo::new(move |_| writer.part.with_value(|part| title_of(context, part)));
    let part =
        Memo::new(move |_| context.live.state.with(|book| writer.part.with_value(|part| book.part(part).cloned())));
    let telling = Telling::of(writer);
    view! {
        <PageTitle text=title />
        <article class="page">
            <header class="chapter-head">
                <h1 dir="auto">{title}</h1>
                <div class="chapter-tools">
                    <AlsoHere writer />
                    <Headings writer />
                    <ChapterMenu writer part telling />
                </div>
            </header>
            <Line writer part telling />
            <Wrong words=writer.fault />
            <Wrong words=writer.missing />
            <Refused writer />
            <Text writer />
            <Turn writer />
        </article>
    }
    .into_any()
}

/// How many faces stand at the head; who else there is, the list of people says.
const FACES: usize = 3;

/// Who else is in this chapter. A press goes to where they write; on a narrow screen to the list of people, which leads
/// there too.
#[component]
fn AlsoHere(writer: Writer) -> impl IntoView {
    let context = writer.context;
    let here = Memo::new(move |_| {
        let part = writer.part.with_value(ToString::to_string);
        let there = |who: &&Present| who.state.get("part").and_then(|part| part.as_str()) == Some(&*part);
        let writes = |who: &Present| who.state.get("writing").and_then(serde_json::Value::as_bool) == Some(true);
        let mut people: Vec<Present> = Vec::new();
        context.presence.roster.with(|roster| {
            for who in roster.iter().flat_map(|roster| &roster.here).filter(there) {
                if context.is_mine(who) {
                    continue;
                }
                // One face a person: that of the tab in which they write.
                match people.iter_mut().find(|other| who.user.is_some() && other.user == who.user) {
                    Some(known) if writes(who) => *known = who.clone(),
                    Some(_) => {}
                    None => people.push(who.clone()),
                }
            }
        });
        people
    });
    let button = move |who: Present| {
        let face = face_of(&who);
        let words = format!("Go to where {} is", face.name);
        view! {
            <li>
                <button
                    type="button"
                    class="quiet small"
                    aria-label=words.clone()
                    title=words
                    on:click=move |_| context.seek(who.client.clone())
                >
                    <Avatar face />
                </button>
            </li>
        }
    };
    let more = move || here.with(Vec::len).saturating_sub(FACES);
    let names = move || here.with(|here| here.iter().map(|who| face_of(who).name).collect::<Vec<_>>().join(", "));
    let faces = Signal::derive(move || here.with(|here| here.iter().map(face_of).collect()));
    view! {
        <Show when=move || !here.with(Vec::is_empty)>
            <ul class="also-here only-wide" aria-label="Also in this chapter">
                <ForEach
                    each=move || here.get().into_iter().take(FACES)
                    key=|who| (who.client.clone(), who.state.to_string())
                    children=button
                />
                {move || {
                    (more() > 0)
                        .then(|| {
                            view! {
                                <li>
                                    <span class="face more" title=names>
                                        {format!("+{}", more())}
                                    </span>
                                </li>
                            }
                        })
                }}
            </ul>
            <button
                type="button"
                class="quiet only-narrow also-here"
                aria-label=move || format!("Also in this chapter: {}", names())
                on:click=move |_| {
                    context.tab.set(Tab::People);
                    context.pane.set(Pane::Chat);
                }
            >
                <Faces faces most=1 />
            </button>
        </Show>
    }
    .into_any()
}

/// The text. What the server rendered can be read at once; then the editor takes its place, and Leptos never looks into
/// it again.
#[component]
fn Text(writer: Writer) -> impl IntoView {
    let context = writer.context;
    let rendered = writer.live.state.with_untracked(|text| {
        let now = context.live.state.with_untracked(|book| in_html(&text.html, &context.book(), book).into_owned());
        format!("<div class=\"prose manuscript\">{now}</div>")
    });
    // It can have the focus itself: in its text there is none while nobody may write there.
    view! { <div class="chapter-text" dir="auto" tabindex="-1" node_ref=writer.node inner_html=rendered></div> }
        .into_any()
}

/// The way on.
#[component]
fn Turn(writer: Writer) -> impl IntoView {
    let context = writer.context;
    let neighbours = Memo::new(move |_| {
        context.live.state.with(|book| {
            writer.part.with_value(|part| {
                let (before, after) = around(book, part);
                (before.cloned(), after.cloned())
            })
        })
    });
    view! {
        <nav class="turn" aria-label="Chapters">
            {move || {
                let (before, after) = neighbours.get();
                let link = |part: crate::book::model::Part, words: &'static str, class: &'static str| {
                    view! {
                        <a class=class href=context.path(&part.id)>
                            <span class="muted">{words}</span>
                            <span dir="auto">{part.title.to_string()}</span>
                        </a>
                    }
                };
                (before.map(|part| link(part, "Before", "before")), after.map(|part| link(part, "Next", "after")))
            }}
        </nav>
    }
    .into_any()
}
