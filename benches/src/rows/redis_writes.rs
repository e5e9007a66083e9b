//! How fast a node publishes to Redis, beside the same script without a node.

use super::{Run, line};
use crate::{
    report::Findings,
    servers::{Redis, ours},
};
use std::process::Stdio;

pub async fn measure(run: Run) -> Result<Findings, String> {
    let time = run.seconds(10);
    let mut table = vec![line(["channels", "node, publishes/s", "script alone, publishes/s", "ratio"])];
    let mut found = Vec::new();
    for channels in ["1", "1000"] {
        let mut rates = Vec::new();
        for way in ["node", "script"] {
            let redis = Redis::start().await?;
            let mut command = ours("publishes");
            command.args([way, &redis.url(), channels, &time.as_secs().to_string()]).stdout(Stdio::piped());
            let output = command.output().map_err(|error| error.to_string())?;
            let said = String::from_utf8_lossy(&output.stdout);
            rates.push(said.trim().parse::<f64>().map_err(|_| format!("`publishes {way}` said: {said}"))?);
        }
        let ratio = rates[0] / rates[1];
        found.push(format!("{channels}: {ratio:.2}"));
        table.push(line([channels, &format!("{:.0}", rates[0]), &format!("{:.0}", rates[1]), &format!("{ratio:.2}")]));
    }
    Ok(Findings {
        goal: "≥ 0.7 × the same script driven directly with pipelining, on 1 and on 1,000 channels",
        found: found.join("; "),
        how:
            "256 publishes at once through a node's broker; beside it the broker's own script, called in pipelines of \
              64, four of them under way. Each on the server's core, Redis on the other."
                .into(),
        table,
    })
}
