//! Text that the server would not have: nothing of it is thrown away unless whoever wrote it says so.

use super::{
    super::kept::KeptText,
    writer::{Stored, Writer},
};
use leptos::prelude::*;

/// Says why what was written here is not in the chapter, and what can be done with it.
#[component]
pub fn Refused(writer: Writer) -> impl IntoView {
    let why = Memo::new(move |_| {
        writer.standing.with(|standing| match (&standing.refusal, standing.saving) {
            (Some(refusal), _) => Some(refusal.words.clone()),
            (None, Stored::Refused) if standing.outdated => {
                Some("The text holds something that this page is too old for. Please load the page anew.".to_owned())
            }
            (None, Stored::Refused) => Some("You may not write here at the moment.".to_owned()),
            _ => None,
        })
    });
    let where_it_is = move || match writer.standing.with(|standing| standing.kept) {
        true => "It is kept on this device.",
        false => "It is in this page alone: copy it before you close the page.",
    };
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
                <p>{why} " " {where_it_is} " Should you be able to write again, it joins the chapter by itself."</p>
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
