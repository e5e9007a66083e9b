//! Whether a chapter is closed to writing: said to everybody, and for owners what closes and opens it.

use super::{goal::Words, writer::Writer};
use crate::{
    book::{
        commands::contents::{close_chapter, open_to_writing},
        model::{Closed, Closing, Part},
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
pub fn ClosedLine(
    writer: Writer,
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
) -> impl IntoView {
    let open = move |_| {
        let (book, part) = writer.place();
        // The button goes with what it is about.
        writer.hold_focus();
        spawn_local(async move {
            if let Err(why) = open_to_writing(book, part).await {
                writer.fault.try_set(Some(why.words));
            }
        });
    };
    move || {
        writer.closed.get().map(|closed| {
            let why = closed.why.clone();
            view! {
                <section class="told" aria-label="This chapter is closed">
                    <Icon name="lock" />
                    <p class="what">
                        <strong>{closed.how.words()}</strong>
                        ". "
                        {what_it_means(closed.how)}
                        " "
                        <span class="muted">
                            {(!closed.by.is_somebody()).then(|| format!("{}, ", closed.by.name))} <Time at=closed.at />
                            {(!why.is_empty()).then(|| view! { ": " <q>{why}</q> })}
                        </span>
                    </p>
                    <span class="only-wide">
                        <Words part writer />
                    </span>
                    <Show when=move || writer.context.owns() && writer.page.live.get()>
                        <button type="button" on:click=open>
                            "Open to writing"
                        </button>
                    </Show>
                </section>
            }
        })
    }
}

/// Who may write in a chapter that is closed so.
fn what_it_means(how: Closing) -> &'static str {
    match how {
        Closing::Locked => "Only owners of the book write in it.",
        Closing::Final => "Nobody writes in it until an owner opens it again.",
    }
}

/// Announces it when a chapter is closed or opened while it is read.
pub fn announce(writer: Writer) {
    Effect::new(move |before: Option<Option<Closing>>| {
        let now = writer.closed.with(|closed| closed.as_ref().map(|closed| closed.how));
        match (before, now) {
            (Some(before), Some(how)) if before != now => {
                writer.page.announce(format!("This chapter is closed: {}. {}", how.words(), what_it_means(how)));
            }
            (Some(Some(_)), None) => writer.page.announce("This chapter is open to writing again."),
            _ => {}
        }
        now
    });
}

/// The dialog by which an owner closes a chapter.
#[component]
pub fn CloseChapter(writer: Writer, asked: RwSignal<bool>) -> impl IntoView {
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
        <Dialog open=asked title="Close this chapter to writing">
            <DialogForm sending send=close verb="Close the chapter">
                <fieldset class="stack">
                    <legend class="unseen">"How far"</legend>
                    <Choice name="closing" on=how is=Closing::Locked words=Closing::Locked.words()>
                        {what_it_means(Closing::Locked)}
                    </Choice>
                    <Choice name="closing" on=how is=Closing::Final words=Closing::Final.words()>
                        {what_it_means(Closing::Final)}
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
