//! What somebody did just before their page went, and that could not be done any more: said in words, until it was read.

use crate::book::commands::{
    chat::Say,
    contents::{AddPart, BringBack, MovePart, RemovePart, RenamePart, SetGoal, SetStatus},
    people::SetMember,
    publishing::{ChoosePublishing, SetMetadata, SetPublishing},
    shelf::RenameBook,
};
use leptos::{prelude::*, server_fn::ServerFn};
use sputnik::client::{NotDone, use_connection};

/// Names what could not be done.
#[component]
pub fn NotDoneNote() -> impl IntoView {
    let all = use_connection().not_done;
    view! {
        <div role="alert" class="reload" hidden=move || all.with(Vec::is_empty)>
            <div>
                <p>"Some of what you did before this page was loaded was not done any more:"</p>
                <ul>
                    {move || {
                        all.get()
                            .into_iter()
                            .map(|not_done| {
                                let (what, why) = (named(&not_done), not_done.fault.words);
                                view! { <li>{what} ": " {why}</li> }
                            })
                            .collect_view()
                    }}
                </ul>
            </div>
            <button type="button" on:click=move |_| all.set(Vec::new())>
                "I have read it"
            </button>
        </div>
    }
}

/// What it was, with the words that were written for it: they are nowhere else.
fn named(NotDone { path, body, .. }: &NotDone) -> String {
    let what = match path.as_str() {
        Say::PATH => "Something said",
        AddPart::PATH => "A new chapter or section",
        RenamePart::PATH => "A new title",
        RenameBook::PATH => "A new title of a book",
        MovePart::PATH => "A chapter moved",
        RemovePart::PATH => "A chapter deleted",
        BringBack::PATH => "A chapter brought back",
        SetStatus::PATH => "How far a chapter is",
        SetGoal::PATH => "A goal",
        SetMember::PATH => "Somebody let in",
        SetMetadata::PATH | ChoosePublishing::PATH | SetPublishing::PATH => "What a book says about itself",
        _ => "A change",
    };
    let arguments: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let written = ["text", "title", "name"].iter().find_map(|name| arguments[*name].as_str());
    written.map_or_else(|| what.to_owned(), |written| format!("{what} (“{written}”)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sputnik::Fault;

    #[test]
    fn what_was_written_is_named_with_what_it_was_for() {
        let not_done =
            |path: &str, body: &str| named(&NotDone { path: path.into(), body: body.into(), fault: Fault::internal() });
        assert_eq!(not_done(RenamePart::PATH, r#"{"part":"1","title":"Tides"}"#), "A new title (“Tides”)");
        assert_eq!(not_done(Say::PATH, r#"{"book":"1","text":"Hello"}"#), "Something said (“Hello”)");
        assert_eq!(not_done(MovePart::PATH, "{}"), "A chapter moved");
        assert_eq!(not_done("/command/something_newer", "no JSON"), "A change");
    }
}
