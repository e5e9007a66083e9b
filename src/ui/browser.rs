//! What only the browser can do, behind plain functions. On the server, where pages are rendered and nothing is
//! pressed, they do nothing: pages call them from effects and event handlers and need no `cfg` of their own.

/// Reads a cookie: from the request on the server, from the document in the browser. Both see the same, so what a page
/// makes of it hydrates.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let all = all_cookies()?;
    all.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

#[cfg(feature = "ssr")]
fn all_cookies() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    parts.headers.get(http::header::COOKIE)?.to_str().ok().map(str::to_owned)
}

#[cfg(not(feature = "ssr"))]
fn all_cookies() -> Option<String> {
    property(&leptos::prelude::document(), "cookie")?.as_string()
}

#[cfg(feature = "hydrate")]
pub use inner::*;
#[cfg(not(feature = "hydrate"))]
pub use nothing::*;

#[cfg(feature = "hydrate")]
mod inner {
    use leptos::prelude::{document, window};
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{
        Blob, BlobPropertyBag, DragEvent, Element, Event, HtmlElement, HtmlTextAreaElement, Storage, Url, js_sys,
    };

    pub(super) fn property(of: &JsValue, name: &str) -> Option<JsValue> {
        js_sys::Reflect::get(of, &name.into()).ok()
    }

    fn storage() -> Option<Storage> {
        window().local_storage().ok().flatten()
    }

    /// Remembers a cookie for a year.
    pub fn set_cookie(name: &str, value: &str) {
        let text = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
        let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &text.into());
    }

    /// What this browser keeps under a key.
    #[must_use]
    pub fn stored(key: &str) -> Option<String> {
        storage()?.get_item(key).ok().flatten()
    }

    /// Keeps something in this browser, or lets go of it. Tells whether it could: storage may be full or forbidden.
    pub fn store(key: &str, value: Option<&str>) -> bool {
        storage().is_some_and(|storage| match value {
            Some(value) => storage.set_item(key, value).is_ok(),
            None => storage.remove_item(key).is_ok(),
        })
    }

    /// Milliseconds since 1970, by this device's clock.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a date in milliseconds is far below 2^53")]
    pub fn now() -> i64 {
        js_sys::Date::now() as i64
    }

    /// A time in this reader's own language and zone.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a date in milliseconds is far below 2^53")]
    pub fn local_time(at: i64) -> Option<String> {
        let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
        Some(date.to_locale_string("default", &JsValue::UNDEFINED).into())
    }

    /// Puts text on the clipboard.
    pub fn copy(text: &str) {
        let _ = window().navigator().clipboard().write_text(text);
    }

    /// Gives the reader a file to keep.
    pub fn download(name: &str, text: &str) {
        let parts = js_sys::Array::of1(&text.into());
        let kind = BlobPropertyBag::new();
        kind.set_type("text/markdown;charset=utf-8");
        let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &kind) else { return };
        let Ok(url) = Url::create_object_url_with_blob(&blob) else { return };
        if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            let _ = link.set_attribute("href", &url);
            let _ = link.set_attribute("download", name);
            link.click();
        }
        let _ = Url::revoke_object_url(&url);
    }

    /// Leads to another page with a full load: after signing in, everything starts anew under the new name.
    pub fn load(path: &str) {
        let _ = window().location().assign(path);
    }

    /// Puts text in place of what is selected, as if typed: the browser's own undo takes it back.
    pub fn insert_text(area: &HtmlTextAreaElement, text: &str) {
        let _ = area.focus();
        let done = property(&document(), "execCommand")
            .and_then(|command| command.dyn_into::<js_sys::Function>().ok())
            .and_then(|command| command.call3(&document(), &"insertText".into(), &JsValue::FALSE, &text.into()).ok());
        if done.is_none_or(|done| !done.is_truthy()) {
            let _ = area.set_range_text(text);
            if let Ok(event) = Event::new("input") {
                let _ = area.dispatch_event(&event);
            }
        }
    }

    /// Starts a drag that carries a text.
    pub fn drag(event: &DragEvent, text: &str) {
        if let Some(data) = event.data_transfer() {
            data.set_effect_allowed("move");
            let _ = data.set_data("text/plain", text);
        }
    }

    /// Where an element stands on the screen: left, top, width, height.
    #[must_use]
    pub fn rect(element: &Element) -> (f64, f64, f64, f64) {
        let rect = element.get_bounding_client_rect();
        (rect.left(), rect.top(), rect.width(), rect.height())
    }

    /// How far down the element of this id is scrolled, from 0 to 1.
    #[must_use]
    pub fn scrolled(id: &str) -> f64 {
        let Some(at) = document().get_element_by_id(id) else { return 0.0 };
        let range = at.scroll_height() - at.client_height();
        if range > 0 { f64::from(at.scroll_top()) / f64::from(range) } else { 0.0 }
    }

    /// Scrolls the element of this id so far down, from 0 to 1.
    #[expect(clippy::cast_possible_truncation, reason = "a place on a screen is a small number")]
    pub fn scroll(id: &str, depth: f64) {
        if let Some(at) = document().get_element_by_id(id) {
            let range = at.scroll_height() - at.client_height();
            at.set_scroll_top((f64::from(range) * depth).round() as i32);
        }
    }

    /// Focuses the element of this id, if it is there.
    pub fn focus(id: &str) {
        if let Some(element) = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    }

    /// Whether the reader is typing somewhere: focus must not be taken from them.
    #[must_use]
    pub fn is_typing() -> bool {
        document().active_element().is_some_and(|at| matches!(&*at.tag_name(), "INPUT" | "TEXTAREA" | "SELECT"))
    }
}

