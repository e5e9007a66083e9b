//! The layer through its real transports: nodes that listen, and clients that speak to them as browsers do.
//!
//! Each promise is one function in `layer/`, named as a sentence, and listed once; the list makes a test of it for each
//! broker and each transport, or for each broker where it is about one transport only.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../support/mod.rs"]
mod support;

/// Makes a module with a test of each promise, for one broker and one transport.
macro_rules! tests {
    ($module:ident, $kind:ident, $transport:ident, $($promise:ident),+) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $promise() {
                    use crate::{support::client::Transport, world::{Kind, World}};
                    super::$promise(&mut World::new(Kind::$kind, Transport::$transport).await).await;
                }
            )+
        }
    };
}

/// Makes one test for each broker and each transport of each promise.
macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        promises_of_sockets!($($promise),+);
        promises_of_polls!($($promise),+);
    };
}

/// Makes one test for each broker of each promise about sockets, or about no transport at all.
macro_rules! promises_of_sockets {
    ($($promise:ident),+ $(,)?) => {
        tests!(memory_socket, Memory, Socket, $($promise),+);
        tests!(redis_socket, Redis, Socket, $($promise),+);
    };
}

/// Makes one test for each broker of each promise about long polls.
macro_rules! promises_of_long_polls {
    ($($promise:ident),+ $(,)?) => {
        tests!(memory_long_poll, Memory, LongPoll, $($promise),+);
        tests!(redis_long_poll, Redis, LongPoll, $($promise),+);
    };
}

/// Makes one test for each broker and each kind of poll of each promise.
macro_rules! promises_of_polls {
    ($($promise:ident),+ $(,)?) => {
        tests!(memory_long_poll, Memory, LongPoll, $($promise),+);
        tests!(redis_long_poll, Redis, LongPoll, $($promise),+);
        tests!(memory_poll, Memory, Poll, $($promise),+);
        tests!(redis_poll, Redis, Poll, $($promise),+);
    };
}

#[allow(dead_code, reason = "it is shared with the tests under fault")]
mod app;
mod bad_input;
mod bounds;
mod command_queue;
mod commands;
mod gaps;
mod locks;
mod messages;
mod nodes;
mod outside;
mod overview;
mod presence;
mod python;
mod rights;
mod symptoms;
mod watched;
mod whispers;
mod world;
