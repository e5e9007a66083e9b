//! What real people once typed, written again: by one, and by two at once.

use super::{Run, line};
use crate::{
    process::Busy,
    report::Findings,
    servers::{HOCUSPOCUS, HOCUSPOCUS_LOGGING, SPUTNIK_BOOK, Y_WEBSOCKET},
    writing::{
        house::{Chapter, House},
        line::{Line, News},
        replica::Replica,
        trace::{self, Typed},
    },
};
use std::{collections::VecDeque, time::Duration};
use tokio::time::{Instant, timeout};
use yrs::XmlTextRef;

/// How many edits are on their way at once that were not heard of again: with us those that wait are stored together.
const ON_THEIR_WAY: usize = 64;
/// Of a quick run, so many edits.
const QUICK: usize = 3_000;
/// The hands that write.
const HANDS: [u64; 2] = [1_001, 1_002];
const PATIENCE: Duration = Duration::from_secs(60);

/// What is said where there are no traces.
fn left_out(goal: &'static str) -> Findings {
    Findings {
        goal,
        found: "not measured: the traces are not here".into(),
        how: "Needs the traces `automerge-paper` and `friendsforever` of the public collection editing-traces, in the \
              folder that `BENCH_TRACES` names."
            .into(),
        table: vec![line(["–"])],
    }
}

/// One person's paper, an update an edit.
pub async fn paper(run: Run) -> Result<Findings, String> {
    let goal = "final text right; ≥ 2 × Hocuspocus";
    if trace::folder().is_none() {
        return Ok(left_out(goal));
    }
    let mut trace = trace::read("automerge-paper")?;
    if run.quick {
        trace.typed.truncate(QUICK);
    }
    let replica = Replica::new(HANDS[0]);
    let (text, begun) = replica.begin("code_block");
    let mut edits = vec![begun];
    edits.extend(trace.typed.iter().map(|typed| replica.edit(&text, typed.at, typed.remove, &typed.insert)));
    let end = replica.read(&text);
    if !run.quick && end != trace.end {
        return Err("the replica the edits were made with does not end with the trace's text".into());
    }
    let head =
        ["server", "updates/s", "all in", "text right", "after kill -9", "server busy", "generator busy", "memory"];
    let (mut table, mut rates, mut losses, mut all_right) = (vec![line(head)], Vec::new(), Vec::new(), true);
    for kind in [SPUTNIK_BOOK, HOCUSPOCUS_LOGGING, HOCUSPOCUS, Y_WEBSOCKET] {
        let mut house = House::start(kind).await?;
        let chapter = house.chapter().await?;
        let mut writer = house.line(0, &chapter, kind == Y_WEBSOCKET).await?;
        writer.read_all().await?;
        let (busy, start) = (Busy::watch(house.server.pid()), Instant::now());
        pipeline(&mut writer, &edits).await?;
        let (took, shares) = (start.elapsed().as_secs_f64(), busy.shares());
        let memory = house.server.memory() >> 20;
        let right = reads(&house, &chapter, &end).await;
        // As soon as everything was acknowledged, and before anything can be done about it later.
        house.server.kill();
        house.server.start_again().await?;
        let kept = house.read(&chapter).await.map_or(0, |kept| kept.has(HANDS[0]));
        let lost = f64::from(replica.wrote() - kept) / f64::from(replica.wrote()) * 100.0;
        let rate = edits.len() as f64 / took;
        rates.push(rate);
        losses.push(lost);
        all_right &= right;
        table.push(line([
            kind.name,
            &format!("{rate:.0}"),
            &format!("{took:.1} s"),
            if right { "yes" } else { "**no**" },
            &if lost == 0.0 { "all there".into() } else { format!("**{lost:.1} % lost**") },
            &format!("{:.0} %", shares.server),
            &format!("{:.0} %", shares.generator),
            &format!("{memory} MB"),
        ]));
    }
    Ok(Findings {
        goal,
        found: format!(
            "text {}, nothing lost by kill -9: {}; {:.2} × Hocuspocus that keeps what it acknowledges, {:.2} × as it \
             comes, which lost {:.0} %",
            if all_right { "right" } else { "**wrong**" },
            if losses[0] == 0.0 { "yes" } else { "**no**" },
            rates[0] / rates[1],
            rates[0] / rates[2],
            losses[2]
        ),
        how: format!(
            "The trace `automerge-paper`: {} edits by one person, in one connection, each an update of its own, \
             {ON_THEIR_WAY} of them on their way at once. What an acknowledgement means: with Sputnik, that the edit is \
             committed to the database (SQLite, WAL, `synchronous = NORMAL`: it survives the process, and a power cut \
             may take the last); each is a command with its UID, and those that come while others are being stored share \
             a transaction. With Hocuspocus as it comes, that the edit is in memory: the document is stored 2 s after the \
             last change, at most 10 s after the first; *a log first*: that it is written to a file too, by a hook \
             that Hocuspocus has for what comes before an edit is taken in. y-websocket has no acknowledgement: here \
             its echo is waited for, sent when the edit is in memory; LevelDB gets each update after that. Right behind \
             the last acknowledgement the server is killed and started again, and a column says what is then \
             missing of what was acknowledged. Commands a second are not bounded here.",
            trace.typed.len()
        ),
        table,
    })
}

