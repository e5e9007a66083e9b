//! Promises that hold on SQLite and on PostgreSQL alike.

/// Makes a test on SQLite of each promise, and one test on PostgreSQL of them all, on one server. Each takes a
/// [`World`](crate::world::World).
macro_rules! promises {
    ($all:ident: $($promise:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $promise() {
                    super::$promise($crate::world::World::new().await).await;
                }
            )+
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $all() {
            let Some(server) = $crate::support::postgres_server::PostgresServer::start() else {
                eprintln!("skipped: no PostgreSQL server is installed (package postgresql)");
                return;
            };
            $(
                eprintln!("… {}", stringify!($promise));
                $promise($crate::world::World::on(&server.new_database(stringify!($promise)).await).await).await;
            )+
        }
    };
}

pub(crate) use promises;
