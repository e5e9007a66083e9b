//! The face for code on the page that is not Rust: `window.sputnik`.
//!
//! ```js
//! sputnik.connect()
//! const stop = sputnik.subscribeToChannel("book/7", (message, info) => { … })
//! sputnik.sendToChannel("book/7", { command: "say", text: "hello" }, reply => { … }, fault => { … })
//! ```
//!
//! On a page of Leptos the application is connected already; on any other `sputnik.connect()` does that.
//!
//! `info` is `{ mine }`; after a gap the callback gets `null`: fetch anew what you show. It also gets `null` where the
//! channel is refused, does not exist, or is withdrawn later, and then `info` is `{ ended }`, a fault: nothing more
//! comes. A fault is `{ code, words, retry_ms? }`; `errback` is always called when the command fails, and once.

use super::{
    call::Call,
    connection::provide_connection,
    link::Input,
    page::{call, follow, input, is_started, unfollow},
    state::Told,
};
use crate::protocol::{fault::Fault, json, names::ChannelName, paths::COMMANDS};
use any_spawner::Executor;
use js_sys::{Function, JSON, Object, Reflect};
use leptos::{prelude::window, server_fn::error::FromServerFnError, task::spawn_local};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// What the application says of itself to scripts. By default there is no channel that a page is about, and a channel
/// stands for no arguments.
#[derive(Clone, Copy)]
pub struct Script {
    /// The name of the function that sends to the channel the page is about, such as `sendToCurrentBook`.
    pub current: &'static str,
    /// The arguments a channel's commands share, read from its name: `book/7` gives `{"book":"7"}`.
    pub arguments: fn(&ChannelName) -> serde_json::Map<String, serde_json::Value>,
}

impl Default for Script {
    fn default() -> Self {
        Self { current: "sendToCurrentChannel", arguments: |_| serde_json::Map::new() }
    }
}

thread_local! {
    static CURRENT: RefCell<Option<ChannelName>> = const { RefCell::new(None) };
}

/// Says which channel the page is about now.
pub fn set_current(channel: Option<ChannelName>) {
    CURRENT.set(channel);
}

/// Puts `sputnik` on the window.
pub fn expose(script: Script) {
    let face = Object::new();
    let put = |name: &str, function: JsValue| drop(Reflect::set(&face, &name.into(), &function));
    put("connect", Closure::<dyn Fn()>::new(start).into_js_value());
    put("subscribeToChannel", Closure::<dyn Fn(String, Function) -> JsValue>::new(subscribe).into_js_value());
    type Send = dyn Fn(String, JsValue, JsValue, JsValue);
    let to_channel = move |channel: String, message, callback, errback| {
        send(script, channel.parse().map_err(Fault::from), message, callback, errback);
    };
    put("sendToChannel", Closure::<Send>::new(to_channel).into_js_value());
    let to_current = move |message, callback, errback| {
        let channel = CURRENT.with_borrow(Clone::clone);
        let channel = channel.ok_or_else(|| Fault::bad_request("This page is not about any one channel."));
        send(script, channel, message, callback, errback);
    };
    put(script.current, Closure::<dyn Fn(JsValue, JsValue, JsValue)>::new(to_current).into_js_value());
    drop(Reflect::set(&window(), &"sputnik".into(), &face));
}

/// Connects a page that is not: on one that no component of Leptos took over, nobody did.
fn connect() {
    if !is_started() {
        // An error means that something on the page set it up before.
        drop(Executor::init_wasm_bindgen());
        provide_connection();
    }
}

fn start() {
    connect();
    input(Input::Start);
}

/// Follows a channel from now on; returns a function that stops it.
fn subscribe(channel: String, callback: Function) -> JsValue {
    connect();
    let hear = move |told: Told<'_>| {
        let info = |name: &str, value: JsValue| {
            let info = Object::new();
            drop(Reflect::set(&info, &name.into(), &value));
            info.into()
        };
        let (message, info) = match told {
            Told::Said(said, mine) => {
                (JSON::parse(said.body.get()).unwrap_or(JsValue::NULL), info("mine", mine.into()))
            }
            Told::Gap => (JsValue::NULL, JsValue::UNDEFINED),
            Told::Ended(fault) => (JsValue::NULL, info("ended", to_js(fault))),
        };
        // What a callback throws is its own: the others still hear.
        drop(callback.call2(&JsValue::UNDEFINED, &message, &info));
    };
    let channel: ChannelName = match channel.parse() {
        Ok(channel) => channel,
        Err(error) => {
            let fault = Fault::from(error);
            // Not before whoever asks has what is returned.
            spawn_local(async move { hear(Told::Ended(&fault)) });
            return Closure::<dyn Fn()>::new(|| ()).into_js_value();
        }
    };
    let id = follow(&channel, |followed, id| {
        followed.scripts.insert(id, Rc::new(hear));
    });
    Closure::<dyn Fn()>::new(move || unfollow(&channel, id)).into_js_value()
}

fn to_js(fault: &Fault) -> JsValue {
    let json = String::from_utf8_lossy(&FromServerFnError::ser(fault)).into_owned();
    JSON::parse(&json).unwrap_or(JsValue::NULL)
}

fn send(script: Script, channel: Result<ChannelName, Fault>, message: JsValue, callback: JsValue, errback: JsValue) {
    connect();
    let answer_to = |function: &JsValue, answer: &JsValue| {
        if let Some(function) = function.dyn_ref::<Function>() {
            drop(function.call1(&JsValue::UNDEFINED, answer));
        }
    };
    let prepared = channel.and_then(|channel| prepare(script, &channel, &message));
    spawn_local(async move {
        let answer = match prepared {
            Ok(prepared) => call(prepared).await,
            Err(fault) => Err(fault),
        };
        match answer {
            Ok(answer) if answer.status < 400 => {
                answer_to(&callback, &JSON::parse(&answer.body).unwrap_or(JsValue::NULL));
            }
            Ok(answer) => answer_to(&errback, &JSON::parse(&answer.body).unwrap_or(JsValue::NULL)),
            Err(fault) => answer_to(&errback, &to_js(&fault)),
        }
    });
}

fn prepare(script: Script, channel: &ChannelName, message: &JsValue) -> Result<Call, Fault> {
    let wrong = || Fault::bad_request("A message is an object with the command's name in `command`.");
    let json = JSON::stringify(message).ok().and_then(|json| json.as_string()).ok_or_else(wrong)?;
    let mut message: serde_json::Map<_, _> = json::read(&json).map_err(|_| wrong())?;
    let Some(serde_json::Value::String(command)) = message.remove("command") else { return Err(wrong()) };
    let mut arguments = (script.arguments)(channel);
    arguments.append(&mut message);
    let body = serde_json::to_string(&arguments).map_err(|_| wrong())?;
    Ok(Call { path: format!("{COMMANDS}{command}"), body, keep: false })
}
