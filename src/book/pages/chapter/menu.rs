//! What is rarely done with a chapter, in one menu at its head.

use super::{
    closing::CloseChapter,
    files::Import,
    goal::SetGoal,
    line::{Telling, Told},
    pen::{TakeOver, TakePen},
    splitting::SplitHere,
    writer::Writer,
};
use crate::{
    book::model::Part,
    ui::{icon::Icon, menu::Menu},
};
use leptos::prelude::*;

/// The menu, and the dialogs that its lines open.
#[component]
pub fn ChapterMenu(
    writer: Writer,
    /// The chapter's line in the contents.
    part: Memo<Option<Part>>,
    telling: Telling,
) -> impl IntoView {
    let context = writer.context;
    let live = writer.page.live;
    let line = move |when: Memo<bool>, icon: &'static str, words: &'static str, act: Callback<()>| {
        view! {
            <Show when=move || live.get() && when.get()>
                <button type="button" on:click=move |_| act.run(())>
                    <Icon name=icon />
                    {words}
                </button>
            </Show>
        }
        .into_any()
    };
    let opens = |dialog: RwSignal<bool>| Callback::new(move |()| dialog.set(true));
    let [alone, taking_over, goal, import, split, close] = [(); 6].map(|()| RwSignal::new(false));

    let others_have_it = Memo::new(move |_| writer.alone().is_some());
    let can_take = Memo::new(move |_| !others_have_it.get() && !writer.is_alone() && writer.may_write.get());
    let can_take_over = Memo::new(move |_| others_have_it.get() && context.owns());
    let can_edit = Memo::new(move |_| context.can_edit());
    let can_split = Memo::new(move |_| writer.may_write.get());
    let can_close = Memo::new(move |_| context.owns() && writer.closed.with(Option::is_none));
    // Where it stands otherwise, something else is told.
    let history = move || context.within.get() && !matches!(telling.told.get(), None | Some(Told::Role));
    let (book, id) = writer.place();
    let file = format!("/book/{book}/chapter/{id}.md");
    view! {
        <Menu label="More about this chapter" class="chapter-menu" face=|| view! { <Icon name="more" /> }>
            {line(can_take, "pen", "Write alone…", opens(alone))}
            {line(can_take_over, "pen", "Take over the pen…", opens(taking_over))}
            <Show when=move || live.get()>
                <button
                    type="button"
                    class="only-wide"
                    title="Hide everything else; Escape brings it back"
                    on:click=move |_| context.focus_mode.set(true)
                >
                    <Icon name="focus-mode" />
                    "Only the text"
                    <kbd aria-hidden="true">"Ctrl Alt Z"</kbd>
                </button>
            </Show>
            <Show when=history>
                <a href=move || writer.history()>
                    <Icon name="history" />
                    "History"
                </a>
            </Show>
            {line(can_edit, "goal", "Goal of words…", opens(goal))}
            <a href=file rel="external" download="">
                <Icon name="download" />
                "Download as Markdown"
            </a>
            {line(can_edit, "upload", "Import Markdown…", opens(import))}
            {line(can_split, "section", "Split here…", opens(split))}
            {line(can_close, "lock", "Close…", opens(close))}
        </Menu>
        <TakePen writer asked=alone />
        <TakeOver writer asked=taking_over />
        <SetGoal writer part open=goal />
        <Import writer open=import />
        <SplitHere writer open=split />
        <CloseChapter writer asked=close />
    }
    .into_any()
}
