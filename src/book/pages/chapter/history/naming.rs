//! The chapter as it stands gets a name.

use crate::{
    book::{commands::history::name_version, history::VersionName, model::PartId, pages::book_context::BookContext},
    ui::{
        dialog::{Dialog, DialogForm, Sending},
        page::use_page,
    },
};
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn Naming(context: BookContext, part: StoredValue<PartId>, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Name this version">
            <Name context part open />
        </Dialog>
    }
}

#[component]
fn Name(context: BookContext, part: StoredValue<PartId>, open: RwSignal<bool>) -> impl IntoView {
    let page = use_page();
    let name = RwSignal::new(String::new());
    let sending = Sending::of(open);
    let send = move |()| {
        let named = match name.get_untracked().parse::<VersionName>() {
            Ok(name) => name,
            Err(bad) => return sending.fault.set(Some(bad.to_string())),
        };
        sending.run(async move {
            let number = name_version(context.book(), part.get_value(), named).await?;
            page.announce(format!("This is version {number} now."));
            Ok(())
        });
    };
    view! {
        <DialogForm sending send verb="Name this version">
            <label class="field">
                <span>"Name for this version"</span>
                <input
                    placeholder="First draft"
                    dir="auto"
                    maxlength=VersionName::MAX
                    prop:value=name
                    on:input=move |event| name.set(event_target_value(&event))
                />
            </label>
            <p class="muted">"The chapter as it stands keeps this name in its history."</p>
        </DialogForm>
    }
    .into_any()
}
