//! Which blocks of a chapter became which.

use super::{
    super::tree::{Element, Mark, Node},
    segments::segments,
};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Instant,
};

/// How alike two blocks must be to be seen as one that changed: which part of their words they share.
const ALIKE: f64 = 0.35;
/// How much is spent on finding out which of some changed blocks became which: words that are looked at. Beyond that
/// they are seen as gone and come.
const EFFORT: usize = 4_000_000;

/// One step from the old list to the new; the numbers are places in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The old is the new.
    Same(usize, usize),
    /// The old became the new.
    Changed(usize, usize),
    /// The old went.
    Went(usize),
    /// The new came.
    Came(usize),
}

/// The steps from one list of nodes to another, in order. `may_become` tells which may be seen as one that changed. What
/// is not found out by `until` is seen as gone and come.
pub fn align(old: &[Node], new: &[Node], may_become: impl Fn(&Element, &Element) -> bool, until: Instant) -> Vec<Step> {
    let (a, b) = (sums(old), sums(new));
    let mut steps = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Myers, &a, &b, Some(until)) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                steps.extend((0..len).map(|n| Step::Same(old_index + n, new_index + n)));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                steps.extend((old_index..old_index + old_len).map(Step::Went));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                steps.extend((new_index..new_index + new_len).map(Step::Came));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let (gone, come) = (&old[old_index..old_index + old_len], &new[new_index..new_index + new_len]);
                let paired = pair(gone, come, &may_become, until);
                steps.extend(paired.into_iter().map(|step| match step {
                    Step::Same(i, j) => Step::Same(old_index + i, new_index + j),
                    Step::Changed(i, j) => Step::Changed(old_index + i, new_index + j),
                    Step::Went(i) => Step::Went(old_index + i),
                    Step::Came(j) => Step::Came(new_index + j),
                }));
            }
        }
    }
    steps
}

/// A number for each node, which equal ones have in common, and others have not.
fn sums(nodes: &[Node]) -> Vec<u64> {
    let mut sums = Sums::default();
    nodes.iter().map(|node| sums.of(node)).collect()
}

/// Sums of what has marks. Those that hold on are summed up once: an address may be long.
#[derive(Default)]
pub struct Sums<'a>(Option<(&'a [Mark], u64)>);

impl<'a> Sums<'a> {
    fn of(&mut self, node: &'a Node) -> u64 {
        match node {
            Node::Text(run) => self.of_text(&run.text, &run.marks),
            Node::Element(element) => self.of_element(element),
        }
    }

    /// That of an element with all that stands in it.
    pub fn of_element(&mut self, element: &'a Element) -> u64 {
        let mut hasher = DefaultHasher::new();
        (1_u8, &element.kind.name, &element.values, element.children.len()).hash(&mut hasher);
        element.children.iter().for_each(|child| self.of(child).hash(&mut hasher));
        hasher.finish()
    }

    /// That of text with these marks.
    pub fn of_text(&mut self, text: &str, marks: &'a [Mark]) -> u64 {
        let mut hasher = DefaultHasher::new();
        (0_u8, text, self.of_marks(marks)).hash(&mut hasher);
        hasher.finish()
    }

    fn of_marks(&mut self, marks: &'a [Mark]) -> u64 {
        if let Some((last, sum)) = self.0
            && are_the_same(last, marks)
        {
            return sum;
        }
        let mut hasher = DefaultHasher::new();
        marks.iter().for_each(|mark| (&mark.kind.name, &mark.values).hash(&mut hasher));
        self.0 = Some((marks, hasher.finish()));
        hasher.finish()
    }
}

/// Whether these are the very same marks, not only equal ones.
fn are_the_same(some: &[Mark], others: &[Mark]) -> bool {
    let same = |(a, b): (&Mark, &Mark)| a.kind.name == b.kind.name && Arc::ptr_eq(&a.values, &b.values);
    some.len() == others.len() && some.iter().zip(others).all(same)
}

