//! What only the browser can do, behind plain functions. On the server, where pages are rendered and nothing is
//! pressed, they do nothing: pages call them from effects and event handlers and need no `cfg` of their own.

use leptos::web_sys::Blob;

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

/// Where this site is found from everywhere, as `https://books.example`.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone)]
pub struct SiteAddress(pub String);

/// The same, as whoever renders the page knows it.
#[cfg(feature = "ssr")]
#[must_use]
pub fn site_address() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    parts.extensions.get::<SiteAddress>().map(|site| site.0.clone())
}

/// The same, as the browser found it.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn site_address() -> Option<String> {
    property(&property(&leptos::prelude::window(), "location")?, "origin")?.as_string()
}

/// A file that was chosen in a field.
#[derive(Debug, Clone)]
pub struct ChosenFile {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub blob: Blob,
}

/// What stands in a frame: its address, and of pages of a PDF how many there are, and on which each part begins.
#[derive(Debug, Clone, Default)]
pub struct InFrame {
    /// The path of its address.
    pub path: String,
    /// How many pages there are.
    pub pages: Option<u32>,
    /// On which of them parts begin.
    pub begins: Vec<u32>,
}

#[cfg(feature = "hydrate")]
pub use inner::*;
#[cfg(not(feature = "hydrate"))]
pub use nothing::*;

#[cfg(feature = "hydrate")]
mod inner {
    use leptos::prelude::{document, request_animation_frame, window};
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{Blob, BlobPropertyBag, DragEvent, Element, HtmlElement, HtmlInputElement, Url, js_sys};

    pub(in crate::ui) fn property(of: &JsValue, name: &str) -> Option<JsValue> {
        js_sys::Reflect::get(of, &name.into()).ok()
    }

    /// What stands in the frame of this id, if it is of this site.
    #[must_use]
    pub fn shown_in_frame(id: &str) -> Option<super::InFrame> {
        let frame = document().get_element_by_id(id)?;
        let shown = property(&frame, "contentDocument").filter(JsValue::is_object)?;
        let path = property(&property(&shown, "location")?, "pathname")?.as_string()?;
        let told = |name: &str| property(&property(&property(&shown, "body")?, "dataset")?, name)?.as_string();
        let begins = told("begins").unwrap_or_default();
        let begins = begins.split(' ').filter_map(|page| page.parse().ok()).collect();
        Some(super::InFrame { path, pages: told("pages").and_then(|pages| pages.parse().ok()), begins })
    }

    /// Remembers a cookie for a year.
    pub fn set_cookie(name: &str, value: &str) {
        let text = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
        let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &text.into());
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

    /// The file chosen in a field; nothing when none is.
    pub fn chosen_file(field: &HtmlInputElement) -> Option<super::ChosenFile> {
        let files = property(field, "files")?;
        let blob: Blob = property(&files, "0")?.dyn_into().ok()?;
        let name = property(&blob, "name")?.as_string()?;
        Some(super::ChosenFile { name, blob })
    }

    /// The bytes of a file, of which no more are read than one above `most`. Nothing when it cannot be read.
    pub async fn bytes_of(file: &super::ChosenFile, most: usize) -> Option<Vec<u8>> {
        #[expect(clippy::cast_precision_loss, reason = "no bound is near 2^53")]
        let start = file.blob.slice_with_f64_and_f64(0.0, most as f64 + 1.0).ok()?;
        let bytes = wasm_bindgen_futures::JsFuture::from(start.array_buffer()).await.ok()?;
        Some(js_sys::Uint8Array::new(&bytes).to_vec())
    }

    /// Loads the page anew.
    pub fn reload() {
        let _ = window().location().reload();
    }

    /// Leads to another page with a full load: after signing in, everything starts anew under the new name.
    pub fn load(path: &str) {
        let _ = window().location().assign(path);
    }

