//! The commands of one socket: each in its turn, and none in the way of anything else.

use crate::{
    app,
    support::{
        client::{Browser, Page, Transport, next_frame, open_socket, text},
        cutting_proxy::{CuttingProxy, Way},
    },
    world::{ROOM, World, say, settings, until},
};
use futures::SinkExt;
use leptos::server_fn::ServerFn;
use serde_json::{Value, json};
use sputnik::{
    Code, Uid,
    protocol::{
        fragment::{PART, split},
        frame::{ClientFrame, Hello, ServerFrame},
    },
    server::Settings,
};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

promises_of_sockets!(
    commands_of_a_client_run_in_the_order_they_were_sent,
    a_command_that_gave_its_turn_lets_the_next_of_its_kind_begin,
    however_many_give_their_turn_so_many_are_under_way_at_most,
    more_commands_than_may_wait_are_refused_and_the_others_run,
    a_slow_command_delays_neither_messages_nor_other_clients,
    a_socket_opened_without_any_cookie_can_command,
    over_a_slow_line_a_long_answer_comes_and_the_connection_lives,
    a_long_command_may_come_in_parts,
);

async fn over_a_slow_line_a_long_answer_comes_and_the_connection_lives(world: &mut World) {
    let ping = Duration::from_millis(300);
    let node = world.start_node(Settings { ping, ..settings() }).await;
    let port = world.site(node).rsplit_once(':').unwrap().1.parse().unwrap();
    let line = CuttingProxy::start(port).await;
    let mut ann = Page::open(&Browser::of("ann"), &line.site(), Transport::Socket).await;
    line.set(Way::Slow(200_000));
    // Three seconds' worth, in which a whole one could leave ten pings without an answer.
    let count = 600_000;
    let letters: String = ann.call(app::Letters::PATH, json!({ "count": count })).await.unwrap();
    assert_eq!(letters.len(), count);
    assert!(ann.is_connected());
}

