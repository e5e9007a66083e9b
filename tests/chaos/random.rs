//! Random faults from a seed, round by round, and what must hold after each round.

use crate::{
    check::History,
    clients::{Record, Stage, Tab},
    faults::Fault,
    support::{client::PATIENCE, dice::Dice},
    world::{World, room},
};
use sputnik::Roster;
use std::{
    env,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

/// How long things go wrong in a round.
const ROUND: Duration = Duration::from_secs(9);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_on_redis_every_promise_is_kept() {
    rounds(ROUND, async |seed| round(World::on_redis().await, seed, 10).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_in_memory_every_promise_is_kept() {
    rounds(ROUND, async |seed| round(World::in_memory().await, seed, 6).await).await;
}

/// One round, or as many as fit into the seconds that `SPUTNIK_CHAOS_SECONDS` allows; the first with the seed that
/// `SPUTNIK_CHAOS_SEED` names.
pub async fn rounds(long: Duration, round: impl AsyncFn(u64)) {
    let seconds = env::var("SPUTNIK_CHAOS_SECONDS").ok().map_or(0, |text| text.parse().expect("whole seconds"));
    let seed = env::var("SPUTNIK_CHAOS_SEED").ok().map(|text| text.parse().expect("a whole number"));
    let mut seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    let until = Instant::now() + Duration::from_secs(seconds);
    loop {
        println!("seed {seed}, to see it again: cargo xtask chaos --seed {seed}");
        round(seed).await;
        if Instant::now() + long > until {
            return;
        }
        seed += 1;
    }
}

struct Tabs {
    records: Vec<Arc<Mutex<Record>>>,
    stage: watch::Sender<Stage>,
    asleep: Vec<watch::Sender<bool>>,
    running: JoinSet<()>,
}

impl Tabs {
    async fn open(world: &World, dice: &Dice, count: usize) -> Self {
        let stage = watch::Sender::new(Stage::Busy);
        let (mut records, mut asleep, mut running) = (Vec::new(), Vec::new(), JoinSet::new());
        for number in 0..count as u64 {
            let sleeps = watch::Sender::new(false);
            let dice = dice.fork(number + 1);
            let (tab, record) = Tab::open(number, world.sites(), dice, stage.subscribe(), sleeps.subscribe()).await;
            running.spawn(tab.run());
            records.push(record);
            asleep.push(sleeps);
        }
        Self { records, stage, asleep, running }
    }

    fn each<T>(&self, look: impl Fn(&Record) -> T) -> Vec<T> {
        self.records.iter().map(|record| look(&record.lock().unwrap_or_else(PoisonError::into_inner))).collect()
    }
}

async fn round(mut world: World, seed: u64, count: usize) {
    let dice = Dice::new(seed);
    let mut tabs = Tabs::open(&world, &dice, count).await;
    let (mut throws, mut faults) = (dice.fork(0), Vec::new());
    let end = Instant::now() + ROUND;
    while Instant::now() < end {
        sleep(throws.ms(50..600)).await;
        let fault = Fault::throw(&mut throws, world.nodes.len(), world.redis.is_some(), count);
        fault.happen(&mut world, &tabs.asleep).await;
        faults.push(fault);
    }

    tabs.stage.send_replace(Stage::Quiet);
    until("everybody is answered and hears all", &faults, async || all_is_told(&world, &tabs).await).await;
    let roster = world.broker().roster(&room()).await.unwrap();
    let mine = tabs.each(|record| record.roster.clone());
    for (who, mine) in tabs.each(|record| record.told.who.clone()).into_iter().zip(mine) {
        assert_eq!(mine.map(tidy), Some(tidy(roster.clone())), "{who} sees who is here; {faults:#?}");
    }
    let history = told(&world, &tabs);

    tabs.stage.send_replace(Stage::Gone);
    while let Some(ended) = tabs.running.join_next().await {
        ended.unwrap();
    }
    until("everybody has left", &faults, async || {
        world.broker().roster(&room()).await.is_ok_and(|roster| roster.here.is_empty())
    })
    .await;
    let top = world.top().await.unwrap();
    until("the onlooker has read all", &faults, async || world.has_read(&top)).await;
    let logs = world.logs.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let broken = History { logs, ..history }.broken();
    let sum = |of: fn(&Record) -> usize| tabs.each(of).into_iter().sum::<usize>();
    println!(
        "{} faults, {} commands took effect, {} retries, {} reconnects, {} reloads, {} gaps, {} written under the pen",
        faults.len(),
        world.database.committed(&room()).len(),
        sum(|record| record.retries),
        sum(|record| record.reconnects),
        sum(|record| record.reloads),
        sum(|record| record.gaps),
        world.database.written().len(),
    );
    assert!(broken.is_empty(), "{broken:#?}\nafter {faults:#?}");
}

async fn until(what: &str, faults: &[Fault], mut is: impl AsyncFnMut() -> bool) {
    let patience = Instant::now() + PATIENCE;
    while !is().await {
        assert!(Instant::now() < patience, "it never happened: {what}; after {faults:#?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Whether every client is answered, is present, and stands where the log does with all that was committed.
async fn all_is_told(world: &World, tabs: &Tabs) -> bool {
    let Some(top) = world.top().await else { return false };
    let committed = world.database.committed(&room()).len();
    let Ok(roster) = world.broker().roster(&room()).await else { return false };
    roster.at == top
        && roster.here.len() == tabs.records.len()
        && tabs
            .each(|record| {
                let here = record.client.as_ref().is_some_and(|client| roster.find(client).is_some());
                let told = &record.told;
                here && !record.waits
                    && told.at.as_ref() == Some(&top)
                    && told.texts.len() == committed
                    && record.roster.as_ref().is_some_and(|roster| roster.at == top)
            })
            .into_iter()
            .all(|all| all)
}

/// What can be compared: who is here in no order, and who holds what.
fn tidy(mut roster: Roster) -> Roster {
    roster.here.sort_by(|one, other| one.client.cmp(&other.client));
    roster
}

/// All that happened until now.
fn told(world: &World, tabs: &Tabs) -> History {
    History {
        clients: tabs.each(|record| record.told.clone()),
        top: tabs.each(|record| record.told.at.clone()).pop().flatten(),
        committed: world.database.committed(&room()),
        written: world.database.written().into_iter().map(|(fence, client, _)| (fence, client)).collect(),
        ..History::default()
    }
}
