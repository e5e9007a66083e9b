//! The connection in the browser: carries out what the [link](super::link) decides, with a socket, fetches and timers,
//! and tells it what came of it.

mod channels;
mod commands;
mod whispers;

pub(super) use channels::{follow, restart, show, unfollow};
pub(super) use commands::{POST_AGAIN, call, not_done, telling_of_calls};
pub(super) use whispers::{bodies, whisper};

use super::{
    devtools::fault_injection,
    link::{Action, Input, State as LinkState},
    resend,
    shown::Face,
    state::{Later, State, is_unknown_client},
    transport::{
        poll::Poll,
        socket::{Hears, Socket},
    },
};
use crate::protocol::{
    fault::Fault,
    frame::{Ask, ClientFrame, Mail, ServerFrame},
    json,
    names::{ChannelName, ClientId, Uid},
};
use channels::{not_understood, wake_in};
use commands::keep_unanswered;
use leptos::prelude::*;
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use wasm_bindgen::{JsCast, closure::Closure};

/// Where the tab keeps which client it is, over a reload.
const TAB: &str = "sputnik.client";
const TIDY_EVERY: Duration = Duration::from_secs(1);

struct Page {
    state: State,
    socket: Option<Socket>,
    poll: Option<Poll>,
    timer: Option<TimeoutHandle>,
    /// The command that is being posted: they go one after the other.
    posting: Option<Uid>,
    /// The newest whisper of each channel that is not yet sent.
    whispers: BTreeMap<ChannelName, Value>,
}

thread_local! {
    // A page has one thread; borrowed for one step at a time, see `step`.
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

pub(super) fn now() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970")]
    let now = js_sys::Date::now() as u64;
    now
}

/// Makes one step: changes the page's state, then does what may call back into it.
fn step<T>(change: impl FnOnce(&mut Page, &mut Vec<Later>) -> T) -> Option<T> {
    let mut later = Vec::new();
    let result = PAGE.with_borrow_mut(|page| page.as_mut().map(|page| change(page, &mut later)));
    call_back(later);
    result
}

/// Apart from [`step`], of which there is one for each change: it makes further steps, and they would have no end.
fn call_back(later: Vec<Later>) {
    for then in later {
        match then {
            Later::Tell(tell) => tell(),
            Later::Follow(channel) => {
                step(|page, _| page.follow(&channel));
            }
            Later::Wake { channel, rest, after_ms } => wake_in(channel, rest, after_ms),
            Later::Fold { channel, reader, said, mine, hear, resync } => {
                if !hear(&said, mine) && not_understood(&channel, reader) {
                    resync();
                }
            }
        }
    }
}

pub(super) fn input(input: Input) {
    step(|page, later| page.input(input, later));
}

/// Whether the connection was started.
pub(super) fn is_started() -> bool {
    PAGE.with_borrow(Option::is_some)
}

/// Starts the connection. A second call changes nothing.
pub(super) fn start(face: Face) {
    let started = PAGE.with_borrow_mut(|page| {
        if page.is_some() {
            return false;
        }
        let was = session_storage().and_then(|tab| tab.get_item(TAB).ok()?).and_then(|was| was.parse().ok());
        let state = State::new(face, was, now());
        let (socket, poll, timer, posting, whispers) = (None, None, None, None, BTreeMap::new());
        *page = Some(Page { state, socket, poll, timer, posting, whispers });
        true
    });
    if !started {
        return;
    }
    listen("online", || input(Input::Woken));
    listen("offline", || input(Input::NetworkLost));
    listen("pageshow", || input(Input::Woken));
    listen("pagehide", || {
        keep_unanswered();
        input(Input::Leave);
    });
    listen("visibilitychange", || {
        // A phone ends what is not seen without a word.
        keep_unanswered();
        if document().visibility_state() == web_sys::VisibilityState::Visible {
            input(Input::Woken);
        }
    });
    let tidy = || {
        step(|page, _| page.state.tidy(now()));
        if document().visibility_state() != web_sys::VisibilityState::Visible {
            keep_unanswered();
        }
    };
    set_interval(tidy, TIDY_EVERY);
    input(Input::Start);
}

/// Calls back whenever the window tells of something (the document's events reach it too), for the page's life.
fn listen(event: &str, then: impl Fn() + 'static) {
    let callback = Closure::<dyn Fn()>::new(then);
    drop(window().add_event_listener_with_callback(event, callback.as_ref().unchecked_ref()));
    callback.forget();
}

fn session_storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// This page does not understand what the server answers.
pub(super) fn is_outdated() {
    step(|page, _| page.state.is_outdated());
}

/// Looks at what the page holds, and whether its poll is a long one.
#[cfg(all(feature = "devtools", debug_assertions))]
pub(super) fn look<T>(look: impl FnOnce(&State, bool) -> T) -> Option<T> {
    PAGE.with_borrow(|page| page.as_ref().map(|page| look(&page.state, page.poll.as_ref().is_some_and(Poll::is_long))))
}

