//! The documents of people who write: Yjs, as in the browser, in a process beside the test.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{process::Stdio, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Mutex,
};

/// All documents of a test.
#[derive(Clone)]
pub struct Yjs(Arc<Mutex<Process>>);

struct Process {
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

/// What somebody wrote.
#[derive(Deserialize)]
pub struct Written {
    /// The edit; nothing, when nothing came of it.
    pub update: Option<String>,
    /// The words that are new.
    pub words: Vec<String>,
}

/// What was made of what came.
#[derive(Deserialize)]
pub struct Received {
    /// Whether nothing is missing that it builds on.
    pub complete: bool,
    /// What the document made of it by itself, to be written too.
    pub update: Option<String>,
}

/// What the server lacks.
#[derive(Deserialize)]
pub struct Lacks {
    /// Whether that is anything but what was removed.
    pub adds: bool,
    /// The difference, whatever it is.
    pub update: String,
}

/// Whether all have what the server has.
#[derive(Deserialize)]
pub struct Same {
    /// Those who have not.
    pub others: Vec<u64>,
    /// All that stands in it, as it stands.
    pub text: String,
}

/// What is wrong with a document, and of how many words that is known.
#[derive(Deserialize)]
pub struct Wrong {
    pub wrongs: Vec<String>,
    pub words: usize,
    /// How many of them were acknowledged.
    pub must: usize,
    /// How often each kind of thing was done.
    pub done: Value,
}

impl Yjs {
    pub fn start() -> Self {
        let folder = env!("CARGO_MANIFEST_DIR");
        assert!(
            std::path::Path::new(folder).join("editor/node_modules/yjs").exists(),
            "this needs the editor's modules: `cargo xtask test` installs them, and so does `npm ci` in editor/"
        );
        let mut child = Command::new("node")
            .arg(format!("{folder}/tests/chaos/together/yjs.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this needs `node`, version 20 or later");
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self(Arc::new(Mutex::new(Process { to, from: BufReader::new(from).lines(), _child: child })))
    }

    async fn ask<T: DeserializeOwned>(&self, request: Value) -> T {
        let mut process = self.0.lock().await;
        process.to.write_all(format!("{request}\n").as_bytes()).await.expect("it is there");
        let line = process.from.next_line().await.unwrap().unwrap_or_else(|| panic!("it went over {request}"));
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"))
    }

    /// A new page with nothing in it.
    pub async fn open(&self, writer: u64, seed: u64) {
        self.ask::<Value>(json!({ "do": "open", "writer": writer, "seed": seed % (1 << 32) })).await;
    }

    /// Lets somebody do something.
    pub async fn edit(&self, writer: u64) -> Written {
        self.ask(json!({ "do": "edit", "writer": writer })).await
    }

    pub async fn receive(&self, writer: u64, updates: &[Vec<u8>]) -> Received {
        let updates: Vec<_> = updates.iter().map(|update| STANDARD.encode(update)).collect();
        self.ask(json!({ "do": "receive", "writer": writer, "updates": updates })).await
    }

    /// What a page has.
    pub async fn vector(&self, writer: u64) -> String {
        let answer: Value = self.ask(json!({ "do": "vector", "writer": writer })).await;
        answer["vector"].as_str().unwrap().to_owned()
    }

    /// What a page has that somebody lacks who has this.
    pub async fn lacks(&self, writer: u64, vector: &[u8]) -> Lacks {
        self.ask(json!({ "do": "lacks", "writer": writer, "vector": STANDARD.encode(vector) })).await
    }

    /// From now on these words must be there.
    pub async fn acknowledged(&self, words: &[String]) {
        self.ask::<Value>(json!({ "do": "acknowledged", "words": words })).await;
    }

    pub async fn same(&self, writers: &[u64], state: &[u8]) -> Same {
        self.ask(json!({ "do": "same", "writers": writers, "state": STANDARD.encode(state) })).await
    }

    pub async fn wrong(&self, state: &[u8]) -> Wrong {
        self.ask(json!({ "do": "wrong", "state": STANDARD.encode(state) })).await
    }
}
