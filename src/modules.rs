//! Where the modules that pages load are among the site's files: their names change with their contents.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
    sync::OnceLock,
};

/// The modules' addresses.
#[derive(Debug)]
pub struct Modules {
    /// The editor's.
    pub editor: String,
    /// That of what looks after the device.
    pub device: String,
    /// Of each part of the application, the files it is in.
    parts: HashMap<String, Vec<String>>,
}

impl Modules {
    /// The files of the whole application that are in parts: those that these parts are in, and the others.
    #[must_use]
    pub fn of_parts<'a>(&self, parts: impl Iterator<Item = &'a str>) -> (Vec<String>, Vec<String>) {
        let of_these: BTreeSet<&String> = parts.filter_map(|part| self.parts.get(part)).flatten().collect();
        let all: BTreeSet<&String> = self.parts.values().flatten().collect();
        all.into_iter().cloned().partition(|file| of_these.contains(file))
    }
}

/// The modules of a site, as its build named them: read once.
#[must_use]
pub fn modules(site: &str) -> Option<&'static Modules> {
    #[derive(serde::Deserialize)]
    struct Named {
        module: String,
        device: String,
    }
    static MODULES: OnceLock<Option<Modules>> = OnceLock::new();
    let address = |file: &String| format!("/pkg/{file}");
    let read = || {
        let list = |name| fs::read_to_string(Path::new(site).join("pkg").join(name)).ok();
        let Named { module, device } = serde_json::from_str(&list("editor.json")?).ok()?;
        // Another tool than xtask may have built the site: then a browser finds out by itself what a page is made of.
        let parts = list("parts.json").and_then(|parts| serde_json::from_str(&parts).ok());
        let mut parts: HashMap<String, Vec<String>> = parts.unwrap_or_default();
        parts.values_mut().flatten().for_each(|file| *file = address(file));
        Some(Modules { editor: address(&module), device: address(&device), parts })
    };
    MODULES.get_or_init(read).as_ref()
}
