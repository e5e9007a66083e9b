//! Text of a writer's that is not in the chapter: nothing of it is thrown away unless they say so.

use super::writer::{Mode, Writer};
use crate::{
    book::chapter::Kept,
    ui::{browser, compare::Compare, dialog::Dialog, time::Time},
};
use leptos::prelude::*;

/// A text that is not in the chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    /// The text.
    pub text: String,
    /// When the server set it aside; `None` for what only this browser has.
    pub at: Option<i64>,
}

impl Rescued {
    /// Typed here, and never sent.
    pub fn unsent(text: String) -> Self {
        Self { text, at: None }
    }

    /// Kept by the server when the pen was taken over.
    pub fn kept(kept: Kept) -> Self {
        Self { text: kept.text, at: Some(kept.at) }
    }
}

fn file_name(writer: Writer) -> String {
    let title = writer
        .room
        .live
        .state
        .with_untracked(|book| writer.part.with_value(|part| book.part(part).map(|part| part.title.to_string())));
    format!("{}.md", title.unwrap_or_default().replace(['/', '\\', ':'], "-"))
}

/// Copy and download: what can be done with a text whatever else fails.
#[component]
fn TakeAway(writer: Writer, #[prop(into)] text: Signal<String>) -> impl IntoView {
    view! {
        <button
            type="button"
            on:click=move |_| {
                browser::copy(&text.get_untracked());
                writer.page.announce("Copied.");
            }
        >
            "Copy my text"
        </button>
        <button type="button" on:click=move |_| browser::download(&file_name(writer), &text.get_untracked())>
            "Download"
        </button>
    }
}

/// Said above the editor when the pen was lost with something in hand.
#[component]
pub fn Refusal(writer: Writer) -> impl IntoView {
    let comparing = RwSignal::new(false);
    let theirs = Signal::derive(move || writer.live.state.with(|chapter| chapter.text.clone()));
    view! {
        <Show when=move || writer.mode.get() == Mode::Refused>
            <section class="banner strong" role="alert" aria-label="Your text is kept here">
                <h2>"You no longer have the pen"</h2>
                <p>
                    {move || writer.refusal.get()}
                    " What you typed is kept in the field below and in this browser. Nothing of it is lost."
                </p>
                <div class="row">
                    <TakeAway writer text=writer.text />
                    <button type="button" on:click=move |_| comparing.set(true)>
                        "Compare"
                    </button>
                    <button type="button" class="primary" on:click=move |_| writer.try_again()>
                        "Try to take the pen"
                    </button>
                    <button type="button" class="quiet" on:click=move |_| writer.dismiss()>
                        "Let go of my text"
                    </button>
                </div>
            </section>
        </Show>
        <Dialog open=comparing title="The chapter, and your text">
            <p class="muted">"Struck through is only in the chapter, underlined only in your text."</p>
            <Compare old=theirs new=writer.text />
        </Dialog>
    }
    .into_any()
}

/// Said above the chapter when there is text of this writer's that is not in it.
#[component]
pub fn RescueBanner(writer: Writer) -> impl IntoView {
    let viewing = RwSignal::new(false);
    let text = Signal::derive(move || writer.rescued.get().map(|rescued| rescued.text).unwrap_or_default());
    let theirs = Signal::derive(move || writer.live.state.with(|chapter| chapter.text.clone()));
    let writing = move || writer.mode.get() == Mode::Writing;
    view! {
        {move || {
            writer
                .rescued
                .get()
                .map(|rescued| {
                    view! {
                        <section class="banner" aria-label="Text of yours is kept">
                            <p>
                                {match rescued.at {
                                    Some(at) => {
                                        view! {
                                            "Text you had not saved when the pen was taken over is kept for you. It was set aside "
                                            <Time at />
                                            "."
                                        }
                                            .into_any()
                                    }
                                    None => "Text you typed here did not reach the server, and the chapter changed meanwhile. It is kept in this browser.".into_any(),
                                }}
                            </p>
                            <div class="row">
                                <button type="button" on:click=move |_| viewing.set(true)>
                                    "View"
                                </button>
                                <button
                                    type="button"
                                    disabled=move || !writing()
                                    title=move || (!writing()).then_some("Take the pen first: press Write")
                                    on:click=move |_| writer.put_back()
                                >
                                    "Put it back"
                                </button>
                                <button type="button" class="quiet" on:click=move |_| writer.let_go()>
                                    "Let go"
                                </button>
                            </div>
                        </section>
                    }
                })
        }}
        <Dialog open=viewing title="Your text, and the chapter">
            <p class="muted">"Struck through is only in the chapter, underlined only in your text."</p>
            <Compare old=theirs new=text />
            <footer class="row end">
                <TakeAway writer text />
            </footer>
        </Dialog>
    }
    .into_any()
}
