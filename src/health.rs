//! What whoever operates the server asks it: does it live, may it be sent people, what did it count.

use crate::{database::Database, shared_broker::Neighbours};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};
use sputnik::server::{Node, metrics};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long one answer about readiness is good for: whoever asks more often costs nothing more.
const FRESH: Duration = Duration::from_secs(2);

/// How long a tiny transaction may take. Longer than the longest that others may hold the database's one pen for in
/// honest use; people notice before.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who may read the measurements.
#[derive(Debug, Clone)]
pub enum Readers {
    /// Whoever reaches the server: it listens to this machine alone.
    Anyone,
    /// Whoever brings this token, as `Authorization: Bearer …`.
    Token(String),
    /// Nobody.
    Nobody,
}

/// Whether people may be sent here, or why not.
type Readiness = Result<(), String>;

#[derive(Clone)]
struct Health {
    node: Node,
    database: Database,
    neighbours: Neighbours,
    readers: Readers,
    last: Arc<Mutex<Option<(Instant, Readiness)>>>,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn routes(node: &Node, database: &Database, neighbours: &Neighbours, readers: Readers) -> Router {
    let (node, database, neighbours) = (node.clone(), database.clone(), neighbours.clone());
    let health = Health { node, database, neighbours, readers, last: Arc::default() };
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(measurements))
        .with_state(health)
}

/// Whether people should be sent here: the way of every write is gone once, through the database and through the broker
/// and back. A line for each part that fails.
async fn ready(State(health): State<Health>) -> Response {
    if health.node.is_closing() {
        return (StatusCode::SERVICE_UNAVAILABLE, "closing: this node goes down\n").into_response();
    }
    let mut last = health.last.lock().await;
    let answer = match &*last {
        Some((at, answer)) if at.elapsed() < FRESH => answer.clone(),
        _ => {
            let answer = look(&health).await;
            *last = Some((Instant::now(), answer.clone()));
            answer
        }
    };
    match answer {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, why).into_response(),
    }
}

async fn look(health: &Health) -> Readiness {
    let write = async {
        match timeout(PATIENCE, health.database.try_out()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("nothing could be written within {} seconds", PATIENCE.as_secs())),
        }
    };
    let (write, heard) = tokio::join!(write, health.node.probe());
    let failing = [
        write.err().map(|why| format!("database: {why}\n")),
        heard.err().map(|fault| format!("broker: {fault}\n")),
        health.neighbours.stranger().map(|place| {
            format!("broker: another node ({place}) uses the same database and talks by another broker\n")
        }),
    ];
    let failing: String = failing.into_iter().flatten().collect();
    if failing.is_empty() { Ok(()) } else { Err(failing) }
}

async fn measurements(State(health): State<Health>, headers: HeaderMap) -> Response {
    let may = match &health.readers {
        Readers::Anyone => true,
        Readers::Nobody => false,
        Readers::Token(token) => {
            let brought =
                headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
            // Hashes are compared, so that how long it takes tells nothing about the token.
            brought.is_some_and(|brought| Sha256::digest(brought) == Sha256::digest(token))
        }
    };
    if !may {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], health.node.measurements()).into_response()
}
