//! Turns an application's library into what a browser loads: `NAME.wasm`, and `NAME.js` which starts it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::application::{Application, Workspace, by_workspace, packages};
use crate::stamp::write;
use crate::steps::step;
use crate::toolchain::{Toolchain, WASM};
use crate::{Done, Mode, node, parts, paths, site, stamp, system};

/// What the compiler may assume of a browser; wasm-opt has to be told.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Compiles the libraries, all of a workspace in one call, and bundles each in its `paths::bundle`.
pub fn build(tools: &Toolchain, mode: Mode, applications: &[Application]) -> Done {
    step("Compile the wasm", || compile(tools, mode, applications))?;
    for application in applications {
        bundle(application, mode)?;
    }
    Ok(())
}

/// Compiles the libraries for the browser.
pub fn compile(tools: &Toolchain, mode: Mode, applications: &[Application]) -> Done {
    for (workspace, together) in by_workspace(applications) {
        match mode {
            Mode::Debug => {
                let mut cargo = Toolchain::within(workspace, tools.wasm_cargo());
                cargo.args(["build", "--lib"]).args(packages(together, "hydrate"));
                system::run(cargo.args(["--target", WASM, "--profile", profile(mode)]))?;
            }
            Mode::Release => {
                together.iter().try_for_each(|application| compile_alone(tools, workspace, application))?;
            }
        }
    }
    Ok(())
}

/// Compiles a library as what a browser loads, and as nothing else. A library that is Rust's as well cannot be optimised
/// across crates, and cargo then leaves that out without a word; told of it here, the compiler refuses.
fn compile_alone(tools: &Toolchain, workspace: &Workspace, application: &Application) -> Done {
    let mut cargo = Toolchain::within(workspace, tools.wasm_cargo());
    cargo.args(["rustc", "--lib", "--crate-type", "cdylib"]);
    cargo.args(packages(std::slice::from_ref(application), "hydrate"));
    cargo.args(["--target", WASM, "--profile", profile(Mode::Release)]);
    system::run(cargo.args(["--", "-C", "lto=fat"]))
}

fn bundle(application: &Application, mode: Mode) -> Done {
    let compiled = compiled(application, mode);
    let (name, bundle) = (&*application.name, paths::bundle(&application.name, mode));
    // A new xtask may bundle differently: it is an input too.
    let ourselves = std::env::current_exe().unwrap_or_default();
    stamp::when_changed(&format!("bundle-{name}-{}", profile(mode)), &[&compiled, &ourselves], &bundle, || {
        step(&format!("Bind {name}.wasm to JavaScript"), || bind(&compiled, name, &bundle, mode))?;
        if mode == Mode::Release {
            step(&format!("Shrink {name}.wasm"), || {
                let files = site::files_in(&bundle)?;
                files
                    .iter()
                    .filter(|file| file.extension().is_some_and(|end| end == "wasm"))
                    .try_for_each(|file| shrink(file))
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

fn profile(mode: Mode) -> &'static str {
    match mode {
        Mode::Debug => "wasm-dev",
        Mode::Release => "wasm-release",
    }
}

fn compiled(application: &Application, mode: Mode) -> PathBuf {
    let library = application.package.replace('-', "_");
    paths::target().join(WASM).join(profile(mode)).join(format!("{library}.wasm"))
}

fn bind(compiled: &Path, name: &str, bundle: &Path, mode: Mode) -> Done {
    if bundle.exists() {
        fs::remove_dir_all(bundle).map_err(|error| format!("Could not empty {}: {error}.", paths::shown(bundle)))?;
    }
    let failed = |error| format!("Could not bundle {}: {error}.", paths::shown(bundle));
    let parts = parts::split(compiled, name, bundle)?;
    Bindgen::new()
        .input_path(&parts.first)
        .out_name(name)
        .typescript(false)
        .omit_default_module_path(false)
        // What the parts import of it.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(mode == Mode::Release)
        .web(true)
        .and_then(|bindgen| bindgen.generate(bundle))
        .map_err(|error| format!("wasm-bindgen could not bundle {}: {error:#}", paths::shown(compiled)))?;
    if parts.first.starts_with(bundle) {
        fs::remove_file(&parts.first).map_err(failed)?;
    }

    // Leptos asks for the short name (LEPTOS_OUTPUT_NAME is set when it is compiled); the JavaScript must agree.
    let (long, short) = (format!("{name}_bg.wasm"), format!("{name}.wasm"));
    fs::rename(bundle.join(&long), bundle.join(&short)).map_err(failed)?;
    let script = bundle.join(format!("{name}.js"));
    let text = fs::read_to_string(&script).map_err(failed)?;
    let snippet = |file: &str| fs::read_to_string(bundle.join(SNIPPETS).join(file));
    let text = parts.whole(&whole(&text.replace(&long, &short), snippet).map_err(failed)?)?;
    write(&script, text.as_bytes())
}

/// Where wasm-bindgen puts the JavaScript that stands in Rust.
const SNIPPETS: &str = "snippets";

/// The script with its snippets in it. A browser would ask for them only when it has the script, and start the wasm only
/// when it has them.
fn whole(script: &str, snippet: impl Fn(&str) -> io::Result<String>) -> io::Result<String> {
    let mut text = String::new();
    for line in script.lines() {
        let imported = line.strip_suffix("';").and_then(|line| line.split_once(&format!(" from './{SNIPPETS}/")));
        match imported {
            // Under another name than its own, it is left where it is.
            Some((names, file)) if !names.contains(" as ") => text += &snippet(file)?.replace("export ", ""),
            _ => text += line,
        }
        text.push('\n');
    }
    Ok(text)
}

fn shrink(wasm: &Path) -> Done {
    let wasm_opt = node::tool("binaryen", "132.0.0", "bin/wasm-opt")?;
    system::run(Command::new("node").arg(wasm_opt).arg("-Oz").args(FEATURES).arg(wasm).arg("-o").arg(wasm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_snippets_comes_with_the_script() {
        let script =
            "import { load } from './snippets/a-1/inline0.js';\nimport { b as c } from './snippets/b.js';\nload();\n";
        let snippet = |file: &str| Ok(format!("export const load = () => '{file}';"));
        let expected = "const load = () => 'a-1/inline0.js';\nimport { b as c } from './snippets/b.js';\nload();\n";
        assert_eq!(whole(script, snippet).expect("there is a snippet"), expected);
    }
}
