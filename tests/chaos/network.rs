//! One fault at a time, between clients and a node or between a node and Redis, and what must not come of it.

use crate::{
    app,
    support::{
        client::{Browser, PATIENCE, Page, Transport, post_call},
        cutting_proxy::{CuttingProxy, Way},
    },
    world::{ROOM, World, room, until},
};
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    Fault,
    protocol::message::{Audience, Entry},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Makes a test of each fault, for one broker and one transport.
macro_rules! faults {
    ($module:ident, $broker:ident, $transport:ident, $($fault:ident),+ $(,)?) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $fault() {
                    use crate::{support::client::Transport, world::World};
                    super::$fault(&mut World::$broker().await, Transport::$transport).await;
                }
            )+
        }
    };
}

faults!(
    memory_socket,
    in_memory,
    Socket,
    a_connection_cut_without_a_word_loses_nothing,
    a_command_whose_answer_was_lost_takes_effect_once,
    a_slow_reader_delays_nobody_and_gets_everything_or_a_gap,
);
faults!(
    memory_long_poll,
    in_memory,
    LongPoll,
    a_connection_cut_without_a_word_loses_nothing,
    a_command_whose_answer_was_lost_takes_effect_once,
    a_lost_answer_loses_no_message,
);
faults!(memory_poll, in_memory, Poll, a_lost_answer_loses_no_message);
faults!(
    redis_socket,
    on_redis,
    Socket,
    a_connection_cut_without_a_word_loses_nothing,
    a_command_whose_answer_was_lost_takes_effect_once,
    a_slow_reader_delays_nobody_and_gets_everything_or_a_gap,
    a_node_cut_off_from_redis_catches_up,
    a_node_whose_wakes_were_ended_is_not_deaf,
    a_redis_that_stands_still_for_five_seconds_loses_nothing,
    while_redis_is_gone_pages_are_served_and_then_everything_goes_on,
    whoever_signs_out_while_redis_is_out_of_reach_is_signed_out_everywhere,
    whoever_signs_out_while_redis_loses_everything_is_signed_out_everywhere,
);
faults!(
    redis_long_poll,
    on_redis,
    LongPoll,
    a_connection_cut_without_a_word_loses_nothing,
    a_command_whose_answer_was_lost_takes_effect_once,
    a_lost_answer_loses_no_message,
    a_node_cut_off_from_redis_catches_up,
    a_node_whose_wakes_were_ended_is_not_deaf,
    a_redis_that_stands_still_for_five_seconds_loses_nothing,
);
faults!(redis_poll, on_redis, Poll, a_lost_answer_loses_no_message);

async fn page(world: &World, user: &str, transport: Transport) -> Page {
    Page::open(&Browser::of(user), &world.nodes[0].front.site(), transport).await
}

/// Says something, past the nodes.
async fn announce(world: &World, text: &str) {
    let entry = Entry::said(&text, None, Audience::All, None).unwrap();
    world.broker().publish(&room(), entry.to_json().into(), None).await.unwrap();
}

/// It heard exactly this, each once, and was told of no gap.
async fn heard_all(page: &Page, texts: &[&str]) {
    page.until_said(ROOM, texts).await;
    page.until_told_all().await;
    page.seen(|seen| {
        assert_eq!(seen.said(ROOM), texts);
        let channel = seen.channel(ROOM);
        assert!(channel.gaps.is_empty() && channel.holes.is_empty());
        assert!(channel.came.windows(2).all(|pair| pair[1] == pair[0] + 1), "{:?}", channel.came);
    });
}

async fn say(page: &Page, uid: sputnik::Uid, again: bool, text: &str) -> Result<u64, Fault> {
    page.call_as(uid, again, app::Say::PATH, json!({ "room": ROOM, "text": text })).await
}

/// The same command, until it is answered.
async fn say_until_answered(page: &mut Page, text: &str) -> u64 {
    let (uid, patience) = (page.next_uid(), Instant::now() + PATIENCE);
    let mut again = false;
    loop {
        match say(page, uid, again, text).await {
            Ok(version) => return version,
            Err(fault) => assert!(fault.can_retry() && Instant::now() < patience, "{fault:?}"),
        }
        again = true;
        sleep(Duration::from_millis(100)).await;
    }
}

