//! How far a chapter is: a small shape, a colour and a word.

use crate::book::model::Status;
use leptos::prelude::*;

/// The class under which the style sheet knows a status.
pub fn status_class(status: Status) -> &'static str {
    match status {
        Status::New => "status-new",
        Status::NeedsContent => "status-needs",
        Status::Completed => "status-done",
        Status::ToBeProofed => "status-proof",
    }
}

/// A status as a shape with its word on hover, and for those who listen.
#[component]
pub fn Mark(
    /// Which.
    status: Status,
) -> impl IntoView {
    view! {
        <span class=format!("status {}", status_class(status)) role="img" aria-label=status.words() title=status.words()>
            <Shape status />
        </span>
    }
}

/// The shape alone: a ring, half a disc, a tick in a disc, an eye's ring. Told apart without colour.
#[component]
pub fn Shape(
    /// Which.
    status: Status,
) -> impl IntoView {
    let inner = match status {
        Status::New => view! { <circle cx="6" cy="6" r="4" fill="none"></circle> }.into_any(),
        Status::NeedsContent => view! {
            <circle cx="6" cy="6" r="4" fill="none"></circle>
            <path d="M6 2a4 4 0 0 1 0 8z"></path>
        }
        .into_any(),
        Status::Completed => view! {
            <circle cx="6" cy="6" r="4.5"></circle>
            <path class="tick" d="M3.9 6.2l1.5 1.5 2.8-3"></path>
        }
        .into_any(),
        Status::ToBeProofed => view! {
            <circle cx="6" cy="6" r="4" fill="none"></circle>
            <circle cx="6" cy="6" r="1.4"></circle>
        }
        .into_any(),
    };
    view! {
        <svg class="shape" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
            {inner}
        </svg>
    }
}
