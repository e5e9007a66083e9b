//! Whether and how this page is connected: a pure state machine. It is told what happened and says what to do; it knows
//! no browser, no clock and no randomness but those it is handed, so every turn it can take is tested natively.
//!
//! ```text
//!            start                 welcome
//! Offline ──────────► Opening ───────────────► Live (socket)
//!    ▲  back-off         │  1.5 s, or refused     │ cut, silent, bye
//!    └───────────────────┤                        ▼
//!         poll fails     ▼      welcome       Offline (at once)
//!                     Polling ──────────────► Live
//!                        (tries the socket again now and then)
//! ```

/// How long a socket may take to open before long polls start at the same positions.
const OPEN_MS: u64 = 1_500;
/// After how long, polling, the socket is tried again: doubled each time, up to the second.
const UPGRADE_MS: (u64, u64) = (15_000, 300_000);
/// Back-off with full jitter: a random part of the first, doubled each time, up to the second.
const RETRY_MS: (u64, u64) = (500, 15_000);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input {
    /// The page became live.
    Start,
    /// The socket was opened and the server greeted us; a ping comes at least every so many milliseconds.
    SocketWelcome {
        /// Milliseconds.
        ping_ms: u64,
    },
    /// A frame came over the socket.
    SocketHeard,
    /// The socket ended, or could not be opened.
    SocketClosed,
    /// The server goes away for a moment.
    Bye {
        /// Milliseconds.
        after_ms: u64,
    },
    /// A poll was answered.
    PollAnswered,
    /// A poll was not.
    PollFailed,
    /// The timer that was set ran out, or it is a good time to look: the page became visible, the network came back.
    Tick,
    /// The browser says that there is no network.
    NetworkLost,
    /// The browser says that there is network again, or the page was woken.
    Woken,
    /// The page goes.
    Leave,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Open a socket; there is none.
    OpenSocket,
    /// Close the socket, whatever state it is in, and hear nothing more of it.
    CloseSocket,
    /// Poll: at once after connecting, so that it shows, and then long.
    Poll {
        /// Whether to wait for something.
        long: bool,
    },
    /// Drop the poll that is under way.
    StopPoll,
    /// Say by a poll that the page goes: nothing else of one that polls tells.
    LastPoll,
    /// Call with [`Input::Tick`] in so many milliseconds; replaces the timer before.
    Timer(u64),
}

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not started.
    Idle,
    /// There is none. The next try is at `retry_at`.
    Offline {
        /// When.
        retry_at: u64,
    },
    /// A socket is being opened.
    Opening {
        /// Until when, before polls start.
        until: u64,
    },
    /// Over a socket.
    Live {
        /// When a frame last came.
        heard_at: u64,
        /// The longest time between pings.
        ping_ms: u64,
    },
    /// By polls.
    Polling {
        /// Whether one was answered since it began.
        answered: bool,
        /// When to try the socket again.
        upgrade_at: u64,
        /// Whether it is being tried now.
        trying: bool,
    },
}

/// The state machine.
#[derive(Debug, Clone)]
pub struct Link {
    state: State,
    /// Tries since the last success.
    tries: u32,
    /// How long to wait before the socket is tried again while polling.
    upgrade_ms: u64,
}

impl Default for Link {
    fn default() -> Self {
        Self { state: State::Idle, tries: 0, upgrade_ms: UPGRADE_MS.0 }
    }
}