async fn a_connection_cut_without_a_word_loses_nothing(world: &mut World, transport: Transport) {
    let mut ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    announce(world, "before").await;
    ann.until_said(ROOM, &["before"]).await;
    for _ in 0..2 {
        // Again and again: a poll may be between two connections.
        until("it is noticed", PATIENCE, async || {
            world.nodes[0].front.cut();
            ann.seen(|seen| seen.ended.is_some())
        })
        .await;
        announce(world, "meanwhile").await;
        ann.connect().await;
    }
    announce(world, "after").await;
    heard_all(&ann, &["before", "meanwhile", "meanwhile", "after"]).await;
}

async fn a_lost_answer_loses_no_message(world: &mut World, transport: Transport) {
    let mut ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    world.nodes[0].front.set(Way::LosesAnswers);
    announce(world, "in the lost answer").await;
    ann.until("an answer is lost", |seen| seen.ended.is_some()).await;
    world.nodes[0].front.set(Way::Open);
    ann.connect().await;
    announce(world, "after").await;
    heard_all(&ann, &["in the lost answer", "after"]).await;
}

async fn a_command_whose_answer_was_lost_takes_effect_once(world: &mut World, transport: Transport) {
    let mut ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    let (uid, args) = (ann.next_uid(), json!({ "room": ROOM, "text": "once" }));
    world.nodes[0].front.set(Way::LosesAnswers);
    if transport == Transport::Socket {
        ann.start_call(uid, false, app::Say::PATH, &args);
    } else {
        let client = ann.client();
        let lost = post_call(&ann.browser, &ann.site, &client, uid, false, app::Say::PATH, args.clone()).await;
        assert!(lost.unwrap_err().can_retry());
    }
    until("it took effect", PATIENCE, async || {
        if transport == Transport::Socket && ann.seen(|seen| seen.ended.is_some()) {
            // Something else was lost before: the command was not heard, or perhaps it was.
            world.nodes[0].front.set(Way::Open);
            ann.connect().await;
            world.nodes[0].front.set(Way::LosesAnswers);
            ann.start_call(uid, true, app::Say::PATH, &args);
        }
        world.database.committed(&room()) == ["once"]
    })
    .await;
    ann.until("the connection is cut", |seen| seen.ended.is_some()).await;
    world.nodes[0].front.set(Way::Open);
    ann.connect().await;
    assert_eq!(say(&ann, uid, true, "once").await.unwrap(), 1);
    assert_eq!(world.database.committed(&room()), ["once"]);
    heard_all(&ann, &["once"]).await;
}

