//! Text that the server would not have: nothing of it is thrown away unless whoever wrote it says so.

use super::{
    super::{book_context::Ending, kept::KeptText},
    writer::{EditorState, Stored, Writer},
};
use leptos::prelude::*;

/// What a server says to those who have no page that tells more.
const NOT_LOST: &str = " What you typed is not lost";

/// Why something that was written here is not in the chapter, if that is so.
fn why(standing: &EditorState, ending: Option<Ending>) -> Option<String> {
    if standing.refusal.is_none() && standing.saving != Stored::Refused {
        return None;
    }
    let words = match (ending, &standing.refusal) {
        (Some(Ending::Deleted), _) => "This book was deleted.",
        (Some(Ending::SignedOut), _) => "You were signed out before it was saved.",
        (Some(Ending::Closed), _) => "This book is not open to you any more.",
        (None, Some(refusal)) => refusal.words.split(NOT_LOST).next().unwrap_or_default(),
        (None, None) if standing.outdated => {
            "The text holds something that this page is too old for. Please load the page anew."
        }
        (None, None) => "You may not write here at the moment.",
    };
    Some(words.to_owned())
}

/// Where it is, and what becomes of it.
fn what_then(standing: &EditorState, ending: Option<Ending>) -> String {
    let is_where = match standing.kept {
        true => "What you typed is kept on this device.",
        false => "What you typed is in this page alone: copy it before you close the page.",
    };
    let then = match ending {
        Some(Ending::Deleted) => "Should the book be brought back, it joins the chapter by itself.",
        Some(Ending::SignedOut) => "When you are signed in again, it joins the chapter by itself.",
        Some(Ending::Closed) | None => "Should you be able to write again, it joins the chapter by itself.",
    };
    format!("{is_where} {then}")
}

/// Says why what was written here is not in the chapter, and what can be done with it.
#[component]
pub fn Refused(writer: Writer) -> impl IntoView {
    let ending = writer.context.ending;
    let why = Memo::new(move |_| writer.standing.with(|standing| why(standing, ending.get())));
    let then = move || writer.standing.with(|standing| what_then(standing, ending.get()));
    let unsaved = Memo::new(move |_| {
        writer.standing.with(|standing| (standing.saving, standing.unsaved));
        why.with(Option::is_some).then(|| writer.unsaved_text()).flatten()
    });
    Effect::new(move || {
        if let Some(words) = why.get() {
            writer.page.announce(words);
        }
    });
    view! {
        <Show when=move || why.with(Option::is_some)>
            <section class="banner strong" role="alert" aria-label="Your text is kept here">
                <h2>"Some of your text is not in the chapter"</h2>
                <p>{why} " " {then}</p>
                {move || {
                    unsaved
                        .get()
                        .map(|text| {
                            let forget = Callback::new(move |()| writer.forget_refused());
                            view! { <KeptText text forget /> }
                        })
                }}
            </section>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::pages::text_server::Refusal;

    #[test]
    fn it_is_said_once_why_and_once_what_becomes_of_it() {
        let said = |standing: &EditorState, ending| {
            let why = why(standing, ending)?;
            Some(format!("{why} {}", what_then(standing, ending)))
        };
        let words = "ann writes alone in this chapter for a while. What you typed is not lost, and joins the text \
                     when the pen is put down.";
        let refusal = Some(Refusal { temporary: false, words: words.into(), code: "lock_held".into() });
        let standing = EditorState { kept: true, refusal, ..EditorState::default() };
        assert_eq!(
            said(&standing, None).as_deref(),
            Some(
                "ann writes alone in this chapter for a while. What you typed is kept on this device. Should you be \
                 able to write again, it joins the chapter by itself."
            )
        );
        assert_eq!(
            said(&standing, Some(Ending::Deleted)).as_deref(),
            Some(
                "This book was deleted. What you typed is kept on this device. Should the book be brought back, it \
                 joins the chapter by itself."
            )
        );
        assert_eq!(said(&EditorState::default(), Some(Ending::Deleted)), None, "all of it is saved");
    }
}
