//! The chapter as it stands gets a name.

use crate::{
    book::{commands::history::name_version, history::VersionName, model::PartId, pages::book_context::BookContext},
    ui::{form::Wrong, page::use_page},
};
use leptos::{prelude::*, task::spawn_local};

/// The form.
#[component]
pub fn Naming(context: BookContext, part: StoredValue<PartId>) -> impl IntoView {
    let page = use_page();
    let name = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<String>);
    let send = move || {
        let named = match name.get_untracked().parse::<VersionName>() {
            Ok(name) => name,
            Err(bad) => return fault.set(Some(bad.to_string())),
        };
        fault.set(None);
        spawn_local(async move {
            match name_version(context.book(), part.get_value(), named).await {
                Ok(number) => {
                    name.try_set(String::new());
                    page.announce(format!("This is version {number} now."));
                }
                Err(why) => {
                    fault.try_set(Some(why.words));
                }
            }
        });
    };
    view! {
        <form
            class="row"
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <input
                aria-label="Name for this version"
                placeholder="First draft"
                dir="auto"
                maxlength=VersionName::MAX
                prop:value=name
                on:input=move |event| name.set(event_target_value(&event))
            />
            <button type="submit">"Name this version"</button>
        </form>
        <Wrong words=fault />
    }
    .into_any()
}
