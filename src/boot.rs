//! Puts the server together: the database, the broker, the layer, the pages.

use crate::{
    account::{people::Accounts, session},
    admin::gate::AdminGate,
    app::{App, shell},
    book::{
        access::{copying::Copies, search::Searches},
        files::{self, exporter::Exporter},
        gate::BookGate,
        indexer::Indexer,
        writing::chapters::Chapters,
    },
    config::{Bounded, Config},
    database::{self, BackupError, Copied, Database, OpenError, Terms, keep_tidy},
    demo, health,
    old_paths::old_paths,
    security_headers,
    shared_broker::{Neighbours, Refused},
    ui::browser::SiteAddress,
};
use axum::{Extension, Router, extract::FromRef};
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes, generate_route_list, site_pkg_dir_service};
use sputnik::{
    Fault,
    server::{
        self, Gate, Node, Settings,
        broker::{
            Broker, BrokerError,
            memory::Memory,
            redis::{self, Redis},
        },
    },
};
use std::{
    future::Future,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use tower_http::{
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
    trace::TraceLayer,
};

/// How long connections have to end once the server was told to.
const FAREWELL: Duration = Duration::from_secs(10);

/// Why the server did not start, or ended: one line for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// Somebody else listens there, or this machine has no such address.
    #[error("cannot listen on {0}: {1}. Choose another with --address.")]
    Address(SocketAddr, io::Error),
    /// The data folder cannot be made or written.
    #[error("the data folder {0} cannot be written: {1}. Choose another with --data.")]
    Data(String, io::Error),
    /// The database cannot be opened.
    #[error("{0}")]
    Database(#[from] OpenError),
    /// Another node uses the database and would not hear this one.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// The database was not copied.
    #[error("{0}")]
    Backup(#[from] BackupError),
    /// Redis does not answer, or cannot be what nodes share.
    #[error("{}", redis_words(.0))]
    Redis(BrokerError),
    /// A file that was named cannot be read.
    #[error("the file {0} cannot be read: {1}. It was named by {2}.")]
    File(String, io::Error, &'static str),
    /// The demo could not be written.
    #[error("the demo cannot be written: {0}")]
    Demo(Fault),
    /// What is searched could not be made anew.
    #[error("what is searched cannot be made anew: {0}")]
    Search(Fault),
    /// Serving broke off.
    #[error("serving broke off: {0}")]
    Serve(io::Error),
}

fn redis_words(error: &BrokerError) -> String {
    match error {
        BrokerError::Unfit(words) => format!(
            "Redis cannot be used: {words} It was named by --redis or REDIS_URL; certificates are named by --redis-ca, \
             --redis-cert and --redis-key. Without any of them a single node runs."
        ),
        BrokerError::Unreachable(why) => format!(
            "Redis cannot be reached: {why}. Start it, or leave --redis and REDIS_URL away to run a single node."
        ),
        error => error.to_string(),
    }
}

/// A server that is ready to serve.
pub struct Site {
    /// Where it listens: the port the system chose, where port 0 was asked for.
    pub address: SocketAddr,
    /// As whom to sign in, where the demo was written.
    pub demo: Option<demo::Demo>,
    listener: TcpListener,
    database: Database,
    node: Node,
    neighbours: Neighbours,
    exporter: Exporter,
    routes: Router,
}

/// Opens all that the server needs, and puts it together.
///
/// # Errors
/// When something is out of reach or taken.
pub async fn start(config: &Config) -> Result<Site, BootError> {
    let bind = |error| BootError::Address(config.address, error);
    let listener = TcpListener::bind(config.address).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let url = database_url(config)?;
    let terms = Terms { is_pooled: config.pgbouncer, is_shared: config.redis.is_some() };
    let database = Database::open_on(&url, terms).await?;
    let limits = config.bounds.limits();
    let broker: Arc<dyn Broker> = match &config.redis {
        Some(url) => {
            let options = redis::Options { tls: redis_tls(config)?, ..redis::Options::default() };
            Redis::connect_with(url, options, limits).await.map_err(BootError::Redis)?
        }
        None => Memory::new(limits),
    };
    let settings =
        Settings { trusted_proxies: config.trusted_proxies.clone(), ..config.bounds.settings(config.secure_cookies()) };
    let gate = gate(&database, &config.admins);
    let node =
        Node::start(broker, gate, Arc::new(database.command_store()), settings).await.map_err(BootError::Redis)?;
    let neighbours = Neighbours::enter(&database, &node, address.to_string()).await?;
    let accounts = Accounts::new(database.clone(), config.bounds.accounts());
    let demo = match config.demo {
        true => demo::fill_if_empty(&database, &accounts).await.map_err(BootError::Demo)?,
        false => None,
    };
    let bounded = config.bounds.bounded(config.press.clone());
    let routes = routes(&node, &database, &accounts, &bounded, &config.site, address);
    let routes = routes.layer((Extension(config.bounds.pictures()), Extension(SiteAddress(config.url()))));
    let routes =
        security_headers::around(health::routes(&node, &database, &neighbours, config.readers())).merge(routes);
    let routes = if config.is_https() { security_headers::by_https(routes) } else { routes };
    let exporter = Exporter::new(database.clone(), node.clone(), bounded.exports.clone(), bounded.press.clone());
    Ok(Site { address, demo, listener, database, node, neighbours, exporter, routes })
}

impl Site {
    /// Serves until `stop`, then lets connections end.
    ///
    /// # Errors
    /// When serving breaks off.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), BootError> {
        let Self { listener, database, node, neighbours, exporter, routes, .. } = self;
        let mut tasks = JoinSet::new();
        tasks.spawn(keep_tidy(database.clone()));
        tasks.spawn(neighbours.clone().keep());
        tasks.spawn(files::old_pictures::clean_old(database.clone()));
        tasks.spawn(Indexer::new(database.clone()).keep());
        let (stopping, mut stopped) = tokio::sync::watch::channel(false);
        // Told when the node stops, so that another goes on at once with what this one makes.
        let exporting = tokio::spawn(exporter.keep(stopped.clone()));
        let closing = node.clone();
        let stop = async move {
            stop.await;
            tracing::info!("closing");
            closing.close();
            stopping.send_replace(true);
        };
        let serve = server::serve(listener, routes).with_graceful_shutdown(stop).into_future();
        let deadline = async move {
            // Only fails when the sender is gone, and then serving is over.
            drop(stopped.wait_for(|stopping| *stopping).await);
            tokio::time::sleep(FAREWELL).await;
        };
        let served = tokio::select! {
            served = serve => served.map_err(BootError::Serve),
            () = deadline => Ok(()),
        };
        tasks.shutdown().await;
        handed_back(exporting).await;
        neighbours.leave().await;
        database.close().await;
        served
    }
}

/// Waits until what was being made is handed back: a moment, unless the database is out of reach.
async fn handed_back(mut exporting: JoinHandle<()>) {
    if tokio::time::timeout(FAREWELL, &mut exporting).await.is_err() {
        exporting.abort();
    }
}

/// The files by which Redis and this node know each other.
fn redis_tls(config: &Config) -> Result<redis::Tls, BootError> {
    fn read(file: Option<&PathBuf>, named: &'static str) -> Result<Option<Vec<u8>>, BootError> {
        let unreadable = |file: &PathBuf, error| BootError::File(file.display().to_string(), error, named);
        file.map(|file| std::fs::read(file).map_err(|error| unreadable(file, error))).transpose()
    }
    let authorities = read(config.redis_ca.as_ref(), "--redis-ca")?;
    let certificate = read(config.redis_cert.as_ref(), "--redis-cert")?;
    let identity = certificate.zip(read(config.redis_key.as_ref(), "--redis-key")?);
    Ok(redis::Tls { authorities, identity })
}

/// Writes a copy of the embedded database to a new file.
///
/// # Errors
/// When there is none, or it cannot be copied.
pub async fn backup(config: &Config, to: &Path) -> Result<Copied, BootError> {
    Ok(database::backup(&where_the_books_are(config), to).await?)
}

/// Puts a copy in the place of the embedded database.
///
/// # Errors
/// When the database is in use, or the copy is none.
pub async fn restore(config: &Config, from: &Path) -> Result<Copied, BootError> {
    Ok(database::restore(&database_url(config)?, from).await?)
}

/// Forgets all that is searched, and makes it anew. Tells of how many chapters. Beside nodes that serve, unless the
/// database is a file.
///
/// # Errors
/// When the database is out of reach.
pub async fn rebuild_search(config: &Config) -> Result<usize, BootError> {
    let terms = Terms { is_pooled: config.pgbouncer, is_shared: config.redis.is_some() };
    let database = Database::open_on(&database_url(config)?, terms).await?;
    let rebuilt = Indexer::new(database.clone()).rebuild().await.map_err(BootError::Search);
    database.close().await;
    rebuilt
}

/// Where the books are: what was asked for, or a file in the data folder.
fn where_the_books_are(config: &Config) -> String {
    config.database.clone().unwrap_or_else(|| Database::file(&config.data.join("sputnik.db")))
}

/// The same, with the data folder made if the file is in it.
fn database_url(config: &Config) -> Result<String, BootError> {
    if config.database.is_none() {
        let unusable = |error| BootError::Data(config.data.display().to_string(), error);
        make(&config.data).map_err(unusable)?;
        must_be_writable(&config.data).map_err(unusable)?;
    }
    Ok(where_the_books_are(config))
}

/// Makes a folder if it is not there, for its owner alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut making = std::fs::DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut making, 0o700);
    making.create(folder)
}

/// Asked by doing: what a folder's mode says is not the whole truth.
fn must_be_writable(folder: &Path) -> io::Result<()> {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(probe)
}

/// What Leptos asks the routes' state for. Axum copies that for every request, and of all requests few ask.
#[derive(Clone)]
struct Options(Arc<LeptosOptions>);

impl FromRef<Options> for LeptosOptions {
    fn from_ref(Options(options): &Options) -> Self {
        Self::clone(options)
    }
}

/// What is said here of who may do what, with these names of administrators.
pub fn gate(database: &Database, admins: &[String]) -> Arc<dyn Gate> {
    Arc::new(AdminGate::new(BookGate::new(database.clone()), database.clone(), admins))
}

/// Everything that is answered here: pages, commands, the layer, files.
pub fn routes(
    node: &Node,
    database: &Database,
    accounts: &Accounts,
    bounded: &Bounded,
    site: &str,
    address: SocketAddr,
) -> Router {
    let options = LeptosOptions::builder().output_name("sputnik").site_root(site).site_addr(address).build();
    // What is no file is a page that says so. Leptos's own handler of both would answer with the status and the headers
    // of any page that is being rendered on the same thread, and take them from it.
    let files = site_pkg_dir_service(&options).call_fallback_on_method_not_allowed(true);
    let files = files.fallback(ErrorHandler::new(shell, options.clone()));
    let state = Options(Arc::new(options));
    let pages = pages();
    let document = {
        let state = state.clone();
        move || shell(LeptosOptions::from_ref(&state))
    };
    let routes = Router::new()
        .leptos_routes(&state, pages, document)
        .merge(files::pictures::routes())
        .merge(files::markdown::routes())
        .merge(files::whole_books::routes())
        .merge(files::exports::routes())
        .merge(files::preview::routes())
        .merge(files::catalogue::routes())
        .merge(files::import::routes())
        .fallback_service(files)
        .with_state(state);
    let known = (
        Extension(accounts.clone()),
        Extension(database.clone()),
        Extension(Chapters::new(database.clone(), node.clone(), bounded.costly.clone(), bounded.quota)),
        Extension(files::pictures::Arriving::new(bounded.pictures.clone())),
        Extension(files::fetched::Fetched::new(bounded.files.clone())),
        Extension(Searches::new()),
        Extension(Copies::new()),
        Extension(bounded.exports.clone()),
        Extension(bounded.press.clone()),
        Extension(files::import::Imports::new(bounded.imports.clone(), bounded.import_bytes)),
    );
    node.accept_old_paths(old_paths());
    let routes =
        server::around(node, routes, (session::layer(accounts.sessions(), node.settings().secure_cookies), known));
    // The wasm is large and always the same: a release brings it compressed, and compressing it anew for everyone who
    // comes would take seconds each time.
    let compressed = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/wasm"))
        // Archives are small already.
        .and(NotForContentType::const_new("application/epub+zip"))
        .and(NotForContentType::const_new("application/vnd.openxmlformats-officedocument.wordprocessingml.document"))
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/pdf"));
    security_headers::around(
        routes.layer((TraceLayer::new_for_http(), CompressionLayer::new().compress_when(compressed))),
    )
}

/// The addresses that pages have. Found out once in a process: while that is done, no page anywhere in it loads what it
/// shows, and one that began meanwhile would wait for ever. So it is done before there is a router that could begin one.
fn pages() -> Vec<AxumRouteListing> {
    static PAGES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    PAGES.get_or_init(|| generate_route_list(App)).clone()
}
