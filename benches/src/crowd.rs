//! Many clients of one server, on one thread.

use crate::{
    chance::Chance,
    samples::Samples,
    socket::{Outbox, Socket},
    wire::{Heard, Protocol, Said, Wire, client},
};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore},
    task::JoinSet,
    time::{Instant, sleep},
};

/// How many clients come at once; who comes back does so when they want.
const AT_ONCE: usize = 64;
/// Whose connection ended or did not come about tries again after a random time below this.
const RETRY: Duration = Duration::from_secs(1);
/// Of how many messages a client remembers whether it heard them.
pub const REMEMBERED: u64 = 128;

/// Whether and how clients are cut off.
#[derive(Clone, Copy)]
pub struct Cuts {
    /// How long a connection lives: from half of this to one and a half.
    pub about: Duration,
    /// How long the client then stays away. The same for everyone.
    pub away: Duration,
}

/// What all clients of a crowd heard.
pub struct Tally {
    began: Instant,
    /// How many hear their room now.
    pub ready: Cell<usize>,
    /// How many messages were delivered.
    pub heard: Cell<u64>,
    /// How many of them to who had heard them before.
    pub doubles: Cell<u64>,
    /// From publishing to delivery, over a connection that was open when it was published.
    pub live: RefCell<Samples>,
    /// From publishing to delivery, over one that was opened later.
    pub replayed: RefCell<Samples>,
    /// When clients were ready that had lost their connection, in microseconds of the generator's clock.
    pub returned: RefCell<Vec<u64>>,
    /// How often a client was cut.
    pub cuts: Cell<usize>,
    /// Whether latencies are wanted.
    pub timed: Cell<bool>,
    wake_at: Cell<u64>,
    enough: Notify,
    /// Everyone is here: from now on clients may be cut.
    all_here: Cell<bool>,
    begin: Notify,
    doors: Semaphore,
}

impl Tally {
    /// The generator's clock.
    pub fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    /// Waits until so many messages were delivered in all.
    pub async fn heard(&self, deliveries: u64) {
        loop {
            let enough = self.enough.notified();
            if self.heard.get() >= deliveries {
                return;
            }
            self.wake_at.set(self.wake_at.get().min(deliveries));
            enough.await;
        }
    }

    /// Waits until everyone is here.
    async fn all_here(&self) {
        let begin = self.begin.notified();
        if !self.all_here.get() {
            begin.await;
        }
    }

    fn hear(&self, said: Said, opened: u64, seen: &mut u128) {
        if said.number < REMEMBERED {
            let bit = 1 << said.number;
            if *seen & bit != 0 {
                self.doubles.set(self.doubles.get() + 1);
                return;
            }
            *seen |= bit;
        }
        self.heard.set(self.heard.get() + 1);
        if self.timed.get() {
            let samples = if said.at < opened { &self.replayed } else { &self.live };
            samples.borrow_mut().add(self.now() - said.at);
        }
        if self.heard.get() >= self.wake_at.get() {
            self.wake_at.set(u64::MAX);
            self.enough.notify_waiters();
        }
    }
}

/// The clients of one server.
pub struct Crowd {
    /// What they heard.
    pub tally: Rc<Tally>,
    to: SocketAddr,
    protocol: Protocol,
    seed: u64,
    members: JoinSet<()>,
}

impl Crowd {
    /// Nobody yet.
    pub fn new(to: SocketAddr, protocol: Protocol, seed: u64) -> Self {
        let tally = Tally {
            began: Instant::now(),
            ready: Cell::default(),
            heard: Cell::default(),
            doubles: Cell::default(),
            live: RefCell::default(),
            replayed: RefCell::default(),
            returned: RefCell::default(),
            cuts: Cell::default(),
            timed: Cell::new(false),
            wake_at: Cell::new(u64::MAX),
            enough: Notify::new(),
            all_here: Cell::new(false),
            begin: Notify::new(),
            doors: Semaphore::new(AT_ONCE),
        };
        Self { tally: Rc::new(tally), to, protocol, seed, members: JoinSet::new() }
    }

    /// Lets clients come until there are so many, `in_room` of them in a room, and waits until all hear theirs.
    ///
    /// # Errors
    /// In words, when not all do.
    pub async fn grow(&mut self, size: usize, in_room: usize, cuts: Option<Cuts>) -> Result<(), String> {
        for number in self.members.len()..size {
            let room = format!("room-{}", number / in_room);
            let member = Member {
                wire: client(self.protocol, number, room),
                tally: Rc::clone(&self.tally),
                chance: Chance::new(self.seed, number),
                cuts,
                seen: 0,
                returning: false,
            };
            self.members.spawn_local(member.live(self.to));
        }
        let patience = Instant::now() + Duration::from_secs(120);
        while self.tally.ready.get() < size {
            if Instant::now() > patience {
                return Err(format!("only {} of {size} clients came in", self.tally.ready.get()));
            }
            sleep(Duration::from_millis(10)).await;
        }
        self.tally.all_here.set(true);
        self.tally.begin.notify_waiters();
        Ok(())
    }
}

struct Member {
    wire: Box<dyn Wire>,
    tally: Rc<Tally>,
    chance: Chance,
    cuts: Option<Cuts>,
    seen: u128,
    /// It was here before.
    returning: bool,
}

impl Member {
    async fn live(mut self, to: SocketAddr) {
        let tally = Rc::clone(&self.tally);
        let mut door = tally.doors.acquire().await.ok();
        loop {
            let (path, headers) = self.wire.handshake();
            let opened = tally.now();
            if let Ok(mut socket) = Socket::open(to, &path, &headers).await {
                let lives = self.cuts.map(|cuts| cuts.about / 2 + self.chance.time(cuts.about));
                let its_time = async {
                    tally.all_here().await;
                    sleep(lives.unwrap_or_default()).await;
                };
                let was_ready = Cell::new(false);
                let was_cut = tokio::select! {
                    () = self.talk(&mut socket, opened, &was_ready, &mut door) => false,
                    () = its_time, if lives.is_some() => true,
                };
                socket.cut();
                if was_ready.get() {
                    tally.ready.set(tally.ready.get() - 1);
                    self.returning = true;
                }
                if was_cut {
                    tally.cuts.set(tally.cuts.get() + 1);
                    sleep(self.cuts.map_or(RETRY, |cuts| cuts.away)).await;
                    continue;
                }
            }
            sleep(self.chance.time(RETRY)).await;
        }
    }

    /// Listens until the connection ends.
    async fn talk<D>(&mut self, socket: &mut Socket, opened: u64, was_ready: &Cell<bool>, door: &mut Option<D>) {
        let mut out = Outbox::default();
        self.wire.opened(&mut out);
        loop {
            if socket.send(&mut out).await.is_err() {
                return;
            }
            let (wire, tally, seen, returning) = (&mut self.wire, &self.tally, &mut self.seen, self.returning);
            let hear = |frame: &[u8], out: &mut Outbox| match wire.hear(frame, out) {
                Heard::Said(said) => tally.hear(said, opened, seen),
                Heard::Ready if !was_ready.replace(true) => {
                    tally.ready.set(tally.ready.get() + 1);
                    if returning {
                        tally.returned.borrow_mut().push(tally.now());
                    }
                    door.take();
                }
                Heard::Ready | Heard::Reply | Heard::Other => {}
            };
            if socket.next(&mut out, hear).await.is_err() {
                return;
            }
        }
    }
}
