//! The connection in the browser: carries out what the [link](super::link) decides, with a socket, fetches and timers,
//! and tells it what came of it.

use super::{
    call::{Answer, Call},
    devtools::fault_injection,
    inbox::Inbox,
    link::{Action, Input, State as LinkState},
    resend,
    shown::{Face, NotDone},
    state::{Followed, Heard, Later, Reader, State, call_frame, is_unknown_client},
    transport::{
        poll::Poll,
        post::post,
        socket::{Hears, Socket},
    },
};
use crate::protocol::{
    fault::Fault,
    frame::{Ask, ClientFrame, Mail, ServerFrame},
    json,
    names::{ChannelName, ClientId, Uid},
    position::Position,
};
use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    future::poll_fn,
    rc::Rc,
    time::Duration,
};
use wasm_bindgen::{JsCast, closure::Closure};

/// Where the tab keeps which client it is, over a reload.
const TAB: &str = "sputnik.client";
/// How often whispers go out at most.
const WHISPER_EVERY: Duration = Duration::from_millis(100);
/// The same by poll, where each time is a request.
const POLLED_WHISPER_EVERY: Duration = Duration::from_secs(1);
/// When a command is posted again that got no answer.
pub(super) const POST_AGAIN: Duration = Duration::from_secs(1);
const TIDY_EVERY: Duration = Duration::from_secs(1);

/// Is told under which number a command is sent.
type OnCall = Rc<dyn Fn(Uid)>;

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
    // Who is told of the commands that are sent by the future that is being polled.
    static TELLS: RefCell<Option<OnCall>> = const { RefCell::new(None) };
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

/// Writes down what this page has no answer to yet.
fn keep_unanswered() {
    step(|page, _| {
        let State { client, calls, .. } = &page.state;
        if let (Some(client), Some(user)) = (client, page.state.user()) {
            resend::keep(client, user, calls.iter().map(|(uid, waiting)| (uid, &waiting.call)));
        }
    });
}

/// Tells of a command of an earlier page that it cannot be done any more.
pub(super) fn not_done(what: NotDone) {
    step(|page, later| {
        let signal = page.state.face.not_done;
        later.push(Later::Tell(Box::new(move || signal.update(|all| all.push(what)))));
    });
}

fn session_storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// Runs a command: now, or as soon as there is a connection.
pub(super) async fn call(call: Call) -> Result<Answer, Fault> {
    let waiting = step(|page, _| {
        let waiting = page.state.enqueue(call, now())?;
        page.send_calls();
        Ok::<_, Fault>(waiting)
    });
    let (uid, answered) = waiting.ok_or_else(Fault::internal)??;
    if let Some(tell) = TELLS.with_borrow(Option::clone) {
        tell(uid);
    }
    match answered.await {
        Ok(answer) => answer,
        Err(_) => Err(Fault::timed_out()),
    }
}

/// Tells of the commands that a future sends, under which numbers.
pub(super) fn telling_of_calls<F: Future>(tell: impl Fn(Uid) + 'static, future: F) -> impl Future<Output = F::Output> {
    let (tell, mut future): (OnCall, _) = (Rc::new(tell), Box::pin(future));
    poll_fn(move |context| {
        let outer = TELLS.replace(Some(Rc::clone(&tell)));
        let polled = future.as_mut().poll(context);
        TELLS.set(outer);
        polled
    })
}

/// Follows a channel, or changes how; tells the id by which to [`unfollow`].
pub(super) fn follow(channel: &ChannelName, add: impl FnOnce(&mut Followed, u64)) -> u64 {
    step(|page, _| {
        let id = page.state.next_id();
        let followed = page.state.channels.entry(channel.clone()).or_default();
        add(followed, id);
        followed.show_roster_to(id);
        page.follow(channel);
        id
    })
    .unwrap_or_default()
}

/// Takes back what was added under this id.
pub(super) fn unfollow(channel: &ChannelName, id: u64) {
    step(|page, _| {
        let Some(followed) = page.state.channels.get_mut(channel) else { return };
        let waited = followed.waits_for_snapshot();
        followed.readers.remove(&id);
        followed.rosters.remove(&id);
        followed.whispers.remove(&id);
        followed.scripts.remove(&id);
        let left = followed.present.take_if(|(present, _)| *present == id).is_some();
        if !followed.is_wanted() {
            page.state.channels.remove(channel);
            // It would come after the word that this page hears no more, and be refused.
            page.whispers.remove(channel);
            page.say(&ClientFrame::Unfollow { channel: channel.clone() });
        } else if left || waited {
            // The others may have waited for this one's snapshot only.
            page.follow(channel);
        }
    });
}

