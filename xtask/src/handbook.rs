//! Makes the application that a chapter of the handbook leads to, from nothing but that chapter.

use std::fs;
use std::path::{Path, PathBuf};

use crate::application::{Application, Workspace};
use crate::stamp::write;
use crate::{Done, paths};

const CHAPTER: &str = "docs/handbook/20-add-sputnik-to-your-application.md";

/// The package that stands in for the editor: it depends on the same, so that nothing of that is compiled again.
const STAND_IN: &str = "same-dependencies";

/// Writes the chapter's files into an empty folder, as a reader would, and tells what they are.
pub fn application() -> Done<Application> {
    let chapter = read(&paths::root().join(CHAPTER))?;
    let files = files(&chapter);
    let name = files.iter().find(|(path, _)| path == Path::new("Cargo.toml")).and_then(|(_, text)| name(text));
    let name = name.ok_or(format!("{CHAPTER} has no Cargo.toml in which a package is named."))?;
    // Where cargo finds the settings of this workspace, wherever it puts what it builds.
    let root = paths::root().join("target").join("handbook");
    let folder = root.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("Could not empty {}: {error}.", paths::shown(&folder)))?;
    }
    for (path, text) in &files {
        write(&folder.join(path), text.as_bytes())?;
    }
    write(&root.join("Cargo.toml"), workspace(&read(&paths::root().join("Cargo.toml"))?, name).as_bytes())?;
    write(&root.join("Cargo.lock"), read(&paths::root().join("Cargo.lock"))?.as_bytes())?;
    write(&root.join("src/lib.rs"), b"//! Nothing.\n")?;
    Ok(Application::in_folder(name, folder, Workspace { root, beside: Some(STAND_IN) }))
}

fn read(file: &Path) -> Done<String> {
    fs::read_to_string(file).map_err(|error| format!("Could not read {}: {error}.", paths::shown(file)))
}

/// The files in a chapter: code blocks whose first line is a comment with a path. Of two with one path the later counts.
fn files(chapter: &str) -> Vec<(PathBuf, String)> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    // Blocks stand between fences: every second piece is one.
    for block in chapter.split("\n```").skip(1).step_by(2) {
        let Some((_, code)) = block.split_once('\n') else { continue };
        let first = code.lines().next().unwrap_or_default();
        let named = first.strip_prefix("// ").or_else(|| first.strip_prefix("# "));
        let named = named.or_else(|| first.strip_prefix("/* ")?.strip_suffix(" */"));
        if let Some(path) = named.filter(|path| path.contains('.') && !path.contains(' ')) {
            files.retain(|(known, _)| known != Path::new(path));
            files.push((path.into(), format!("{code}\n")));
        }
    }
    files
}

/// The name of the package in a manifest.
fn name(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
}

/// The manifest of a workspace with this package in it, made of the manifest of ours: so it has the same profiles, and
/// the same dependencies with the same features. The layer is taken from here and not from the registry.
fn workspace(ours: &str, package: &str) -> String {
    let crates = paths::root().join("crates");
    let mut text = String::new();
    for line in ours.lines() {
        match line {
            _ if line.starts_with("members = ") => text += &format!("members = [\".\", \"{package}\"]"),
            "name = \"sputnik-editor\"" => text += &format!("name = \"{STAND_IN}\""),
            _ => text += &line.replace("path = \"crates", &format!("path = \"{}", crates.display())),
        }
        text.push('\n');
    }
    text + &format!("\n[patch.crates-io]\nsputnik = {{ path = \"{}\" }}\n", crates.join("sputnik").display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_chapter_are_the_blocks_that_begin_with_a_path() {
        let chapter = "# Title\n\n```rust\n// src/lib.rs\nmod a;\n```\n\nText.\n\n```sh\ncargo run\n```\n\n\
            ```css\n/* style/main.css */\nbody {}\n```\n\n```rust\n// src/lib.rs\nmod b;\n```\n";
        let found = files(chapter);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(path, text)| (path.to_str().unwrap_or_default(), &**text)).collect();
        let sheet = ("style/main.css", "/* style/main.css */\nbody {}\n");
        assert_eq!(found, [sheet, ("src/lib.rs", "// src/lib.rs\nmod b;\n")]);
    }

    #[test]
    fn the_stand_in_has_our_dependencies_and_another_name() {
        let ours = "[package]\nname = \"sputnik-editor\"\n[workspace]\nmembers = [\".\"]\n[dependencies]\n\
            sputnik = { path = \"crates/sputnik\" }\nserde = \"1\"\n";
        let text = workspace(ours, "guestbook");
        assert!(text.contains("name = \"same-dependencies\"") && text.contains("members = [\".\", \"guestbook\"]"));
        assert!(text.contains(&format!("sputnik = {{ path = \"{}", paths::root().display())), "{text}");
        assert!(text.contains("serde = \"1\""));
    }
}
