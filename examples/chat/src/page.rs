//! What one sees.

use crate::{
    people::ComeIn,
    room::{Entered, LENGTH, Room, Talk, enter, say},
};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local};
use serde_json::{Value, json};
use sputnik::{
    Channel,
    client::{Shown, Whispers, provide_connection, use_channel, use_connection, use_presence, use_whispers},
};

/// The document around the page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, interactive-widget=resizes-content" />
                <title>"Chat"</title>
                <link rel="stylesheet" href="/pkg/chat.css" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The room, or the door to it for whoever has no name yet.
#[component]
pub fn App() -> impl IntoView {
    provide_connection();
    view! {
        <Await future=enter() let:entered>
            {match entered.clone() {
                Ok(entered) => view! { <Inside entered /> }.into_any(),
                Err(_) => view! { <Outside /> }.into_any(),
            }}
        </Await>
    }
}

#[component]
fn Outside() -> impl IntoView {
    view! {
        <form class="outside" method="post" action=ComeIn::PATH>
            <h1>"Chat"</h1>
            <label>"Your name" <input name="name" required maxlength="24" autocomplete="nickname" autofocus /></label>
            <button>"Come in"</button>
        </form>
    }
}

#[component]
fn Inside(entered: Entered) -> impl IntoView {
    let Entered { me, talk } = entered;
    let talk = use_channel(Room, talk, Talk::apply);
    let presence = use_presence(Room.name(), Signal::stored(Value::Null));
    let whispers = use_whispers(Room.name());
    let people = move || presence.people.get().into_iter().map(|who| view! { <li>{who.name}</li> }).collect_view();
    let typing = move || {
        let name = |client| presence.roster.with(|roster| Some(roster.as_ref()?.find(client)?.name.clone()));
        let heard = whispers.heard.get();
        let mut names: Vec<String> =
            heard.iter().filter(|(_, types)| **types == json!(true)).filter_map(|(client, _)| name(client)).collect();
        names.sort();
        match &names[..] {
            [] => String::new(),
            [one] => format!("{one} is typing …"),
            several => format!("{} are typing …", several.join(" and ")),
        }
    };
    view! {
        <header>
            <h1>"Chat"</h1>
            <ul aria-label="Here now">{people}</ul>
        </header>
        <main>
            <ol aria-label="What was said">
                <For each=move || talk.state.get().lines key=|line| line.number let:line>
                    <li class:mine=line.by == me>
                        <b>{line.name}</b>
                        <span>{line.text}</span>
                    </li>
                </For>
            </ol>
        </main>
        <footer>
            <p role="status">{typing}</p>
            <Speak whispers />
        </footer>
    }
}

#[component]
fn Speak(whispers: Whispers) -> impl IntoView {
    let connection = use_connection();
    let text = RwSignal::new(String::new());
    let trouble = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let line = text.get_untracked();
        if line.trim().is_empty() {
            return;
        }
        text.set(String::new());
        whispers.say.run(json!(false));
        spawn_local(async move {
            // Sent as soon as there is a network: nobody has to wait here for it.
            let said = say(line).await;
            drop(trouble.try_set(said.err().map(|fault| fault.words)));
        });
    };
    let input = move |event| {
        text.set(event_target_value(&event));
        whispers.say.run(json!(!text.read_untracked().is_empty()));
    };
    let how = move || match (connection.shown.get(), connection.waiting.get()) {
        (Shown::Reconnecting, 0) => "No network. What you say is kept, and sent when it is back.".to_owned(),
        (Shown::Reconnecting, waiting) => format!("No network. Waiting to be sent: {waiting}"),
        _ => String::new(),
    };
    view! {
        <form on:submit=submit>
            <input
                aria-label="Say something"
                placeholder="Say something"
                maxlength=LENGTH
                autocomplete="off"
                prop:value=text
                on:input=input
            />
            <button>"Send"</button>
        </form>
        <p role="alert">{move || trouble.get().unwrap_or_else(how)}</p>
    }
}
