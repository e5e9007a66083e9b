//! What kind of list a paragraph is an item of, and from where it counts.

use super::{super::super::markup::Markup, styles::Styles};
use std::collections::{HashMap, HashSet};

/// The signs that say that something is to be done, and that it is.
const TO_DO: &str = "\u{2610}\u{25a1}\u{25fb}\u{2751}";
const DONE: &str = "\u{2611}\u{2612}\u{2714}\u{2713}\u{2705}";

/// What an item of a list begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Bullet,
    Number,
    /// A box, which is ticked or not.
    Task(bool),
    /// Nothing at all: it goes on with the item before.
    Nothing,
}

/// A level of a list.
#[derive(Debug, Clone)]
struct Level {
    sign: Sign,
    start: i64,
    left: i64,
}

/// An item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// Which list.
    pub(super) list: usize,
    /// How deep.
    pub(super) level: usize,
    /// What it begins with.
    pub(super) sign: Sign,
    /// Its number, where it has one.
    pub(super) number: i64,
    /// How far its text stands to the right.
    pub(super) left: i64,
}

/// A list: by which rules it is numbered, and where it begins otherwise than they say.
#[derive(Debug)]
struct List {
    rules: String,
    starts: HashMap<usize, i64>,
    levels: HashMap<usize, Level>,
}

/// The lists of a document.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// All lists, and which of them has which id.
    lists: Vec<List>,
    ids: HashMap<String, usize>,
    rules: HashMap<String, HashMap<usize, Level>>,
}

/// How far each list has counted.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// By rules, and by level: lists of the same rules count together.
    numbers: HashMap<(String, usize), i64>,
    begun: HashSet<usize>,
}

impl Numbering {
    pub(super) fn read(text: &str, styles: &Styles) -> Self {
        let markup = Markup::read(text);
        let mut numbering = Self::default();
        let mut of_styles: HashMap<String, String> = HashMap::new();
        let all = markup.all();
        for rules in all.iter().filter(|element| element.name == "abstractnum") {
            let Some(id) = rules.attribute("abstractnumid") else { continue };
            let levels = rules.children.iter().filter(|child| child.name == "lvl").filter_map(level).collect();
            numbering.rules.insert(id.to_owned(), levels);
            let style = rules.children.iter().find(|child| child.name == "numstylelink");
            if let Some(style) = style.and_then(|style| style.attribute("val")) {
                of_styles.insert(id.to_owned(), style.to_owned());
            }
        }
        let nums: Vec<&&Markup> = all.iter().filter(|element| element.name == "num").collect();
        for num in &nums {
            let child = |name: &str| num.children.iter().find(|child| child.name == name);
            let Some(id) = num.attribute("numid") else { continue };
            let Some(rules) = child("abstractnumid").and_then(|rules| rules.attribute("val")) else { continue };
            let mut list = List { rules: rules.to_owned(), starts: HashMap::new(), levels: HashMap::new() };
            for other in num.children.iter().filter(|child| child.name == "lvloverride") {
                let Some(at) = other.attribute("ilvl").and_then(|level| level.parse().ok()) else { continue };
                let start = other.children.iter().find(|child| child.name == "startoverride");
                let start = start.and_then(|start| start.attribute("val")).and_then(|start| start.parse().ok());
                list.starts.extend(start.map(|start| (at, start)));
                let level = other.children.iter().find(|child| child.name == "lvl").and_then(level);
                list.levels.extend(level.map(|(_, level)| (at, level)));
            }
            numbering.ids.insert(id.to_owned(), numbering.lists.len());
            numbering.lists.push(list);
        }
        // Rules that are those of a style are those of the list that this style names.
        for (id, style) in of_styles {
            let list = styles.number(&style).and_then(|(number, _)| numbering.ids.get(&number).copied());
            let rules = list.and_then(|list| numbering.rules.get(&numbering.lists[list].rules)).cloned();
            if let Some(rules) = rules {
                numbering.rules.insert(id, rules);
            }
        }
        numbering
    }

    /// The item that a paragraph is, which is the next of its list.
    pub(super) fn item(&self, number: &str, level: usize, counted: &mut Counted) -> Option<Item> {
        let at = *self.ids.get(number)?;
        let list = &self.lists[at];
        let level = level.min(8);
        let rule = list.levels.get(&level).or_else(|| self.rules.get(&list.rules)?.get(&level));
        let Level { sign, start, left } =
            rule.cloned().unwrap_or(Level { sign: Sign::Bullet, start: 1, left: 720 * (level as i64 + 1) });
        if counted.begun.insert(at) {
            for (level, start) in &list.starts {
                counted.numbers.insert((list.rules.clone(), *level), start - 1);
            }
        }
        if sign == Sign::Nothing {
            return Some(Item { list: at, level, sign, number: 0, left });
        }
        let start = list.starts.get(&level).copied().unwrap_or(start);
        let number = counted.numbers.entry((list.rules.clone(), level)).or_insert(start - 1);
        *number = number.saturating_add(1);
        let number = *number;
        // What is deeper begins anew.
        for deeper in level + 1..9 {
            counted.numbers.remove(&(list.rules.clone(), deeper));
        }
        Some(Item { list: at, level, sign, number, left })
    }
}

fn level(element: &Markup) -> Option<(usize, Level)> {
    let value = |name: &str| element.children.iter().find(|child| child.name == name)?.attribute("val");
    let at: usize = element.attribute("ilvl")?.parse().ok().filter(|level| *level < 9)?;
    let text = value("lvltext").unwrap_or_default();
    let is_of = |signs: &str| text.chars().all(|sign| signs.contains(sign)) && !text.is_empty();
    let has_picture = element.children.iter().any(|child| child.name == "lvlpicbulletid");
    let sign = match value("numfmt").unwrap_or("decimal") {
        "none" => Sign::Nothing,
        "bullet" if is_of(TO_DO) => Sign::Task(false),
        "bullet" if is_of(DONE) => Sign::Task(true),
        "bullet" if text.trim().is_empty() && !has_picture => Sign::Nothing,
        "bullet" => Sign::Bullet,
        _ => Sign::Number,
    };
    let start = value("start").and_then(|start| start.parse().ok()).unwrap_or(1);
    let left = element.find("ind").and_then(left).unwrap_or(720 * (at as i64 + 1));
    Some((at, Level { sign, start, left }))
}

fn left(indent: &Markup) -> Option<i64> {
    twips(indent.attribute("left").or_else(|| indent.attribute("start"))?)
}

/// A length in twentieths of a point: strict documents may say it with a unit.
pub(super) fn twips(said: &str) -> Option<i64> {
    if let Ok(plain) = said.parse() {
        return Some(plain);
    }
    let points: f64 = said.strip_suffix("pt")?.parse().ok()?;
    // As wide as a page at most.
    Some((points * 20.0).clamp(-30_000.0, 30_000.0) as i64)
}
