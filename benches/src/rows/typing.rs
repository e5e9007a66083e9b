//! Many people type in one chapter: from a key press to the other person's replica.

use super::{Run, line};
use crate::{
    chance::Chance,
    process::{Busy, Shares},
    report::Findings,
    samples::Samples,
    servers::{HOCUSPOCUS, Kind, SPUTNIK_BOOK, Y_WEBSOCKET},
    writing::{
        house::{Chapter, House},
        line::{Line, News},
        replica::Replica,
    },
};
use std::{
    cell::{Cell, RefCell},
    pin::pin,
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use yrs::XmlTextRef;

const CHARACTERS: usize = 100_000;
/// Of each so many have the whole document and are measured; the others write into a paragraph of their own, and of what
/// comes they count the frames.
const MEASURED: usize = 4;
/// From one key of a person to the next: from none to this.
const KEYS: Duration = Duration::from_millis(500);
/// The least time between two edits of a person, as in the editor: keys pressed sooner gather for the next.
const APART: Duration = Duration::from_millis(30);
/// Nobody is looked for beyond the first number of people for whom it takes longer.
const WALL: f64 = 100.0;
/// How long all of it may take for one number of people.
const PATIENCE: Duration = Duration::from_secs(150);
/// How many people there are at a time.
const PEOPLE: [usize; 10] = [2, 100, 200, 300, 400, 500, 600, 800, 1_000, 1_200];
/// As many as a book of ours may have.
const MEMBERS: usize = 500;

/// What those who are measured tell each other.
struct Shared {
    began: Instant,
    /// Everyone is here, and begins.
    begin: Notify,
    counts: Cell<bool>,
    ends: Cell<bool>,
    /// Of each who is measured: what its clock is after it sent something, when the first key of that was pressed, and
    /// when it was sent.
    sent: RefCell<Vec<Vec<(u32, u64, u64)>>>,
    from_key: RefCell<Samples>,
    from_sending: RefCell<Samples>,
    keys: Cell<u64>,
    fault: RefCell<Option<String>>,
}

impl Shared {
    fn now(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }
}

/// Somebody who types.
struct Typist {
    number: usize,
    line: Line,
    replica: Replica,
    text: XmlTextRef,
    chance: Chance,
    shared: Rc<Shared>,
    /// Where the next key goes.
    at: u32,
    /// Of each who is measured, how many of their sendings are here.
    seen: Vec<usize>,
}

fn hand(number: usize) -> u64 {
    2_000 + number as u64
}

impl Typist {
    async fn open(
        house: &House,
        chapter: &Chapter,
        number: usize,
        seed: u64,
        shared: &Rc<Shared>,
    ) -> Result<Self, String> {
        let is_measured = number < MEASURED;
        let mut line = house.line(number, chapter, is_measured).await?;
        let replica = Replica::new(hand(number));
        let all = line.read_all().await?;
        let (text, at) = if is_measured {
            replica.take_in(&all)?;
            // In the midst of what stands there. What others began stands before it.
            let texts = (0..).map_while(|paragraph| replica.text_of(paragraph));
            let long = texts.filter(|text| replica.read(text).len() >= 500);
            (long.skip(40 + number).step_by(7).next().ok_or("the chapter is not there")?, 250)
        } else {
            let (text, begun) = replica.begin("paragraph");
            line.write(&begun)?;
            line.flush().await?;
            (text, 0)
        };
        let (chance, shared) = (Chance::new(seed, number), Rc::clone(shared));
        Ok(Self { number, line, replica, text, chance, shared, at, seen: vec![0; MEASURED] })
    }

    async fn work(mut self) {
        if let Err(words) = self.type_and_listen().await {
            *self.shared.fault.borrow_mut() = Some(words);
        }
        self.line.cut();
    }

    async fn type_and_listen(&mut self) -> Result<(), String> {
        let shared = Rc::clone(&self.shared);
        let mut begin = pin!(shared.begin.notified());
        loop {
            tokio::select! {
                heard = self.line.hear() => {
                    heard?;
                    self.take_in()?;
                }
                () = &mut begin => break,
            }
        }
        let (mut pressed, mut first) = (0_u32, 0);
        let mut next_key = Instant::now() + self.chance.time(KEYS);
        let mut due = next_key;
        while !self.shared.ends.get() {
            tokio::select! {
                heard = self.line.hear() => {
                    heard?;
                    self.take_in()?;
                }
                () = sleep_until(next_key) => {
                    if pressed == 0 {
                        first = self.shared.now();
                        due = due.max(Instant::now());
                    }
                    pressed += 1;
                    next_key += self.chance.time(KEYS);
                }
                () = sleep_until(due), if pressed > 0 => {
                    self.send(pressed, first).await?;
                    (pressed, due) = (0, Instant::now() + APART);
                }
            }
        }
        Ok(())
    }

    async fn send(&mut self, pressed: u32, first: u64) -> Result<(), String> {
        let keys = "abcdefghijklmnopqrstuvwxyz".repeat(1 + pressed as usize / 26);
        let edit = self.replica.edit(&self.text, self.at, 0, &keys[..pressed as usize]);
        self.at += pressed;
        self.shared.keys.set(self.shared.keys.get() + u64::from(pressed));
        if let Some(sent) = self.shared.sent.borrow_mut().get_mut(self.number) {
            sent.push((self.replica.wrote(), first, self.shared.now()));
        }
        self.line.write(&edit)?;
        self.line.flush().await
    }

    /// Takes in what came, and then looks what of the others who are measured is here.
    fn take_in(&mut self) -> Result<(), String> {
        let mut came = false;
        while let Some(news) = self.line.news() {
            if let News::Edit(edit) = news {
                self.replica.take_in(&edit)?;
                came = true;
            }
        }
        let (now, sent) = (self.shared.now(), self.shared.sent.borrow());
        for (other, sent) in sent.iter().enumerate().filter(|(other, _)| came && *other != self.number) {
            let here = self.replica.has(hand(other));
            while let Some((_, pressed, left)) = sent.get(self.seen[other]).filter(|(clock, ..)| *clock <= here) {
                self.seen[other] += 1;
                if self.shared.counts.get() {
                    self.shared.from_key.borrow_mut().add(now - pressed);
                    self.shared.from_sending.borrow_mut().add(now - left);
                }
            }
        }
        Ok(())
    }
}

/// What one number of people came to.
struct Outcome {
    from_key: [f64; 2],
    from_sending: [f64; 2],
    keys: f64,
    shares: Shares,
    samples: usize,
}

async fn type_together(run: Run, house: &mut House, people: usize) -> Result<Outcome, String> {
    house.people(people).await?;
    let chapter = house.chapter().await?;
    let mut first = house.line(0, &chapter, true).await?;
    first.read_all().await?;
    first.write(&Replica::new(1_000).fill(CHARACTERS))?;
    // Either is said when it is there.
    while !matches!(first.news(), Some(News::Written | News::Edit(_))) {
        first.hear().await?;
    }
    let shared = Rc::new(Shared {
        began: Instant::now(),
        begin: Notify::new(),
        counts: Cell::default(),
        ends: Cell::default(),
        sent: RefCell::new(vec![Vec::new(); MEASURED.min(people)]),
        from_key: RefCell::default(),
        from_sending: RefCell::default(),
        keys: Cell::default(),
        fault: RefCell::default(),
    });
    let mut typists = JoinSet::new();
    // Those who only write come first: whoever is measured then comes into the chapter as it is.
    for number in (0..people).rev() {
        let typist = Typist::open(house, &chapter, number, run.seed, &shared).await?;
        typists.spawn_local(typist.work());
    }
    // Until here, so that nobody let go of the chapter.
    first.cut();
    sleep(Duration::from_millis(100)).await;
    shared.begin.notify_waiters();
    sleep(run.seconds(5)).await;
    shared.counts.set(true);
    let (busy, time, before) = (Busy::watch(house.server.pid()), run.seconds(15), shared.keys.get());
    sleep(time).await;
    let (shares, keys) = (busy.shares(), (shared.keys.get() - before) as f64 / time.as_secs_f64());
    shared.ends.set(true);
    typists.shutdown().await;
    if let Some(words) = shared.fault.take() {
        return Err(words);
    }
    let shares_of = |samples: &RefCell<Samples>| [0.5, 0.95].map(|share| samples.borrow_mut().percentile(share));
    let (from_key, from_sending) = (shares_of(&shared.from_key), shares_of(&shared.from_sending));
    Ok(Outcome { from_key, from_sending, keys, shares, samples: shared.from_key.borrow().len() })
}

pub async fn measure(run: Run) -> Result<Findings, String> {
    let head = [
        "server",
        "people",
        "keys/s",
        "key p50",
        "key p95",
        "wire p50",
        "wire p95",
        "samples",
        "server busy",
        "generator busy",
    ];
    let (mut table, mut found) = (vec![line(head)], Vec::new());
    for kind in [SPUTNIK_BOOK, HOCUSPOCUS, Y_WEBSOCKET] {
        let mut house = House::start(kind).await?;
        let at_most = match (run.quick, kind == SPUTNIK_BOOK) {
            (true, _) => 100,
            (false, true) => MEMBERS,
            (false, false) => usize::MAX,
        };
        for people in PEOPLE.into_iter().filter(|people| *people <= at_most) {
            println!("    {people}");
            let typed = timeout(PATIENCE, type_together(run, &mut house, people)).await;
            match typed.unwrap_or_else(|_| Err("not all came in".into())) {
                Ok(outcome) => {
                    table.push(tell(kind, people, &outcome));
                    if kind == SPUTNIK_BOOK && [2, 100, 300].contains(&people) {
                        let [p50, p95] = outcome.from_key;
                        found.push(format!("{people}: p50 {p50:.0}, p95 {p95:.0} ms"));
                    }
                    // Not a number, when nothing arrived at all.
                    if people > 2 && (outcome.from_key[1].is_nan() || outcome.from_key[1] > WALL) {
                        found.extend((kind == SPUTNIK_BOOK).then(|| format!("p95 above {WALL} ms at {people}")));
                        break;
                    }
                }
                Err(words) => {
                    table.push(line([kind.name, &people.to_string(), &words, "", "", "", "", "", "", ""]));
                    found.extend((kind == SPUTNIK_BOOK).then(|| format!("broke off at {people}")));
                    break;
                }
            }
        }
    }
    Ok(Findings {
        goal: "2 people: p50 ≤ 20, p95 ≤ 50 ms; 100: p95 ≤ 50 ms; 300: p95 ≤ 100 ms",
        found: found.join("; "),
        how: format!(
            "People type in one chapter of {CHARACTERS} characters, each about four keys a second at random times. As \
             in the editor, a key is sent at once, unless another was within {} ms: then it waits so long, and those \
             after it go along. *Key* counts from the first key's press, *wire* from the sending, both to where the edit is in another person's replica, over the real socket; {} \
             s after a warm-up. {MEASURED} people (or both) have the whole document, type in the midst of it and are \
             measured; the others type into paragraphs of their own, and read every frame without taking it in. With \
             us each is a person of their own, every edit is a command, stored before it is told. The number of people \
             rises until the p95 from the key is above {WALL} ms; there a server's last line is, or at as many members as a book of ours may have. Carets are \
             not sent. \
             Where the generator is busy above 90 %, the figure is its limit and not the server's.",
            APART.as_millis(),
            run.seconds(15).as_secs(),
        ),
        table,
    })
}

fn tell(kind: Kind, people: usize, outcome: &Outcome) -> Vec<String> {
    let ms = |figure: f64| format!("{figure:.1} ms");
    line([
        kind.name,
        &people.to_string(),
        &format!("{:.0}", outcome.keys),
        &ms(outcome.from_key[0]),
        &ms(outcome.from_key[1]),
        &ms(outcome.from_sending[0]),
        &ms(outcome.from_sending[1]),
        &outcome.samples.to_string(),
        &format!("{:.0} %", outcome.shares.server),
        &format!("{:.0} %", outcome.shares.generator),
    ])
}
