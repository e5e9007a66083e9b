//! The live editor in its node of the page: a JavaScript module (`editor/`), and what the page does for it.
//!
//! What both promise each other is in `editor/src/contract.ts`. The node is the module's alone: Leptos renders its first
//! content on the server and never looks into it again.

use super::{references::Called, upload, writer::EditorState};
use crate::book::chapter::Encoded;
use crate::book::{
    model::{BookId, PartId},
    pages::{
        search::place::PlaceInText,
        text_server::{Names, from_js, load_module, promise, put, server, to_js},
    },
    place::TextPlace,
};
use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use leptos::{
    task::spawn_local,
    web_sys::{Blob, HtmlElement},
};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// What the module gives back for a mounted editor.
    #[derive(Clone)]
    type Handle;
    #[wasm_bindgen(method)]
    fn receive(this: &Handle, update: Uint8Array);
    #[wasm_bindgen(method)]
    fn whispered(this: &Handle, client: &str, person: JsValue, caret: JsValue);
    #[wasm_bindgen(method)]
    fn focus(this: &Handle);
    #[wasm_bindgen(method)]
    fn came(this: &Handle);
    #[wasm_bindgen(method)]
    fn left(this: &Handle, client: &str);
    #[wasm_bindgen(method)]
    fn connected(this: &Handle, client: &str);
    #[wasm_bindgen(method)]
    fn disconnected(this: &Handle);
    #[wasm_bindgen(method, js_name = "setWritable")]
    fn set_writable(this: &Handle, writable: bool);
    #[wasm_bindgen(method, js_name = "setNames")]
    fn set_names(this: &Handle, names: JsValue);
    #[wasm_bindgen(method, js_name = "setChapters")]
    fn set_chapters(this: &Handle, chapters: JsValue);
    #[wasm_bindgen(method, js_name = "jumpTo")]
    fn jump_to(this: &Handle, client: &str);
    #[wasm_bindgen(method)]
    fn show(this: &Handle, place: JsValue);
    #[wasm_bindgen(method, js_name = "goTo")]
    fn go_to(this: &Handle, block: u32);
    #[wasm_bindgen(method)]
    fn place(this: &Handle) -> JsValue;
    #[wasm_bindgen(method)]
    fn exec(this: &Handle, command: &str) -> bool;
    #[wasm_bindgen(method, js_name = "unsavedText")]
    fn unsaved_text(this: &Handle) -> Option<String>;
    #[wasm_bindgen(method, js_name = "forgetRefused")]
    fn forget_refused(this: &Handle) -> Promise;
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle) -> Promise;
}

/// Whose editor it is.
#[derive(Debug, Clone, Serialize)]
pub struct Whose {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Which hue of the presence palette.
    pub colour: u8,
}

/// What a mounted editor is told and asked. Dropped, it goes, once what is not saved is on this device.
pub struct Editor {
    handle: Handle,
    /// What the module calls.
    _calls: Vec<JsValue>,
}

/// What an editor is mounted with.
pub struct Mount {
    /// The book.
    pub book: BookId,
    /// The chapter.
    pub part: PartId,
    /// What both are called.
    pub names: Names,
    /// Whether this device may keep the chapter for when there is no connection.
    pub offline: bool,
    /// Who writes.
    pub whose: Whose,
    /// This tab's client.
    pub client: String,
    /// The language of the text.
    pub language: String,
    /// Whether they may write.
    pub writable: bool,
    /// Where the caret is, for the others; nothing when it is nowhere.
    pub whisper: Box<dyn Fn(Value)>,
    /// Called whenever the editor stands differently.
    pub changed: Box<dyn Fn(EditorState)>,
    /// Called when the writer wants to see only the text, and when no longer.
    pub focus_mode: Box<dyn Fn(bool)>,
}

impl Editor {
    /// Fetches the module and puts an editor into the element.
    ///
    /// # Errors
    /// In words, when the module cannot be had.
    pub async fn mount(element: &HtmlElement, mount: Mount) -> Result<Self, String> {
        let failed =
            |_| String::from("The editor could not be loaded. The text can be read; please reload the page to write.");
        let module = load_module("editor").await.map_err(failed)?;
        let door: Function = Reflect::get(&module, &"mount".into()).map_err(failed)?.dyn_into().map_err(failed)?;
        let (options, calls) = options(mount);
        let handle = door.call2(&JsValue::UNDEFINED, element, &options).map_err(failed)?;
        Ok(Self { handle: handle.unchecked_into(), _calls: calls })
    }

