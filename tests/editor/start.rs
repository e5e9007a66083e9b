//! The program itself: what it says when it cannot start.

use std::{net::TcpListener, process::Command};

fn refused(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik"))
        .env_clear()
        .args(["--address", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .args(arguments)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    words
}

#[test]
fn a_taken_port_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let words = refused_at(&taken.local_addr().unwrap().to_string());
    assert!(words.contains("cannot listen on 127.0.0.1:"), "{words}");
}

fn refused_at(address: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik")).env_clear().args(["--address", address]).output().unwrap();
    assert!(!output.status.success());
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(words.trim_end().lines().count(), 1, "{words}");
    words
}

#[test]
fn an_unreachable_redis_is_told_in_one_line() {
    let words = refused(&["--redis", "redis://127.0.0.1:1/"]);
    assert!(words.contains("Redis cannot be reached"), "{words}");
}

#[test]
fn a_database_that_is_none_is_told_in_one_line_and_without_its_password() {
    let words = refused(&["--database", "mysql://ann:secret@host/db"]);
    assert!(words.contains("sqlite:") && !words.contains("secret"), "{words}");
    let words = refused(&["--database", "postgres://ann:secret@127.0.0.1:1/db"]);
    assert!(words.contains("cannot be opened") && !words.contains("secret"), "{words}");
}

#[test]
fn an_unwritable_data_folder_is_told_in_one_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let inside = file.path().join("data");
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik"))
        .env_clear()
        .args(["--address", "127.0.0.1:0", "--data"])
        .arg(inside)
        .output()
        .unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && words.contains("cannot be written") && words.lines().count() == 1, "{words}");
}

#[test]
fn help_names_every_flag_its_variable_and_its_default() {
    let output = Command::new(env!("CARGO_BIN_EXE_sputnik")).env_clear().arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "SPUTNIK_ADDRESS",
        "127.0.0.1:3000",
        "SPUTNIK_DATA",
        "DATABASE_URL",
        "REDIS_URL",
        "LEPTOS_SITE_ROOT",
        "SPUTNIK_PUBLIC_URL",
        "SPUTNIK_ADMINS",
        "--demo",
    ] {
        assert!(help.contains(word), "{word} is missing:\n{help}");
    }
}
