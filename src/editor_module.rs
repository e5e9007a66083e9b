//! Where the modules that pages load are among the site's files: their names change with their contents.

use std::{path::Path, sync::OnceLock};

/// The modules' addresses.
#[derive(Debug, Clone)]
pub struct Modules {
    /// The editor's.
    pub editor: String,
    /// That of what looks after the device.
    pub device: String,
}

/// The modules of a site, as its build named them: read once.
#[must_use]
pub fn modules(site: &str) -> Option<Modules> {
    #[derive(serde::Deserialize)]
    struct Named {
        module: String,
        device: String,
    }
    static MODULES: OnceLock<Option<Modules>> = OnceLock::new();
    let read = || {
        let named = std::fs::read_to_string(Path::new(site).join("pkg/editor.json")).ok()?;
        let Named { module, device } = serde_json::from_str(&named).ok()?;
        Some(Modules { editor: format!("/pkg/{module}"), device: format!("/pkg/{device}") })
    };
    MODULES.get_or_init(read).clone()
}
