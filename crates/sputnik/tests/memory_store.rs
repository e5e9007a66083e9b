//! An application without a database, through its real transports: the store in memory.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod support;

use axum::{Extension, Router};
use leptos::server_fn::ServerFn;
use serde_json::json;
use sputnik::{
    ChannelName, Code, Fault, Snapshot, command,
    server::{
        Caller, Gate, MemoryStore, Node, Pass, Settings, User, around,
        broker::{Limits, memory::Memory},
        serve,
    },
};
use std::{net::Ipv4Addr, sync::Arc, time::Duration};
use support::client::{Browser, Page, Transport};
use tokio::net::TcpListener;

const LINES: &str = "lines";

type Lines = MemoryStore<Vec<String>>;

fn lines() -> ChannelName {
    LINES.parse().unwrap()
}

struct Open;

#[async_trait::async_trait]
impl Gate for Open {
    async fn who(&self, _: &http::request::Parts) -> Result<Option<User>, Fault> {
        Ok(None)
    }

    async fn admit(&self, _: Option<&User>, _: &ChannelName) -> Result<Pass, Fault> {
        Ok(Pass::default())
    }
}

async fn kept() -> Result<(Caller, Arc<Lines>), Fault> {
    let parts = leptos::prelude::use_context::<http::request::Parts>().ok_or_else(Fault::internal)?;
    let store = parts.extensions.get::<Arc<Lines>>().cloned().ok_or_else(Fault::internal)?;
    Ok((Caller::current().await?, store))
}

/// Adds a line. Answers how many there are then.
#[command]
async fn add_line(text: String) -> Result<usize, Fault> {
    let (caller, store) = kept().await?;
    let add = |lines: &mut Vec<String>, outbox: &mut sputnik::server::Outbox| {
        outbox.say(&self::lines(), &text)?;
        lines.push(text);
        if lines.len() > 3 {
            return Err(Fault::too_many("There are three lines already.", 0));
        }
        Ok(lines.len())
    };
    store.run(&caller, add).await
}

#[command]
async fn open_lines() -> Result<Snapshot<Vec<String>>, Fault> {
    let (caller, store) = kept().await?;
    store.snapshot(&caller, &lines(), |lines| Ok(lines.clone())).await
}

/// Two nodes in one process, which have a broker and a store in common.
struct World {
    store: Arc<Lines>,
    sites: Vec<String>,
    _nodes: Vec<Node>,
}

impl World {
    async fn new() -> Self {
        let (broker, store) = (Memory::new(Limits::default()), Arc::<Lines>::default());
        let settings = Settings { ping: Duration::from_millis(250), ..Settings::default() };
        let (mut sites, mut nodes) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let node = Node::start(broker.clone(), Arc::new(Open), store.clone(), settings.clone()).await.unwrap();
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            sites.push(format!("http://{}", listener.local_addr().unwrap()));
            let routes = around(&node, Router::new(), Extension(store.clone()));
            tokio::spawn(serve(listener, routes).into_future());
            nodes.push(node);
        }
        Self { store, sites, _nodes: nodes }
    }

    async fn page(&self) -> Page {
        Page::open(&Browser::new(), &self.sites[0], Transport::Socket).await
    }
}

#[tokio::test]
async fn a_retry_that_the_node_knows_nothing_of_gets_the_reply_of_the_first_time() {
    let world = World::new().await;
    let mut page = world.page().await;
    page.follow(LINES).await;
    let uid = page.next_uid();
    let args = json!({ "text": "once" });
    assert_eq!(page.call_as::<usize>(uid, false, AddLine::PATH, args.clone()).await, Ok(1));
    page.site = world.sites[1].clone();
    page.connect().await;
    for again in [true, false] {
        assert_eq!(page.call_as::<usize>(uid, again, AddLine::PATH, args.clone()).await, Ok(1));
    }
    let other = page.call_as::<usize>(uid, false, AddLine::PATH, json!({ "text": "another" })).await;
    assert_eq!(other.map_err(|fault| fault.code), Err(Code::Conflict));
    assert_eq!(*world.store.state(), ["once"]);
    page.until_said(LINES, &["once"]).await;
}

#[tokio::test]
async fn a_snapshot_and_the_messages_after_it_are_the_state() {
    let world = World::new().await;
    let mut page = world.page().await;
    for text in ["one", "two"] {
        page.call::<usize>(AddLine::PATH, json!({ "text": text })).await.unwrap();
    }
    let snapshot: Snapshot<Vec<String>> = page.call(OpenLines::PATH, json!({})).await.unwrap();
    assert_eq!(snapshot.state, ["one", "two"]);
    page.follow_from(LINES, &snapshot.at);
    page.call::<usize>(AddLine::PATH, json!({ "text": "three" })).await.unwrap();
    page.until_said(LINES, &["three"]).await;
}

#[tokio::test]
async fn what_is_refused_changed_nothing_and_nobody_heard_of_it() {
    let world = World::new().await;
    let mut page = world.page().await;
    page.follow(LINES).await;
    for text in ["one", "two", "three"] {
        page.call::<usize>(AddLine::PATH, json!({ "text": text })).await.unwrap();
    }
    let refused = page.call::<usize>(AddLine::PATH, json!({ "text": "four" })).await;
    assert_eq!(refused.map_err(|fault| fault.code), Err(Code::TooMany));
    page.until_told_all().await;
    page.until_said(LINES, &["one", "two", "three"]).await;
    assert_eq!(*world.store.state(), ["one", "two", "three"]);
}