    /// Leads to where the reader was before.
    pub fn back() {
        if let Ok(history) = window().history() {
            let _ = history.back();
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

    /// Scrolls the element of this id to its top.
    pub fn scroll_to_top(id: &str) {
        if let Some(at) = document().get_element_by_id(id) {
            at.set_scroll_top(0);
        }
    }

    /// Focuses the element of this id, if it is there.
    pub fn focus(id: &str) {
        if let Some(element) = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    }

    /// Gives an element the focus, and scrolls nowhere for it.
    pub fn focus_in_place(element: &HtmlElement) {
        let how = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&how, &"preventScroll".into(), &true.into());
        let focus = property(element, "focus").and_then(|focus| focus.dyn_into::<js_sys::Function>().ok());
        if let Some(focus) = focus {
            let _ = focus.call1(element, &how);
        }
    }

    /// Whether one points with a finger here: what is typed into brings up a keyboard then.
    #[must_use]
    pub fn points_with_finger() -> bool {
        matches!(window().match_media("(pointer: coarse)"), Ok(Some(query)) if query.matches())
    }

    /// Focuses the first field of the dialog that is open, once it is drawn; of some to choose between, the chosen one.
    /// Where somebody has gone to something else in it by then, or it has no field, the focus stays.
    pub fn focus_first_field() {
        const FIELDS: &str = "input:not([type=hidden], :disabled), select:not(:disabled), textarea:not(:disabled)";
        request_animation_frame(|| {
            let Ok(Some(dialog)) = document().query_selector("dialog[open]") else { return };
            let is_in_it = |at: &Element| dialog.contains(Some(at.as_ref())) && !at.is_same_node(Some(dialog.as_ref()));
            // The way out stands first, so that is where the browser goes by itself.
            let is_way_out = |at: Element| at.matches(".dialog > header *").unwrap_or_default();
            if document().active_element().filter(is_in_it).is_some_and(|at| !is_way_out(at)) {
                return;
            }
            let find = |fields: &str| dialog.query_selector(fields).ok().flatten();
            let Some(first) = find(FIELDS) else { return };
            let is_one_of_some = first.matches("[type=radio]").unwrap_or_default();
            let chosen = is_one_of_some.then(|| find("[type=radio]:checked")).flatten();
            if let Ok(field) = chosen.unwrap_or(first).dyn_into::<HtmlElement>() {
                let _ = field.focus();
            }
        });
    }

    /// Focuses the field of this id, with all that stands in it selected.
    pub fn select(id: &str) {
        let field = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field {
            let _ = field.focus();
            field.select();
        }
    }

    /// Scrolls as little as shows the element of this id.
    pub fn bring_into_view(id: &str) {
        if let Some(at) = document().get_element_by_id(id) {
            let how = web_sys::ScrollIntoViewOptions::new();
            how.set_block(web_sys::ScrollLogicalPosition::Nearest);
            at.scroll_into_view_with_scroll_into_view_options(&how);
        }
    }

    /// A text without the accents on its letters.
    #[must_use]
    pub fn without_accents(text: &str) -> String {
        let apart = String::from(js_sys::JsString::from(text).normalize("NFD"));
        apart.chars().filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}')).collect()
    }

    /// Moves the focus by so many of the elements that this selector describes, from the one that has it, or from before
    /// the first. Tells whether there is one to move it to.
    pub fn walk(selector: &str, by: i32) -> bool {
        let Ok(all) = document().query_selector_all(selector) else { return false };
        let all: Vec<HtmlElement> =
            (0..all.length()).filter_map(|at| all.get(at)?.dyn_into::<HtmlElement>().ok()).collect();
        let focused = document().active_element();
        let at = all.iter().position(|one| focused.as_ref() == Some(one.as_ref()));
        let next = match at {
            Some(at) => usize::try_from(by).map_or_else(|_| at.checked_sub(1), |by| Some(at + by)),
            None => Some(0),
        };
        next.and_then(|next| all.get(next)).is_some_and(|next| next.focus().is_ok())
    }