/// Writes all, and waits until all is acknowledged.
async fn pipeline(writer: &mut Line, edits: &[Vec<u8>]) -> Result<(), String> {
    let (mut sent, mut heard_of) = (0, 0);
    while heard_of < edits.len() {
        while sent < edits.len() && sent - heard_of < ON_THEIR_WAY {
            writer.write(&edits[sent])?;
            sent += 1;
        }
        writer.flush().await?;
        timeout(PATIENCE, writer.hear()).await.map_err(|_| format!("nothing comes after {heard_of} edits"))??;
        while let Some(news) = writer.news() {
            if matches!(news, News::Written | News::Edit(_)) {
                heard_of += 1;
            }
        }
    }
    Ok(())
}

/// Whether somebody who comes now reads this.
async fn reads(house: &House, chapter: &Chapter, end: &str) -> bool {
    match house.read(chapter).await {
        Ok(replica) => replica.first_text().is_some_and(|text| replica.read(&text) == end),
        Err(_) => false,
    }
}

/// One of two who write at once.
struct Author {
    line: Line,
    replica: Replica,
    /// The edits still to be made.
    typed: VecDeque<Typed>,
    me: usize,
    /// Edits of the other that came and are not taken in, and how many are.
    came: VecDeque<Vec<u8>>,
    taken_in: usize,
    /// Edits of one's own that did not come back.
    unheard: VecDeque<Vec<u8>>,
    unacknowledged: usize,
}

impl Author {
    /// Makes every edit whose time has come: the other's are taken in up to what it was once made upon, no further.
    fn write(&mut self, text: &XmlTextRef) -> Result<(), String> {
        while let Some(next) = self.typed.front() {
            let upon = next.upon[1 - self.me];
            while self.taken_in < upon {
                let Some(edit) = self.came.pop_front() else { return Ok(()) };
                self.replica.take_in(&edit)?;
                self.taken_in += 1;
            }
            if self.unacknowledged >= ON_THEIR_WAY {
                return Ok(());
            }
            let edit = self.replica.edit(text, next.at, next.remove, &next.insert);
            self.line.write(&edit)?;
            self.unheard.push_back(edit);
            self.unacknowledged += 1;
            self.typed.pop_front();
        }
        Ok(())
    }

    /// Listens, and tells whether there is nothing more to come.
    async fn listen(&mut self, others: usize) -> Result<bool, String> {
        timeout(PATIENCE, self.line.hear()).await.map_err(|_| "nothing comes any more")??;
        while let Some(news) = self.line.news() {
            match news {
                News::Written => self.unacknowledged -= 1,
                // What is one's own comes back in the order in which it went.
                News::Edit(edit) if self.unheard.front() == Some(&edit) => drop(self.unheard.pop_front()),
                News::Edit(edit) => self.came.push_back(edit),
                News::Exchanged(_) => {}
            }
        }
        let all_came = self.taken_in + self.came.len() == others;
        Ok(all_came && self.typed.is_empty() && self.unacknowledged == 0 && self.unheard.is_empty())
    }

