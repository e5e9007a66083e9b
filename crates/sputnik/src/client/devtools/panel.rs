//! The developer panel: what the connection does, and a network that fails on demand.
//!
//! Switch the feature `devtools` on, write `<Panel />` once, at the root of the application, and press Ctrl+Alt+N. It is
//! there in what `cargo build` makes of the wasm (where debug assertions are compiled in); in a release there is nothing of it, not even the key.

use leptos::prelude::*;

/// The developer panel, and the key that opens and closes it. See the module's text.
///
/// It renders nothing where it stands: the panel is a layer of its own above whatever the application shows, in a shadow
/// tree that neither gives its style to the application nor takes any from it.
#[component]
pub fn Panel() -> impl IntoView {
    #[cfg(all(feature = "hydrate", debug_assertions))]
    in_browser::wait_for_the_key();
}

#[cfg(all(feature = "hydrate", debug_assertions))]
mod in_browser {
    use crate::client::{
        devtools::fault_injection::{self, Frame, Trouble, Way},
        link::{Input, State},
        page,
    };
    use leptos::prelude::*;
    use std::{cell::RefCell, time::Duration};
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{Element, HtmlElement, KeyboardEvent, ShadowRoot, ShadowRootInit, ShadowRootMode};

    /// How often the panel looks.
    const EVERY: Duration = Duration::from_millis(200);
    /// The delays one can choose from, in milliseconds each way.
    const DELAYS: [u32; 3] = [0, 200, 1_000];

    thread_local! {
        /// How to close the panel that is open.
        static OPEN: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
    }

    pub(crate) fn wait_for_the_key() {
        Effect::new(move |_| {
            let listening = window_event_listener(leptos::ev::keydown, |event: KeyboardEvent| {
                // By its place: on a Mac, Alt changes what the key types. AltGr says Ctrl+Alt too, and types letters.
                let pressed = event.code() == "KeyN" && event.ctrl_key() && event.alt_key();
                if pressed && !event.get_modifier_state("AltGraph") {
                    event.prevent_default();
                    toggle();
                }
            });
            on_cleanup(move || listening.remove());
        });
    }

    fn toggle() {
        match OPEN.take() {
            Some(close) => close(),
            None => OPEN.set(open()),
        }
    }

    /// Puts the panel on the page, above everything; tells how to take it away.
    fn open() -> Option<Box<dyn FnOnce()>> {
        let before = document().active_element();
        let host = document().create_element("sputnik-panel").ok()?;
        document().body()?.append_child(&host).ok()?;
        let shadow = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?;
        style(&shadow);
        let inside = document().create_element("div").ok()?;
        shadow.append_child(&inside).ok()?;
        let shown = mount_to_renderer(&inside, || view! { <Inside /> });
        focus(inside.query_selector("section").ok().flatten());
        Some(Box::new(move || {
            drop(shown);
            host.remove();
            focus(before);
        }))
    }

    /// As a sheet made by a script: an application's policy may forbid elements that bring a style.
    fn style(shadow: &ShadowRoot) {
        let sheet = js_sys::Reflect::get(&window(), &"CSSStyleSheet".into()).ok().and_then(|class| {
            let class: js_sys::Function = class.dyn_into().ok()?;
            let sheet = js_sys::Reflect::construct(&class, &js_sys::Array::new()).ok()?;
            let replace: js_sys::Function =
                js_sys::Reflect::get(&sheet, &"replaceSync".into()).ok()?.dyn_into().ok()?;
            replace.call1(&sheet, &JsValue::from_str(STYLE)).ok()?;
            Some(sheet)
        });
        if let Some(sheet) = sheet {
            drop(js_sys::Reflect::set(shadow, &"adoptedStyleSheets".into(), &js_sys::Array::of1(&sheet)));
        }
    }

