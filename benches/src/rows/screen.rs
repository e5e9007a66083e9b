//! Two people in browsers: from a key's press to the other's screen, and how soon a chapter is on it.

use super::{Run, chapters::write_long, line};
use crate::{
    browser::Browser,
    chance::Chance,
    report::Findings,
    samples::Samples,
    servers::SPUTNIK_BOOK,
    writing::house::{Chapter, House},
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::sleep;

/// From one key to the next, of somebody who types evenly.
const EVENLY: Duration = Duration::from_millis(120);
/// From one key to the next, of somebody who types as people do: from none to this.
const AT_RANDOM: Duration = Duration::from_millis(250);
/// These are typed first and not counted.
const WARM_UP: usize = 20;
/// A server that was just started has done what it does at first in this time.
const SETTLE: Duration = Duration::from_millis(500);

/// A server with two people and a chapter, and a browser for both.
struct Scene {
    house: House,
    chapter: Chapter,
    browser: Browser,
}

impl Scene {
    async fn set() -> Result<Self, String> {
        let mut house = House::start(SPUTNIK_BOOK).await?;
        house.people(2).await?;
        let chapter = house.chapter().await?;
        write_long(&house, &chapter).await?;
        let browser = Browser::start("browser")?;
        Ok(Self { house, chapter, browser })
    }

    /// Has the browser do something in the chapter.
    fn ask(&mut self, mut task: Value) -> Result<Value, String> {
        let Chapter { book, part } = &self.chapter;
        task["origin"] = format!("http://{}", self.house.server.at).into();
        task["path"] = format!("/book/{}/{}", book.as_str(), part.as_str()).into();
        task["cookies"] = [0, 1].map(|number| self.house.cookies(number)).to_vec().into();
        self.browser.ask(&task)
    }
}

/// Takes samples out of figures in milliseconds.
fn samples<'f>(figures: impl IntoIterator<Item = &'f Value>) -> Samples {
    let mut samples = Samples::default();
    // What was there before the last byte did not have to be waited for.
    figures.into_iter().filter_map(Value::as_f64).for_each(|ms| samples.add((ms.max(0.0) * 1_000.0) as u64));
    samples
}

fn ms(figure: f64) -> String {
    format!("{figure:.1} ms")
}

/// From a key's press to the other's screen.
pub async fn typed(run: Run) -> Result<Findings, String> {
    let keys = if run.quick { 30 } else { 150 };
    let chance = Chance::new(run.seed, 0);
    let mut scene = Scene::set().await?;
    let head = [
        "a key",
        "keys",
        "own screen p50",
        "p95",
        "other's screen p50",
        "p95",
        "worst",
        "leaves p50",
        "comes p50",
        "is shown p50",
    ];
    let (mut table, mut found, mut frame) = (vec![line(head)], Vec::new(), f64::NAN);
    let evenly = || EVENLY;
    let at_random = || chance.time(AT_RANDOM);
    let paces: [(&str, &dyn Fn() -> Duration); 2] = [("every 120 ms", &evenly), ("8 a second, at random", &at_random)];
    for (pace, next) in paces {
        println!("    {pace}");
        let pauses: Vec<_> = (0..WARM_UP + keys).map(|_| next().as_secs_f64() * 1_000.0).collect();
        let figures = scene.ask(json!({ "task": "type", "pauses": pauses }))?;
        let of = |what: &str| samples(figures[what].as_array().into_iter().flatten().skip(WARM_UP));
        let (mut own, mut other) = (of("own"), of("other"));
        let [p50, p95, worst] = [0.5, 0.95, 1.0].map(|share| other.percentile(share));
        let [leaves, comes, shown] = ["left", "came", "shown"].map(|part| ms(of(part).percentile(0.5)));
        let [own_p50, own_p95] = [0.5, 0.95].map(|share| ms(own.percentile(share)));
        let count = other.len().to_string();
        let other = [p50, p95, worst].map(ms);
        table.push(line([pace, &count, &own_p50, &own_p95, &other[0], &other[1], &other[2], &leaves, &comes, &shown]));
        found.push(format!("{pace}: p50 {p50:.0}, p95 {p95:.0} ms"));
        frame = samples(figures["frames"].as_array().into_iter().flatten()).percentile(1.0);
    }
    Ok(Findings {
        goal: "p50 ≤ 20, p95 ≤ 50 ms",
        found: found.join("; "),
        how: format!(
            "Two people in one Chromium ({}, without a window, drawn by the CPU), each in a context of their own, have \
             the chapter of *Opening a long chapter* open, and one types in its midst, where the other looks. From \
             the time the browser gives the key's event to after the frame in which the letter was laid out, painted \
             and handed on; a frame comes every {frame:.1} ms, so 8 ms of it are the waiting for one, on average. What \
             the machine does with a frame after that (raster, display) is not in it. Clocks are the same: one \
             machine's that nobody sets. The way to the other's screen in three parts: a key *leaves* the page, it \
             *comes* into the other (the server, the socket twice, and processes of the browser), and *is shown* \
             there. {WARM_UP} keys before are not counted. With the keys at random some are within 30 ms of the one \
             before, and wait. The server has a core, but not for itself: the browser, with both pages, and who \
             drives it have both.",
            scene.browser.version,
        ),
        table,
    })
}

