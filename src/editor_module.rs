//! Where the editor's module is among the site's files: its name changes with its contents.

use std::{path::Path, sync::OnceLock};

/// The address of the editor's module in a site, as its build named it: read once.
#[must_use]
pub fn address(site: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        module: String,
    }
    static MODULE: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let named = std::fs::read_to_string(Path::new(site).join("pkg/editor.json")).ok()?;
        let Named { module } = serde_json::from_str(&named).ok()?;
        Some(format!("/pkg/{module}"))
    };
    MODULE.get_or_init(read).clone()
}
