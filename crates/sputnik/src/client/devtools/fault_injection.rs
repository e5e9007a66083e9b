//! What the [developer panel](super::panel) sees of the frames that come and go, and what it does to the network. Only
//! where debug assertions are compiled in: elsewhere every one of these functions does nothing and costs nothing.

#[cfg(all(feature = "devtools", debug_assertions))]
pub(crate) use in_debug::*;
#[cfg(not(all(feature = "devtools", debug_assertions)))]
pub(crate) use nothing::*;

/// Which way a frame goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the server.
    Up,
    /// From the server.
    Down,
}

#[cfg(all(feature = "devtools", debug_assertions))]
mod in_debug {
    use super::Way;
    use crate::protocol::fault::Fault;
    use leptos::prelude::set_timeout;
    use std::{cell::RefCell, collections::VecDeque, time::Duration};

    /// How many frames are kept.
    const FRAMES: usize = 50;
    /// How much of a frame is kept, in characters.
    const LONG: usize = 4_000;

    /// A frame that came or went.
    #[derive(Debug, Clone)]
    pub(crate) struct Frame {
        /// Counted from 1.
        pub(crate) number: u64,
        pub(crate) way: Way,
        /// `socket`, `poll`, `long poll` or `post`.
        pub(crate) by: &'static str,
        pub(crate) text: String,
        /// Milliseconds since 1970.
        pub(crate) at: f64,
    }

    /// What is done to the network.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub(crate) struct Trouble {
        pub(crate) offline: bool,
        pub(crate) no_sockets: bool,
        /// How much later everything arrives, each way.
        pub(crate) delay_ms: u32,
    }

    type Step = Box<dyn FnOnce()>;

    #[derive(Default)]
    struct Trial {
        trouble: Trouble,
        frames: VecDeque<Frame>,
        count: u64,
        /// What is under way, up and down, in order.
        under_way: [VecDeque<Step>; 2],
    }

    thread_local! {
        static TRIAL: RefCell<Trial> = RefCell::default();
    }

    /// Notes a frame.
    pub(crate) fn note(way: Way, by: &'static str, text: impl FnOnce() -> String) {
        let mut text = text();
        if let Some((end, _)) = text.char_indices().nth(LONG) {
            text.truncate(end);
            text.push('…');
        }
        TRIAL.with_borrow_mut(|trial| {
            trial.count += 1;
            trial.frames.push_back(Frame { number: trial.count, way, by, text, at: js_sys::Date::now() });
            if trial.frames.len() > FRAMES {
                trial.frames.pop_front();
            }
        });
    }

    /// How many frames came and went so far.
    pub(crate) fn count() -> u64 {
        TRIAL.with_borrow(|trial| trial.count)
    }

    /// The last frames, the newest first.
    pub(crate) fn frames() -> Vec<Frame> {
        TRIAL.with_borrow(|trial| trial.frames.iter().rev().cloned().collect())
    }

    /// What is done to the network now.
    pub(crate) fn trouble() -> Trouble {
        TRIAL.with_borrow(|trial| trial.trouble)
    }

    /// Does something else to the network from now on.
    pub(crate) fn make(change: impl FnOnce(&mut Trouble)) {
        TRIAL.with_borrow_mut(|trial| change(&mut trial.trouble));
    }

    /// Whether a socket can be opened.
    pub(crate) fn allows_sockets() -> bool {
        let trouble = trouble();
        !trouble.offline && !trouble.no_sockets
    }

    /// Does what happens when a frame arrives: now, or after the delay, and never before what was under way already.
    pub(crate) fn arrive(way: Way, then: impl FnOnce() + 'static) {
        let delay = trouble().delay_ms;
        let way = way as usize;
        if delay == 0 && TRIAL.with_borrow(|trial| trial.under_way[way].is_empty()) {
            return then();
        }
        TRIAL.with_borrow_mut(|trial| trial.under_way[way].push_back(Box::new(then)));
        let next = move || {
            if let Some(step) = TRIAL.with_borrow_mut(|trial| trial.under_way[way].pop_front()) {
                step();
            }
        };
        set_timeout(next, Duration::from_millis(delay.into()));
    }

    /// What is under way over a socket that is closed never arrives.
    pub(crate) fn lose() {
        TRIAL.with_borrow_mut(|trial| {
            // The timers are counted: each still finds something to take.
            for step in trial.under_way.iter_mut().flatten() {
                *step = Box::new(|| ());
            }
        });
    }

    /// The way of a request, or of its answer: takes as long as the delay is, and leads nowhere while offline.
    pub(crate) async fn travel() -> Result<(), Fault> {
        let delay = trouble().delay_ms;
        if delay > 0 {
            let (arrived, waits) = futures::channel::oneshot::channel::<()>();
            set_timeout(move || _ = arrived.send(()), Duration::from_millis(delay.into()));
            _ = waits.await;
        }
        if trouble().offline {
            Err(Fault::temporary("The developer panel says that there is no network."))
        } else {
            Ok(())
        }
    }
}

#[cfg(not(all(feature = "devtools", debug_assertions)))]
mod nothing {
    use super::Way;
    use crate::protocol::fault::Fault;

    pub(crate) fn note(_way: Way, _by: &'static str, _text: impl FnOnce() -> String) {}

    pub(crate) fn allows_sockets() -> bool {
        true
    }

    pub(crate) fn arrive(_way: Way, then: impl FnOnce() + 'static) {
        then();
    }

    pub(crate) fn lose() {}

    #[expect(clippy::unused_async, reason = "it stands in for one that waits")]
    pub(crate) async fn travel() -> Result<(), Fault> {
        Ok(())
    }
}
