//! What is built and run: the editor, and each of the examples.

use std::fs;
use std::path::PathBuf;

use crate::{Done, editor, paths};

/// An application: a server, and a site of wasm, styles and files that it serves.
pub struct Application {
    /// Its package. The library of it is what a browser loads.
    pub package: String,
    /// What its server is called, and in its site the wasm, the script and the style sheet.
    pub name: String,
    /// Where its `style/main.css` and its `public` files are.
    pub folder: PathBuf,
    /// Where its site is put together.
    pub site: PathBuf,
    /// Builds what else goes beside the wasm, and tells in which folder that is.
    pub module: Option<fn() -> Done<PathBuf>>,
    /// The workspace its package is in.
    pub workspace: Workspace,
}

/// Packages that are compiled together, with one set of features for each dependency.
#[derive(Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The folder of its `Cargo.toml`.
    pub root: PathBuf,
    /// A package in it of which nothing is built, but whose features dependencies get as well.
    pub beside: Option<&'static str>,
}

impl Application {
    /// The book editor.
    pub fn editor() -> Self {
        Self {
            package: "sputnik-editor".into(),
            name: "sputnik".into(),
            folder: paths::root(),
            site: paths::target().join("site"),
            module: Some(editor::build),
            workspace: Workspace { root: paths::root(), beside: None },
        }
    }

    /// Whether it needs the press for something.
    pub fn makes_pdfs(&self) -> bool {
        self.package == "sputnik-editor"
    }

    /// One that is a package of its own name in a folder.
    pub fn in_folder(name: &str, folder: PathBuf, workspace: Workspace) -> Self {
        let site = paths::target().join("sites").join(name);
        Self { package: name.into(), name: name.into(), folder, site, module: None, workspace }
    }

    /// The example of that name.
    pub fn example(name: &str) -> Done<Self> {
        let mut examples = Self::examples();
        match examples.iter().position(|example| example.name == name) {
            Some(at) => Ok(examples.swap_remove(at)),
            None => {
                let known: Vec<String> = examples.into_iter().map(|example| example.name).collect();
                Err(format!("There is no example `{name}`. There are: {}.", known.join(", ")))
            }
        }
    }

    /// All examples: the packages in `examples`, by name.
    pub fn examples() -> Vec<Self> {
        let workspace = Self::editor().workspace;
        let folders = fs::read_dir(workspace.root.join("examples")).into_iter().flatten().flatten();
        let packages = folders.map(|entry| entry.path()).filter(|folder| folder.join("Cargo.toml").exists());
        let example =
            |folder: PathBuf| Some(Self::in_folder(folder.file_name()?.to_str()?, folder.clone(), workspace.clone()));
        let mut examples: Vec<Self> = packages.filter_map(example).collect();
        examples.sort_by(|one, other| one.name.cmp(&other.name));
        examples
    }
}

/// Packages of one workspace as cargo is told of them, with a feature (`ssr`, `hydrate`) of each. In one call dependencies
/// get the features that any of them asks for, and are compiled once.
pub fn packages(applications: &[Application], feature: &str) -> Vec<String> {
    let beside = applications.first().and_then(|application| application.workspace.beside);
    let packages: Vec<&str> = applications.iter().map(|application| &*application.package).chain(beside).collect();
    let mut words: Vec<String> = packages.iter().flat_map(|package| ["--package".into(), (*package).into()]).collect();
    words.push("--features".into());
    words.push(packages.iter().map(|package| format!("{package}/{feature}")).collect::<Vec<_>>().join(","));
    words
}

/// The applications of each workspace, which are compiled together.
pub fn by_workspace(applications: &[Application]) -> impl Iterator<Item = (&Workspace, &[Application])> {
    let together = applications.chunk_by(|one, other| one.workspace == other.workspace);
    together.map(|together| (&together[0].workspace, together))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_with_their_features() {
        let chat = |beside| {
            let workspace = Workspace { root: paths::root(), beside };
            Application::in_folder("chat", "examples/chat".into(), workspace)
        };
        let words = packages(&[Application::editor(), chat(None)], "ssr").join(" ");
        assert_eq!(words, "--package sputnik-editor --package chat --features sputnik-editor/ssr,chat/ssr");
        let words = packages(&[chat(Some("all"))], "hydrate").join(" ");
        assert_eq!(words, "--package chat --package all --features chat/hydrate,all/hydrate");
        assert_eq!(by_workspace(&[Application::editor(), chat(None), chat(Some("all"))]).count(), 2);
    }

    #[test]
    fn an_example_that_is_not_there_is_said_so() {
        let error = Application::example("no-such-thing").err().unwrap_or_default();
        assert!(error.contains("There is no example `no-such-thing`") && error.contains("counter"), "{error}");
    }

    /// Comments and empty lines are not counted.
    #[test]
    fn the_counter_is_80_lines_of_rust() {
        let counter = Application::example("counter").unwrap_or_else(|words| panic!("{words}"));
        let text = |file| fs::read_to_string(counter.folder.join("src").join(file)).expect("there is one");
        let text = text("lib.rs") + &text("main.rs");
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        assert!(lines.count() <= 80, "what is one to leave out, or what should the layer do?");
    }
}
