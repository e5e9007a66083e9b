//! What a folder lists, as its `SUMMARY.md` says it or as its files lie in it; and where in them each begins.

use super::{
    book::{is_markdown, marked},
    folder::FileRead,
    places::Places,
    summary::Listed,
};
use crate::document::{
    archive::Archive,
    beside::{composed, is_hidden},
    left_out::{LeftOut, What},
    manuscript::Point,
    web_pages::{by_headings, natural},
};
use std::collections::{HashMap, HashSet};

/// What is listed, and the files it stands in.
pub(super) struct Listing {
    listed: Vec<Listed>,
    /// In which of the files each stands.
    sources: Vec<usize>,
    /// The paths of the files, each once, however often it is listed; nothing for what has none.
    pub files: Vec<Option<String>>,
}

/// Where something begins that is listed.
#[derive(Clone, Copy)]
struct Place {
    source: usize,
    at: usize,
    /// Whether a text begins there, or it is only a heading of what does.
    has_text: bool,
}

impl Listing {
    /// What is listed of the files in an archive.
    pub(super) fn of(mut listed: Vec<Listed>, archive: &Archive) -> Self {
        let (mut sources, mut files) = (Vec::with_capacity(listed.len()), Vec::new());
        let mut known: HashMap<String, usize> = HashMap::new();
        for entry in &mut listed {
            // As the archive writes it: else the same file could be several.
            let found = entry.path.as_deref().and_then(|path| archive.find(path)).map(str::to_owned);
            entry.path = found.or(entry.path.take());
            let source = match &entry.path {
                Some(path) => *known.entry(path.clone()).or_insert(files.len()),
                None => files.len(),
            };
            if source == files.len() {
                files.push(entry.path.clone());
            }
            sources.push(source);
        }
        Self { listed, sources, files }
    }

    /// Where chapters and sections begin in the files.
    pub(super) fn points(&self, read: &[FileRead], is_mdbook: bool, left_out: &mut LeftOut) -> Vec<Point> {
        let mut points = Vec::with_capacity(self.listed.len());
        for (entry, place) in self.listed.iter().zip(self.places(read)) {
            match place {
                Some(place) => points.extend(points_of(entry, place, read, is_mdbook)),
                // Its text stands in another.
                None => left_out.add(What::Contents, entry.title.as_deref().unwrap_or_default()),
            }
        }
        points
    }

    /// Where each begins; nothing for what begins where another does, or nowhere.
    fn places(&self, read: &[FileRead]) -> Vec<Option<Place>> {
        let mut places = Vec::with_capacity(self.listed.len());
        let mut next: Option<(Place, usize)> = None;
        for ((entry, source), begins) in self.listed.iter().zip(&self.sources).zip(self.beginnings(read)).rev() {
            let below = next.filter(|(_, level)| *level > entry.level).map(|(place, _)| place);
            let below = below.map(|place| Place { has_text: false, ..place });
            let place = match begins {
                Some(at) => Some(Place { source: *source, at, has_text: true }),
                // A heading of what begins within a file stands there too.
                None if entry.path.is_none() => {
                    let alone = Place { source: *source, at: 0, has_text: false };
                    Some(below.filter(|place| place.at > 0).unwrap_or(alone))
                }
                None => below,
            };
            next = place.map(|place| (place, entry.level)).or(next);
            places.push(place);
        }
        places.reverse();
        places
    }

    /// Before which node of its file each begins that has one: a file is read once, so only the first that begins in a
    /// place does.
    fn beginnings(&self, read: &[FileRead]) -> Vec<Option<usize>> {
        let mut begins = Vec::with_capacity(self.listed.len());
        let mut firsts: HashMap<usize, (usize, usize)> = HashMap::new();
        let mut known: HashMap<usize, Places> = HashMap::new();
        for (number, (entry, source)) in self.listed.iter().zip(&self.sources).enumerate() {
            let file = read.get(*source).filter(|_| entry.path.is_some());
            let at = file.and_then(|file| {
                if entry.place.is_empty() {
                    return Some(0);
                }
                let anchors = &file.source.anchors;
                let places = known.entry(*source).or_insert_with(|| Places::of(anchors));
                anchors.get(places.find(&entry.place)?).copied()
            });
            if file.is_some() {
                let here = (at.unwrap_or(usize::MAX), number);
                firsts.entry(*source).and_modify(|first| *first = here.min(*first)).or_insert(here);
            }
            begins.push(at);
        }
        // What stands before all that is listed of a file belongs to the first of that.
        for (_, number) in firsts.into_values() {
            begins[number] = Some(0);
        }
        let mut taken = HashSet::new();
        for (at, source) in begins.iter_mut().zip(&self.sources) {
            *at = at.filter(|at| taken.insert((*source, *at)));
        }
        begins
    }
}

