//! Costly work: what takes the processor for longer than an answer should, such as taking a file apart or comparing two
//! versions of a chapter.
//!
//! ```ignore
//! let place = costly.enter(Who::of(user, address)).await?;
//! place.run(move |budget| compare(&old, &new, budget)).await?
//! ```
//!
//! A node does a few of these at once. Whoever comes then waits in a queue, for seconds, and is told their number where
//! it did not come to them. Nobody has more than one under way and a few that wait, so one who asks for very many is
//! only ever in their own way. Each has a time in which it must be done.
//!
//! | what | why so |
//! | --- | --- |
//! | a queue of our own, and no semaphore | a semaphore knows no persons: who sends twenty has twenty places |
//! | a standard mutex | it is held for a look at a short list, and never across an `.await` |
//! | the place is a value | whoever gives up, by whatever way, drops it, and that frees it |
//! | a thread of its own | work that does not wait for anything would stand in the way of all that does |
//! | a budget that is asked | a thread cannot be ended from outside: the work looks whether it should go on |

mod budget;
mod pace;
mod queue;

pub use budget::Budget;
pub use pace::Paces;

use crate::sputnik::{fault::Fault, names::UserId};
use queue::{Entered, Queue, Share};
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::timeout};

/// Whose work it is: places are counted by it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Who {
    /// Somebody who is signed in.
    Person(UserId),
    /// Whoever else asks from this address.
    Address(IpAddr),
    /// Nobody knows: a request that came from nowhere.
    Nobody,
}

impl Who {
    /// A person if one is signed in, and else the address.
    #[must_use]
    pub fn of(person: Option<&UserId>, address: Option<IpAddr>) -> Self {
        match (person, address) {
            (Some(person), _) => Self::Person(person.clone()),
            (None, Some(address)) => Self::Address(address),
            (None, None) => Self::Nobody,
        }
    }

    fn share(&self, bounds: &Bounds) -> Share {
        let waiting = match self {
            Self::Person(_) => bounds.waiting_of_one,
            Self::Address(_) | Self::Nobody => bounds.waiting_of_one.saturating_mul(A_CLASS),
        };
        Share { working: bounds.at_once_of_one, waiting }
    }
}

/// How many people may be behind one address.
const A_CLASS: usize = 8;

/// What is bounded of costly work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many a node does at once. At least one.
    pub at_once: usize,
    /// How many wait for it. Who comes then is refused at once.
    pub waiting: usize,
    /// How many of one are done at once. At least one.
    pub at_once_of_one: usize,
    /// How many of one person wait; of one address, behind which there may be a class, eight times as many.
    pub waiting_of_one: usize,
    /// How long one waits, before they are told to come again.
    pub patience: Duration,
    /// How long one may take.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            at_once: 2,
            waiting: 128,
            at_once_of_one: 1,
            waiting_of_one: 16,
            patience: Duration::from_secs(10),
            time: Duration::from_secs(5),
        }
    }
}

/// The costly work of one node.
#[derive(Clone)]
pub struct Costly(Arc<Inner>);

struct Inner {
    bounds: Bounds,
    queue: Mutex<Queue<Who>>,
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue<Who>> {
        // Each step on it is whole before anything can panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Costly {
    /// Nothing under way.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let queue = Mutex::new(Queue::new(bounds.at_once, bounds.waiting));
        Self(Arc::new(Inner { bounds, queue }))
    }

    /// Waits for a place. Given up, it frees what it had.
    ///
    /// # Errors
    /// `too_many`, when as many wait as may, or when it was not one's turn in time.
    pub async fn enter(&self, who: Who) -> Result<Place, Fault> {
        let entered = self.0.queue().enter(&who, who.share(&self.0.bounds));
        match entered {
            Entered::Now => Ok(Place { room: Arc::clone(&self.0), who }),
            Entered::Waits(number, turn) => {
                let ticket = Ticket { room: Arc::clone(&self.0), who, number, is_spent: false };
                ticket.wait(turn).await
            }
            Entered::Full(waiting) => Err(busy(waiting + 1)),
            Entered::OwnFull => Err(Fault::too_many(
                "Much that you asked for is still being worked on. Please wait a moment for it, and try again.",
                2_000,
            )),
        }
    }
}

fn busy(number: usize) -> Fault {
    // By and by: so many who all come back at once would be where they were.
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
    /// Whether what it stood for is over, or is a place's now.
    is_spent: bool,
}

impl Ticket {
    async fn wait(mut self, turn: oneshot::Receiver<()>) -> Result<Place, Fault> {
        let came = timeout(self.room.bounds.patience, turn).await;
        if !matches!(came, Ok(Ok(()))) {
            // Nothing, where the turn came in this very moment.
            let stood = self.room.queue().give_up(self.number);
            if let Some(stood) = stood {
                self.is_spent = true;
                return Err(busy(stood));
            }
        }
        self.is_spent = true;
        Ok(Place { room: Arc::clone(&self.room), who: self.who.clone() })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.is_spent {
            return;
        }
        let mut queue = self.room.queue();
        if queue.give_up(self.number).is_none() {
            queue.leave(&self.who);
        }
    }
}

/// A place for one piece of costly work. Dropped, it is free again.
pub struct Place {
    room: Arc<Inner>,
    who: Who,
}

impl Place {
    /// Does the work, beside all that waits for something. Whoever gives up the waiting for it ends it too, as soon as it
    /// looks at its budget; until then its place is taken.
    ///
    /// # Errors
    /// What the work says.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Budget) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.go_on(work).await.map(|(_, done)| done)
    }

    /// The same, for one who has more to do in the same place.
    ///
    /// # Errors
    /// What the work says. Then the place is free.
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

impl Drop for Place {
    fn drop(&mut self) {
        self.room.queue().leave(&self.who);
    }
}

#[cfg(test)]
mod tests;
