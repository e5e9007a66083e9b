//! Who is in a channel, and which clients are connected.

use super::{Redis, millis, nonsense, position, script, unreachable};
use crate::sputnik::{
    names::{ChannelName, ClientId, UserId},
    roster::{Present, Roster},
    server::broker::{Answer, BrokerError},
};
use redis::{ErrorKind, ServerErrorKind};
use serde::Serialize;
use serde_json::Value;
use std::{collections::HashMap, time::Duration};

script!(JOIN, "join");
script!(SHOW, "show");
script!(RENEW, "renew");
script!(PART, "part");
script!(ROSTER, "roster");

/// A [`Present`] as JSON, cut before what it shows, so that a script can put another state there.
fn head(who: &Present) -> String {
    #[derive(Serialize)]
    struct Head<'a> {
        client: &'a ClientId,
        user: &'a Option<UserId>,
        name: &'a str,
    }
    // Strings only: writing them cannot fail.
    let head = serde_json::to_string(&Head { client: &who.client, user: &who.user, name: &who.name });
    format!(r#"{},"state":"#, head.unwrap_or_default().trim_end_matches('}'))
}

/// The client and its place in the order of arrival, from what `join.lua` keeps.
fn seat(packed: &str) -> Answer<(u64, Present)> {
    let mut lines = packed.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let arrival = line().parse().map_err(|error| nonsense(&error))?;
    let card = format!("{}{}}}", line(), line());
    Ok((arrival, serde_json::from_str(&card).map_err(|error| nonsense(&error))?))
}

impl Redis {
    pub(super) async fn join_channel(
        &self,
        channel: &ChannelName,
        who: &Present,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<bool> {
        let mut call = self.call(&JOIN, channel);
        call.arg(who.client.as_str())
            .arg(head(who))
            .arg(who.state.to_string())
            .arg(millis(lease))
            .arg(replaces.map_or("", ClientId::as_str))
            .arg(self.limits.present);
        match self.run::<String>(&call).await?.as_str() {
            "full" => Err(BrokerError::Full("as many clients are present in the channel as may")),
            answer => Ok(answer == "replaced"),
        }
    }

    pub(super) async fn show_state(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool> {
        self.run(self.call(&SHOW, channel).arg(client.as_str()).arg(state.to_string())).await
    }

    /// One script a channel, all in one pipeline.
    pub(super) async fn renew_leases(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>> {
        if leases.is_empty() {
            return Ok(Vec::new());
        }
        let mut channels: HashMap<&ChannelName, Vec<usize>> = HashMap::new();
        for (index, (channel, _)) in leases.iter().enumerate() {
            channels.entry(channel).or_default().push(index);
        }
        let channels: Vec<_> = channels.into_iter().collect();
        let mut pipeline = redis::pipe();
        for (channel, indices) in &channels {
            let mut call = self.call(&RENEW, channel);
            call.arg(millis(lease));
            for index in indices {
                call.arg(leases[*index].1.as_str());
            }
            pipeline.invoke_script(&call);
        }
        let mut connection = self.connection.clone();
        let mut answers = pipeline.query_async::<Vec<Vec<bool>>>(&mut connection).await;
        // A pipeline does not load scripts by itself; and a Redis that was started again has none.
        if answers.as_ref().is_err_and(|error| error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)) {
            RENEW.load_async(&mut connection).await.map_err(unreachable)?;
            answers = pipeline.query_async(&mut connection).await;
        }
        let mut present = vec![false; leases.len()];
        for ((_, indices), answers) in channels.iter().zip(answers.map_err(unreachable)?) {
            for (index, answer) in indices.iter().zip(answers) {
                present[*index] = answer;
            }
        }
        Ok(present)
    }

    pub(super) async fn part_channel(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()> {
        let grace = if grace.is_zero() { 0 } else { millis(grace) };
        self.run(self.call(&PART, channel).arg(client.as_str()).arg(grace)).await
    }

    pub(super) async fn read_roster(&self, channel: &ChannelName) -> Answer<Roster> {
        let (epoch, offset, seats, locks): (String, u64, Vec<String>, Vec<String>) =
            self.run(&self.call(&ROSTER, channel)).await?;
        let mut seats = seats.iter().map(|packed| seat(packed)).collect::<Answer<Vec<_>>>()?;
        seats.sort_by_key(|(arrival, _)| *arrival);
        let locks = locks.iter().map(|lock| serde_json::from_str(lock)).collect::<Result<_, _>>();
        Ok(Roster {
            at: position(epoch, offset)?,
            here: seats.into_iter().map(|(_, who)| who).collect(),
            locks: locks.map_err(|error| nonsense(&error))?,
        })
    }
}

/// Connected clients. A note is a key that Redis forgets by itself: how much of its time has passed tells how long ago
/// it was written, by Redis's own clock.
impl Redis {
    fn note_key(&self, client: &ClientId) -> String {
        format!("{}client:{client}", self.prefix)
    }

    pub(super) async fn note_idle(&self, clients: &[(ClientId, Duration)], keep: Duration) -> Answer<()> {
        if clients.is_empty() {
            return Ok(());
        }
        let keep = millis(keep);
        let mut pipeline = redis::pipe();
        for (client, idle) in clients {
            let note = format!("{}:{keep}", idle.as_millis());
            pipeline.cmd("SET").arg(self.note_key(client)).arg(note).arg("PX").arg(keep).ignore();
        }
        pipeline.exec_async(&mut self.connection.clone()).await.map_err(unreachable)
    }

    pub(super) async fn read_idle(&self, client: &ClientId) -> Answer<Option<Duration>> {
        let key = self.note_key(client);
        let mut pipeline = redis::pipe();
        pipeline.atomic().get(&key).pttl(&key);
        let (note, left): (Option<String>, i64) =
            pipeline.query_async(&mut self.connection.clone()).await.map_err(unreachable)?;
        let Some(note) = note else { return Ok(None) };
        let (idle, keep) = note.split_once(':').unwrap_or_default();
        let number = |text: &str| text.parse::<u64>().map_err(|error| nonsense(&error));
        let passed = number(keep)?.saturating_sub(u64::try_from(left).unwrap_or(0));
        Ok(Some(Duration::from_millis(number(idle)?.saturating_add(passed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_cards_head_and_its_state_are_the_card() {
        for (user, state) in [(None, json!({"a": [1, "}"]})), (Some("u1"), json!(null))] {
            let who = Present {
                client: "c1".parse().expect("a name"),
                user: user.map(|user| user.parse().expect("a name")),
                name: "a } \" \n {}}".into(),
                state,
            };
            let card = format!("{}{}}}", head(&who), who.state);
            assert_eq!(card, serde_json::to_string(&who).expect("JSON"));
            assert_eq!(seat(&format!("7\n{}\n{}", head(&who), who.state)).expect("a seat"), (7, who));
        }
    }
}
