//! What whoever operates the server asks it: does it live, may it be sent people, what did it count.

use crate::{
    database::Database,
    sputnik::server::{Ledger, Node, metrics},
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};

/// How long one answer about readiness is good for: whoever asks more often costs nothing more.
const FRESH: Duration = Duration::from_secs(1);

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
    readers: Readers,
    last: Arc<Mutex<Option<(Instant, Readiness)>>>,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn routes(node: &Node, database: &Database, readers: Readers) -> Router {
    let health = Health { node: node.clone(), database: database.clone(), readers, last: Arc::default() };
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(measurements))
        .with_state(health)
}

/// Whether people should be sent here: the broker carries what this node says back to it, and the database answers.
async fn ready(State(health): State<Health>) -> Response {
    if health.node.is_closing() {
        return (StatusCode::SERVICE_UNAVAILABLE, "this node goes down\n").into_response();
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
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn look(health: &Health) -> Readiness {
    health.node.probe().await.map_err(|fault| format!("broker: {fault}"))?;
    health.database.behind().await.map(drop).map_err(|fault| format!("database: {fault}"))
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
