//! The bounds that can be set from outside. What each means, and what happens at it, stands where it is kept:
//! [`Settings`], [`Limits`], [`accounts::Bounds`] and [`pictures::Bounds`].

use crate::{
    account::bounds as accounts,
    book::{
        exports::queue::{self as exports, Exports},
        files::press::{self, Press},
        import::MAX_BOOK,
        pictures,
        quota::Quota,
    },
    costly::{self, Costly, RateLimit},
};
use sputnik::server::{Settings, broker::Limits, rate_limit::Rate};
use std::{path::PathBuf, time::Duration};

/// How many files somebody may fetch a minute, and at once after a quiet time: a class behind one address, say.
pub const FILES: (u32, u32) = (30, 60);
/// The same of pictures that are sent.
pub const PICTURES: (u32, u32) = (60, 100);
/// The same of books that are brought in, or looked at before that.
pub const IMPORTS: (u32, u32) = (20, 40);
/// The same of books that are asked for as files, to be made later.
pub const EXPORTS: (u32, u32) = (6, 12);

/// What is bounded of what people do here, beside what the layer bounds.
#[derive(Clone)]
pub struct Bounded {
    /// Costly work.
    pub costly: Costly,
    /// How much room each person has.
    pub quota: Quota,
    /// How fast files are fetched: chapters and books as Markdown.
    pub files: RateLimit,
    /// How fast pictures are sent.
    pub pictures: RateLimit,
    /// How fast books are brought in.
    pub imports: RateLimit,
    /// The largest file that a book is read from, in bytes.
    pub import_bytes: usize,
    /// Books that are made into files, and how fast they are asked for.
    pub exports: Exports,
    /// What makes PDFs.
    pub press: Press,
}

impl Default for Bounded {
    fn default() -> Self {
        Self {
            costly: Costly::new(costly::Bounds::default()),
            quota: Quota::default(),
            files: RateLimit::new(FILES.0, FILES.1),
            pictures: RateLimit::new(PICTURES.0, PICTURES.1),
            imports: RateLimit::new(IMPORTS.0, IMPORTS.1),
            import_bytes: MAX_BOOK,
            exports: Exports::new(exports::Bounds::default(), RateLimit::new(EXPORTS.0, EXPORTS.1)),
            press: Press::default(),
        }
    }
}

/// The bounds that an operator may want to change.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Bounds")]
pub struct Bounds {
    /// The largest poll, or arguments of one command, in bytes.
    #[arg(long, env = "SPUTNIK_FRAME_BYTES", default_value_t = Settings::default().frame_bytes)]
    frame_bytes: usize,

    /// How much is read from the logs for one connection before it was sent, in bytes.
    #[arg(long, env = "SPUTNIK_WAITING_BYTES", default_value_t = Settings::default().waiting_bytes)]
    waiting_bytes: usize,

    /// How many channels one page may follow.
    #[arg(long, env = "SPUTNIK_CHANNELS_A_CLIENT", default_value_t = Settings::default().follows)]
    channels_a_client: usize,

    /// How many live pages one browser may have open.
    #[arg(long, env = "SPUTNIK_CLIENTS_A_BROWSER", default_value_t = Settings::default().clients)]
    clients_a_browser: usize,

    /// How many commands a second one person may send in the long run; where nobody is signed in, one browser.
    #[arg(long, env = "SPUTNIK_COMMANDS_A_SECOND", default_value_t = Settings::default().commands.a_second)]
    commands_a_second: u32,

    /// How many commands they may send at once after a quiet time.
    #[arg(long, env = "SPUTNIK_COMMANDS_AT_ONCE", default_value_t = Settings::default().commands.at_once)]
    commands_at_once: u32,

    /// How many times a second they may show themselves to others in the long run: come, move, whisper.
    #[arg(long, env = "SPUTNIK_SIGNS_A_SECOND", default_value_t = Settings::default().signs.a_second)]
    signs_a_second: u32,

    /// How often they may at once after a quiet time.
    #[arg(long, env = "SPUTNIK_SIGNS_AT_ONCE", default_value_t = Settings::default().signs.at_once)]
    signs_at_once: u32,