    fn focus(element: Option<Element>) {
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            drop(element.focus());
        }
    }

    /// What the panel shows of the connection.
    #[derive(Clone, PartialEq, Eq, Default)]
    struct Seen {
        state: &'static str,
        transport: &'static str,
        client: String,
        waiting: usize,
        channels: Vec<(String, String, &'static str)>,
    }

    fn look() -> Seen {
        let seen = page::look(|state, polls_long| {
            let (words, transport) = match state.link.state() {
                State::Idle => ("not started", "none"),
                State::Offline { .. } => ("waits to try again", "none"),
                State::Opening { .. } => ("opens a socket", "none"),
                State::Live { .. } => ("live", "socket"),
                State::Polling { answered: false, .. } => ("asks", "poll"),
                State::Polling { .. } => ("live", if polls_long { "long poll" } else { "poll" }),
            };
            let channels = state.channels.iter().map(|(name, followed)| {
                let at =
                    followed.after().map_or_else(|| "not yet".into(), |at| format!("{} of {}", at.offset, at.epoch));
                (name.to_string(), at, if followed.present.is_some() { "present" } else { "listens" })
            });
            Seen {
                state: words,
                transport,
                client: state.client.as_ref().map_or_else(|| "none yet".into(), ToString::to_string),
                waiting: state.calls.len(),
                channels: channels.collect(),
            }
        });
        seen.unwrap_or_default()
    }

    #[component]
    fn Inside() -> impl IntoView {
        let seen = RwSignal::new(look());
        let frames = RwSignal::new(fault_injection::frames());
        let trouble = RwSignal::new(fault_injection::trouble());
        let again = move || {
            let now = look();
            if seen.with_untracked(|seen| *seen != now) {
                seen.set(now);
            }
            if frames.with_untracked(|frames| frames.first().map_or(0, |frame| frame.number))
                != fault_injection::count()
            {
                frames.set(fault_injection::frames());
            }
        };
        if let Ok(looking) = set_interval_with_handle(again, EVERY) {
            on_cleanup(move || looking.clear());
        }
        view! {
            <section tabindex="-1" aria-label="Sputnik: what happens">
                <header>
                    <h2>"Sputnik"</h2>
                    <p class="state" role="status" aria-label="State">
                        {move || seen.with(|seen| format!("{}, by {}", seen.state, seen.transport))}
                    </p>
                    <button type="button" on:click=|_| toggle()>
                        "Close"
                    </button>
                </header>
                <Troubles trouble />
                <dl>
                    <div>
                        <dt>"Client"</dt>
                        <dd>{move || seen.with(|seen| seen.client.clone())}</dd>
                    </div>
                    <div>
                        <dt>"Commands that wait"</dt>
                        <dd>{move || seen.with(|seen| seen.waiting)}</dd>
                    </div>
                </dl>
                <Channels seen />
                <Frames frames />
            </section>
        }
    }

    #[component]
    fn Troubles(trouble: RwSignal<Trouble>) -> impl IntoView {
        let make = move |change: fn(&mut Trouble), then: Input| {
            fault_injection::make(change);
            trouble.set(fault_injection::trouble());
            page::input(then);
        };
        let offline = move |_| match trouble.get_untracked().offline {
            true => make(|trouble| trouble.offline = false, Input::Woken),
            false => make(|trouble| trouble.offline = true, Input::NetworkLost),
        };
        let sockets = move |_| match trouble.get_untracked().no_sockets {
            true => make(|trouble| trouble.no_sockets = false, Input::Woken),
            false => make(|trouble| trouble.no_sockets = true, Input::NetworkLost),
        };
        let delay = move |ms: u32| {
            let choose = move |_| {
                fault_injection::make(|trouble| trouble.delay_ms = ms);
                trouble.set(fault_injection::trouble());
            };
            view! {
                <label>
                    <input
                        type="radio"
                        name="delay"
                        checked=move || trouble.with(|trouble| trouble.delay_ms == ms)
                        on:change=choose
                    />
                    {format!("{ms} ms")}
                </label>
            }
        };
        view! {
            <div class="row">
                <button type="button" on:click=|_| page::input(Input::NetworkLost)>
                    "Cut the connection"
                </button>
                <button
                    type="button"
                    aria-pressed=move || trouble.with(|trouble| trouble.offline.to_string())
                    on:click=offline
                >
                    "Offline"
                </button>
                <button
                    type="button"
                    aria-pressed=move || trouble.with(|trouble| trouble.no_sockets.to_string())
                    on:click=sockets
                >
                    "Long poll only"
                </button>
                <fieldset>
                    <legend>"Delay each way"</legend>
                    {DELAYS.map(delay)}
                </fieldset>
            </div>
        }
    }

    #[component]
    fn Channels(seen: RwSignal<Seen>) -> impl IntoView {
        let rows = move || seen.with(|seen| seen.channels.clone());
        let row = |(name, at, how): (String, String, &'static str)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{at}</td>
                    <td>{how}</td>
                </tr>
            }
        };
        view! {
            <table aria-label="Channels">
                <thead>
                    <tr>
                        <th scope="col">"Channel"</th>
                        <th scope="col">"Position"</th>
                        <th scope="col">"How"</th>
                    </tr>
                </thead>
                <tbody>{move || rows().into_iter().map(row).collect_view()}</tbody>
            </table>
        }
    }

    #[component]
    fn Frames(frames: RwSignal<Vec<Frame>>) -> impl IntoView {
        view! {
            <h3 id="frames">"The last frames"</h3>
            <ol aria-labelledby="frames" reversed>
                <For each=move || frames.get() key=|frame| frame.number let:frame>
                    <li>
                        <details>
                            <summary>
                                <span class="way">{if frame.way == Way::Up { "sent" } else { "came" }}</span>
                                <span class="by">{frame.by}</span>
                                <span class="line">{frame.text.clone()}</span>
                            </summary>
                            <p>{time(frame.at)}</p>
                            <pre>{frame.text.clone()}</pre>
                        </details>
                    </li>
                </For>
            </ol>
        }
    }

    /// The time of day, to the millisecond.
    fn time(at: f64) -> String {
        let date = js_sys::Date::new(&at.into());
        let (hour, minute, second) = (date.get_hours(), date.get_minutes(), date.get_seconds());
        format!("{hour:02}:{minute:02}:{second:02}.{:03}", date.get_milliseconds())
    }

    /// Light or dark as the page under it is, if that says (`color-scheme`).
    const STYLE: &str = include_str!("panel.css");
}
