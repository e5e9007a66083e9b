//! Copies of the database: what was acknowledged is in them, and they never take the place of what is in use.

use crate::{
    start::{Running, refused_in},
    support::small_disk::SmallDisk,
    world::World,
};
use sputnik_editor::{
    book::commands::chat::Say,
    database::{BackupError, Database, OpenError, backup, restore},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const ANN: [(&str, &str); 2] = [("name", "ann"), ("password", "five warm pears")];

fn sputnik(data: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sputnik")).env_clear().arg("--data").arg(data).args(words).output().unwrap()
}

/// Does it, and tells what it says.
fn done(data: &Path, words: &[&str]) -> String {
    let output = sputnik(data, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_a_second_before_is_in_a_backup_of_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let server = Running::start_in(&first, &[]);
    assert!(server.submit("sign_up", &ANN).await);
    assert!(done(&first, &["backup", copy]).contains("copy.db"));
    // Nothing of what comes after.
    assert!(server.submit("sign_up", &[("name", "ben"), ("password", "five warm pears")]).await);
    let words = done(&second, &["restore", copy]);
    assert!(!words.contains("before"), "there was nothing before: {words}");
    let restored = Running::start_in(&second, &[]);
    assert!(restored.submit("sign_in", &ANN).await);
    assert!(!restored.submit("sign_in", &[("name", "ben"), ("password", "five warm pears")]).await);
    assert!(server.submit("sign_in", &ANN).await, "the other one goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_use_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let server = Running::start_in(&data, &[]);
    assert!(server.submit("sign_up", &ANN).await);
    done(&data, &["backup", copy]);
    let words = refused_in(&data, &["restore", copy]);
    assert!(words.contains("in use by another Sputnik"), "{words}");
    assert!(server.submit("sign_in", &ANN).await);
    assert!(server.submit("sign_up", &[("name", "ben"), ("password", "five warm pears")]).await);
    server.kill();
    // What was there is kept, with all that stood in its log only.
    let words = done(&data, &["restore", copy]);
    let aside = words.lines().last().unwrap().split(" in ").last().unwrap().trim_end_matches('.').to_owned();
    let server = Running::start_in(&data, &[]);
    assert!(!server.submit("sign_in", &[("name", "ben"), ("password", "five warm pears")]).await);
    server.kill();
    done(&data, &["restore", &aside]);
    let server = Running::start_in(&data, &[]);
    assert!(server.submit("sign_in", &[("name", "ben"), ("password", "five warm pears")]).await);
}

#[test]
fn nothing_is_overwritten_and_nothing_made_where_it_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = folder.path().join("taken");
    let taken_name = taken.to_str().unwrap();
    fs::write(&taken, "precious").unwrap();
    let words = refused_in(&data, &["backup", folder.path().join("copy.db").to_str().unwrap()]);
    assert!(words.contains("there is no database at"), "{words}");
    drop(Running::start_in(&data, &[]));
    let words = refused_in(&data, &["backup", taken_name]);
    assert!(words.contains("is there already"), "{words}");
    let words = refused_in(&data, &["restore", taken_name]);
    assert!(words.contains("is no database of Sputnik"), "{words}");
    let words = refused_in(&data, &["restore", data.join("sputnik.db").to_str().unwrap()]);
    assert!(words.contains("is the database itself"), "{words}");
    let words = refused_in(&data, &["restore", folder.path().join("nowhere").to_str().unwrap()]);
    assert!(words.contains("there is no database at"), "{words}");
    assert_eq!(fs::read_to_string(&taken).unwrap(), "precious");
    drop(Running::start_in(&data, &[]));
}

#[test]
fn of_postgresql_it_says_which_tools_to_use() {
    let folder = tempfile::tempdir().unwrap();
    for task in ["backup", "restore"] {
        let words =
            refused_in(folder.path(), &[task, "copy.db", "--database", "postgres://ann:secret@127.0.0.1:1/books"]);
        assert!(words.contains("pg_dump") && words.contains("pg_restore") && !words.contains("secret"), "{words}");
        let words = refused_in(folder.path(), &[task, "copy.db", "--database", "mysql://ann:secret@host/books"]);
        assert!(words.contains("sqlite:") && !words.contains("secret"), "{words}");
    }
}

#[test]
fn without_room_there_is_no_half_backup() {
    let Some(disk) = SmallDisk::mount(64 << 10) else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(Running::start_in(&data, &[]));
    let words = refused_in(&data, &["backup", disk.path().join("copy.db").to_str().unwrap()]);
    assert!(words.contains("full"), "{words}");
    assert_eq!(fs::read_dir(disk.path()).unwrap().count(), 0);
}

/// Every row of every table, in words.
async fn everything(url: &str) -> BTreeMap<String, Vec<String>> {
    let database = Database::open(url).await.unwrap();
    let mut sql = database.read().await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut *sql).await.unwrap();
    let mut all = BTreeMap::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar(&format!("SELECT name FROM pragma_table_info('{table}')"))
            .fetch_all(&mut *sql)
            .await
            .unwrap();
        let row: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let rows = format!("SELECT {} FROM {table} ORDER BY 1", row.join(" || ',' || "));
        all.insert(table, sqlx::query_scalar(&rows).fetch_all(&mut *sql).await.unwrap());
    }
    drop(sql);
    database.close().await;
    all
}