    /// For how many browsers the browsers of one address count together, in which nobody is signed in.
    #[arg(long, env = "SPUTNIK_BROWSERS_AN_ADDRESS", default_value_t = Settings::default().browsers_an_address)]
    browsers_an_address: u32,

    /// Within how many seconds it is asked again who has a connection open.
    #[arg(long, env = "SPUTNIK_ASK_AGAIN_SECONDS", default_value_t = Settings::default().ask_again.as_secs())]
    ask_again_seconds: u64,

    /// How long a connection may take to read one frame before it is cut, in seconds. It comes back and goes on.
    #[arg(long, env = "SPUTNIK_STUCK_SECONDS", default_value_t = Settings::default().stuck.as_secs())]
    stuck_seconds: u64,

    /// How many entries a channel's log keeps; whoever lags further behind loads a fresh state.
    #[arg(long, env = "SPUTNIK_LOG_ENTRIES", default_value_t = Limits::default().log_entries)]
    log_entries: usize,

    /// How many bytes a channel's log keeps; the same.
    #[arg(long, env = "SPUTNIK_LOG_BYTES", default_value_t = Limits::default().log_bytes)]
    log_bytes: usize,

    /// How long a quiet channel's log is kept, in seconds.
    #[arg(long, env = "SPUTNIK_LOG_SECONDS", default_value_t = Limits::default().log_age.as_secs())]
    log_seconds: u64,

    /// How many pages may be present in one channel.
    #[arg(long, env = "SPUTNIK_PRESENT", default_value_t = Limits::default().present)]
    present: usize,

    /// How many of those may be of one signed-in person.
    #[arg(long, env = "SPUTNIK_PRESENT_A_USER", default_value_t = Limits::default().present_a_user)]
    present_a_user: usize,

    /// How many may be of one browser.
    #[arg(long, env = "SPUTNIK_PRESENT_A_BROWSER", default_value_t = Limits::default().present_a_browser)]
    present_a_browser: usize,

    /// How many may be of one address, where nobody is signed in.
    #[arg(long, env = "SPUTNIK_PRESENT_AN_ADDRESS", default_value_t = Limits::default().present_an_address)]
    present_an_address: usize,

    /// How many pages may wait for one lock.
    #[arg(long, env = "SPUTNIK_WAITERS", default_value_t = Limits::default().waiters)]
    waiters: usize,

    /// How many wrong passwords in a row are taken for one name before each further one has to wait.
    #[arg(long, env = "SPUTNIK_GUESSES_A_NAME", default_value_t = accounts::Bounds::default().guesses_a_name)]
    guesses_a_name: u32,

    /// How many wrong passwords in a row are taken from one address before each further one has to wait.
    #[arg(long, env = "SPUTNIK_GUESSES_AN_ADDRESS", default_value_t = accounts::Bounds::default().guesses_an_address)]
    guesses_an_address: u32,

    /// How many right passwords of one person are taken at once, after a quiet time; from one address eight times as many.
    #[arg(long, env = "SPUTNIK_SIGN_INS_AT_ONCE", default_value_t = accounts::Bounds::default().sign_ins_at_once)]
    sign_ins_at_once: u32,

    /// How many right passwords of one person are taken a minute, in the long run; from one address eight times as many.
    #[arg(long, env = "SPUTNIK_SIGN_INS_A_MINUTE", default_value_t = accounts::Bounds::default().sign_ins_a_minute)]
    sign_ins_a_minute: u32,

    /// How many accounts may be made from one address at once, after a quiet time.
    #[arg(long, env = "SPUTNIK_SIGN_UPS_AT_ONCE", default_value_t = accounts::Bounds::default().sign_ups_at_once)]
    sign_ups_at_once: u32,

    /// How many accounts may be made from one address in a minute, in the long run.
    #[arg(long, env = "SPUTNIK_SIGN_UPS_A_MINUTE", default_value_t = accounts::Bounds::default().sign_ups_a_minute)]
    sign_ups_a_minute: u32,

