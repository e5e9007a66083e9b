//! How many words a chapter has, and how many it is to have.

use super::{super::book_context::use_book_context, writer::Writer};
use crate::{
    book::{commands::contents::set_goal, events::EventKind, model::Part},
    ui::{
        dialog::{Dialog, DialogForm, Sending},
        form::Field,
        later::shown_later,
        number::{count, grouped},
        page::use_page,
    },
};
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The words of the chapter, of the selection where there is one, and how far that is on the way to the goal.
#[component]
pub fn Words(
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
    writer: Writer,
) -> impl IntoView {
    let chapter = writer.live.state;
    let goal = goal_of(part);
    let words = Memo::new(move |_| {
        writer.standing.with(|standing| if standing.ready { standing.words } else { chapter.with(|text| text.words) })
    });
    let selected = Memo::new(move |_| writer.standing.with(|standing| standing.selection_words));
    let told = move || match (selected.get(), goal.get()) {
        (0, None) => count(words.get(), "word"),
        (0, Some(goal)) => format!("{} of {}", grouped(words.get()), count(goal, "word")),
        (some, _) => format!("{} of {} selected", grouped(some), count(words.get(), "word")),
    };
    view! {
        <span class="numbers words">
            <span>{told}</span>
            {move || {
                goal.get()
                    .map(|goal| {
                        view! {
                            <progress
                                aria-label="Words of the goal"
                                max=goal
                                prop:value=move || words.get().min(goal)
                                value=words.get_untracked().min(goal)
                            />
                        }
                    })
            }}
        </span>
    }
    .into_any()
}

fn goal_of(part: Memo<Option<Part>>) -> Memo<Option<u32>> {
    Memo::new(move |_| part.with(|part| part.as_ref().and_then(|part| part.goal)))
}

/// The dialog that sets the goal, or takes it away.
#[component]
pub fn SetGoal(
    writer: Writer,
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let goal = goal_of(part);
    view! {
        <Dialog open title="How many words is this chapter to have?">
            {shown_later(move || set_in_dialog(writer, goal, open))}
        </Dialog>
    }
}

#[wasm_split(management, fallible)]
fn set_in_dialog(writer: Writer, goal: Memo<Option<u32>>, open: RwSignal<bool>) -> Result<AnyView, SplitLoaderError> {
    let (page, context) = (use_page(), use_book_context());
    let typed = RwSignal::new(goal.get_untracked().map(|goal| goal.to_string()).unwrap_or_default());
    let (sending, bad) = (Sending::of(open), RwSignal::new(None::<String>));
    let set = move |goal: Option<u32>| {
        bad.set(None);
        let (book, id) = writer.place();
        let title = context.live.state.with_untracked(|book| book.part(&id).map(|part| part.title.clone()));
        sending.run(async move {
            let setting = set_goal(book, id.clone(), goal);
            match title {
                Some(title) => context.predict(EventKind::GoalSet { part: id, title, goal }, setting).await?,
                None => setting.await?,
            }
            page.announce(match goal {
                Some(goal) => format!("The goal is {}.", count(goal, "word")),
                None => "The goal is taken away.".to_owned(),
            });
            Ok(())
        });
    };
    let send = move |()| match typed.with_untracked(|typed| typed.trim().replace([',', '.', ' ', '\u{a0}'], "").parse())
    {
        Ok(goal) => set(Some(goal)),
        Err(_) => bad.set(Some("Please give a number of words from 1 to 1,000,000.".to_owned())),
    };
    let cancel = ("Cancel", Callback::new(move |()| open.set(false)));
    let instead = if goal.get_untracked().is_some() { ("No goal", Callback::new(move |()| set(None))) } else { cancel };
    let view = view! {
        <DialogForm sending send verb="Set the goal" instead>
            <Field label="Words" name="goal" numbers=true bind=typed error=bad />
            <p class="muted">"Everybody at the book sees the goal, and how far the chapter is."</p>
        </DialogForm>
    };
    Ok(view.into_any())
}