impl Page {
    fn input(&mut self, input: Input, later: &mut Vec<Later>) {
        for action in self.state.link.on(input, now(), js_sys::Math::random()) {
            match action {
                Action::OpenSocket => {
                    self.socket = fault_injection::allows_sockets().then(open_socket).flatten();
                    if self.socket.is_none() {
                        later.push(Later::Tell(Box::new(|| self::input(Input::SocketClosed))));
                    }
                }
                Action::CloseSocket => self.socket = None,
                Action::Poll { long } => self.start_poll(long),
                Action::StopPoll => self.poll = None,
                Action::LastPoll => self.last_poll(),
                Action::Timer(after) => {
                    if let Some(timer) = self.timer.take() {
                        timer.clear();
                    }
                    let tick = || self::input(Input::Tick);
                    self.timer = set_timeout_with_handle(tick, Duration::from_millis(after)).ok();
                }
            }
        }
        self.state.show();
    }

    fn is_live(&self) -> bool {
        matches!(self.state.link.state(), LinkState::Live { .. })
    }

    /// Sends a frame over the socket. While polling, the next poll says it all anyway: it is started now.
    fn say(&mut self, frame: &ClientFrame) {
        if self.is_live() {
            if let Some(socket) = &self.socket {
                socket.send(frame);
            }
        } else {
            self.poll_anew();
        }
    }

    /// A new connection: says everything that the server must know of this page.
    fn say_everything(&mut self) {
        self.state.ask_anew();
        for follow in self.state.follows() {
            self.say(&ClientFrame::Follow(follow));
        }
        self.send_calls();
    }

    fn start_poll(&mut self, long: bool) {
        let whispers = std::mem::take(&mut self.whispers);
        let frames = whispers.into_iter().map(|(channel, body)| ClientFrame::Whisper { channel, body }).collect();
        let heard = |answer| {
            step(|page, later| page.polled(answer, later));
        };
        self.poll = Some(Poll::start(self.ask(frames, false), long, now(), heard));
    }

    /// Asks the poll under way anew, with what there is to say now.
    fn poll_anew(&mut self) {
        if let Some(poll) = self.poll.take() {
            self.start_poll(poll.is_long());
        }
    }

    /// Says that this page goes. A socket's end says it by itself.
    fn last_poll(&self) {
        Poll::last(self.ask(Vec::new(), true));
    }

    fn ask(&self, frames: Vec<ClientFrame>, last: bool) -> Ask {
        Ask { hello: self.state.hello(), follow: self.state.poll_follows(), frames, last }
    }

    fn polled(&mut self, answer: Result<Mail, Fault>, later: &mut Vec<Later>) {
        self.poll = None;
        match answer {
            Ok(mail) => {
                for frame in mail.frames {
                    self.hear(frame, false, later);
                }
                if matches!(self.state.link.state(), LinkState::Polling { .. }) {
                    self.input(Input::PollAnswered, later);
                    self.send_calls();
                }
            }
            Err(fault) => {
                if is_unknown_client(&fault) {
                    self.state.start_anew();
                }
                self.input(Input::PollFailed, later);
            }
        }
    }

    /// Reads a frame, from the socket or from a poll's answer.
    fn hear(&mut self, frame: ServerFrame, over_socket: bool, later: &mut Vec<Later>) {
        match frame {
            ServerFrame::Welcome(welcome) => {
                if self.state.client.as_ref() != Some(&welcome.client) {
                    self.became(welcome.client);
                }
                if let Some(user) = self.state.welcomed(welcome.user)
                    && let Some(client) = self.state.client.clone()
                {
                    later.push(Later::Tell(Box::new(move || resend::begin(&client, user.as_ref()))));
                }
                if over_socket {
                    self.input(Input::SocketWelcome { ping_ms: welcome.ping_ms.into() }, later);
                    self.say_everything();
                }
            }
            ServerFrame::Ping => {
                if let Some(socket) = &self.socket {
                    socket.send(&ClientFrame::Pong);
                }
            }
            ServerFrame::Bye { after_ms } => self.input(Input::Bye { after_ms: after_ms.into() }, later),
            ServerFrame::Fault(fault) if is_unknown_client(&fault) => {
                // The connection is fine; who it was for is not.
                self.state.start_anew();
                self.input(Input::Bye { after_ms: 0 }, later);
            }
            frame => self.state.hear(frame, now(), later),
        }
        if over_socket {
            self.input(Input::SocketHeard, later);
        }
    }

    fn became(&mut self, client: ClientId) {
        if let Some(tab) = session_storage() {
            drop(tab.set_item(TAB, client.as_str()));
        }
        self.state.client = Some(client);
        self.state.show();
    }
}

fn open_socket() -> Option<Socket> {
    let closed = || input(Input::SocketClosed);
    Socket::open(Hears { opened: socket_opened, frame: socket_heard, part: socket_heard_part, closed })
}

fn socket_opened() {
    step(|page, _| {
        let hello = ClientFrame::Hello(page.state.hello());
        if let Some(socket) = &page.socket {
            socket.send(&hello);
        }
    });
}

fn socket_heard(text: &str) {
    match json::read::<ServerFrame>(text) {
        Ok(frame) => {
            step(|page, later| page.hear(frame, true, later));
        }
        Err(error) => leptos::logging::warn!("a frame could not be read: {error}"),
    }
}

fn socket_heard_part() {
    step(|page, later| page.hear(ServerFrame::Ping, true, later));
}