    async fn work(mut self, text: XmlTextRef, others: usize) -> Result<Self, String> {
        loop {
            self.write(&text)?;
            if self.listen(others).await? {
                for edit in std::mem::take(&mut self.came) {
                    self.replica.take_in(&edit)?;
                }
                return Ok(self);
            }
        }
    }
}

/// Two who write at once.
pub async fn friends(run: Run) -> Result<Findings, String> {
    let goal = "both and the server end with the trace's text";
    if trace::folder().is_none() {
        return Ok(left_out(goal));
    }
    let mut trace = trace::read("friendsforever")?;
    if run.quick {
        trace.typed.truncate(QUICK);
    }
    let count = trace.typed.len();
    let of = |me: usize| trace.typed.iter().filter(move |typed| typed.by == me).cloned().collect::<VecDeque<_>>();
    let (typed, together) = ([of(0), of(1)], trace.typed.windows(2).filter(|two| two[0].by != two[1].by).count());
    let mut house = House::start(SPUTNIK_BOOK).await?;
    house.people(2).await?;
    let chapter = house.chapter().await?;
    let mut authors = Vec::new();
    let begun = Replica::new(1_000).begin("code_block").1;
    for (me, typed) in typed.iter().enumerate() {
        let mut line = house.line(me, &chapter, true).await?;
        if me == 0 {
            line.write(&begun)?;
            while !matches!(line.news(), Some(News::Written)) {
                line.hear().await?;
            }
        }
        let replica = Replica::new(HANDS[me]);
        replica.take_in(&line.read_all().await?)?;
        while line.news().is_some() {}
        let (typed, came, unheard) = (typed.clone(), VecDeque::new(), VecDeque::new());
        authors.push(Author { line, replica, typed, me, came, taken_in: 0, unheard, unacknowledged: 0 });
    }
    let (busy, start) = (Busy::watch(house.server.pid()), Instant::now());
    let others = [typed[1].len(), typed[0].len()];
    let works = authors.into_iter().zip(others).map(|(author, others)| async move {
        let text = author.replica.text_of(0).ok_or("there is nothing to write into")?;
        author.work(text, others).await
    });
    let authors = futures::future::try_join_all(works).await?;
    let (took, shares) = (start.elapsed().as_secs_f64(), busy.shares());
    let text = |replica: &Replica| replica.first_text().map(|text| replica.read(&text)).unwrap_or_default();
    let mut texts: Vec<String> = authors.iter().map(|author| text(&author.replica)).collect();
    texts.push(text(&house.read(&chapter).await?));
    house.server.kill();
    house.server.start_again().await?;
    texts.push(text(&house.read(&chapter).await?));
    let alike = texts.iter().all(|text| *text == texts[0]);
    let right = texts[0] == trace.end;
    let says = |yes: bool| if yes { "yes" } else { "**no**" };
    Ok(Findings {
        goal,
        found: format!("all four alike: {}; the trace's text: {}", says(alike), says(right)),
        how: format!(
            "The trace `friendsforever`: {count} edits by two people who typed at once, a second apart from each other \
             (the writer changes {together} times). Each makes an edit when the other's edits have come that it was \
             once made upon, and has taken in none beyond them; no faster than that, and else as fast as it goes. In \
             the end there are four texts: each client's, the server's, and the server's after `kill -9` and a start."
        ),
        table: vec![
            line(["edits", "all in", "edits/s", "all alike", "the trace's text", "server busy", "generator busy"]),
            line([
                &count.to_string(),
                &format!("{took:.1} s"),
                &format!("{:.0}", count as f64 / took),
                says(alike),
                says(right),
                &format!("{:.0} %", shares.server),
                &format!("{:.0} %", shares.generator),
            ]),
        ],
    })
}
