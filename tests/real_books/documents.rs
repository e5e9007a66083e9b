//! Documents of word processors, as the tests of others have them: every word of them comes in.

use super::{Lost, counted_by, missing, only_file, read_whole, run};
use sputnik_editor::document::left_out::What;
use std::path::{Path, PathBuf};

/// Where such documents are published.
struct Documents {
    name: &'static str,
    /// In which folders of the package they are.
    folders: &'static [&'static str],
    fetch: fn(&Path),
    /// How many there are at least.
    many: usize,
}

const ALL: [Documents; 3] = [
    Documents { name: "mammoth", folders: &["package/test/test-data"], fetch: mammoth, many: 15 },
    Documents { name: "docx-rust", folders: &["vendor/docx-rust/tests/pandoc"], fetch: docx_rust, many: 35 },
    Documents {
        name: "python-docx",
        folders: &["python_docx-1.2.0/tests/test_files", "python_docx-1.2.0/features/steps/test_files"],
        fetch: python_docx,
        many: 30,
    },
];

fn mammoth(to: &Path) {
    run(std::process::Command::new("npm").args(["pack", "--silent", "mammoth@1.13.0"]).current_dir(to));
    unpack(to);
}

fn python_docx(to: &Path) {
    let args = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "python-docx==1.2.0"];
    run(std::process::Command::new("python3").args(args).current_dir(to));
    unpack(to);
}

fn unpack(folder: &Path) {
    run(std::process::Command::new("tar").arg("xzf").arg(only_file(folder)).current_dir(folder));
}

/// A crate is fetched by a package that says it needs it.
fn docx_rust(to: &Path) {
    let manifest = "[package]\nname = \"needs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n\
                    [dependencies]\ndocx-rust = { version = \"=0.1.11\", default-features = false }\n[workspace]\n";
    std::fs::write(to.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(to.join("lib.rs"), "").unwrap();
    run(std::process::Command::new("cargo").args(["vendor", "--quiet", "vendor"]).current_dir(to));
}

fn fetched(documents: &Documents) -> Vec<PathBuf> {
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("books").join(documents.name);
    if !unpacked.exists() {
        std::fs::create_dir_all(unpacked.parent().unwrap()).unwrap();
        let fresh = tempfile::tempdir_in(unpacked.parent().unwrap()).unwrap();
        (documents.fetch)(fresh.path());
        drop(std::fs::rename(fresh.path(), &unpacked));
    }
    let mut files = Vec::new();
    for folder in documents.folders {
        let inside = std::fs::read_dir(unpacked.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.extend(inside.filter(|path| path.extension().is_some_and(|ending| ending == "docx")));
    }
    files.sort();
    files
}

#[test]
fn every_word_of_real_documents_comes_in() {
    let mut failed = Vec::new();
    for documents in &ALL {
        let files = fetched(documents);
        assert!(files.len() >= documents.many, "{} of {}", files.len(), documents.name);
        for file in files {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let Some((expected, images, links)) = counted_by("docx_words.py", &file) else {
                println!("{name:45} is no document for the other reader either");
                continue;
            };
            let (read, pieces) = match read_whole(&name, &file) {
                Ok(read) => read,
                Err(why) if expected.is_empty() => {
                    println!("{name:45} {why}");
                    continue;
                }
                Err(why) => {
                    failed.push(format!("{name}: {why}"));
                    continue;
                }
            };
            let Lost { lost, kinds, words } = missing(expected, &read, &pieces);
            let of = |kind: &str| kinds.get(kind).copied().unwrap_or_default();
            let left: Vec<String> =
                read.left_out.iter().map(|(what, name, times)| format!("{times} {what:?} {name}")).collect();
            println!(
                "{name:45} {:>2} pieces, {words:>5} words, {} lost; pictures {} of {images}, links {} of {links}, notes {}, tables {}; left out: {}",
                pieces.len(),
                lost.len(),
                of("figure"),
                of("link"),
                of("footnote"),
                of("table"),
                left.join(", ")
            );
            if !lost.is_empty() {
                failed.push(format!("{name}: {lost:?}"));
            }
            let pictures = of("figure") + read.left_out.count(What::Picture);
            if pictures < usize::try_from(images).unwrap() {
                failed.push(format!("{name}: {pictures} pictures of {images}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
