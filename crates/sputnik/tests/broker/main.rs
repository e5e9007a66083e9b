//! The brokers' conformance suite: what `Broker` promises, held against every implementation.
//!
//! Each promise is one function in `broker/`, in the file of its trait: `log.rs`, `presence.rs`, `locks.rs`, `liveness.rs`,
//! `pub_sub.rs`. It is named as a sentence, and listed once; the list makes a test of it for each broker. `machine.rs` lets
//! all of them meet at random. What only one broker can show stands in `broker/memory_only.rs` and in the files that begin with `redis_`.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

#[path = "../support/mod.rs"]
mod support;

/// Makes one test for each broker of each promise.
macro_rules! promises {
    ($($promise:ident),+ $(,)?) => {
        mod memory {
            $(
                #[tokio::test]
                async fn $promise() {
                    super::$promise(&crate::world::World::in_memory()).await;
                }
            )+
        }

        mod redis {
            $(
                #[tokio::test]
                async fn $promise() {
                    super::$promise(&crate::world::World::on_redis().await).await;
                }
            )+
        }
    };
}

mod liveness;
mod locks;
mod log;
mod machine;
mod memory_only;
mod presence;
mod pub_sub;
mod redis_by_tls;
mod redis_in_trouble;
mod redis_only;
mod world;
