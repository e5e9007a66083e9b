//! PostgreSQL, as it is run: it restarts, cuts connections, refuses some, is read-only for a while, and speaks TLS.

use crate::{
    support::{certificates::Certificates, postgres_server::PostgresServer},
    world::{Browser, World, title},
};
use sputnik::Code;
use sputnik_editor::{
    book::{commands::chat::Say, model::BookId},
    database::{Database, OpenError},
};
use std::time::{Duration, Instant};

fn server() -> Option<PostgresServer> {
    let server = PostgresServer::start();
    if server.is_none() {
        eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
    }
    server
}

async fn say(ann: &Browser, book: &BookId) -> Result<(), Code> {
    let said = ann.ask(Say { book: book.clone(), text: "hello".into() }).await;
    said.map(drop).map_err(|fault| fault.code)
}

/// Tries until it is taken; meanwhile it may only be said to pass.
async fn say_until_taken(ann: &Browser, book: &BookId, what: &str) {
    let began = Instant::now();
    while let Err(code) = say(ann, book).await {
        assert_eq!(code, Code::Temporary, "{what}");
        assert!(began.elapsed() < Duration::from_secs(20), "{what}: it heals");
    }
    // Whatever connection is taken now.
    for _ in 0..20 {
        assert_eq!(say(ann, book).await, Ok(()), "{what}: it stays well");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_may_restart_cut_connections_and_refuse_new_ones() {
    let Some(mut server) = server() else { return };
    let world = World::on(&server.new_database("books").await).await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    // Many connections, all of them idle afterwards.
    let many = futures::future::join_all((0..12).map(|_| say(&ann, &book))).await;
    assert!(many.iter().all(Result::is_ok));
    server.cut();
    say_until_taken(&ann, &book, "its connections were cut").await;
    server.stop();
    assert_eq!(say(&ann, &book).await, Err(Code::Temporary), "it is gone");
    server.restart();
    say_until_taken(&ann, &book, "it was restarted").await;
    server.tell("ALTER DATABASE books ALLOW_CONNECTIONS false");
    server.cut();
    assert_eq!(say(&ann, &book).await, Err(Code::Temporary), "it lets nobody in");
    server.tell("ALTER DATABASE books ALLOW_CONNECTIONS true");
    say_until_taken(&ann, &book, "it lets people in again").await;
    assert_eq!(ann.book(&book).await.title, title("Seas"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_fail_over_no_connection_to_the_old_server_is_used_on() {
    let Some(server) = server() else { return };
    let world = World::on(&server.new_database("books").await).await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    // What was the master lives on as a replica: what is connected to it can read, and never write again.
    server.tell("ALTER ROLE postgres SET default_transaction_read_only = on");
    server.cut();
    let mut refused = 0;
    for _ in 0..8 {
        let many = futures::future::join_all((0..8).map(|_| say(&ann, &book))).await;
        for outcome in many {
            assert_eq!(outcome, Err(Code::Temporary));
            refused += 1;
        }
        assert_eq!(ann.book(&book).await.title, title("Seas"), "reading goes on");
    }
    assert_eq!(refused, 64);
    // Its name leads to the new one now. Nobody cuts anything.
    server.tell("ALTER ROLE postgres RESET default_transaction_read_only");
    let began = Instant::now();
    while say(&ann, &book).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(5), "it heals at once");
    }
    for _ in 0..20 {
        assert_eq!(say(&ann, &book).await, Ok(()));
    }
}

async fn is_encrypted(database: &Database) -> bool {
    let ssl: bool = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        .fetch_one(&mut *database.glance().await.unwrap())
        .await
        .unwrap();
    ssl
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_is_spoken_to_over_tls_and_only_to_the_one_that_is_meant() {
    let certificates = Certificates::make();
    // For its name, and not for its number.
    certificates.sign("named", "subjectAltName=DNS:localhost");
    let Some(server) = PostgresServer::start_with(Some(certificates.files("named"))) else {
        eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
        return;
    };
    let by_number = server.new_database("books").await;
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let authority = certificates.authority();
    let authority = authority.to_str().unwrap();
    for (url, mode) in [
        (&by_number, "sslmode=require".to_owned()),
        (&by_name, format!("sslmode=verify-full&sslrootcert={authority}")),
        (&by_name, format!("sslmode=verify-ca&sslrootcert={authority}")),
    ] {
        let database = Database::open(&format!("{url}?{mode}")).await.unwrap_or_else(|error| panic!("{mode}: {error}"));
        assert!(is_encrypted(&database).await, "{mode}");
        database.close().await;
    }
    let another = Certificates::make();
    let other = another.authority();
    let other = other.to_str().unwrap();
    for (url, mode) in [
        // Not by whom its certificate is believed.
        (&by_name, format!("sslmode=verify-full&sslrootcert={other}")),
        (&by_name, "sslmode=verify-full".to_owned()),
        (&by_number, format!("sslmode=verify-ca&sslrootcert={other}")),
        // Another's certificate.
        (&by_number, format!("sslmode=verify-full&sslrootcert={authority}")),
        // No such file.
        (&by_name, "sslmode=verify-full&sslrootcert=/nowhere.pem".to_owned()),
        // A file that would not be looked at: whoever names one wants the server's certificate looked at.
        (&by_name, format!("sslmode=require&sslrootcert={authority}")),
        (&by_name, format!("sslrootcert={authority}")),
    ] {
        let refused = Database::open(&format!("{url}?{mode}")).await;
        assert!(matches!(refused, Err(OpenError::Connect(_) | OpenError::Unchecked)), "{mode}");
    }
    let world = World::on(&format!("{by_name}?sslmode=verify-full&sslrootcert={authority}")).await;
    let ann = world.person("ann").await;
    let book = ann.create_book("Seas").await;
    assert_eq!(say(&ann, &book).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_not_spoken_to_where_tls_is_asked_for() {
    let Some(server) = server() else { return };
    let url = server.new_database("books").await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let refused = Database::open(&format!("{url}?sslmode={mode}")).await.unwrap_err();
        assert!(refused.to_string().contains("does not support TLS"), "{mode}: {refused}");
    }
    assert!(!is_encrypted(&Database::open(&url).await.unwrap()).await);
}
