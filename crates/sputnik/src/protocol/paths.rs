//! The paths and headers of the protocol.

use http::HeaderName;

/// Where every command's path begins.
pub const COMMANDS: &str = "/command/";
/// Where the paths of the layer itself begin.
pub const LAYER: &str = "/sputnik/";
/// Where a socket is opened.
pub const SOCKET: &str = "/sputnik/socket";
/// Where a poll is asked, which is answered at once.
pub const POLL: &str = "/sputnik/poll";
/// Where a poll is asked that is answered when there is something to say.
pub const LONG_POLL: &str = "/sputnik/long-poll";

/// The client that sends a command.
pub const CLIENT: HeaderName = HeaderName::from_static("x-sputnik-client");
/// The command's UID.
pub const UID: HeaderName = HeaderName::from_static("x-sputnik-uid");
/// Present when the command was sent before and its reply did not come.
pub const AGAIN: HeaderName = HeaderName::from_static("x-sputnik-again");

/// Refuses to compile a command whose path is another than its macro promised: environment variables of `server_fn` can
/// do that, and then files could not move without a change of the wire.
///
/// # Panics
/// When the path is another.
#[doc(hidden)]
pub const fn must_be_of_command(path: &str, name: &str) {
    let (path, prefix) = (path.as_bytes(), COMMANDS.as_bytes());
    must_begin(path, 0, prefix);
    must_begin(path, prefix.len(), name.as_bytes());
    must_end(path, prefix.len() + name.len());
}

/// The same of a path of the layer.
pub(crate) const fn must_be(path: &str, wanted: &str) {
    must_begin(path.as_bytes(), 0, wanted.as_bytes());
    must_end(path.as_bytes(), wanted.len());
}

const FOLLOWS_FOLDERS: &str = "this path would follow the folders of the code: take SERVER_FN_MOD_PATH out of the \
    environment of the compiler (.cargo/config.toml, perhaps)";

const fn must_begin(path: &[u8], from: usize, with: &[u8]) {
    let mut at = 0;
    while at < with.len() {
        assert!(from + at < path.len() && path[from + at] == with[at], "{}", FOLLOWS_FOLDERS);
        at += 1;
    }
}

const fn must_end(path: &[u8], at: usize) {
    assert!(path.len() == at, "{}", FOLLOWS_FOLDERS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commands_path_is_its_name_below_that_of_all_commands() {
        must_be_of_command("/command/say", "say");
        must_be_of_command("/command/chat/say", "chat/say");
        for path in ["/command/chat/say", "/commandapp/chat//say", "/command/say7", "/command/sa", "/api/say", ""] {
            let passed = std::panic::catch_unwind(|| must_be_of_command(path, "say"));
            assert!(passed.is_err(), "{path}");
        }
    }
}