    /// Whether there is an element that this selector describes.
    #[must_use]
    pub fn is_there(selector: &str) -> bool {
        matches!(document().query_selector(selector), Ok(Some(_)))
    }

    /// Whether nothing on the page has the focus.
    #[must_use]
    pub fn is_focus_nowhere() -> bool {
        document().active_element().is_none_or(|at| at.tag_name() == "BODY")
    }

    /// Focuses the first field that is marked as wrong in the form that has the element of this id, once the marks are
    /// there.
    pub fn focus_first_wrong(id: &str) {
        let id = id.to_owned();
        request_animation_frame(move || {
            let form = document().get_element_by_id(&id).and_then(|field| field.closest("form").ok().flatten());
            let first = form.and_then(|form| form.query_selector("[aria-invalid=\"true\"]").ok().flatten());
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
            }
        });
    }

    /// Whether the reader is typing somewhere: focus must not be taken from them.
    #[must_use]
    pub fn is_typing() -> bool {
        document().active_element().is_some_and(|at| {
            matches!(&*at.tag_name(), "INPUT" | "TEXTAREA" | "SELECT")
                || at.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable)
        })
    }
}

#[cfg(not(feature = "hydrate"))]
mod nothing {
    #![allow(clippy::must_use_candidate, reason = "these stand in for the browser's")]
    use leptos::web_sys::{DragEvent, Element, HtmlElement, HtmlInputElement};

    /// What stands in a frame: there is none on the server.
    pub fn shown_in_frame(_id: &str) -> Option<super::InFrame> {
        None
    }
    /// Remembers a cookie: nothing to do on the server.
    pub fn set_cookie(_name: &str, _value: &str) {}
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
    /// The file chosen in a field: none on the server.
    pub fn chosen_file(_field: &HtmlInputElement) -> Option<super::ChosenFile> {
        None
    }
    /// The bytes of a file: nothing on the server.
    pub async fn bytes_of(_file: &super::ChosenFile, _most: usize) -> Option<Vec<u8>> {
        None
    }
    /// Loads the page anew: nothing to do on the server.
    pub fn reload() {}
    /// Leads to another page: nothing to do on the server.
    pub fn load(_path: &str) {}
    /// Leads to where the reader was: nowhere, on the server.
    pub fn back() {}
    /// Starts a drag: nothing to do on the server.
    pub fn drag(_event: &DragEvent, _text: &str) {}
    /// Where an element stands on the screen: unknown on the server.
    pub fn rect(_element: &Element) -> (f64, f64, f64, f64) {
        (0.0, 0.0, 0.0, 0.0)
    }
    /// Scrolls an element: nothing to do on the server.
    pub fn scroll_to_top(_id: &str) {}
    /// Focuses an element: nothing to do on the server.
    pub fn focus(_id: &str) {}
    /// Focuses an element: nothing to do on the server.
    pub fn focus_in_place(_element: &HtmlElement) {}
    /// Whether one points with a finger: nobody points on the server.
    pub fn points_with_finger() -> bool {
        false
    }
    /// Focuses a field: nothing to do on the server.
    pub fn focus_first_field() {}
    /// Focuses a field: nothing to do on the server.
    pub fn select(_id: &str) {}
    /// Scrolls: nothing to do on the server.
    pub fn bring_into_view(_id: &str) {}
    /// A text without accents: nothing is typed on the server.
    pub fn without_accents(text: &str) -> String {
        text.to_owned()
    }
    /// Moves the focus: there is none on the server.
    pub fn walk(_selector: &str, _by: i32) -> bool {
        false
    }
    /// Whether there is such an element: there is no document on the server.
    pub fn is_there(_selector: &str) -> bool {
        false
    }
    /// Whether nothing has the focus: nothing has, on the server.
    pub fn is_focus_nowhere() -> bool {
        true
    }
    /// Moves the focus: there is none on the server.
    pub fn focus_first_wrong(_id: &str) {}
    /// Whether the reader is typing: nobody is, on the server.
    pub fn is_typing() -> bool {
        false
    }
}