async fn a_slow_reader_delays_nobody_and_gets_everything_or_a_gap(world: &mut World, transport: Transport) {
    const COUNT: usize = 300;
    let way = CuttingProxy::start(world.nodes[0].port).await;
    let mut slow = Page::open(&Browser::of("slow"), &way.site(), transport).await;
    slow.follow(ROOM).await;
    let quick = page(world, "quick", transport).await;
    quick.follow(ROOM).await;
    way.set(Way::Slow(1_000));
    let long = "x".repeat(20_000);
    for number in 0..COUNT {
        announce(world, &format!("{number} {long}")).await;
    }
    // In seconds what the slow one needs an hour and a half for.
    quick.until("the quick one has all", |seen| seen.channel(ROOM).entries.len() == COUNT).await;
    assert!(slow.seen(|seen| seen.channel(ROOM).entries.len()) < COUNT / 2, "it reads slowly");
    way.set(Way::Open);
    let done = |page: &Page| {
        page.seen(|seen| seen.channel(ROOM).entries.len() == COUNT || !seen.channel(ROOM).gaps.is_empty())
    };
    let patience = Instant::now() + PATIENCE;
    while !done(&slow) {
        assert!(Instant::now() < patience, "it neither got everything nor a gap");
        if slow.seen(|seen| seen.ended.is_some()) {
            slow.connect().await;
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert!(slow.seen(|seen| seen.channel(ROOM).holes.is_empty()));
}

async fn a_node_cut_off_from_redis_catches_up(world: &mut World, transport: Transport) {
    let mut ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    let mut said = Vec::new();
    for ends_cut in [false, true] {
        let back = world.nodes[0].back.as_ref().unwrap();
        back.set(Way::Held);
        for text in ["one", "two"] {
            announce(world, text).await;
            said.push(text);
        }
        // Long enough that what the node asks is given up.
        sleep(Duration::from_millis(2_500)).await;
        if ends_cut {
            back.cut();
        }
        back.set(Way::Open);
        say_until_answered(&mut ann, "after").await;
        said.push("after");
        // A poll may have been refused meanwhile.
        if ann.seen(|seen| seen.ended.is_some()) {
            ann.connect().await;
        }
        heard_all(&ann, &said).await;
    }
}

async fn a_node_whose_wakes_were_ended_is_not_deaf(world: &mut World, transport: Transport) {
    let ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    let texts = ["0", "1", "2", "3", "4"];
    for (number, text) in texts.iter().enumerate() {
        world.redis.as_ref().unwrap().tell("CLIENT KILL TYPE pubsub");
        announce(world, text).await;
        heard_all(&ann, &texts[..=number]).await;
    }
}

async fn a_redis_that_stands_still_for_five_seconds_loses_nothing(world: &mut World, transport: Transport) {
    let mut ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    say_until_answered(&mut ann, "before").await;
    world.redis.as_ref().unwrap().tell("DEBUG SLEEP 5");
    let still = Instant::now();
    say_until_answered(&mut ann, "meanwhile").await;
    say_until_answered(&mut ann, "after").await;
    if ann.seen(|seen| seen.ended.is_some()) {
        ann.connect().await;
    }
    heard_all(&ann, &["before", "meanwhile", "after"]).await;
    assert!(still.elapsed() > Duration::from_secs(4), "it stood still");
    assert_eq!(world.database.committed(&room()), ["before", "meanwhile", "after"]);
}

async fn while_redis_is_gone_pages_are_served_and_then_everything_goes_on(world: &mut World, transport: Transport) {
    let mut ann = page(world, "ann", transport).await;
    ann.follow(ROOM).await;
    say_until_answered(&mut ann, "before").await;
    ann.until_said(ROOM, &["before"]).await;
    world.redis.as_mut().unwrap().kill();
    let served: Value = ann.call(app::OpenRoom::PATH, json!({ "room": ROOM })).await.unwrap();
    assert_eq!(served["state"], json!(["before"]));
    let uid = ann.next_uid();
    let fault = say(&ann, uid, false, "meanwhile").await.unwrap_err();
    assert!(fault.can_retry(), "{fault:?}");
    assert!(ann.is_connected(), "the socket itself is not harmed");
    world.redis.as_mut().unwrap().start_again();
    // Nobody knows who signed out meanwhile: so everybody is asked anew who they are.
    until("she is asked who she is", PATIENCE, async || !ann.is_connected()).await;
    ann.connect().await;
    ann.follow(ROOM).await;
    // It was committed: that is what the retry is told, once the broker can be told as well.
    assert_eq!(say(&ann, uid, true, "meanwhile").await.unwrap(), 2);
    ann.follow(ROOM).await;
    say_until_answered(&mut ann, "after").await;
    ann.until("it goes on", |seen| seen.said(ROOM).last().is_some_and(|said| said == "after")).await;
    assert_eq!(world.database.committed(&room()), ["before", "meanwhile", "after"]);
}

/// Ann on two nodes, of which she signs out at the first.
async fn signs_out_meanwhile(world: &mut World, transport: Transport, meanwhile: impl FnOnce(&mut World)) {
    let here = page(world, "ann", transport).await;
    let there = Page::open(&Browser::of("ann"), &world.nodes[1].front.site(), transport).await;
    // The second node has begun to hear who signs out.
    sleep(Duration::from_millis(500)).await;
    let told = world.nodes[0].node.as_ref().unwrap().reconnect_user(&"ann".parse().unwrap()).await;
    assert!(told.is_err(), "nobody can be told");
    until("she is signed out here", Duration::from_secs(1), async || !here.is_connected()).await;
    assert!(there.is_connected());
    meanwhile(world);
    until("she is signed out there", PATIENCE, async || !there.is_connected()).await;
}

async fn whoever_signs_out_while_redis_is_out_of_reach_is_signed_out_everywhere(
    world: &mut World,
    transport: Transport,
) {
    world.nodes[0].back.as_ref().unwrap().set(Way::Held);
    signs_out_meanwhile(world, transport, |world| world.nodes[0].back.as_ref().unwrap().set(Way::Open)).await;
}

async fn whoever_signs_out_while_redis_loses_everything_is_signed_out_everywhere(
    world: &mut World,
    transport: Transport,
) {
    sleep(Duration::from_millis(500)).await;
    world.redis.as_mut().unwrap().kill();
    signs_out_meanwhile(world, transport, |world| world.redis.as_mut().unwrap().start_again()).await;
}
