//! The paths that commands had in the last release, when they followed the folders of the code. Pages that were open when
//! the server was replaced still ask under them. To be taken out with the next release.

/// By the file a command stood in.
const COMMANDS: [(&str, &[&str]); 12] = [
    (
        "account/commands",
        &[
            "me",
            "sign_up",
            "sign_in",
            "sign_out",
            "open_account",
            "change_name",
            "change_password",
            "end_session",
            "end_other_sessions",
        ],
    ),
    ("admin/commands", &["look", "end_client", "free_lock"]),
    ("book/commands/chapter", &["open_chapter"]),
    (
        "book/commands/contents",
        &[
            "add_part",
            "rename_part",
            "move_part",
            "remove_part",
            "deleted_parts",
            "bring_back",
            "set_status",
            "set_goal",
            "close_chapter",
            "open_to_writing",
        ],
    ),
    ("book/commands/files", &["import_chapter"]),
    (
        "book/commands/history",
        &[
            "chapter_history",
            "read_version",
            "compare_versions",
            "show_authors",
            "restore_revision",
            "name_version",
            "name_book_version",
        ],
    ),
    ("book/commands/leaving", &["open_leaving", "delete_account"]),
    ("book/commands/pen", &["take_pen", "put_down_pen", "hand_over_pen", "take_over_pen"]),
    (
        "book/commands/people",
        &[
            "set_member",
            "remove_member",
            "withdraw_invitation",
            "my_invitations",
            "accept_invitation",
            "decline_invitation",
        ],
    ),
    (
        "book/commands/shelf",
        &["open_shelf", "open_book", "create_book", "rename_book", "set_visibility", "set_readers_see", "delete_book"],
    ),
    ("book/commands/talk", &["say"]),
    ("book/commands/writing", &["write", "exchange"]),
];

/// What the layer's own two were called.
const POLLS: [(&str, &str); 2] = [("poll", "/sputnik/poll"), ("long_poll", "/sputnik/long-poll")];

/// Pairs of an old path and the one of now.
pub fn old_paths() -> impl Iterator<Item = (String, String)> {
    let commands = COMMANDS.iter().flat_map(|(file, names)| {
        names.iter().map(move |name| (format!("/command/sputnik/{file}/{name}"), format!("/command/{name}")))
    });
    // By which scripts on a page named the commands of books.
    let scripts = COMMANDS.iter().flat_map(|(file, names)| {
        let theme = file.strip_prefix("book/commands/").into_iter();
        theme.flat_map(|theme| {
            names.iter().map(move |name| (format!("/command/{theme}/{name}"), format!("/command/{name}")))
        })
    });
    let polls = POLLS.iter().map(|(name, now)| (format!("/sputnik/sputnik/sputnik/wire/{name}"), (*now).to_owned()));
    commands.chain(scripts).chain(polls)
}
