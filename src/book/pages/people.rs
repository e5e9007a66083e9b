//! Who is here, where they are, and who else belongs to the book.

use super::book_context::{Here, Pane, face, people_here, use_book_context};
use crate::{
    book::model::{Member, Role, Visibility},
    ui::{avatar::Avatar, for_each::ForEach},
};
use leptos::prelude::*;

/// What a role is called.
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Reader => "Reader",
        Role::Editor => "Editor",
        Role::Owner => "Owner",
    }
}

/// The panel of people.
#[component]
pub fn People() -> impl IntoView {
    let context = use_book_context();
    let state = context.live.state;
    let here =
        Memo::new(move |_| context.presence.roster.with(|roster| roster.as_ref().map(people_here).unwrap_or_default()));
    let away = Memo::new(move |_| {
        let here = here.get();
        state.with(|book| {
            let gone = |member: &&Member| here.iter().all(|here| here.user.as_ref() != Some(&member.person.id));
            book.members.iter().filter(gone).cloned().collect::<Vec<_>>()
        })
    });
    // In which chapter somebody is, and what that is called.
    let place = move |here: &Here| {
        state.with(|book| {
            if let Some(part) = here.writes.as_ref().and_then(|part| book.part(part)) {
                return (Some(part.id.clone()), format!("writes “{}”", part.title));
            }
            match here.parts.iter().find_map(|part| book.part(part)) {
                Some(part) => (Some(part.id.clone()), format!("reads “{}”", part.title)),
                None => (None, "looks around".to_owned()),
            }
        })
    };
    let whereabouts = move |here: Here| {
        match place(&here) {
        (Some(part), words) if !context.is_me(here.user.as_ref()) => view! {
            <a href=context.path(&part) title=format!("Go to {}", here.face.name) on:click=move |_| context.seek(here.client.clone())>
                {words}
            </a>
        }
        .into_any(),
        (_, words) => words.into_any(),
    }
    };
    let role = move |here: &Here| {
        let role = here.user.as_ref().and_then(|user| state.with(|book| book.role_of(user)));
        role.map_or("Guest", role_words)
    };
    view! {
        <h2 class="small-head">"Here now"</h2>
        <ul class="people" aria-label="Here now">
            <ForEach each=move || here.get() key=|here| (here.client.clone(), here.face.id.clone(), here.parts.clone(), here.writes.clone()) let:here>
                <li>
                    <Avatar face=here.face.clone() />
                    <div>
                        <strong>{here.face.name.clone()}</strong>
                        {context.is_me(here.user.as_ref()).then_some(" (you)")}
                        {
                            let here = here.clone();
                            view! { <p class="muted">{move || whereabouts(here.clone())}</p> }
                        }
                    </div>
                    <span class="tag">{move || role(&here)}</span>
                </li>
            </ForEach>
        </ul>
        <Show when=move || here.with(Vec::is_empty)>
            <p class="muted pad">"Nobody is shown until the page is connected."</p>
        </Show>
        <Show when=move || !away.with(Vec::is_empty)>
            <h2 class="small-head">"Away"</h2>
            <ul class="people away" aria-label="Away">
                <ForEach each=move || away.get() key=|member| (member.person.id.clone(), member.role) let:member>
                    <li>
                        <Avatar face=face(&member.person) />
                        <strong>{member.person.name.clone()}</strong>
                        <span class="tag">{role_words(member.role)}</span>
                    </li>
                </ForEach>
            </ul>
        </Show>
        <p class="muted pad">
            {move || match state.with(|book| book.visibility) {
                Visibility::Public => "Everyone may read this book.",
                Visibility::Private => "Only its members may read this book.",
            }}
        </p>
        <Show when=move || context.owns()>
            <p class="pad">
                <a
                    class="button"
                    href=format!("/book/{}/settings#field-invited", context.book())
                    on:click=move |_| {
                        context.pane.set(Pane::Chapter);
                        context.inviting.set(true);
                    }
                >
                    "Invite people"
                </a>
            </p>
        </Show>
    }
    .into_any()
}
