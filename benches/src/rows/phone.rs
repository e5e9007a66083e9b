//! The demo's pages as Lighthouse sees them, on a phone that it makes up.

use super::{Run, line};
use crate::{
    browser::Browser,
    report::Findings,
    servers::{SPUTNIK_DEMO, Server, place},
};
use serde_json::{Value, json};
use server_fn::ServerFn;
use sputnik_editor::account::commands::SignIn;

/// What is asked of every page.
const GOAL: &str = "performance ≥ 95, largest paint ≤ 2.0 s, blocked ≤ 150 ms, no shift; the rest 100";

/// A page: what it is called, and where it is.
struct Page {
    name: &'static str,
    path: String,
    is_signed_in: bool,
}

/// What was found of a page, one value a look.
struct Looks(Vec<Value>);

impl Looks {
    /// The one in the middle, of an uneven number of looks.
    fn median(&self, figure: impl Fn(&Value) -> Option<f64>) -> f64 {
        let mut all: Vec<f64> = self.0.iter().filter_map(figure).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn of(&self, name: &str) -> f64 {
        self.median(|look| look[name].as_f64())
    }

    /// From the lowest to the highest, where they differ.
    fn range(&self, name: &str) -> String {
        let all = || self.0.iter().filter_map(|look| look[name].as_f64());
        let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
        if low.round() < high.round() { format!(" ({low:.0}–{high:.0})") } else { String::new() }
    }
}

/// The pages of the demo.
pub async fn measure(run: Run) -> Result<Findings, String> {
    let times = if run.quick { 1 } else { 5 };
    let server = Server::start(SPUTNIK_DEMO).await?;
    let origin = format!("http://{}", server.at);
    let mut browser = Browser::start("phone")?;
    let demo = browser.ask(&json!({ "task": "enter", "origin": origin, "signIn": SignIn::PATH }))?;
    let at = |what: &str| demo[what].as_str().unwrap_or_default().to_owned();
    let page = |name, path: String, is_signed_in| Page { name, path, is_signed_in };
    let pages = [
        page("front", "/".into(), false),
        page("sign-in", "/sign-in".into(), false),
        page("a book", at("book"), false),
        page("a chapter", at("chapter"), false),
        page("shelf, signed in", "/shelf".into(), true),
        page("a chapter, signed in", at("chapter"), true),
    ];
    let head = [
        "page",
        "performance",
        "first paint",
        "largest paint",
        "blocked",
        "interactive",
        "shift",
        "accessibility, practices, SEO",
        "answered in",
        "weight",
    ];
    let (mut table, mut scores) = (vec![line(head)], Vec::new());
    let (mut largest, mut blocked, mut shift) = (0.0_f64, 0.0_f64, 0.0_f64);
    for Page { name, path, is_signed_in } in pages {
        let report = place("BENCH_BUILT").join("phone").join(format!("{}.json", name.replace([' ', ','], "-")));
        let cookies = if is_signed_in { demo["cookies"].clone() } else { json!([]) };
        let task = json!({ "task": "look", "url": origin.clone() + &path, "cookies": cookies, "report": report });
        let looks = Looks((0..times).map(|_| browser.ask(&task)).collect::<Result<_, _>>()?);
        let performance = looks.of("performance");
        let rest = [0, 1, 2].map(|which| format!("{:.0}", looks.median(|look| look["rest"][which].as_f64()))).join(" ");
        println!("    {name}: {performance:.0}{}", looks.range("performance"));
        scores.push(format!("{name} {performance:.0}"));
        (largest, blocked) = (largest.max(looks.of("largest")), blocked.max(looks.of("blocked")));
        shift = shift.max(looks.of("shift"));
        let seconds = |what| format!("{:.1} s", looks.of(what) / 1_000.0);
        table.push(line([
            name,
            &format!("{performance:.0}{}", looks.range("performance")),
            &seconds("first"),
            &seconds("largest"),
            &format!("{:.0} ms", looks.of("blocked")),
            &seconds("interactive"),
            &format!("{:.3}", looks.of("shift")),
            &rest,
            &format!("{:.0} ms", looks.of("answered")),
            &format!("{:.0} kB", looks.of("bytes") / 1_000.0),
        ]));
    }
    Ok(Findings {
        goal: GOAL,
        found: format!(
            "{}; at worst largest paint {:.1} s, blocked {blocked:.0} ms, shift {shift:.3}",
            scores.join(", "),
            largest / 1_000.0
        ),
        how: format!(
            "Lighthouse as it comes ({}), which makes up a phone: a processor four times slower than this one, and a \
             slow 4G network (1.6 Mbit/s, 150 ms), both computed from a look without either. The application is a \
             release that serves its demo; the chapter is the first of its novel. Each page {times} times, each time \
             in a new browser: the median, and behind the performance from the lowest to the highest where they \
             differ. *Blocked* is by how much tasks were longer than 50 ms, all together; *weight* is all that was \
             transferred. The server has a core, but not for itself: the browser has both.",
            browser.version,
        ),
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_what_was_found() {
        let looks = Looks([90, 97, 95].map(|performance| json!({ "performance": performance })).to_vec());
        assert_eq!((looks.of("performance"), &*looks.range("performance")), (95.0, " (90–97)"));
        let alike = Looks(vec![json!({ "blocked": 10.2 }), json!({ "blocked": 9.9 })]);
        assert_eq!(alike.range("blocked"), "");
        assert!(alike.of("shift").is_nan());
    }
}
