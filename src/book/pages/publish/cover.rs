//! The picture on the book's cover.

use super::super::book_context::use_book_context;
#[cfg(feature = "hydrate")]
use crate::book::pages::chapter::upload;
#[cfg(feature = "hydrate")]
use crate::ui::browser;
use crate::{
    book::{commands::publishing::choose_publishing, model::PictureId, pictures::address, publishing::Choice},
    ui::{command::run_in_form, form::Wrong, page::use_page},
};
use leptos::{ev::Event, prelude::*};
#[cfg(feature = "hydrate")]
use leptos::{task::spawn_local, web_sys::HtmlInputElement};

/// Shows the cover; another is sent from here.
#[component]
pub(super) fn Cover() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let (fault, busy) = (RwSignal::new(None), RwSignal::new(false));
    let cover = Memo::new(move |_| context.live.state.with(|book| book.publishing.cover.clone()));
    let set = move |cover: Option<PictureId>| {
        let choice = Choice::Cover(cover);
        run_in_form(page, fault, "The cover is changed.", choose_publishing(context.book(), choice));
    };
    let choose = move |event: Event| {
        #[cfg(feature = "hydrate")]
        {
            let field: HtmlInputElement = event_target(&event);
            let Some(file) = browser::chosen_file(&field) else { return };
            fault.set(None);
            busy.set(true);
            spawn_local(async move {
                let sent = upload::picture(&context.book(), file.blob).await;
                // The page may be another by now.
                busy.try_set(false);
                field.set_value("");
                match sent {
                    Ok(kept) => set(kept.src.rsplit('/').next().and_then(|id| id.parse().ok())),
                    Err(why) => drop(fault.try_set(Some(why.words))),
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        drop(event);
    };
    let title = move || context.live.state.with(|book| format!("Cover: {}", book.title));
    let shown = move || {
        match cover.get() {
        Some(cover) => view! { <img class="book-cover" src=address(&context.book(), &cover) alt=title /> }.into_any(),
        None => view! { <p class="muted">"Until you choose a picture, a cover is made of the title, in the look of the book."</p> }.into_any(),
    }
    };
    view! {
        <section aria-labelledby="its-cover" id="field-cover" tabindex="-1">
            <h2 id="its-cover">"Cover"</h2>
            {shown}
            <div class="field">
                <label for="cover-file">"A picture: JPEG or PNG, higher than wide. Shops ask for 1,600 by 2,560 pixels."</label>
                <input
                    id="cover-file"
                    type="file"
                    accept="image/jpeg,image/png,image/webp,image/gif"
                    disabled=move || busy.get()
                    on:change=choose
                />
            </div>
            <Show when=move || cover.with(Option::is_some)>
                <button type="button" class="quiet" on:click=move |_| set(None)>
                    "Make the cover of the title"
                </button>
            </Show>
            <Wrong words=fault />
        </section>
    }
    .into_any()
}
