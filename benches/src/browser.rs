//! Chromium, driven by a script in `benches/browser` or `benches/phone`: it is given tasks, a line each, and answers with
//! figures.

use crate::servers::{BOTH_CORES, on_core, place};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// The script bounds each of its steps, and says which took too long. This is for when it says nothing at all.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long it may take to end, and Chromium with it.
const FAREWELL: Duration = Duration::from_secs(10);

/// A Chromium that ends with this.
pub struct Browser {
    /// Which it is.
    pub version: String,
    script: Child,
    tasks: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Browser {
    /// Starts one, that may use both cores, with the script of that folder.
    ///
    /// # Errors
    /// In words.
    pub fn start(folder: &str) -> Result<Self, String> {
        let peers = place("BENCH_PEERS");
        let main = peers.parent().ok_or("the peers are in benches/peers")?.join(folder).join("main.mjs");
        let mut command = on_core(BOTH_CORES, "node");
        let spawned = command.arg(&main).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut script = spawned.map_err(|error| format!("{}: {error}", main.display()))?;
        let (tasks, figures) = (script.stdin.take(), script.stdout.take());
        let (tell, answers) = channel();
        thread::spawn(move || {
            let lines = figures.into_iter().flat_map(|figures| BufReader::new(figures).lines());
            // Until the script has ended, or nobody wants to hear of it.
            lines.map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let mut browser = Self { version: String::new(), script, tasks, answers };
        let version = browser.hear()?;
        browser.version = version["version"].as_str().unwrap_or("of no known version").into();
        Ok(browser)
    }

    /// Gives it a task, and waits for the figures. Nothing else is done meanwhile: the machine is the browser's and the
    /// server's.
    ///
    /// # Errors
    /// In the script's words.
    pub fn ask(&mut self, task: &Value) -> Result<Value, String> {
        let tasks = self.tasks.as_mut().ok_or("the browser was told to end")?;
        writeln!(tasks, "{task}").map_err(|error| format!("the browser's script takes no task: {error}"))?;
        self.hear()
    }

    fn hear(&self) -> Result<Value, String> {
        let answer = self.answers.recv_timeout(PATIENCE);
        let answer = answer.map_err(|_| "the browser's script says nothing; servers.log may tell why")?;
        let answer: Value = serde_json::from_str(&answer).map_err(|error| format!("{answer}: {error}"))?;
        answer["error"].as_str().map_or(Ok(()), |words| Err(format!("in the browser: {words}")))?;
        Ok(answer)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends when there are no more tasks, and takes Chromium and its folder along.
        self.tasks = None;
        let patience = Instant::now() + FAREWELL;
        while Instant::now() < patience {
            if !matches!(self.script.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        // Chromium goes when nobody drives it.
        drop(self.script.kill());
        drop(self.script.wait());
    }
}