/// Opening the chapter in a browser.
pub async fn opened(run: Run) -> Result<Findings, String> {
    let (colds, warms) = if run.quick { (2, 4) } else { (10, 20) };
    let mut scene = Scene::set().await?;
    let head = [
        "server",
        "browser's cache",
        "times",
        "the page p50",
        "text p50",
        "text worst",
        "files p50",
        "editor p50",
        "editor worst",
    ];
    let (mut table, mut found) = (vec![line(head)], Vec::new());
    let mut tell = |server: &str, cache: &str, opened: Vec<Value>| {
        let of = |what: &'static str| samples(opened.iter().map(move |figures| &figures[what]));
        let (mut text, mut editor) = (of("text"), of("live"));
        let both = [text.percentile(0.5), editor.percentile(0.5)];
        found.push(format!("{server} server, {cache} cache: text {:.0}, editor {:.0} ms", both[0], both[1]));
        let [page, files] = ["served", "files"].map(|what| ms(of(what).percentile(0.5)));
        let [text_worst, editor_worst] = [&mut text, &mut editor].map(|samples| ms(samples.percentile(1.0)));
        let (times, [text, editor]) = (text.len().to_string(), both.map(ms));
        table.push(line([server, cache, &times, &page, &text, &text_worst, &files, &editor, &editor_worst]));
    };
    let several = |answer: Value| answer["opened"].as_array().cloned().unwrap_or_default();
    let mut cold = Vec::new();
    for _ in 0..colds {
        scene.house.server.kill();
        scene.house.server.start_again().await?;
        sleep(SETTLE).await;
        cold.extend(several(scene.ask(json!({ "task": "open", "times": 1, "visited": false, "kept": false }))?));
    }
    let most = |what: &str| cold.iter().filter_map(|figures| figures[what].as_f64()).fold(0.0, f64::max) / 1_000.0;
    let bytes = format!("wasm {:.0} kB, editor {:.0} kB", most("wasm"), most("module"));
    tell("cold", "empty", cold);
    for (visited, cache) in [(false, "empty"), (true, "full")] {
        let task = json!({ "task": "open", "times": warms, "visited": visited, "kept": true });
        tell("warm", cache, several(scene.ask(task)?));
    }
    Ok(Findings {
        goal: "≤ 150 ms after the bytes arrive, cold and warm; wasm ≤ 250 kB, editor ≤ 160 kB",
        found: format!("{}; {bytes}", found.join("; ")),
        how: format!(
            "The chapter of *Opening a long chapter*, its page loaded by Chromium ({}, without a window, drawn by the \
             CPU). Cold: the server was killed and started, and nobody has asked for the chapter yet. Warm: somebody \
             in the same browser has it open. Cache empty: somebody who was never there, and has to load style, font, \
             wasm and editor as well; full: somebody who has been there twice. *The page*: from asking for it to its \
             last byte, which the text is in. All others count from that byte: *text* to when the browser says it \
             painted the screen's text, *files* to the last byte of what is loaded besides, and *editor* to after the \
             frame in which the editor stands in the text's place and lets write. Bytes are those of the body as it \
             travels, brotli. The server has a core, but not for itself: the browser and who drives it have both.",
            scene.browser.version,
        ),
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_the_last_byte_took_no_time() {
        let figures = [json!(-3.5), json!(2.5), Value::Null];
        let mut samples = samples(&figures);
        assert_eq!((samples.len(), samples.percentile(0.0), samples.percentile(1.0)), (2, 0.0, 2.5));
    }
}