impl Link {
    /// Where the connection stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Whether messages come and commands go.
    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(self.state, State::Live { .. } | State::Polling { answered: true, .. })
    }

    /// Takes in what happened at `now` (milliseconds, monotonic) and says what to do. `random` is from 0 to 1.
    pub fn on(&mut self, input: Input, now: u64, random: f64) -> Vec<Action> {
        use Input::{
            Bye, Leave, NetworkLost, PollAnswered, PollFailed, SocketClosed, SocketHeard, SocketWelcome, Start, Tick,
            Woken,
        };
        match (self.state, input) {
            (State::Idle, Start | Woken) => self.open(now),
            (State::Idle, _) => Vec::new(),

            (state, Leave) => {
                self.state = State::Idle;
                let mut actions = vec![Action::StopPoll, Action::CloseSocket];
                if matches!(state, State::Polling { .. }) {
                    actions.push(Action::LastPoll);
                }
                actions
            }
            (_, Bye { after_ms }) => {
                self.tries = 0;
                self.wait(after_ms, now)
            }
            (State::Offline { .. }, NetworkLost) => Vec::new(),
            (_, NetworkLost) => self.retry_later(now, random),

            (State::Opening { .. } | State::Polling { .. }, SocketWelcome { ping_ms }) => {
                self.tries = 0;
                self.upgrade_ms = UPGRADE_MS.0;
                self.state = State::Live { heard_at: now, ping_ms };
                vec![Action::StopPoll, Action::Timer(dead_after(ping_ms))]
            }

            // The socket was refused or takes too long: polls may pass where it does not.
            (State::Opening { .. }, SocketClosed) => self.poll(now),
            (State::Opening { until }, Tick) if now >= until => self.poll(now),
            (State::Opening { until }, Tick) => vec![Action::Timer(until - now)],

            (State::Live { ping_ms, .. }, SocketHeard) => {
                self.state = State::Live { heard_at: now, ping_ms };
                Vec::new()
            }
            (State::Live { heard_at, ping_ms }, Tick | Woken) => {
                let silent = now.saturating_sub(heard_at);
                match dead_after(ping_ms).checked_sub(silent).filter(|left| *left > 0) {
                    // Timers sleep with a laptop: what counts is how long it is since something was heard.
                    Some(left) => vec![Action::Timer(left)],
                    None => self.open(now),
                }
            }
            (State::Live { .. }, SocketClosed) => self.retry_later(now, random),

            (State::Polling { upgrade_at, trying, .. }, PollAnswered) => {
                self.tries = 0;
                self.state = State::Polling { answered: true, upgrade_at, trying };
                vec![Action::Poll { long: true }]
            }
            (State::Polling { .. }, PollFailed) => self.retry_later(now, random),
            (State::Polling { answered, upgrade_at, trying: true }, SocketClosed) => {
                self.state = State::Polling { answered, upgrade_at, trying: false };
                vec![Action::Timer(upgrade_at.saturating_sub(now).max(1))]
            }
            (State::Polling { answered, upgrade_at, trying }, Tick | Woken) => {
                if now < upgrade_at && input == Tick {
                    return vec![Action::Timer(upgrade_at - now)];
                }
                self.upgrade_ms = (self.upgrade_ms * 2).min(UPGRADE_MS.1);
                let upgrade_at = now + self.upgrade_ms;
                self.state = State::Polling { answered, upgrade_at, trying: true };
                let close = trying.then_some(Action::CloseSocket);
                close.into_iter().chain([Action::OpenSocket, Action::Timer(self.upgrade_ms)]).collect()
            }

            (State::Offline { retry_at }, Tick) if now < retry_at => vec![Action::Timer(retry_at - now)],
            (State::Offline { .. }, Tick | Woken | Start) => self.open(now),

            // What comes late from a transport that was given up changes nothing.
            (
                State::Offline { .. } | State::Opening { .. } | State::Live { .. } | State::Polling { .. },
                Start | Woken | SocketWelcome { .. } | SocketHeard | SocketClosed | PollAnswered | PollFailed,
            ) => Vec::new(),
        }
    }

    fn open(&mut self, now: u64) -> Vec<Action> {
        self.state = State::Opening { until: now + OPEN_MS };
        vec![Action::StopPoll, Action::CloseSocket, Action::OpenSocket, Action::Timer(OPEN_MS)]
    }

    fn poll(&mut self, now: u64) -> Vec<Action> {
        self.state = State::Polling { answered: false, upgrade_at: now + self.upgrade_ms, trying: false };
        vec![Action::CloseSocket, Action::Poll { long: false }, Action::Timer(self.upgrade_ms)]
    }

    fn retry_later(&mut self, now: u64, random: f64) -> Vec<Action> {
        let ceiling = RETRY_MS.0.saturating_mul(1 << self.tries.min(10)).min(RETRY_MS.1);
        self.tries += 1;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a part of at most 15,000"
        )]
        let after = (ceiling as f64 * random.clamp(0.0, 1.0)) as u64;
        self.wait(after, now)
    }

    fn wait(&mut self, after: u64, now: u64) -> Vec<Action> {
        self.state = State::Offline { retry_at: now + after };
        vec![Action::StopPoll, Action::CloseSocket, Action::Timer(after)]
    }
}

