//! The one way JSON is read in the browser: from bytes, as server functions read their answers.
//!
//! Reading is compiled anew for every type and every kind of source. Leptos' own [`Resource::new`] reads from a `str`;
//! with that, a type which comes with the page and in an answer would be in the wasm twice.

use codee::{Decoder, Encoder};
use leptos::prelude::Resource;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Reads a value.
///
/// # Errors
/// When this is no JSON, or another value's.
pub fn read<'de, T: Deserialize<'de>>(json: &'de str) -> serde_json::Result<T> {
    serde_json::from_slice(json.as_bytes())
}

/// How what a page was rendered with comes along with it.
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> serde_json::Result<String> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(json: &str) -> serde_json::Result<T> {
        read(json)
    }
}

/// What is fetched for a page, on the server before it is sent and in the browser whenever `source` changes: as
/// [`Resource::new`], but for how it is read.
#[track_caller]
pub fn resource<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<T, Json>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}
