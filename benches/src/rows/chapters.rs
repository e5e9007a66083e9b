//! Opening a long chapter, and what many chapters cost.

use super::{Run, line};
use crate::{
    report::Findings,
    samples::Samples,
    servers::{HOCUSPOCUS, SPUTNIK_BOOK, Y_WEBSOCKET},
    writing::{
        house::{Chapter, House},
        line::News,
        replica::Replica,
    },
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const CHARACTERS: usize = 100_000;
/// How many edits were made since the chapter's state was last kept.
const TYPED: usize = 400;
/// How many characters each of many chapters has.
const SHORT: usize = 20_000;
const OPEN: usize = 50;
/// A server stores or lets go of what it wants to in this time.
const SETTLE: Duration = Duration::from_secs(12);

/// Writes a chapter: so many characters at once, and so many keys after that.
async fn write(house: &House, chapter: &Chapter, hand: u64, characters: usize, typed: usize) -> Result<(), String> {
    let mut line = house.line(0, chapter, true).await?;
    line.read_all().await?;
    let replica = Replica::new(hand);
    line.write(&replica.fill(characters))?;
    let text = replica.text_of(0).ok_or("nothing was written")?;
    for at in 0..typed {
        line.write(&replica.edit(&text, at as u32, 0, "x"))?;
        if at % 50 == 49 {
            // Whoever asks has waited for all that was written before.
            line.read_all().await?;
        }
    }
    line.read_all().await?;
    line.cut();
    Ok(())
}

/// Writes the long chapter that is opened.
pub async fn write_long(house: &House, chapter: &Chapter) -> Result<(), String> {
    write(house, chapter, 1_001, CHARACTERS, TYPED).await
}

/// Opens it, and tells how long that took.
async fn open(house: &House, chapter: &Chapter) -> Result<(u64, usize), String> {
    let mut line = house.line(0, chapter, true).await?;
    // What is waited for is the document, not the connection.
    line.flush().await?;
    sleep(Duration::from_millis(50)).await;
    let start = Instant::now();
    let mut bytes = line.read_all().await?.len();
    // One that is read from the disk while it is answered for already comes as an edit.
    while bytes < SHORT {
        line.hear().await?;
        while let Some(news) = line.news() {
            if let News::Edit(edit) = news {
                bytes += edit.len();
            }
        }
    }
    let took = start.elapsed().as_micros() as u64;
    line.cut();
    Ok((took, bytes))
}

/// A long chapter, on a server that has it in memory and on one that was just started.
pub async fn opened(run: Run) -> Result<Findings, String> {
    let (colds, warms) = if run.quick { (2, 5) } else { (10, 50) };
    let mut table = vec![line(["server", "cold p50", "cold worst", "warm p50", "warm worst", "kB"])];
    let mut found = String::new();
    for kind in [SPUTNIK_BOOK, HOCUSPOCUS, Y_WEBSOCKET] {
        let mut house = House::start(kind).await?;
        let chapter = house.chapter().await?;
        write_long(&house, &chapter).await?;
        sleep(SETTLE).await;
        let (mut cold, mut warm, mut bytes) = (Samples::default(), Samples::default(), 0);
        for _ in 0..colds {
            house.server.kill();
            house.server.start_again().await?;
            sleep(Duration::from_millis(500)).await;
            let (took, length) = open(&house, &chapter).await?;
            cold.add(took);
            bytes = length;
        }
        // Somebody is there, so that nobody lets go of it.
        let mut somebody = house.line(0, &chapter, false).await?;
        somebody.read_all().await?;
        for _ in 0..warms {
            warm.add(open(&house, &chapter).await?.0);
        }
        somebody.cut();
        let [cold, cold_worst] = [0.5, 1.0].map(|share| cold.percentile(share));
        let [warm, warm_worst] = [0.5, 1.0].map(|share| warm.percentile(share));
        if kind == SPUTNIK_BOOK {
            found = format!("cold {cold:.1} ms, warm {warm:.1} ms");
        }
        let ms = |figure: f64| format!("{figure:.1} ms");
        let kilobytes = format!("{}", bytes >> 10);
        table.push(line([kind.name, &ms(cold), &ms(cold_worst), &ms(warm), &ms(warm_worst), &kilobytes]));
    }
    Ok(Findings {
        goal: "the server's part ≤ 30 ms, cold and warm",
        found,
        how: format!(
            "A chapter of {CHARACTERS} characters, {TYPED} keys of them typed one by one after the rest. From asking, \
             over a connection that is open, for all that one lacks who has nothing, to the whole answer. Cold: the \
             server was killed and started, and nobody has asked for the chapter yet; {colds} times. Warm: somebody \
             has it open; {warms} times. Hocuspocus begins to read the document when the connection opens, 50 ms before that; y-websocket answers \
             with nothing while it reads, and what it read comes as an edit, which is waited for. The page itself, as HTML, is not in it."
        ),
        table,
    })
}

/// A thousand chapters, and fifty of them open.
pub async fn memory(run: Run) -> Result<Findings, String> {
    let chapters = run.clients(1_000);
    let head = ["server", "started", "all touched once", "touched again", "and 50 open", "kB a chapter"];
    let (mut table, mut found) = (vec![line(head)], String::new());
    for kind in [SPUTNIK_BOOK, HOCUSPOCUS, Y_WEBSOCKET] {
        let mut house = House::start(kind).await?;
        house.people(1).await?;
        sleep(Duration::from_secs(1)).await;
        let started = house.server.memory();
        let mut all = Vec::new();
        for number in 0..chapters {
            let chapter = house.chapter().await?;
            write(&house, &chapter, 5_000 + number as u64, SHORT, 2).await?;
            all.push(chapter);
        }
        sleep(SETTLE).await;
        let once = house.server.memory();
        for chapter in &all {
            open(&house, chapter).await?;
        }
        sleep(SETTLE).await;
        let again = house.server.memory();
        let mut open = Vec::new();
        for chapter in all.iter().take(OPEN) {
            let mut line = house.line(0, chapter, false).await?;
            line.read_all().await?;
            open.push(line);
        }
        let in_use = house.server.memory();
        drop(open);
        let mb = |bytes: u64| format!("{} MB", bytes >> 20);
        if kind == SPUTNIK_BOOK {
            found = format!("{} in use, {} when started", mb(in_use), mb(started));
        }
        let each = (once.saturating_sub(started) / chapters as u64) >> 10;
        table.push(line([kind.name, &mb(started), &mb(once), &mb(again), &mb(in_use), &each.to_string()]));
    }
    Ok(Findings {
        goal: "bounded, figure given",
        found,
        how: format!(
            "Memory in RAM (RSS). {chapters} chapters of {SHORT} characters are written one after the other, by \
             somebody who comes, writes and goes; then each is opened once more; then {OPEN} are open at once. After \
             each there are {} s in which a server stores or lets go of what it wants to. Sputnik keeps at most 64 \
             documents that nobody asks for.",
            SETTLE.as_secs()
        ),
        table,
    })
}
