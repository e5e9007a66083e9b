//! Which file of a crate imports which, and what follows from that: rings of files, and the floors they stand on. For the
//! tests of the layer and of the application, each of which says what its rooms are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A crate as it is looked at.
pub struct Division {
    /// Its sources.
    pub sources: &'static str,
    /// What it calls itself in its own code, besides `crate`.
    pub name: &'static str,
    /// Folders whose files are looked at each for itself. A module of any other folder, and what stands in it, count as
    /// one.
    pub rooms: &'static [&'static str],
    /// The floors, from the ground up: rooms, or files that stand beside them. Those of one floor know each other as they
    /// like, but for rings.
    pub floors: &'static [&'static [&'static str]],
}

/// How large a ring may be. Two that explain each other are read together; more is a knot.
const RING: usize = 2;

/// Each file, with those it imports.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

impl Division {
    /// Which file imports which.
    pub fn imports(&self) -> Imports {
        let modules = modules(Path::new(self.sources));
        assert!(modules.len() > 50, "the sources are not where they were");
        let mut imports = Imports::new();
        for (module, code) in &modules {
            let file = self.file_of(module);
            let named = named(code).into_iter();
            let known = named.filter_map(|(path, is_inner)| self.meant(&path, module, is_inner, &modules));
            let known: Vec<String> = known.map(|other| self.file_of(&other)).filter(|other| *other != file).collect();
            imports.entry(file).or_default().extend(known);
        }
        imports
    }

    /// Which module a path that is named in another leads into.
    fn meant(&self, path: &str, within: &str, is_inner: bool, modules: &BTreeMap<String, String>) -> Option<String> {
        let mut base: Vec<&str> = if within.is_empty() { Vec::new() } else { within.split("::").collect() };
        let mut words = path.split("::").peekable();
        if words.next_if_eq(&"crate").is_some() || words.next_if_eq(&self.name).is_some() {
            base.clear();
        } else if words.peek() == Some(&"super") {
            if is_inner {
                base.push("an inner module");
            }
            while words.next_if_eq(&"super").is_some() {
                base.pop();
            }
        } else {
            // Something of its own, or of another crate.
            let mut child = base.clone();
            child.push(words.peek()?);
            modules.get(&child.join("::"))?;
        }
        base.extend(words);
        while !base.is_empty() && !modules.contains_key(&base.join("::")) {
            base.pop();
        }
        Some(base.join("::"))
    }

    /// The file a module counts as: itself, or the folder it stands in where that is no room.
    fn file_of(&self, module: &str) -> String {
        let words: Vec<&str> = module.split("::").collect();
        let folders = (1..words.len()).map(|deep| words[..deep].join("::"));
        let mut folders = folders.filter(|folder| !self.rooms.contains(&&folder[..]));
        folders.next().unwrap_or_else(|| module.to_owned())
    }

    /// On which floor a file stands.
    pub fn floor_of(&self, file: &str) -> Option<usize> {
        let stands = |place: &&str| *place == file || (!place.is_empty() && file.starts_with(&format!("{place}::")));
        let floors = self.floors.iter().enumerate();
        let places =
            floors.flat_map(|(floor, places)| places.iter().filter(|place| stands(place)).map(move |p| (p, floor)));
        places.max_by_key(|(place, _)| place.len()).map(|(_, floor)| floor)
    }

    /// Panics where more than two files form a ring.
    pub fn must_have_no_ring(&self) {
        let imports = self.imports();
        let rings = rings(&imports);
        println!("{} files, {} rings: {rings:?}", imports.len(), rings.len());
        let knots: Vec<_> = rings.iter().filter(|ring| ring.len() > RING).collect();
        assert!(knots.is_empty(), "hand in what is needed, or move what all of them need below them: {knots:#?}");
    }

    /// Panics where a file imports one of a floor above it.
    pub fn must_import_downwards(&self) {
        for (file, others) in self.imports() {
            let floor =
                self.floor_of(&file).unwrap_or_else(|| panic!("on which floor does {file} stand? Name it in `floors`"));
            for other in others {
                let above = self.floor_of(&other).unwrap_or_else(|| panic!("on which floor does {other} stand?"));
                assert!(above <= floor, "{file} stands below {other}, and imports it");
            }
        }
    }
}

/// The modules of a crate, by path (`server::node`), with what they say without comments and tests.
fn modules(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, path: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("a folder of the sources") {
            let file = entry.expect("an entry").path();
            let name = file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}::{name}") };
            if file.is_dir() {
                walk(&file, &within(&name), found);
            } else if file.extension().is_some_and(|end| end == "rs") {
                let module = if name == "mod" || name == "lib" { path.to_owned() } else { within(&name) };
                found.insert(module, code(&fs::read_to_string(file).expect("text")));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The paths that a tree of imports stands for: `a::{b, c::d}` for `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<String> {
    let Some((path, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let (mut found, mut depth, mut from) = (Vec::new(), 0, 0);
    let inner = &rest[..rest.rfind('}').unwrap_or(rest.len())];
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let leaf = inner[from..at].trim();
                if !leaf.is_empty() {
                    found.extend(leaves(leaf).into_iter().map(|leaf| format!("{}{leaf}", path.trim())));
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

/// The paths a module's code names, as it writes them; those within an inner module begin one deeper.
fn named(code: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        if line.trim().is_empty() || line.trim().starts_with("pub") {
            let tree = code[at + 4..].split(';').next().unwrap_or_default();
            found.extend(leaves(tree).into_iter().map(|leaf| (leaf, line.starts_with(' '))));
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let is_path = |letter: char| letter.is_alphanumeric() || "_:".contains(letter);
            let path: String = code[at..].chars().take_while(|letter| is_path(*letter)).collect();
            if !path.ends_with(':') {
                found.push((path, false));
            }
        }
    }
    found
}

/// All files that can be reached from one.
fn reached(from: &str, imports: &Imports) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(file) = open.pop() {
        for next in imports.get(&file).into_iter().flatten() {
            if found.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    found
}

/// Files each of which leads to all others of them.
fn rings(imports: &Imports) -> BTreeSet<BTreeSet<String>> {
    let all: BTreeMap<&String, BTreeSet<String>> = imports.keys().map(|file| (file, reached(file, imports))).collect();
    let ring = |file: &String| -> BTreeSet<String> {
        let back = all[file].iter().filter(|other| all.get(other).is_some_and(|reach| reach.contains(file)));
        back.cloned().collect()
    };
    imports.keys().map(ring).filter(|ring| ring.len() > 1).collect()
}

#[test]
fn a_knot_is_seen() {
    let imports = |pairs: &[(&str, &str)]| {
        let mut imports = Imports::new();
        for (file, other) in pairs {
            imports.entry((*file).to_owned()).or_default().insert((*other).to_owned());
            imports.entry((*other).to_owned()).or_default();
        }
        imports
    };
    assert!(rings(&imports(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    let found = rings(&imports(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]));
    assert_eq!(found.into_iter().map(|ring| ring.len()).collect::<Vec<_>>(), [3]);
    let found = leaves("crate::{a::{self, B}, c::D as E, f}");
    assert_eq!(found, ["crate::a::self", "crate::a::B", "crate::c::D", "crate::f"]);
    let paths = named("use super::{\n    a,\n    b::C,\n};\nmod inner {\n    use super::D;\n}\nlet x = crate::e::f();");
    let paths: Vec<&str> = paths.iter().map(|(path, _)| &path[..]).collect();
    for path in ["super::a", "super::b::C", "super::D", "crate::e::f"] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
}