/// The pairs, in order, that are the most alike taken together: the textbook's table.
fn pair(old: &[Node], new: &[Node], may_become: impl Fn(&Element, &Element) -> bool, until: Instant) -> Vec<Step> {
    let apart = || (0..old.len()).map(Step::Went).chain((0..new.len()).map(Step::Came)).collect();
    if Instant::now() >= until {
        return apart();
    }
    let (a, b): (Vec<_>, Vec<_>) = (old.iter().map(words).collect(), new.iter().map(words).collect());
    let all = |words: &[Words]| words.iter().map(|words| words.count + 1).sum::<usize>();
    if all(&a).saturating_mul(new.len()) + all(&b).saturating_mul(old.len()) > EFFORT {
        return apart();
    }
    let alike = |i: usize, j: usize| match (&old[i], &new[j]) {
        (Node::Element(x), Node::Element(y)) if may_become(x, y) => {
            let alike = a[i].alike(&b[j]);
            if alike >= ALIKE { alike } else { 0.0 }
        }
        _ => 0.0,
    };
    let wide = new.len() + 1;
    let mut best = vec![0.0_f64; (old.len() + 1) * wide];
    let mut likeness = vec![0.0_f64; old.len() * new.len()];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let alike = alike(i, j);
            likeness[i * new.len() + j] = alike;
            let paired = if alike > 0.0 { alike + best[(i + 1) * wide + j + 1] } else { 0.0 };
            best[i * wide + j] = paired.max(best[(i + 1) * wide + j]).max(best[i * wide + j + 1]);
        }
    }
    let (mut i, mut j, mut steps) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        let (alike, here) = (likeness[i * new.len() + j], best[i * wide + j]);
        if alike > 0.0 && here <= alike + best[(i + 1) * wide + j + 1] {
            steps.push(Step::Changed(i, j));
            (i, j) = (i + 1, j + 1);
        } else if here <= best[(i + 1) * wide + j] {
            steps.push(Step::Went(i));
            i += 1;
        } else {
            steps.push(Step::Came(j));
            j += 1;
        }
    }
    steps.extend((i..old.len()).map(Step::Went));
    steps.extend((j..new.len()).map(Step::Came));
    steps
}

/// Which words a node has, how often each.
struct Words {
    each: HashMap<u64, usize>,
    count: usize,
}

impl Words {
    #[expect(clippy::cast_precision_loss, reason = "no block has that many words")]
    fn alike(&self, other: &Self) -> f64 {
        if self.count + other.count == 0 {
            // Two empty blocks of one kind count as one that changed.
            return 1.0;
        }
        let shared: usize =
            self.each.iter().map(|(word, count)| other.each.get(word).map_or(0, |others| *count.min(others))).sum();
        2.0 * shared as f64 / (self.count + other.count) as f64
    }
}

fn words(node: &Node) -> Words {
    fn add(node: &Node, found: &mut Words) {
        let mut note = |word: &str| {
            let mut hasher = DefaultHasher::new();
            word.hash(&mut hasher);
            *found.each.entry(hasher.finish()).or_default() += 1;
            found.count += 1;
        };
        match node {
            Node::Text(run) => {
                let mut before: Option<&str> = None;
                for segment in segments(&run.text) {
                    if !segment.contains(char::is_alphanumeric) {
                        before = None;
                        continue;
                    }
                    note(segment);
                    // In a writing without blanks a letter stands in most lines: two in a row tell more.
                    if let Some(before) = before {
                        note(&format!("{before}{segment}"));
                    }
                    before = Some(segment);
                }
            }
            Node::Element(element) => {
                element.values.iter().for_each(|value| note(&value.to_string()));
                element.children.iter().for_each(|child| add(child, found));
            }
        }
    }
    let mut found = Words { each: HashMap::new(), count: 0 };
    add(node, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::{super::super::markdown, *};
    use std::time::Duration;

    fn steps(old: &str, new: &str) -> Vec<Step> {
        let until = Instant::now() + Duration::from_secs(5);
        align(&markdown::read(old), &markdown::read(new), |a, b| a.kind.name == b.kind.name, until)
    }

    #[test]
    fn a_block_that_changed_is_known_among_others() {
        let old = "One stays.\n\nThe harbour sleeps under snow.\n\nThree goes away.\n\nFour stays.";
        let new = "One stays.\n\nSomething new.\n\nThe harbour sleeps under deep snow.\n\nFour stays.";
        let expected = [Step::Same(0, 0), Step::Came(1), Step::Changed(1, 2), Step::Went(2), Step::Same(3, 3)];
        assert_eq!(steps(old, new), expected);
    }

    #[test]
    fn blocks_of_different_kinds_are_not_each_others_change() {
        assert_eq!(steps("The same words.", "## The same words."), [Step::Went(0), Step::Came(0)]);
    }

    #[test]
    fn every_block_is_in_one_step() {
        let text = |numbers: &[u32]| numbers.iter().map(|n| format!("Block {n}.")).collect::<Vec<_>>().join("\n\n");
        let (old, new) = (text(&[1, 2, 3, 4, 5, 6]), text(&[9, 2, 7, 6, 5, 8, 1]));
        let (mut olds, mut news) = (Vec::new(), Vec::new());
        for step in steps(&old, &new) {
            match step {
                Step::Same(i, j) | Step::Changed(i, j) => (olds.push(i), news.push(j)).0,
                Step::Went(i) => olds.push(i),
                Step::Came(j) => news.push(j),
            }
        }
        assert_eq!(olds, (0..6).collect::<Vec<_>>());
        assert_eq!(news, (0..7).collect::<Vec<_>>());
    }
}
