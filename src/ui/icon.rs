//! The few small drawings the interface uses, drawn on a 16-pixel grid with one stroke.

use leptos::prelude::*;

/// A drawing. It says nothing by itself: a word stands beside it, or on the button around it.
#[component]
pub fn Icon(
    /// Which.
    name: &'static str,
) -> impl IntoView {
    let path = match name {
        "pen" => "M2.5 13.5l.8-3.2 7.6-7.6a1.3 1.3 0 0 1 1.9 0l.5.5a1.3 1.3 0 0 1 0 1.9l-7.6 7.6zM9.6 4l2.4 2.4",
        "lock" => "M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2",
        "focus-mode" => "M3 6V3h3M13 6V3h-3M3 10v3h3M13 10v3h-3",
        "chapter" => "M4 2.5h5.5l3 3v8H4zM9.5 2.5v3h3",
        "section" => "M2.5 4.5h4l1.2 1.5h5.8v6.5h-11z",
        "plus" => "M8 3.5v9M3.5 8h9",
        "more" => "M3.5 8h.01M8 8h.01M12.5 8h.01",
        "down" => "M4 6l4 4 4-4",
        "right" => "M6 4l4 4-4 4",
        "left" => "M10 4L6 8l4 4",
        "panel-left" => "M2.5 3.5h11v9h-11zM6.5 3.5v9",
        "panel-right" => "M2.5 3.5h11v9h-11zM9.5 3.5v9",
        "people" => {
            "M6 7.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM2.5 12.5c0-2 1.5-3 3.5-3s3.5 1 3.5 3M10.5 3.8a2 2 0 0 1 0 3.4M11.5 9.8c1.3.4 2 1.3 2 2.7"
        }
        "chat" => "M2.5 3.5h11v7.5h-5.5l-3 2.5v-2.5h-2.5z",
        "activity" => "M8 2.5a5.5 5.5 0 1 0 5.5 5.5M8 5v3.2l2 1.3",
        "device" => "M4.5 2h7v12h-7zM7.2 11.8h1.6",
        "close" => "M4 4l8 8M12 4l-8 8",
        "check" => "M3 8.5l3.2 3.2L13 5",
        "history" => "M2.8 6.5a5.5 5.5 0 1 1-.3 2.5M2.5 3.5v3.2h3.2M8 5.2V8l2 1.4",
        "settings" => "M3 4.5h6M12 4.5h1M3 8h1M7 8h6M3 11.5h5M11 11.5h2M10.5 3v3M5.5 6.5v3M9.5 10v3",
        "bold" => "M5 3v10M5 3h3.5a2.3 2.3 0 0 1 0 4.7H5M5 7.7h4a2.6 2.6 0 0 1 0 5.3H5",
        "italic" => "M6.5 3h5M4.5 13h5M9.5 3l-3 10",
        "heading" => "M4 3v10M12 3v10M4 8h8",
        "list" => "M6 4h7.5M6 8h7.5M6 12h7.5M3 4h.01M3 8h.01M3 12h.01",
        "quote" => "M3 5.5h3.5v3.5c0 1.5-1 2.2-2.5 2.5M9 5.5h3.5v3.5c0 1.5-1 2.2-2.5 2.5",
        "link" => {
            "M7 9l2-2M6.5 5.5l1.6-1.6a2.3 2.3 0 0 1 3.7.4 2.3 2.3 0 0 1-.5 2.9L9.7 8.8M9.5 10.5l-1.6 1.6a2.3 2.3 0 0 1-3.7-.4 2.3 2.3 0 0 1 .5-2.9l1.6-1.6"
        }
        "download" => "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13h10",
        "upload" => "M8 10.5V3M4.8 6L8 2.8 11.2 6M3 13h10",
        "publish" => {
            "M8 4.5C6.5 3.3 4.5 3 2.5 3v9c2 0 4 .3 5.5 1.5M8 4.5C9.5 3.3 11.5 3 13.5 3v9c-2 0-4 .3-5.5 1.5M8 4.5v9"
        }
        "goal" => "M4 13.5v-11h8l-2 3 2 3H4",
        "grip" => "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
        _ => "",
    };
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path d=path></path>
        </svg>
    }
}