/// A database with something in it, and where it is.
async fn filled(folder: &Path) -> (World, PathBuf) {
    let file = folder.join("books.db");
    let world = World::on(&Database::file(&file)).await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    let part = ann.add_chapter(&book, "Tides").await;
    ann.write(&book, &part, "Ebb and flow.").await.unwrap();
    ann.ask(Say { book, text: "hello".into() }).await.unwrap();
    (world, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_has_every_row_and_every_picture() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = filled(folder.path()).await;
    let picture: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut sql = world.database.write().await.unwrap();
    sqlx::query(
        "INSERT INTO pictures (id, book, person, at, hash, type, width, height, size, bytes)
         SELECT 'p', b.id, p.id, 1, 'h', 'image/png', 1, 1, 800000, $1 FROM books b, people p",
    )
    .bind(picture)
    .execute(&mut *sql)
    .await
    .unwrap();
    sql.commit().await.unwrap();
    let (url, copy) = (Database::file(&file), folder.path().join("copy.db"));
    let copied = backup(&url, &copy).await.unwrap();
    assert!(copied.bytes > 800_000);
    world.database.close().await;
    let before = everything(&url).await;
    let elsewhere = Database::file(&folder.path().join("elsewhere.db"));
    restore(&elsewhere, &copy).await.unwrap();
    assert_eq!(before["pictures"].len(), 1);
    assert!(before == everything(&elsewhere).await, "all of it is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_made_while_people_write_are_each_as_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = filled(folder.path()).await;
    let url = Database::file(&file);
    let database = world.database.clone();
    let writing = tokio::spawn(async move {
        for n in 0_i64.. {
            let mut sql = database.write().await.unwrap();
            for half in ["a", "b"] {
                let row = sqlx::query("INSERT INTO trials (id, at) VALUES ($1, $2)").bind(format!("{half}{n}")).bind(n);
                row.execute(&mut *sql).await.unwrap();
            }
            sql.commit().await.unwrap();
        }
    });
    for n in 0..5 {
        let copy = folder.path().join(format!("copy{n}.db"));
        backup(&url, &copy).await.unwrap();
        let rows = &everything(&Database::file(&copy)).await["trials"];
        assert!(rows.len() % 2 == 0, "no half of a transaction");
    }
    writing.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_newer_is_neither_copied_nor_put_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = filled(folder.path()).await;
    let url = Database::file(&file);
    let (good, newer, torn) = (folder.path().join("good"), folder.path().join("newer"), folder.path().join("torn"));
    for copy in [&good, &newer] {
        backup(&url, copy).await.unwrap();
    }
    world.database.close().await;
    // A page in the middle is lost.
    let mut bytes = fs::read(&good).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&torn, bytes).unwrap();
    let refused = restore(&url, &torn).await.unwrap_err();
    assert!(matches!(refused, BackupError::Damaged(..) | BackupError::Database(..)), "{refused}");
    // Cut short, as by a full disk.
    let bytes = fs::read(&good).unwrap();
    fs::write(&torn, &bytes[..bytes.len() / 2]).unwrap();
    let refused = restore(&url, &torn).await.unwrap_err();
    assert!(matches!(refused, BackupError::Damaged(..) | BackupError::Database(..)), "{refused}");
    let open = |path: &Path| Database::file(path);
    let database = Database::open(&open(&newer)).await.unwrap();
    let later =
        "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
    sqlx::query(later).execute(&mut *database.note().await.unwrap()).await.unwrap();
    database.close().await;
    assert!(matches!(restore(&url, &newer).await, Err(BackupError::Newer(_))), "a copy from a newer version");
    assert!(matches!(restore(&open(&newer), &good).await, Err(BackupError::Newer(_))), "into the place of a newer one");
    assert!(matches!(backup(&open(&newer), &torn.with_extension("x")).await, Err(BackupError::Newer(_))));
    // After all that it is as it was.
    let world = World::on(&url).await;
    assert_eq!(world.database.read().await.map(drop).map_err(drop), Ok(()));
    assert!(matches!(restore(&url, &good).await, Err(BackupError::Open(OpenError::InUse(..)))));
    world.database.close().await;
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("restoring")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_can_be_replaced_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (world, file) = filled(folder.path()).await;
    let (url, copy) = (Database::file(&file), folder.path().join("copy"));
    backup(&url, &copy).await.unwrap();
    world.database.close().await;
    fs::write(&file, "no database at all".repeat(1_000)).unwrap();
    let aside = restore(&url, &copy).await.unwrap().aside.unwrap();
    assert!(fs::read_to_string(aside).unwrap().starts_with("no database at all"));
    assert_eq!(everything(&url).await["people"].len(), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (_world, file) = filled(folder.path()).await;
    let copy = folder.path().join("copy.db");
    backup(&Database::file(&file), &copy).await.unwrap();
    let elsewhere = folder.path().join("elsewhere.db");
    restore(&Database::file(&elsewhere), &copy).await.unwrap();
    for file in [&copy, &elsewhere] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
}