/// Where something begins that is listed, and what begins within it.
fn points_of(entry: &Listed, Place { source, at, has_text }: Place, read: &[FileRead], is_mdbook: bool) -> Vec<Point> {
    let Some(file) = read.get(source).filter(|_| has_text) else {
        // Without a text of its own, a file that is listed once more is a heading of others.
        let is_section = entry.is_section || entry.path.is_some();
        return vec![Point { source, at, level: entry.level, title: entry.title.clone(), is_section }];
    };
    if !file.parts.is_empty() {
        // It is a whole book that was taken out, and says all itself.
        let marked = marked(&file.parts, &file.source.headings).into_iter().filter(|_| at == 0);
        return marked.map(|point| Point { source, level: entry.level - 1 + point.level, ..point }).collect();
    }
    let title = entry.title.clone().or_else(|| file.title.clone().filter(|_| at == 0));
    if !file.is_there && title.is_none() && !entry.is_section {
        return Vec::new();
    }
    let mut points = vec![Point { source, at, level: entry.level, title, is_section: entry.is_section }];
    if !entry.is_section && !is_mdbook {
        let below = by_headings(&file.source.headings).into_iter().filter(|heading| heading.at > 0);
        points.extend(below.map(|point| Point { source, level: entry.level + point.level, ..point }));
    }
    points
}

/// What a file is called without its folder, and without what it ends in.
pub(super) fn name_of(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or_default();
    composed(file.rsplit_once('.').map_or(file, |(stem, _)| stem))
}

/// All files in their folders, as people list them: the one that introduces a folder first.
pub(super) fn by_folders(archive: &Archive) -> Vec<Listed> {
    let is_text = |path: &&str| is_markdown(path) && !is_hidden(path) && !is_about_files(path);
    let mut paths: Vec<&str> = archive.paths().filter(is_text).collect();
    let introduces = |path: &str| matches!(&*name_of(path).to_lowercase(), "index" | "_index" | "readme");
    let key = |path: &str| {
        let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        if introduces(path) {
            parts.pop();
        }
        parts
    };
    paths.sort_by(|one, other| {
        let (one, other) = (key(one), key(other));
        let differs = one.iter().zip(&other).map(|(one, other)| natural(one, other)).find(|order| order.is_ne());
        differs.unwrap_or_else(|| one.len().cmp(&other.len()))
    });
    // The folder that all lie in is the book's own.
    let shared = paths.first().map_or(0, |first| {
        let folders = first.split('/').count() - 1;
        (0..=folders).rev().find(|count| paths.iter().all(|path| has_same_folders(first, path, *count))).unwrap_or(0)
    });
    let (mut listed, mut open): (Vec<Listed>, Vec<String>) = (Vec::new(), Vec::new());
    for path in paths {
        let folders: Vec<&str> = path.split('/').collect();
        let folders = &folders[shared..folders.len() - 1];
        let same = folders.iter().zip(&open).take_while(|(one, other)| *one == *other).count();
        open.truncate(same);
        for (depth, folder) in folders.iter().enumerate().skip(same) {
            open.push((*folder).to_owned());
            let is_introduced = introduces(path) && depth + 1 == folders.len();
            let path = is_introduced.then(|| path.to_owned());
            let title = path.is_none().then(|| composed(folder));
            listed.push(Listed { title, path, place: String::new(), level: depth + 1, is_section: true });
        }
        if listed.last().is_none_or(|last| last.path.as_deref() != Some(path)) {
            let (path, place) = (Some(path.to_owned()), String::new());
            listed.push(Listed { title: None, path, place, level: folders.len() + 1, is_section: false });
        }
    }
    listed
}

fn has_same_folders(one: &str, other: &str, count: usize) -> bool {
    let folders = |path: &'_ str| path.split('/').count() - 1;
    folders(other) >= count && one.split('/').take(count).eq(other.split('/').take(count))
}

/// Whether a file tells something about the others.
fn is_about_files(path: &str) -> bool {
    let name = name_of(path).to_lowercase();
    matches!(&*name, "license" | "licence" | "changelog" | "contributing") && !path.contains('/')
}
