//! How deep what an edit adds lies in itself. Looked at before anything is made of it: removing what lies very deep, even
//! what was never seen, takes as much of the stack as it is deep.

use super::refused::Refused;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How deep what an edit adds may lie in itself. What was put into each other and removed again counts too.
const DEPTH: usize = 64;

/// Names one unit of what somebody wrote: whose hand wrote it, and its number among all that this hand wrote, from 0.
pub type Id = (u64, u32);

/// Where something stands: in a node, or beside what does.
#[derive(Debug)]
pub struct Stands {
    /// The node it is first in.
    pub parent: Option<Id>,
    /// What it stands after, and before.
    pub beside: [Option<Id>; 2],
    /// Whether something may stand in it.
    pub is_node: bool,
}

/// What an edit adds, by id, to find out how deep it lies.
#[derive(Debug, Default)]
pub struct Nodes(BTreeMap<Id, (u32, Stands)>);

impl Nodes {
    /// Adds something that is so long.
    pub fn add(&mut self, id: Id, length: u32, stands: Stands) {
        self.0.insert(id, (length, stands));
    }

    /// What an id is part of, if this edit adds it.
    fn find(&self, id: Id) -> Option<(Id, &Stands)> {
        let (start, (length, stands)) = self.0.range(..=id).next_back()?;
        let is_in = start.0 == id.0 && id.1 - start.1 < *length;
        is_in.then_some((*start, stands))
    }

    /// What decides how deep something lies, as far as this edit adds it: the node it is in, a level above; and what it
    /// stands beside.
    fn above(&self, stands: &Stands) -> Vec<(Id, usize)> {
        let parent = stands.parent.map(|id| (id, 1));
        let all = parent.into_iter().chain(stands.beside.into_iter().flatten().map(|id| (id, 0)));
        all.filter_map(|(id, level)| Some((self.find(id)?.0, level))).collect()
    }

    /// Refuses what lies too deep, and what stands in itself.
    ///
    /// # Errors
    /// When anything does.
    pub fn are_shallow(&self) -> Result<(), Refused> {
        let mut depths: HashMap<Id, usize> = HashMap::new();
        // No recursion: there may be very many. Those in `open` wait for what is above them.
        let mut open = HashSet::new();
        for (node, _) in self.0.iter().filter(|(_, (_, stands))| stands.is_node) {
            let mut todo = vec![*node];
            while let Some(id) = todo.last().copied() {
                let Some((_, stands)) = self.find(id) else { return Err(Refused::Unreadable) };
                if depths.contains_key(&id) {
                    todo.pop();
                } else if open.insert(id) {
                    for (other, _) in self.above(stands) {
                        if !depths.contains_key(&other) {
                            if open.contains(&other) {
                                return Err(Refused::Unreadable);
                            }
                            todo.push(other);
                        }
                    }
                } else {
                    let above = self.above(stands).into_iter();
                    let depth = above.filter_map(|(other, level)| Some(depths.get(&other)? + level)).max().unwrap_or(0);
                    if depth > DEPTH {
                        return Err(Refused::NotAllowed);
                    }
                    depths.insert(id, depth);
                    todo.pop();
                }
            }
        }
        Ok(())
    }
}