    /// An edit of the log.
    pub fn receive(&self, edit: &Encoded) {
        self.handle.receive(Uint8Array::from(edit.0.as_slice()));
    }

    /// Where somebody's caret is.
    pub fn whispered(&self, client: &str, person: &Whose, caret: &Value) {
        self.handle.whispered(client, to_js(person), to_js(caret));
    }

    /// What the book's chapters are called.
    pub fn set_chapters(&self, chapters: &[Called]) {
        self.handle.set_chapters(to_js(&chapters));
    }

    /// Somebody's tab came.
    pub fn came(&self) {
        self.handle.came();
    }

    /// Somebody's tab is gone.
    pub fn left(&self, client: &str) {
        self.handle.left(client);
    }

    /// There is a connection again, or none any more.
    pub fn connection(&self, client: Option<&str>) {
        match client {
            Some(client) => self.handle.connected(client),
            None => self.handle.disconnected(),
        }
    }

    /// Whether they may write from now on.
    pub fn set_writable(&self, writable: bool) {
        self.handle.set_writable(writable);
    }

    /// Chapter or book are called something else now.
    pub fn set_names(&self, names: &Names) {
        self.handle.set_names(to_js(names));
    }

    /// Scrolls to where somebody's caret is, as soon as that is known, if it is within ten seconds.
    pub fn jump_to(&self, client: &str) {
        self.handle.jump_to(client);
    }

    /// Puts the caret into the text, as soon as that is there.
    pub fn focus(&self) {
        self.handle.focus();
    }

    /// Shows what was found in the whole book.
    pub fn show(&self, place: &PlaceInText) {
        self.handle.show(to_js(place));
    }

    /// Goes to a block of text.
    pub fn go_to(&self, block: u32) {
        self.handle.go_to(block);
    }

    /// Where the caret is.
    pub fn place(&self) -> Option<TextPlace> {
        from_js(&self.handle.place())
    }

    /// Shows only the text, or everything again.
    pub fn toggle_focus_mode(&self) {
        self.handle.exec("focusMode");
    }

    /// What is written here and not acknowledged, in words.
    pub fn unsaved_text(&self) -> Option<String> {
        self.handle.unsaved_text()
    }

    /// Ends, with what was refused for good forgotten, here and on this device.
    pub async fn end_without_refused(self) {
        drop(JsFuture::from(self.handle.forget_refused()).await);
        drop(JsFuture::from(self.handle.destroy()).await);
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let (ended, calls) = (self.handle.destroy(), std::mem::take(&mut self._calls));
        spawn_local(async move {
            // It may still call while it ends.
            drop(JsFuture::from(ended).await);
            drop(calls);
        });
    }
}

fn options(mount: Mount) -> (Object, Vec<JsValue>) {
    let Mount { book, part, names, offline, whose, client, language, writable, whisper, changed, focus_mode } = mount;
    let options = Object::new();
    let (server, mut calls) = server(&book, &part);
    let mut call = |object: &Object, name: &str, function: JsValue| {
        put(object, name, &function);
        calls.push(function);
    };

    let a_book = book.clone();
    let upload = move |file: Blob| {
        let book = a_book.clone();
        promise(async move { upload::picture(&book, file).await.map(|uploaded| to_js(&uploaded)) })
    };
    call(&server, "upload", Closure::<dyn Fn(Blob) -> Promise>::new(upload).into_js_value());

    let tell = move |caret: JsValue| whisper(from_js(&caret).unwrap_or(Value::Null));
    call(&server, "whisper", Closure::<dyn Fn(JsValue)>::new(tell).into_js_value());

    let stands = move |state: JsValue| {
        if let Some(standing) = from_js(&state) {
            changed(standing);
        }
    };
    call(&options, "changed", Closure::<dyn Fn(JsValue)>::new(stands).into_js_value());

    call(&options, "focusMode", Closure::<dyn Fn(bool)>::new(focus_mode).into_js_value());

    put(&options, "document", &format!("{book}/{part}").into());
    put(&options, "names", &to_js(&names));
    put(&options, "offline", &offline.into());
    put(&options, "person", &to_js(&whose));
    put(&options, "client", &client.into());
    put(&options, "language", &language.into());
    put(&options, "writable", &writable.into());
    put(&options, "server", &server);
    (options, calls)
}
