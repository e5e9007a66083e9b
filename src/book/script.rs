//! What scripts on a page of a book may use: `window.sputnik`, with the arguments its channels stand for.

use leptos::prelude::on_cleanup;
use serde_json::{Map, Value};
use sputnik::{
    ChannelName,
    client::javascript::{Script, expose, set_current},
};

/// Puts `sputnik` on the window.
pub fn provide_scripts() {
    expose(Script { current: "sendToCurrentBook", arguments });
}

/// The page is about this book's channel until the component goes.
pub fn page_is_about(channel: ChannelName) {
    set_current(Some(channel));
    on_cleanup(|| set_current(None));
}

/// `book/<id>` gives the book; `chapter/<book>/<part>` the book and the part.
fn arguments(channel: &ChannelName) -> Map<String, Value> {
    let mut words = channel.as_str().split('/');
    let names: &[&str] = match words.next() {
        Some("book") => &["book"],
        Some("chapter") => &["book", "part"],
        _ => &[],
    };
    names.iter().map(|name| (*name).to_owned()).zip(words.map(Value::from)).collect()
}