async fn a_long_command_may_come_in_parts(world: &mut World) {
    let ann = world.page("ann").await;
    let long = " ".repeat(2 * PART);
    let call = json!({ "call": { "uid": 1, "path": app::Note::PATH, "body": r#"{"text":"whole"}"# } });
    for part in split(&format!("{long}{call}")) {
        assert!(part.len() <= PART + 1);
        ann.send_raw(Message::Text(part.into_owned().into()));
    }
    ann.until("it is answered", |seen| seen.replies.contains_key(&Uid(1))).await;
    assert_eq!(world.database.effects(), ["whole"]);
    for _ in 0..5 * settings().frame_bytes / PART + 5 {
        ann.send_raw(Message::Text(format!("+{}", "x".repeat(PART)).into()));
    }
    ann.until("parts without end are its end", |seen| seen.ended.is_some()).await;
    ann.seen(|seen| assert_eq!(seen.faults.last().map(|fault| fault.code), Some(Code::TooLarge)));
}

async fn commands_of_a_client_run_in_the_order_they_were_sent(world: &mut World) {
    let mut ann = world.page("ann").await;
    let uids: Vec<Uid> = (0..4).map(|_| ann.next_uid()).collect();
    ann.start_call(uids[0], false, app::Slow::PATH, &json!({ "name": "a" }));
    for (number, uid) in uids.iter().enumerate().skip(1) {
        ann.start_call(*uid, false, app::Note::PATH, &json!({ "text": number.to_string() }));
    }
    until("the first begins", async || !world.database.effects().is_empty()).await;
    ann.until_told_all().await;
    assert_eq!(world.database.effects(), ["a begins"], "the others wait");
    world.database.release("a");
    ann.until("all are answered", |seen| seen.replies.len() == uids.len()).await;
    assert_eq!(world.database.effects(), ["a begins", "a ends", "1", "2", "3"]);
    assert_eq!(ann.seen(|seen| seen.reply_order.clone()), [1, 2, 3, 4]);
}

async fn a_command_that_gave_its_turn_lets_the_next_of_its_kind_begin(world: &mut World) {
    let mut ann = world.page("ann").await;
    let uids: Vec<Uid> = (0..4).map(|_| ann.next_uid()).collect();
    ann.start_call(uids[0], false, app::Queue::PATH, &json!({ "name": "a" }));
    ann.start_call(uids[1], false, app::Queue::PATH, &json!({ "name": "b" }));
    ann.start_call(uids[2], false, app::Note::PATH, &json!({ "text": "noted" }));
    ann.start_call(uids[3], false, app::Queue::PATH, &json!({ "name": "c" }));
    until("both stand", async || world.database.effects().len() == 2).await;
    ann.until_told_all().await;
    assert_eq!(world.database.effects(), ["a stands", "b stands"], "another command waits, and who comes after it");
    world.database.release("b");
    ann.until("the second is answered", |seen| seen.replies.len() == 1).await;
    ann.until_told_all().await;
    assert_eq!(world.database.effects(), ["a stands", "b stands", "b goes"], "all before it must be answered");
    world.database.release("a");
    world.database.release("c");
    ann.until("all are answered", |seen| seen.replies.len() == uids.len()).await;
    assert_eq!(world.database.effects()[3..], ["a goes", "noted", "c stands", "c goes"]);
    assert_eq!(ann.seen(|seen| seen.reply_order.clone()), [2, 1, 3, 4]);
}

async fn however_many_give_their_turn_so_many_are_under_way_at_most(world: &mut World) {
    let mut ann = world.page("ann").await;
    let may = 1 + settings().commands_waiting;
    let uids: Vec<Uid> = (0..may + 2).map(|_| ann.next_uid()).collect();
    for uid in &uids {
        ann.start_call(*uid, false, app::Queue::PATH, &json!({ "name": uid.to_string() }));
    }
    ann.until("two are refused", |seen| seen.replies.len() == 2).await;
    until("the others stand", async || world.database.effects().len() == may).await;
    for uid in &uids {
        world.database.release(&uid.to_string());
    }
    ann.until("all are answered", |seen| seen.replies.len() == uids.len()).await;
    let effects = world.database.effects();
    let stood: Vec<&str> = effects.iter().filter_map(|effect| effect.strip_suffix(" stands")).collect();
    let sent: Vec<String> = uids[..uids.len() - 2].iter().map(ToString::to_string).collect();
    assert_eq!(stood, sent, "in the order they were sent");
}

async fn more_commands_than_may_wait_are_refused_and_the_others_run(world: &mut World) {
    let mut ann = world.page("ann").await;
    let waiting = settings().commands_waiting;
    let uids: Vec<Uid> = (0..waiting + 3).map(|_| ann.next_uid()).collect();
    ann.start_call(uids[0], false, app::Slow::PATH, &json!({ "name": "a" }));
    for uid in &uids[1..] {
        ann.start_call(*uid, false, app::Note::PATH, &json!({ "text": uid.to_string() }));
    }
    ann.until("two are refused", |seen| seen.replies.len() == 2).await;
    ann.seen(|seen| {
        for uid in &uids[waiting + 1..] {
            let fault = seen.replies[uid].clone().unwrap_err();
            assert!(fault.code == Code::TooMany && fault.can_retry(), "{fault:?}");
        }
    });
    world.database.release("a");
    ann.until("all are answered", |seen| seen.replies.len() == uids.len()).await;
    assert_eq!(world.database.effects().len(), 2 + waiting);
    // Refused is not done: the same command may come again.
    let last = uids[uids.len() - 1];
    ann.call_as::<String>(last, true, app::Note::PATH, json!({ "text": "at last" })).await.unwrap();
    assert_eq!(world.database.effects().last().map(String::as_str), Some("at last"));
}

async fn a_slow_command_delays_neither_messages_nor_other_clients(world: &mut World) {
    let (mut ann, mut bob) = (world.page("ann").await, world.page("bob").await);
    ann.follow(ROOM).await;
    let uid = ann.next_uid();
    ann.start_call(uid, false, app::Slow::PATH, &json!({ "name": "a" }));
    until("it begins", async || !world.database.effects().is_empty()).await;
    say(&mut bob, "meanwhile").await.unwrap();
    ann.until_said(ROOM, &["meanwhile"]).await;
    world.database.release("a");
    ann.until("it is answered", |seen| seen.replies.contains_key(&uid)).await;
}

async fn a_socket_opened_without_any_cookie_can_command(world: &mut World) {
    let mut socket = open_socket(&Browser::new(), world.site(0), &[]).await.unwrap();
    socket.send(text(&ClientFrame::Hello(Hello::default()))).await.unwrap();
    let Some(ServerFrame::Welcome(welcome)) = next_frame(&mut socket).await else { panic!("welcome") };
    let call = ClientFrame::Call { uid: Uid(1), path: app::WhoAmI::PATH.into(), body: "{}".into(), again: false };
    socket.send(text(&call)).await.unwrap();
    let Some(ServerFrame::Reply { status, body, .. }) = next_frame(&mut socket).await else { panic!("a reply") };
    assert_eq!(status, 200, "{body}");
    let me: Value = serde_json::from_str(body.get()).unwrap();
    assert_eq!(me, json!({ "user": null, "client": welcome.client }));
}
