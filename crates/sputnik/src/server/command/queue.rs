//! The commands of one connection, each in its turn.
//!
//! They run one after the other, in the order they were sent: each begins when the one before it is answered. One whose
//! place in that order is certain before that (what it brings stands in a queue, behind what came earlier) may
//! [release its slot](QueueSlot::release). Then the next may begin, if it is the same command: of how two different ones
//! meet, neither knows. Whatever else was sent waits until all before it are answered.

use crate::{
    protocol::{fault::Fault, names::Uid},
    server::once::reply_cache::Reply,
};
use futures::{
    future::{BoxFuture, pending},
    stream::{FuturesUnordered, StreamExt},
};
use std::{collections::VecDeque, sync::Arc, task::Poll};
use tokio::sync::Notify;

/// For how many commands that wait a connection keeps the room.
const FEW: usize = 4;

/// The place of a command in the queue of its client: released, the next one may begin.
#[derive(Debug, Clone, Default)]
pub struct QueueSlot(Option<Arc<Notify>>);

impl QueueSlot {
    fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Lets the next command of the same client begin, if it is the same command. To be called when this one's place in
    /// the order is certain: nothing that begins from now on may come before it. Nothing happens where the command did
    /// not come over a socket: then whoever sent it waits for the answer.
    pub fn release(&self) {
        if let Some(given) = &self.0 {
            given.notify_one();
        }
    }

    async fn released(&self) {
        match &self.0 {
            Some(given) => given.notified().await,
            None => pending().await,
        }
    }
}

/// A command that was sent.
pub(crate) struct Call {
    pub(crate) uid: Uid,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) again: bool,
}

/// Runs the commands of one connection.
pub(crate) trait Run {
    /// Runs one that has its turn, and tells its reply.
    fn run(&self, call: Call, slot: QueueSlot) -> impl Future<Output = Reply> + Send + 'static;
}

/// A command that runs, and in the end its answer.
type Running = BoxFuture<'static, (Uid, Reply)>;

/// The commands of one connection.
#[derive(Default)]
pub(crate) struct CommandQueue {
    /// On the heap, and only while any is: most connections have none.
    under_way: Option<Box<UnderWay>>,
    waiting: VecDeque<Call>,
    waiting_bytes: usize,
}

/// Commands that run: all of one path.
struct UnderWay {
    path: String,
    running: FuturesUnordered<Running>,
    /// That of the one which began last; nothing once it was released.
    slot: Option<QueueSlot>,
}

impl CommandQueue {
    /// A command came, and waits for its turn.
    ///
    /// # Errors
    /// When so many wait, or are under way beside one that is, as may.
    pub(crate) fn add(&mut self, call: Call, at_most: usize) -> Result<(), Fault> {
        let beside = self.under_way.as_ref().map_or(0, |under_way| under_way.running.len().saturating_sub(1));
        if self.waiting.len() + beside >= at_most {
            return Err(Fault::too_many("Too many commands wait for their turn.", 500));
        }
        self.waiting_bytes += call.body.len();
        self.waiting.push_back(call);
        Ok(())
    }

    /// How many bytes the arguments have of those that wait.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// Begins what may begin, and waits until one is answered; for ever, while none is there. May be given up at any
    /// time.
    pub(crate) async fn next(&mut self, runner: impl Run) -> (Uid, Reply) {
        loop {
            if let Some(answered) = self.begin(&runner).await {
                return answered;
            }
            let Some(under_way) = &mut self.under_way else { return pending().await };
            tokio::select! {
                Some(answered) = under_way.running.next() => {
                    if under_way.running.is_empty() {
                        self.under_way = None;
                        // Whoever once sent many does not keep the room for them.
                        self.waiting.shrink_to(FEW);
                    }
                    return answered;
                }
                () = released(under_way.slot.as_ref()) => under_way.slot = None,
            }
        }
    }

    /// Lets go of what did not begin.
    pub(crate) fn begin_no_more(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
    }

    /// Whether any is under way.
    pub(crate) fn are_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Begins the next command, if it may. One that waits for nothing is answered already; of any other, this does not
    /// wait for the answer.
    async fn begin(&mut self, runner: &impl Run) -> Option<(Uid, Reply)> {
        let next = self.waiting.front()?;
        let may =
            self.under_way.as_ref().is_none_or(|under_way| under_way.slot.is_none() && under_way.path == next.path);
        if !may {
            return None;
        }
        let call = self.waiting.pop_front()?;
        self.waiting_bytes -= call.body.len();
        let (path, uid, slot) = (call.path.clone(), call.uid, QueueSlot::new());
        let (running, held) = (runner.run(call, slot.clone()), slot.clone());
        let mut command: Running = Box::pin(async move {
            let reply = running.await;
            // If it was not before.
            held.release();
            (uid, reply)
        });
        if let Poll::Ready(answered) = futures::poll!(&mut command) {
            return Some(answered);
        }
        let new = || Box::new(UnderWay { path, running: FuturesUnordered::new(), slot: None });
        let under_way = self.under_way.get_or_insert_with(new);
        under_way.slot = Some(slot);
        under_way.running.push(command);
        None
    }
}

async fn released(slot: Option<&QueueSlot>) {
    match slot {
        Some(slot) => slot.released().await,
        None => pending().await,
    }
}
