//! A repository in S3-compatible storage: set up, published to and served with the same commands.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use motd_test_support::s3::S3Server;

use crate::common::{
    MOTD, NOTICE, ProgramOutput, Room, Serving, assert_holds, day, permissions, run, tree,
};

const PLACE: &str = "s3://notices/index";
const INIT: [&str; 7] = [
    "repo",
    "init",
    PLACE,
    "--repository",
    "example.org",
    "--online-keys",
    "keys",
];

/// A program in this room that reaches this storage.
fn motd(room: &Room, server: &S3Server, words: &[&str]) -> ProgramOutput {
    run(room.command(MOTD).args(words).envs(server.variables()))
}

#[test]
fn a_repository_in_s3_is_set_up_published_to_and_served() {
    let (room, server) = (Room::new(), S3Server::start());
    let output = motd(&room, &server, &INIT).with_status(0);
    assert!(output.out.contains("keys/1.root.json"), "{}", output.out);
    // Every private key is here, its owner's alone, and none is there.
    let keys = tree(&room.path("keys"));
    assert_eq!(keys.len(), 6, "five keys and the root");
    #[cfg(unix)]
    assert_eq!(permissions(&room.path("keys")), 0o700);
    let stored = tree(&server.path("notices", "index"));
    assert!(stored.contains_key("motd-repository.toml"));
    assert!(stored.contains_key("metadata/timestamp.json"));
    for (name, (bytes, _)) in &stored {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("PRIVATE"), "{name}");
    }
    // Nobody sets it up a second time.
    let again = [&INIT[..6], &["others"]].concat();
    let output = motd(&room, &server, &again).with_status(1);
    assert_holds(&output.err, "a repository already");

    let mut serving = Serving::start(&room, PLACE, &["--online-keys", "keys"], server.variables());
    let url = serving.url();
    assert_eq!(serving.talk(), format!("serving {PLACE}; Ctrl-C stops\n"));
    let text = NOTICE
        .replace("2024-03-01T00:00:00Z", &day(-1))
        .replace("2024-07-01T00:00:00Z", &day(7));
    room.write("notice.toml", text);
    let publish = [
        "publish",
        PLACE,
        "notice.toml",
        "--key",
        "keys/person-1.pem",
        "--key",
        "keys/person-2.pem",
    ];
    // Without the online keys nothing is published.
    let output = motd(&room, &server, &publish).with_status(1);
    assert!(output.err.contains("--online-keys"), "{}", output.err);
    let publish = [&publish[..], &["--online-keys", "keys"]].concat();
    motd(&room, &server, &publish).with_status(0);
    assert_eq!(serving.talk(), "serving a new publication\n");
    let check = format!(
        "check --root keys/1.root.json --repository example.org --metadata-url {url} --state-dir state --json"
    );
    let report = room.line(&check).with_status(0).json();
    assert_eq!(report["state"], "fresh");
    assert_eq!(report["notices"][0]["id"], "tls-1.2-required");

    let renew = [
        "repo",
        "renew",
        PLACE,
        "--key",
        "keys/person-1.pem",
        "--key",
        "keys/person-3.pem",
        "--online-keys",
        "keys",
    ];
    let output = motd(&room, &server, &renew).with_status(0);
    assert!(output.out.starts_with("root version 2"), "{}", output.out);
    assert_eq!(serving.talk(), "serving a new publication\n");
}

#[test]
fn an_old_repository_that_this_server_cannot_renew_is_said_aloud() {
    let (room, server) = (Room::new(), S3Server::start());
    let then = day(-2);
    let init = [&INIT[..], &["--now", &then]].concat();
    motd(&room, &server, &init).with_status(0);
    let mut child = room
        .command(MOTD)
        .args(["serve", PLACE, "--listen", "127.0.0.1:0"])
        .envs(server.variables())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        err.read_line(line).unwrap();
    }
    let _ = child.kill();
    let _ = child.wait();
    assert!(lines[1].contains("[no-online-keys]"), "{lines:?}");
    assert!(lines[1].starts_with("warning: nobody renews"), "{lines:?}");
}

#[test]
fn what_cannot_be_a_repository_is_wrong_arguments() {
    let room = Room::new();
    for place in ["https://example.org/notices", "s3://user:secret@bucket/a"] {
        let output = room.motd(&["serve", place]).with_status(2);
        assert!(output.err.contains("s3://"), "{}", output.err);
    }
    // No private key goes to object storage, so where else they go has to be said.
    let output = room.motd(&INIT[..5]).with_status(1);
    assert!(output.err.contains("--online-keys"), "{}", output.err);
}