/// Continues a reader from a new snapshot.
pub(super) fn restart(channel: &ChannelName, id: u64, at: Position, version: u64, as_within: Option<bool>) {
    step(|page, _| {
        let reader = page.state.channels.get_mut(channel).and_then(|followed| followed.readers.get_mut(&id));
        if let Some(Reader { inbox, within, .. }) = reader {
            *inbox = Inbox::new(at, version);
            *within = as_within;
            page.follow(channel);
        }
    });
}

/// A reader did not understand a message. Tells whether its snapshot is to be fetched now.
fn not_understood(channel: &ChannelName, id: u64) -> bool {
    step(|page, _| page.state.not_understood(channel, id)).unwrap_or_default()
}

/// This page does not understand what the server answers.
pub(super) fn is_outdated() {
    step(|page, _| page.state.is_outdated());
}

/// Follows a channel that rests as soon as it may be tried again.
fn wake_in(channel: ChannelName, rest: u64, after_ms: u32) {
    let wake = move || {
        step(|page, _| {
            if page.state.wake(&channel, rest) {
                page.follow(&channel);
            }
        });
    };
    set_timeout(wake, Duration::from_millis(after_ms.into()));
}

/// Shows something else of this page in a channel.
pub(super) fn show(channel: &ChannelName, id: u64, shown: Value) {
    step(|page, _| {
        let Some(followed) = page.state.channels.get_mut(channel) else { return };
        let new = Some((id, shown.clone()));
        if followed.present == new {
            return;
        }
        followed.present = new;
        page.say(&ClientFrame::Show { channel: channel.clone(), state: shown });
    });
}

/// Whispers; the newest of a channel goes out at most ten times a second, by poll at most once. On a channel that this page
/// no longer follows nobody is told anything: a part of a page may say a last word while it goes.
pub(super) fn whisper(channel: ChannelName, body: Value) {
    step(|page, _| {
        if !page.state.channels.contains_key(&channel) {
            return;
        }
        if page.whispers.is_empty() {
            let send = || {
                step(|page, _| page.send_whispers());
            };
            set_timeout(send, if page.is_live() { WHISPER_EVERY } else { POLLED_WHISPER_EVERY });
        }
        page.whispers.insert(channel, body);
    });
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

    fn follow(&mut self, channel: &ChannelName) {
        if let Some(follow) = self.state.follow(channel) {
            self.say(&ClientFrame::Follow(follow));
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

    /// Sends the commands that wait: over the socket all of them in order, by POST one after the other.
    fn send_calls(&mut self) {
        if self.is_live() {
            let Some(socket) = &self.socket else { return };
            // One that is being posted too: it is sent as a retry, and what comes after it waits for its answer.
            for (uid, waiting) in &mut self.state.calls {
                if socket.needs(*uid) {
                    socket.send(&call_frame(*uid, waiting));
                    waiting.sent = true;
                }
            }
        } else if self.state.link.is_up()
            && self.posting.is_none_or(|uid| !self.state.calls.contains_key(&uid))
            && let Some(client) = self.state.client.clone()
            && let Some((uid, waiting)) = self.state.calls.iter_mut().next()
        {
            self.posting = Some(*uid);
            let (uid, call, again) = (*uid, waiting.call.clone(), std::mem::replace(&mut waiting.sent, true));
            spawn_local(async move {
                let answer = post(client, uid, call, again).await;
                step(|page, _| {
                    page.posting.take_if(|posted| *posted == uid);
                    let Some(answer) = answer else {
                        let again = || {
                            step(|page, _| page.send_calls());
                        };
                        set_timeout(again, POST_AGAIN);
                        return;
                    };
                    page.state.answer(uid, Ok(answer));
                    page.send_calls();
                });
            });
        }
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

    /// Has a poll take along what is to be whispered: one that waits is asked anew, but not so soon that no answer could
    /// come.
    fn whisper_by_poll(&mut self) {
        if self.poll.as_ref().is_some_and(|poll| poll.is_young(now())) {
            let send = || {
                step(|page, _| page.send_whispers());
            };
            set_timeout(send, POLLED_WHISPER_EVERY);
        } else {
            self.poll_anew();
        }
    }

    fn send_whispers(&mut self) {
        // Those that waited may have gone with a poll.
        if self.whispers.is_empty() {
            return;
        }
        if !self.is_live() {
            self.whisper_by_poll();
            return;
        }
        for (channel, body) in std::mem::take(&mut self.whispers) {
            self.say(&ClientFrame::Whisper { channel, body });
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

/// What is heard of others' whispers, without when it came.
pub(super) fn bodies(heard: &Heard) -> HashMap<ClientId, Value> {
    heard.iter().map(|(from, (body, _))| (from.clone(), body.clone())).collect()
}
