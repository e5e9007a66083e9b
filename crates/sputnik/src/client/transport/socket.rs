//! One WebSocket of the browser. Dropping it closes it, and nothing of it is heard any more.

use crate::{
    client::devtools::fault_injection::{self, Way},
    protocol::{
        fragment::{Gathered, split},
        frame::ClientFrame,
        names::Uid,
        paths::SOCKET,
    },
};
use leptos::prelude::window;
use std::{cell::RefCell, collections::BTreeSet};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{MessageEvent, WebSocket};

/// What is done when a socket tells of something.
pub(crate) struct Hears {
    pub(crate) opened: fn(),
    /// A frame came.
    pub(crate) frame: fn(&str),
    /// A part of a long frame came: both ends still live.
    pub(crate) part: fn(),
    pub(crate) closed: fn(),
}

pub(crate) struct Socket {
    socket: WebSocket,
    /// Commands sent over this very socket.
    sent: RefCell<BTreeSet<Uid>>,
    _opened: Closure<dyn Fn()>,
    _heard: Closure<dyn Fn(MessageEvent)>,
    _closed: Closure<dyn Fn()>,
}

impl Socket {
    /// Opens a socket to where the page came from; `None` when the browser will not.
    pub(crate) fn open(hears: Hears) -> Option<Self> {
        let Hears { opened, frame: hear, part, closed } = hears;
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let socket = WebSocket::new(&format!("{scheme}://{}{SOCKET}", location.host().ok()?)).ok()?;
        let opened = Closure::<dyn Fn()>::new(opened);
        let gathered = RefCell::new(Gathered::default());
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(text) = event.data().as_string() else { return };
            // The server bounds what it sends.
            let Ok(Some(frame)) = gathered.borrow_mut().take(&text, usize::MAX) else {
                return fault_injection::arrive(Way::Down, part);
            };
            let frame = frame.into_owned();
            fault_injection::note(Way::Down, "socket", || frame.clone());
            fault_injection::arrive(Way::Down, move || hear(&frame));
        });
        let closed = Closure::<dyn Fn()>::new(closed);
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, sent: RefCell::default(), _opened: opened, _heard: heard, _closed: closed })
    }

    /// Sends a frame. One that cannot be sent is none lost: the socket is closing, and everything is said again on the
    /// next.
    pub(crate) fn send(&self, frame: &ClientFrame) {
        if let Ok(text) = serde_json::to_string(frame) {
            fault_injection::note(Way::Up, "socket", || text.clone());
            let socket = self.socket.clone();
            fault_injection::arrive(Way::Up, move || split(&text).for_each(|part| drop(socket.send_with_str(&part))));
        }
    }

    /// Whether a command was not yet sent over this socket; from now on it was.
    pub(crate) fn needs(&self, uid: Uid) -> bool {
        self.sent.borrow_mut().insert(uid)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        drop(self.socket.close());
        fault_injection::lose();
    }
}
