//! Whether a chapter is closed to writing: said to everybody, and for owners what closes and opens it.

use super::writer::Writer;
use crate::{
    book::{
        commands::contents::{close_chapter, open_to_writing},
        model::{Closed, Closing},
    },
    ui::{
        dialog::{Dialog, DialogForm, Sending},
        form::Choice,
        icon::Icon,
        time::Time,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// Says that the chapter is closed, since when, by whom and why.
#[component]
pub fn ClosedBar(writer: Writer) -> impl IntoView {
    let open = move |_| {
        let (book, part) = writer.place();
        spawn_local(async move {
            if let Err(why) = open_to_writing(book, part).await {
                writer.fault.try_set(Some(why.words));
            }
        });
    };
    move || {
        writer.closed.get().map(|closed| {
            let who = match closed.how {
                Closing::Locked => "Only owners of the book write in it.",
                Closing::Final => "Nobody writes in it until an owner opens it again.",
            };
            let why = closed.why.clone();
            view! {
                <section class="banner calm" aria-label="This chapter is closed">
                    <p class="row">
                        <Icon name="lock" />
                        <strong>{closed.how.words()}</strong>
                        <span>{who}</span>
                    </p>
                    <p class="muted">
                        {(!closed.by.is_somebody()).then(|| format!("{}, ", closed.by.name))} <Time at=closed.at />
                        {(!why.is_empty()).then(|| view! { ": " <q>{why}</q> })}
                    </p>
                    <Show when=move || writer.context.owns()>
                        <div class="row">
                            <button type="button" on:click=open>
                                "Open to writing"
                            </button>
                        </div>
                    </Show>
                </section>
            }
        })
    }
}

/// The button and the dialog by which an owner closes a chapter.
#[component]
pub fn CloseChapter(writer: Writer) -> impl IntoView {
    let asked = RwSignal::new(false);
    let how = RwSignal::new(Closing::Locked);
    let why = RwSignal::new(String::new());
    let sending = Sending::of(asked);
    let close = move |()| {
        let (book, part) = writer.place();
        let (how, said) = (how.get_untracked(), why.get_untracked());
        sending.run(async move {
            close_chapter(book, part, how, said).await?;
            why.try_set(String::new());
            Ok(())
        });
    };
    view! {
        <Show when=move || writer.context.owns() && writer.closed.with(Option::is_none) && writer.page.live.get()>
            <button type="button" class="quiet" on:click=move |_| asked.set(true)>
                <Icon name="lock" />
                "Close…"
            </button>
        </Show>
        <Dialog open=asked title="Close this chapter to writing">
            <DialogForm sending send=close verb="Close the chapter">
                <fieldset class="stack">
                    <legend class="unseen">"How far"</legend>
                    <Choice name="closing" on=how is=Closing::Locked words=Closing::Locked.words()>
                        "Only owners of the book write in it."
                    </Choice>
                    <Choice name="closing" on=how is=Closing::Final words=Closing::Final.words()>
                        "Nobody writes in it until an owner opens it again."
                    </Choice>
                </fieldset>
                <label class="field">
                    <span>"Why (optional)"</span>
                    <input
                        maxlength=Closed::WHY.to_string()
                        prop:value=why
                        on:input=move |event| why.set(event_target_value(&event))
                    />
                </label>
                <p class="muted">"It holds from the next key on. What others are just typing stays on their pages."</p>
            </DialogForm>
        </Dialog>
    }
    .into_any()
}
