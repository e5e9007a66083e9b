//! Costly work: what takes the processor for longer than an answer should, such as taking a file apart or comparing two
//! versions of a chapter.
//!
//! ```ignore
//! let permit = costly.enter(Who::of(user, address)).await?;
//! permit.run(move |budget| compare(&old, &new, budget)).await?
//! ```
//!
//! A node does a few of these at once. Whoever comes then waits in a queue, for seconds, and is told their number where
//! it did not come to them. Addresses take turns, and at one address the persons do. Nobody has more than one under way
//! and a few that wait, and where everything is taken, whoever has the most makes room: so one who asks for very many,
//! with however many accounts from one address, is only ever in their own way.
//!
//! | what | why so |
//! | --- | --- |
//! | a queue of our own, and no semaphore | a semaphore knows no persons: who sends twenty has twenty places |
//! | turns, and not only limits | a limit is too tight for a class behind one address, or too wide for one who is alone |
//! | a standard mutex | it is held for a look at a short list, and never across an `.await` |
//! | the permit is a value | whoever gives up, by whatever way, drops it, and that frees it |
//! | a thread of its own | work that does not wait for anything would stand in the way of all that does |
//! | a budget that is asked | a thread cannot be ended from outside: the work looks whether it should go on |

mod bounds;
mod budget;
mod queue;
mod rate_limit;
mod who;

pub use bounds::Bounds;
pub use budget::Budget;
pub use rate_limit::RateLimit;
pub use who::Who;

use queue::{Entered, Queue};
use sputnik::Fault;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::{sync::oneshot, time::timeout};

/// The costly work of one node.
#[derive(Clone)]
pub struct Costly(Arc<Inner>);

struct Inner {
    bounds: Bounds,
    queue: Mutex<Queue>,
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Each step on it is whole before anything can panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Costly {
    /// Nothing under way.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let queue = Mutex::new(Queue::new(bounds));
        Self(Arc::new(Inner { bounds, queue }))
    }

    /// Waits for a permit. Given up, it frees what it had.
    ///
    /// # Errors
    /// `too_many`, when as many wait as may, or when it was not one's turn in time.
    pub async fn enter(&self, who: Who) -> Result<Permit, Fault> {
        let entered = self.0.queue().enter(&who);
        match entered {
            Entered::Now => Ok(Permit { room: Arc::clone(&self.0), who }),
            Entered::Waits(number, turn) => {
                let ticket = Ticket { room: Arc::clone(&self.0), who, number, turn, is_spent: false };
                ticket.wait().await
            }
            Entered::Full(waiting) => Err(busy(waiting + 1)),
            Entered::OwnFull => Err(crowded()),
        }
    }
}

fn crowded() -> Fault {
    Fault::too_many(
        "Much that you asked for, or others where you are, is still being worked on. Please wait a moment for it, and \
         try again.",
        2_000,
    )
}

fn busy(number: usize) -> Fault {
    // The later somebody's position, the later they come again: all at once would only fill the queue again.
    let retry = 1_000_u32.saturating_add(u32::try_from(number).unwrap_or(u32::MAX).saturating_mul(250)).min(20_000);
    Fault::too_many(
        format_args!(
            "The server is busy just now, and you were number {number} of those who wait. Nothing was changed. Please \
             try again in a moment."
        ),
        retry,
    )
}

/// One who waits in the queue, as long as this is there.
struct Ticket {
    room: Arc<Inner>,
    who: Who,
    number: u64,
    turn: oneshot::Receiver<()>,
    /// Whether what it stood for is over, or is a permit's now.
    is_spent: bool,
}

impl Ticket {
    async fn wait(mut self) -> Result<Permit, Fault> {
        let told = match timeout(self.room.bounds.patience, &mut self.turn).await {
            Ok(told) => told.is_ok(),
            Err(_) => {
                let stood = self.room.queue().give_up(self.number);
                if let Some(stood) = stood {
                    self.is_spent = true;
                    return Err(busy(stood));
                }
                // Told in this very moment.
                self.turn.try_recv().is_ok()
            }
        };
        self.is_spent = true;
        if told { Ok(Permit { room: Arc::clone(&self.room), who: self.who.clone() }) } else { Err(crowded()) }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.is_spent {
            return;
        }
        let mut queue = self.room.queue();
        // If they are no longer in the queue, they were given a permit, or were taken out to make room for somebody.
        if queue.give_up(self.number).is_none() && self.turn.try_recv().is_ok() {
            queue.leave(&self.who);
        }
    }
}

/// May do one piece of costly work. Dropped, somebody else may.
pub struct Permit {
    room: Arc<Inner>,
    who: Who,
}

impl Permit {
    /// Does the work, beside all that waits for something. Whoever gives up the waiting for it ends it too, as soon as it
    /// looks at its budget; until then the permit is not free.
    ///
    /// # Errors
    /// What the work says.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Budget) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.go_on(work).await.map(|(_, done)| done)
    }

    /// The same, for one who has more to do under the same permit.
    ///
    /// # Errors
    /// What the work says. Then the permit is free.
    pub async fn go_on<T: Send + 'static>(
        self,
        work: impl FnOnce(&Budget) -> Result<T, Fault> + Send + 'static,
    ) -> Result<(Self, T), Fault> {
        let budget = Budget::of(self.room.bounds.time);
        let _asked_for = budget.asked_for();
        let working = tokio::task::spawn_blocking(move || work(&budget).map(|done| (self, done)));
        working.await.map_err(|error| {
            tracing::error!(%error, "costly work broke off");
            Fault::internal()
        })?
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.room.queue().leave(&self.who);
    }
}

#[cfg(test)]
mod tests;
