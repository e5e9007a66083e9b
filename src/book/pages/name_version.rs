//! The book as it stands gets a name.

use super::book_context::use_book_context;
use crate::{
    book::{commands::history::name_book_version, history::VersionName},
    ui::{command::run_in_form, form::Field, page::use_page},
};
use leptos::prelude::*;

/// The form.
#[component]
pub fn NameBook() -> impl IntoView {
    let (context, page) = (use_book_context(), use_page());
    let name = RwSignal::new(String::new());
    let fault = RwSignal::new(None);
    let send = move || match name.get_untracked().parse::<VersionName>() {
        Ok(named) => run_in_form(page, fault, "Every chapter has this version in its history now.", async move {
            name_book_version(context.book(), named).await?;
            name.try_set(String::new());
            Ok(())
        }),
        Err(bad) => fault.set(Some(bad.to_string())),
    };
    view! {
        <section aria-labelledby="set-version">
            <h2 id="set-version">"Name this version of the book"</h2>
            <p class="muted">"Every chapter as it stands now gets a version of this name in its history."</p>
            <form
                class="one-line"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <Field
                    label="Name for this version of the book"
                    name="version-name"
                    placeholder="First edition"
                    bare=true
                    bind=name
                    error=fault
                />
                <button type="submit">"Name it"</button>
            </form>
        </section>
    }
    .into_any()
}