/// After how long a silence the connection is dead: a ping that is a little late is not.
fn dead_after(ping_ms: u64) -> u64 {
    ping_ms + ping_ms / 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn live() -> Link {
        let mut link = Link::default();
        assert!(link.on(Input::Start, 0, 0.5).contains(&Action::OpenSocket));
        link.on(Input::SocketWelcome { ping_ms: 8_000 }, 100, 0.5);
        assert!(link.is_up());
        link
    }

    #[test]
    fn a_socket_that_does_not_open_gives_way_to_polls_and_is_tried_again() {
        let mut link = Link::default();
        link.on(Input::Start, 0, 0.5);
        assert!(link.on(Input::Tick, OPEN_MS, 0.5).contains(&Action::Poll { long: false }));
        assert!(!link.is_up());
        assert_eq!(link.on(Input::PollAnswered, 1_600, 0.5), [Action::Poll { long: true }]);
        assert!(link.is_up());
        let mut going = link.clone();
        assert!(going.on(Input::Leave, 1_700, 0.5).contains(&Action::LastPoll), "nothing else tells that it goes");
        assert!(link.on(Input::Tick, 1_600 + UPGRADE_MS.0, 0.5).contains(&Action::OpenSocket));
        assert!(link.on(Input::SocketWelcome { ping_ms: 8_000 }, 17_000, 0.5).contains(&Action::StopPoll));
    }

    #[test]
    fn a_woken_laptop_is_not_silently_deaf() {
        let mut link = live();
        assert!(link.on(Input::Woken, 600_000, 0.5).contains(&Action::OpenSocket), "silent for ten minutes");
        let mut link = live();
        assert!(!link.on(Input::Woken, 3_000, 0.5).contains(&Action::OpenSocket), "a short look away is none");
    }

    #[test]
    fn a_dead_socket_is_noticed_within_ten_seconds() {
        let mut link = live();
        assert!(link.on(Input::Tick, 10_100, 0.5).contains(&Action::OpenSocket));
    }

    #[test]
    fn tries_back_off_with_full_jitter_and_a_ceiling() {
        let mut link = live();
        let mut ceilings = Vec::new();
        for _ in 0..8 {
            let actions = link.on(Input::NetworkLost, 0, 1.0);
            let Some(Action::Timer(after)) = actions.last() else { panic!("a timer: {actions:?}") };
            ceilings.push(*after);
            link.on(Input::Woken, 0, 0.0);
        }
        assert_eq!(ceilings, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        assert_eq!(link.on(Input::NetworkLost, 0, 0.0).last(), Some(&Action::Timer(0)));
    }

    #[test]
    fn an_old_socket_closing_late_does_not_end_the_new_one() {
        // The transport hands on nothing of a socket it was told to close; and while polling without a try, a close is
        // no news.
        let mut link = Link::default();
        link.on(Input::Start, 0, 0.5);
        link.on(Input::Tick, OPEN_MS, 0.5);
        link.on(Input::PollAnswered, 1_600, 0.5);
        assert_eq!(link.on(Input::SocketClosed, 1_700, 0.5), []);
        assert!(link.is_up());
    }

    fn inputs() -> impl Strategy<Value = Input> {
        prop_oneof![
            Just(Input::Start),
            (1_000u64..20_000).prop_map(|ping_ms| Input::SocketWelcome { ping_ms }),
            Just(Input::SocketHeard),
            Just(Input::SocketClosed),
            (0u64..5_000).prop_map(|after_ms| Input::Bye { after_ms }),
            Just(Input::PollAnswered),
            Just(Input::PollFailed),
            Just(Input::Tick),
            Just(Input::NetworkLost),
            Just(Input::Woken),
        ]
    }

    proptest! {
        /// Whatever happens in whatever order: there is always a timer that leads on, never two sockets, never two
        /// polls.
        #[test]
        fn it_never_hangs(steps in prop::collection::vec((inputs(), 0u64..20_000, 0.0f64..1.0), 1..200)) {
            let mut link = Link::default();
            let (mut now, mut sockets, mut polls, mut timer) = (0, 0, 0, None);
            for (input, later, random) in std::iter::once((Input::Start, 0, 0.5)).chain(steps) {
                now += later;
                match input {
                    Input::SocketClosed => sockets = 0,
                    Input::PollAnswered | Input::PollFailed => polls = 0,
                    Input::Tick => timer = None,
                    Input::SocketWelcome { .. } | Input::SocketHeard if sockets == 0 => continue,
                    _ => {}
                }
                for action in link.on(input, now, random) {
                    match action {
                        Action::OpenSocket => sockets += 1,
                        Action::CloseSocket => sockets = 0,
                        Action::Poll { .. } => polls += 1,
                        Action::StopPoll => polls = 0,
                        Action::LastPoll => prop_assert!(polls == 0 && input == Input::Leave),
                        Action::Timer(after) => timer = Some(now + after),
                    }
                }
                prop_assert!(sockets <= 1, "{:?} after {input:?}", link.state());
                prop_assert!(polls <= 1, "{:?} after {input:?}", link.state());
                prop_assert!(timer.is_some() || input != Input::Tick, "{:?} after {input:?}", link.state());
            }
        }

        /// Whatever happened, left alone with its timer it tries again within seconds: it never waits for somebody to
        /// reload the page.
        #[test]
        fn left_alone_it_tries_again(steps in prop::collection::vec((inputs(), 0u64..20_000, 0.0f64..1.0), 0..60)) {
            let mut link = Link::default();
            let (mut now, mut timer) = (0, 0);
            for (input, later, random) in std::iter::once((Input::Start, 0, 0.5)).chain(steps) {
                now += later;
                for action in link.on(input, now, random) {
                    timer = if let Action::Timer(after) = action { now + after } else { timer };
                }
            }
            // While it polls, a poll is under way, and whoever carries it says how it ends.
            let silent_from = now;
            while !matches!(link.state(), State::Polling { .. } | State::Opening { .. }) {
                now = now.max(timer);
                for action in link.on(Input::Tick, now, 0.5) {
                    timer = if let Action::Timer(after) = action { now + after } else { timer };
                }
                prop_assert!(now - silent_from <= 26_000, "still {:?}", link.state());
            }
        }

        /// When the page goes, everything ends, and nothing that comes late begins anything again.
        #[test]
        fn who_left_stays_away(
            steps in prop::collection::vec((inputs(), 0u64..20_000, 0.0f64..1.0), 0..60),
            late in prop::collection::vec(inputs(), 0..20),
        ) {
            let mut link = Link::default();
            let mut now = 0;
            for (input, later, random) in std::iter::once((Input::Start, 0, 0.5)).chain(steps) {
                now += later;
                link.on(input, now, random);
            }
            let last = link.on(Input::Leave, now, 0.5);
            prop_assert!(last.contains(&Action::StopPoll) && last.contains(&Action::CloseSocket));
            prop_assert!(!link.is_up());
            for input in late.into_iter().filter(|input| !matches!(input, Input::Start | Input::Woken)) {
                prop_assert_eq!(link.on(input, now, 0.5), [], "{:?}", input);
            }
        }
    }
}
