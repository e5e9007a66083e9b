//! Puts together the folder of files that an application's server serves.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::application::Application;
use crate::steps::step;
use crate::toolchain::Toolchain;
use crate::{Done, Mode, bundle, compress, paths, stamp, style};

/// Builds the wasm and puts the sites together.
pub fn build(tools: &Toolchain, mode: Mode, applications: &[Application]) -> Done {
    bundle::build(tools, mode, applications)?;
    for application in applications {
        let module = application.module.map(|build| build()).transpose()?;
        step(&format!("Put the site of {} together", application.name), || assemble(application, mode, module))?;
    }
    Ok(())
}

fn assemble(application: &Application, mode: Mode, module: Option<PathBuf>) -> Done {
    let Application { name, folder, site, .. } = application;
    let mut wanted = BTreeSet::new();
    let pkg = site.join("pkg");
    let parts = [(paths::bundle(name, mode), &pkg), (folder.join("public"), site)];
    for (from, to) in parts.into_iter().chain(module.map(|module| (module, &pkg))) {
        for file in files_in(&from)? {
            let to = to.join(file.strip_prefix(&from).unwrap_or(&file));
            let contents =
                fs::read(&file).map_err(|error| format!("Could not read {}: {error}.", paths::shown(&file)))?;
            put(&to, &contents)?;
            wanted.insert(to);
        }
    }
    let sheet = pkg.join(format!("{name}.css"));
    let style = style::join(&folder.join("style/main.css"))?;
    put(&sheet, if mode == Mode::Release { style::lean(&style) } else { style }.as_bytes())?;
    wanted.insert(sheet);

    if let Some(worker) = put_service_worker(site, &wanted)? {
        wanted.remove(&pkg.join(SERVICE_WORKER));
        wanted.insert(worker);
    }

    if mode == Mode::Release {
        let plain: Vec<PathBuf> = wanted.iter().filter(|file| compress::is_worth_it(file)).cloned().collect();
        compress::all(&format!("site-{name}"), &plain)?;
        for file in plain {
            wanted.extend(compress::ENDINGS.map(|ending| compress::name(&file, ending)));
        }
    }
    remove_others(site, &wanted)
}

/// What answers in a browser when there is no connection. It answers for addresses below its own: so it is at the root.
const SERVICE_WORKER: &str = "service-worker.js";

/// Puts the service worker into its place, where a site has one, and in front of it which build it is and which files
/// belong to that.
fn put_service_worker(site: &Path, files: &BTreeSet<PathBuf>) -> Done<Option<PathBuf>> {
    let built = site.join("pkg").join(SERVICE_WORKER);
    if !files.contains(&built) {
        return Ok(None);
    }
    let read = |file: &Path| fs::read(file).map_err(|error| format!("Could not read {}: {error}.", paths::shown(file)));
    let mut build = DefaultHasher::new();
    let mut addresses = Vec::new();
    for file in files {
        let address = file.strip_prefix(site).unwrap_or(file).to_string_lossy().replace('\\', "/");
        build.write(address.as_bytes());
        build.write(&read(file)?);
        let ending = file.extension().unwrap_or_default();
        if *file != built && ["js", "wasm", "css", "woff2", "svg", "webmanifest"].iter().any(|known| ending == *known) {
            addresses.push(format!("\"/{address}\""));
        }
    }
    let mut script =
        format!("const SITE={{build:\"{:x}\",files:[{}]}};\n", build.finish(), addresses.join(",")).into_bytes();
    script.extend(read(&built)?);
    let worker = site.join(SERVICE_WORKER);
    put(&worker, &script)?;
    Ok(Some(worker))
}

/// Writes a file only if that changes it: browsers ask by its time of change whether they still have it.
fn put(file: &Path, contents: &[u8]) -> Done {
    if fs::read(file).is_ok_and(|before| before == contents) { Ok(()) } else { stamp::write(file, contents) }
}

/// Removes what an earlier build left: above all compressed files, which the server would prefer to newer plain ones.
fn remove_others(site: &Path, wanted: &BTreeSet<PathBuf>) -> Done {
    for file in files_in(site)? {
        if !wanted.contains(&file) {
            fs::remove_file(&file).map_err(|error| format!("Could not remove {}: {error}.", paths::shown(&file)))?;
        }
    }
    Ok(())
}

/// Every file in a folder and the folders in it; none if there is no such folder.
pub fn files_in(folder: &Path) -> Done<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if !entry.file_name().to_string_lossy().starts_with('.') {
                // Hidden files, such as .gitkeep, are nothing for visitors; hidden folders are (.well-known).
                files.push(path);
            }
        }
    }
    Ok(files)
}