    /// After how long without use somebody is signed out, in seconds.
    #[arg(long, env = "SPUTNIK_SESSION_IDLE_SECONDS", default_value_t = accounts::Bounds::default().idle.as_secs())]
    session_idle_seconds: u64,

    /// After how long somebody is signed out, however much they do, in seconds.
    #[arg(long, env = "SPUTNIK_SESSION_SECONDS", default_value_t = accounts::Bounds::default().absolute.as_secs())]
    session_seconds: u64,

    /// The largest picture, in bytes of its file.
    #[arg(long, env = "SPUTNIK_PICTURE_BYTES", default_value_t = pictures::Bounds::default().bytes)]
    picture_bytes: usize,

    /// The largest picture, in pixels.
    #[arg(long, env = "SPUTNIK_PICTURE_PIXELS", default_value_t = pictures::Bounds::default().pixels)]
    picture_pixels: u64,

    /// How much room each person has for texts with all their versions and for pictures, in bytes; 0 for any.
    #[arg(long, env = "SPUTNIK_PERSON_BYTES", default_value_t = Quota::default().0)]
    person_bytes: u64,

    /// How many chapters or books one person, or one address where nobody is signed in, may fetch as files a minute.
    #[arg(long, env = "SPUTNIK_FILES_A_MINUTE", default_value_t = FILES.0)]
    files_a_minute: u32,

    /// How many pictures one person may send a minute.
    #[arg(long, env = "SPUTNIK_PICTURES_A_MINUTE", default_value_t = PICTURES.0)]
    pictures_a_minute: u32,

    /// How many books one person may look at or bring in a minute.
    #[arg(long, env = "SPUTNIK_IMPORTS_A_MINUTE", default_value_t = IMPORTS.0)]
    imports_a_minute: u32,

    /// The largest file that a book is read from, in bytes.
    #[arg(long, env = "SPUTNIK_IMPORT_BYTES", default_value_t = MAX_BOOK)]
    import_bytes: usize,

    /// How many books one person may ask for as files a minute, to be made beside all else.
    #[arg(long, env = "SPUTNIK_EXPORTS_A_MINUTE", default_value_t = EXPORTS.0)]
    exports_a_minute: u32,

    /// The largest file that is kept of those, in bytes.
    #[arg(long, env = "SPUTNIK_EXPORT_BYTES", default_value_t = exports::Bounds::default().bytes)]
    export_bytes: u64,

    /// How many of them a book has, with those that are not made yet.
    #[arg(long, env = "SPUTNIK_EXPORTS_A_BOOK", default_value_t = exports::Bounds::default().a_book)]
    exports_a_book: u32,

    /// For how long each is kept, in hours.
    #[arg(long, env = "SPUTNIK_EXPORT_HOURS", default_value_t = exports::Bounds::default().kept.as_secs() / 3_600)]
    export_hours: u64,

    /// How many long texts are worked on at once: taken apart, compared, shown, written out.
    #[arg(long, env = "SPUTNIK_COSTLY_AT_ONCE", default_value_t = costly::Bounds::default().at_once)]
    costly_at_once: usize,

    /// The longest side of a picture, in pixels.
    #[arg(long, env = "SPUTNIK_PICTURE_SIDE", default_value_t = pictures::Bounds::default().side)]
    picture_side: u32,

    /// How long one of them may take, in seconds.
    #[arg(long, env = "SPUTNIK_COSTLY_SECONDS", default_value_t = costly::Bounds::default().time.as_secs())]
    costly_seconds: u64,

    /// How long one waits for its turn, in seconds, before it is told to come again.
    #[arg(long, env = "SPUTNIK_COSTLY_PATIENCE", default_value_t = costly::Bounds::default().patience.as_secs())]
    costly_patience: u64,

    /// How large all pictures of one book may be together, in bytes.
    #[arg(long, env = "SPUTNIK_BOOK_PICTURE_BYTES", default_value_t = pictures::Bounds::default().book_bytes)]
    book_picture_bytes: u64,

