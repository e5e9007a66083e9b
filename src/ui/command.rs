//! A press runs a command, and what became of it is said where whoever pressed looks or listens.

use super::{page::Page, toast::Toast};
use leptos::{prelude::*, task::spawn_local};
use sputnik::Fault;

/// Runs a command of a form: a fault is shown beside it, and what was done is only announced.
pub fn run_in_form(
    page: Page,
    fault: RwSignal<Option<String>>,
    done: &'static str,
    command: impl Future<Output = Result<(), Fault>> + 'static,
) {
    fault.set(None);
    spawn_local(async move {
        match command.await {
            Ok(()) => page.announce(done),
            Err(why) => {
                fault.try_set(Some(why.words));
            }
        }
    });
}

/// Runs a command, and shows a toast with what was done, or with the fault.
pub fn run_with_toast(page: Page, done: String, command: impl Future<Output = Result<(), Fault>> + 'static) {
    spawn_local(async move {
        let words = match command.await {
            Ok(()) => done,
            Err(why) => why.words,
        };
        page.toast(Toast::plain(words));
    });
}
