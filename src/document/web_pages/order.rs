//! In which order the pages of a folder are read: as their own contents name them, and otherwise as files are listed.

use super::{
    super::{beside::target, markup::Markup},
    Page,
};
use std::{cmp::Ordering, collections::HashMap};

/// Brings the pages into their order, and answers on which level each stands.
pub(super) fn order(pages: &mut [Page]) -> Vec<usize> {
    pages.sort_by(|one, other| depth(one).cmp(&depth(other)).then_with(|| natural(&one.path, &other.path)));
    let first = pages.iter().position(is_first).unwrap_or(0);
    pages[..=first].rotate_right(1);
    let named = named(&pages[0]);
    let place = |page: &Page| named.get(page.path.as_str()).map_or(usize::MAX, |(place, _)| *place);
    let mut levels: HashMap<String, usize> = HashMap::new();
    let least = named.values().map(|(_, level)| *level).min().unwrap_or(1);
    for (path, (_, level)) in &named {
        levels.insert(path.clone(), 1 + level - least);
    }
    let first = pages[0].path.clone();
    // The sort is stable: what is not named comes as it was.
    pages[1..].sort_by_key(|page| place(page));
    let level = |page: &Page| if page.path == first { 1 } else { levels.get(&page.path).copied().unwrap_or(1) };
    pages.iter().map(level).collect()
}

fn depth(page: &Page) -> usize {
    page.path.matches('/').count()
}

fn is_first(page: &Page) -> bool {
    let name = page.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    matches!(stem, "index" | "toc" | "contents")
}

/// Which pages a page names, in their order, and how deep in lists.
fn named(page: &Page) -> HashMap<String, (usize, usize)> {
    let mut named: HashMap<String, (usize, usize)> = HashMap::new();
    let markup = Markup::read(&page.text);
    let mut left: Vec<(&Markup, usize)> = markup.children.iter().rev().map(|child| (child, 0)).collect();
    while let Some((element, lists)) = left.pop() {
        let is_list = matches!(element.name.as_str(), "ol" | "ul" | "dl");
        let lists = lists + usize::from(is_list);
        if element.name == "a"
            && let Some((path, _)) = element.attribute("href").and_then(|href| target(&page.path, href))
        {
            let place = named.len();
            named.entry(path).or_insert((place, lists));
        }
        left.extend(element.children.iter().rev().map(|child| (child, lists)));
    }
    named
}

/// As people count: 2 before 10.
pub(in crate::document) fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.chars().peekable(), other.chars().peekable());
    loop {
        match (one.peek().copied(), other.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
                    let mut digits = String::new();
                    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                        digits.push(digit);
                    }
                    let bare = digits.trim_start_matches('0').to_owned();
                    (bare.len(), bare)
                };
                match number(&mut one).cmp(&number(&mut other)) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                }
            }
            (Some(a), Some(b)) => match a.to_lowercase().cmp(b.to_lowercase()) {
                Ordering::Equal => drop((one.next(), other.next())),
                unequal => return unequal,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_as_people_count() {
        let mut files = ["c10.html", "c2.html", "C1.html", "c02b.html", "b.html"];
        files.sort_by(|one, other| natural(one, other));
        assert_eq!(files, ["b.html", "C1.html", "c2.html", "c02b.html", "c10.html"]);
    }
}
