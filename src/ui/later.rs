//! What is fetched when it is shown, in the midst of a page: most of what dialogs hold.

use super::browser;
use leptos::prelude::*;
use wasm_split_helpers::SplitLoaderError;

/// Shows what a function gives whose code is in a part of the application, and comes when it is called first. Until then
/// it is said that something comes; and where it cannot be fetched, that too, with a way to try again.
pub fn shown_later<F>(view: impl Fn() -> F + Send + Sync + 'static) -> AnyView
where
    F: Future<Output = Result<AnyView, SplitLoaderError>> + Send + 'static,
{
    let tries = RwSignal::new(0_u32);
    view! {
        <Suspense fallback=|| view! { <p class="muted" role="status">"Fetching…"</p> }>
            {move || {
                tries.track();
                let view = view();
                Suspend::new(async move {
                    match view.await {
                        Ok(view) => {
                            browser::focus_first_field();
                            view
                        }
                        Err(_) => {
                            view! {
                                <p role="alert">"This could not be fetched: the connection may have broken off, or there is a newer version of the site."</p>
                                <footer class="row end">
                                    <button type="button" on:click=|_| browser::reload()>
                                        "Reload the page"
                                    </button>
                                    <button type="button" class="primary" on:click=move |_| tries.update(|tries| *tries += 1)>
                                        "Try again"
                                    </button>
                                </footer>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Suspense>
    }
    .into_any()
}
