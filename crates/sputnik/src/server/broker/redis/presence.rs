//! Presence in Redis: who is in a channel.

use super::{Redis, millis, nonsense, position, script};
use crate::{
    protocol::{
        names::{ChannelName, ClientId, UserId},
        roster::{Present, Roster},
    },
    server::broker::{Answer, BrokerError, Claim, Joined, Presence},
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

#[async_trait::async_trait]
impl Presence for Redis {
    async fn join(
        &self,
        channel: &ChannelName,
        who: &Present,
        claim: &Claim,
        replaces: Option<&ClientId>,
        lease: Duration,
    ) -> Answer<Joined> {
        let mut call = self.call(&JOIN, channel);
        call.arg(who.client.as_str())
            .arg(head(who))
            .arg(who.state.to_string())
            .arg(millis(lease))
            .arg(replaces.map_or("", ClientId::as_str))
            .arg(self.limits.present)
            .arg(claim.rank);
        for party in &claim.parties {
            call.arg(party.to_string()).arg(self.limits.of(party));
        }
        match self.run::<String>(&call).await?.as_str() {
            "full" => Err(BrokerError::Full("as many clients are present in the channel as may")),
            "many of one" => {
                Err(BrokerError::Full("as many clients of one browser, user or address are present as may"))
            }
            "same" => Ok(Joined::Already),
            "replaced" => Ok(Joined::Replaced),
            _ => Ok(Joined::Said),
        }
    }

    async fn show(&self, channel: &ChannelName, client: &ClientId, state: &Value) -> Answer<bool> {
        self.run(self.call(&SHOW, channel).arg(client.as_str()).arg(state.to_string())).await
    }

    /// One script a channel, all in one pipeline.
    async fn renew(&self, leases: &[(ChannelName, ClientId)], lease: Duration) -> Answer<Vec<bool>> {
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
        let mut open = self.connection.get().await?;
        let mut answers = pipeline.query_async::<Vec<Vec<bool>>>(&mut open.connection).await;
        // A pipeline does not load scripts by itself; and a Redis that was started again has none.
        if answers.as_ref().is_err_and(|error| error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)) {
            let loaded = RENEW.load_async(&mut open.connection).await;
            self.connection.judged(&open, loaded)?;
            answers = pipeline.query_async(&mut open.connection).await;
        }
        let answers = self.connection.judged(&open, answers)?;
        let mut present = vec![false; leases.len()];
        for ((_, indices), answers) in channels.iter().zip(answers) {
            for (index, answer) in indices.iter().zip(answers) {
                present[*index] = answer;
            }
        }
        Ok(present)
    }

    async fn part(&self, channel: &ChannelName, client: &ClientId, grace: Duration) -> Answer<()> {
        let grace = if grace.is_zero() { 0 } else { millis(grace) };
        self.run(self.call(&PART, channel).arg(client.as_str()).arg(grace)).await
    }

    async fn roster(&self, channel: &ChannelName) -> Answer<Roster> {
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