#[cfg(not(feature = "hydrate"))]
mod nothing {
    #![allow(clippy::must_use_candidate, reason = "these stand in for the browser's")]
    use leptos::web_sys::{DragEvent, Element, HtmlTextAreaElement};

    /// Remembers a cookie: nothing to do on the server.
    pub fn set_cookie(_name: &str, _value: &str) {}
    /// What this browser keeps: nothing on the server.
    pub fn stored(_key: &str) -> Option<String> {
        None
    }
    /// Keeps something in this browser: not on the server.
    pub fn store(_key: &str, _value: Option<&str>) -> bool {
        false
    }
    /// The device's clock: unknown on the server.
    pub fn now() -> i64 {
        0
    }
    /// A time in the reader's own zone: unknown on the server.
    pub fn local_time(_at: i64) -> Option<String> {
        None
    }
    /// Puts text on the clipboard: there is none on the server.
    pub fn copy(_text: &str) {}
    /// Gives the reader a file: nothing to do on the server.
    pub fn download(_name: &str, _text: &str) {}
    /// Leads to another page: nothing to do on the server.
    pub fn load(_path: &str) {}
    /// Puts text in place of what is selected: nothing to do on the server.
    pub fn insert_text(_area: &HtmlTextAreaElement, _text: &str) {}
    /// Starts a drag: nothing to do on the server.
    pub fn drag(_event: &DragEvent, _text: &str) {}
    /// Where an element stands on the screen: unknown on the server.
    pub fn rect(_element: &Element) -> (f64, f64, f64, f64) {
        (0.0, 0.0, 0.0, 0.0)
    }
    /// How far down an element is scrolled: unknown on the server.
    pub fn scrolled(_id: &str) -> f64 {
        0.0
    }
    /// Scrolls an element: nothing to do on the server.
    pub fn scroll(_id: &str, _depth: f64) {}
    /// Focuses an element: nothing to do on the server.
    pub fn focus(_id: &str) {}
    /// Whether the reader is typing: nobody is, on the server.
    pub fn is_typing() -> bool {
        false
    }
}
