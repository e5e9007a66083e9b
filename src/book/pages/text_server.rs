//! What the editor's module asks of the server for a text, whoever has it do so: an editor on its page, or what is sent
//! that an earlier page had kept. What both promise each other is in `editor/src/contract.ts`.

use serde::{Deserialize, Serialize};

/// Why a write was refused, as the editor knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Whether trying again can help.
    pub temporary: bool,
    /// For the person.
    pub words: String,
    /// The fault's code.
    pub code: String,
}

/// What a chapter and its book are called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The book.
    pub book: String,
    /// The chapter.
    pub chapter: String,
}

#[cfg(feature = "hydrate")]
pub use in_browser::*;

#[cfg(feature = "hydrate")]
mod in_browser {
    use crate::book::{
        chapter::Encoded,
        commands::writing::{exchange, write},
        model::{BookId, PartId},
        pages::text_server::Refusal,
    };
    use js_sys::{JSON, Object, Promise, Reflect, Uint8Array};
    use leptos::web_sys::HtmlMetaElement;
    use serde::{Deserialize, Serialize};
    use sputnik::{Fault, protocol::json};
    use std::future::Future;
    use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
    use wasm_bindgen_futures::{JsFuture, future_to_promise};

    #[wasm_bindgen(inline_js = "export const load = (module) => import(module);")]
    extern "C" {
        fn load(module: &str) -> Promise;
    }

    impl From<Fault> for Refusal {
        fn from(fault: Fault) -> Self {
            use sputnik::Code;
            let code = serde_json::to_value(fault.code).ok().and_then(|code| code.as_str().map(str::to_owned));
            // Behind a stale write there is always an exchange, and then it goes.
            let temporary =
                fault.can_retry() || matches!(fault.code, Code::Stale | Code::UnknownClient | Code::Internal);
            Self { temporary, words: fault.words, code: code.unwrap_or_default() }
        }
    }

    /// Fetches a module that the page names, and whose name changes with its contents.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn load_module(name: &str) -> Result<JsValue, JsValue> {
        let named = leptos::prelude::document().query_selector(&format!("meta[name={name}]"))?;
        let address = named.ok_or(JsValue::NULL)?.dyn_into::<HtmlMetaElement>()?.content();
        JsFuture::from(load(&address)).await
    }

    /// The exchange and the writes of a chapter. What is given back with it has to live as long.
    pub fn server(book: &BookId, part: &PartId) -> (Object, Vec<JsValue>) {
        let server = Object::new();
        let (a_book, a_part) = (book.clone(), part.clone());
        let open = move |have: Uint8Array| {
            let (book, part, state_vector) = (a_book.clone(), a_part.clone(), Encoded(have.to_vec()));
            promise(async move {
                let answer = exchange(book, part, state_vector).await?;
                let pair = Object::new();
                put(&pair, "update", &Uint8Array::from(answer.update.0.as_slice()));
                put(&pair, "stateVector", &Uint8Array::from(answer.state_vector.0.as_slice()));
                Ok(pair.into())
            })
        };
        let open = Closure::<dyn Fn(Uint8Array) -> Promise>::new(open).into_js_value();
        put(&server, "open", &open);

        let (a_book, a_part) = (book.clone(), part.clone());
        let store = move |edit: Uint8Array| {
            let (book, part, edit) = (a_book.clone(), a_part.clone(), Encoded(edit.to_vec()));
            promise(async move { write(book, part, edit).await.map(|()| JsValue::UNDEFINED) })
        };
        let store = Closure::<dyn Fn(Uint8Array) -> Promise>::new(store).into_js_value();
        put(&server, "write", &store);
        (server, vec![open, store])
    }

    /// Gives an object a property.
    pub fn put(object: &Object, name: &str, value: &JsValue) {
        drop(Reflect::set(object, &name.into(), value));
    }

    /// A promise for JavaScript; it is broken with a refusal.
    pub fn promise(answer: impl Future<Output = Result<JsValue, Fault>> + 'static) -> Promise {
        future_to_promise(async move { answer.await.map_err(|fault| to_js(&Refusal::from(fault))) })
    }

    /// A value as JavaScript has it.
    pub fn to_js(value: &impl Serialize) -> JsValue {
        let json = serde_json::to_string(value).unwrap_or_default();
        JSON::parse(&json).unwrap_or(JsValue::NULL)
    }

    /// The value that JavaScript has, if it is one.
    pub fn from_js<T: for<'de> Deserialize<'de>>(value: &JsValue) -> Option<T> {
        let json = JSON::stringify(value).ok()?.as_string()?;
        json::read(&json).ok()
    }
}