    /// How much memory the press may take for one PDF, in bytes.
    #[arg(long, env = "SPUTNIK_PRESS_BYTES", default_value_t = press::Bounds::default().memory)]
    press_bytes: u64,

    /// How long it may take for one, in seconds.
    #[arg(long, env = "SPUTNIK_PRESS_SECONDS", default_value_t = press::Bounds::default().time.as_secs())]
    press_seconds: u64,
}

impl Bounds {
    /// What a node is told.
    #[must_use]
    pub fn settings(&self, secure_cookies: bool) -> Settings {
        Settings {
            frame_bytes: self.frame_bytes,
            waiting_bytes: self.waiting_bytes,
            follows: self.channels_a_client,
            clients: self.clients_a_browser,
            commands: Rate { a_second: self.commands_a_second, at_once: self.commands_at_once },
            signs: Rate { a_second: self.signs_a_second, at_once: self.signs_at_once },
            browsers_an_address: self.browsers_an_address,
            ask_again: Duration::from_secs(self.ask_again_seconds),
            stuck: Duration::from_secs(self.stuck_seconds),
            secure_cookies,
            ..Settings::default()
        }
    }

    /// What is bounded of accounts.
    #[must_use]
    pub fn accounts(&self) -> accounts::Bounds {
        accounts::Bounds {
            guesses_a_name: self.guesses_a_name,
            guesses_an_address: self.guesses_an_address,
            sign_ins_at_once: self.sign_ins_at_once,
            sign_ins_a_minute: self.sign_ins_a_minute,
            sign_ups_at_once: self.sign_ups_at_once,
            sign_ups_a_minute: self.sign_ups_a_minute,
            idle: Duration::from_secs(self.session_idle_seconds),
            absolute: Duration::from_secs(self.session_seconds),
        }
    }

    /// What is bounded of pictures.
    #[must_use]
    pub fn pictures(&self) -> pictures::Bounds {
        pictures::Bounds {
            bytes: self.picture_bytes,
            pixels: self.picture_pixels,
            side: self.picture_side,
            book_bytes: self.book_picture_bytes,
        }
    }

    /// What is kept of books that are made into files.
    #[must_use]
    pub fn exports(&self) -> exports::Bounds {
        exports::Bounds {
            bytes: self.export_bytes,
            a_book: self.exports_a_book,
            kept: Duration::from_secs(self.export_hours.saturating_mul(3_600)),
        }
    }

    /// What is bounded of what people do, beside what the layer bounds. PDFs are made by this program, if it is not the one
    /// beside the server.
    #[must_use]
    pub fn bounded(&self, press: Option<PathBuf>) -> Bounded {
        let costly = costly::Bounds {
            at_once: self.costly_at_once,
            // Whoever comes from elsewhere does not even wait for one to be done.
            at_once_of_address: self.costly_at_once.saturating_sub(1),
            time: Duration::from_secs(self.costly_seconds),
            patience: Duration::from_secs(self.costly_patience),
            ..costly::Bounds::default()
        };
        Bounded {
            costly: Costly::new(costly),
            quota: Quota(self.person_bytes),
            files: RateLimit::new(self.files_a_minute, FILES.1),
            pictures: RateLimit::new(self.pictures_a_minute, PICTURES.1),
            imports: RateLimit::new(self.imports_a_minute, IMPORTS.1),
            import_bytes: self.import_bytes,
            exports: Exports::new(self.exports(), RateLimit::new(self.exports_a_minute, EXPORTS.1)),
            press: Press::new(
                press,
                press::Bounds { memory: self.press_bytes, time: Duration::from_secs(self.press_seconds) },
            ),
        }
    }

    /// What a broker is told.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            log_entries: self.log_entries,
            log_bytes: self.log_bytes,
            log_age: Duration::from_secs(self.log_seconds),
            present: self.present,
            present_a_user: self.present_a_user,
            present_a_browser: self.present_a_browser,
            present_an_address: self.present_an_address,
            waiters: self.waiters,
            ..Limits::default()
        }
    }
}
