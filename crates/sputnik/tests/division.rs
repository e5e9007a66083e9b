//! How the layer's files stand on each other: each floor knows only those below it, and no files form a ring, so that one
//! can be read, and changed, without all the others.

#[path = "support/imports.rs"]
mod imports;

use imports::Division;

const LAYER: Division = Division {
    sources: concat!(env!("CARGO_MANIFEST_DIR"), "/src"),
    name: "sputnik",
    rooms: &[
        "client",
        "client::devtools",
        "client::transport",
        "protocol",
        "server",
        "server::broker",
        "server::channels",
        "server::command",
        "server::metrics",
        "server::once",
        "server::presence",
        "server::transport",
        "server::watch",
    ],
    floors: &[
        &["protocol"],
        &[
            "server::address",
            "server::browser",
            "server::gate",
            "server::once",
            "server::origin",
            "server::old_paths",
            "server::write_timeout",
        ],
        &["server::broker"],
        &["server::inbound", "server::metrics", "server::rate_limit", "server::settings"],
        &["server::channels"],
        &["server::presence"],
        &["server::watch"],
        &["server::handles"],
        &["server::node"],
        &["server::command", "server::memory_store"],
        &["server::transport"],
        &["polls"],
        &["client"],
        &["server"],
        &[""],
    ],
};

#[test]
fn no_files_form_a_ring() {
    LAYER.must_have_no_ring();
}

#[test]
fn nothing_is_imported_from_a_floor_above() {
    LAYER.must_import_downwards();
    assert_eq!(LAYER.floor_of("server::broker::redis"), LAYER.floor_of("server::broker"));
    assert!(LAYER.floor_of("server::node") < LAYER.floor_of("server::transport::socket"));
}
