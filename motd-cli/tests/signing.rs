//! Several people, each with a machine of their own: proposed, reviewed, signed, published, withdrawn, rotated.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{MOTD, NOTICE, ProgramOutput, Room, assert_begins, assert_holds, words};
use crate::desk::{ReaderDesk, Streams, TerminalProgram};

const NOW: &str = "2024-03-28T12:00:00Z";
const LATER: &str = "2024-03-28T13:00:00Z";

/// An operator's machine with a repository, and the keys of three people in `people`.
fn room() -> Room {
    let room = Room::new();
    let init = format!("repo init index --repository example.org --now {NOW}");
    room.line(&init).with_status(0);
    fs::create_dir(room.path("people")).unwrap();
    for number in 1..=3 {
        let name = format!("person-{number}.pem");
        fs::rename(
            room.path(&format!("index/keys/{name}")),
            room.path(&format!("people/{name}")),
        )
        .unwrap();
    }
    room.write("notice.toml", NOTICE);
    room
}

fn propose(room: &Room, notices: &[&str], out: &str) -> ProgramOutput {
    let words = [
        &["propose", "index"][..],
        notices,
        &["--out", out, "--now", LATER],
    ]
    .concat();
    room.motd(&words)
}

fn sign(room: &Room, request: &str, person: u8, more: &[&str]) -> ProgramOutput {
    let key = format!("people/person-{person}.pem");
    let words = [
        "sign", "index", request, "--key", &key, "--yes", "--now", LATER,
    ];
    room.motd(&[&words[..], more].concat())
}

fn publish(room: &Room, request: &str) -> ProgramOutput {
    room.motd(&["publish", "index", "--request", request, "--now", LATER])
}

fn review(room: &Room, request: &str) -> Value {
    room.motd(&["review", "index", request, "--json"])
        .with_status(0)
        .json()
}

/// By mail, or on a branch: what arrives is the files and nothing else.
fn send(room: &Room, from: &str, to: &str) {
    fs::create_dir(room.path(to)).unwrap();
    for entry in fs::read_dir(room.path(from)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, room.path(to).join(path.file_name().unwrap())).unwrap();
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn two_people_sign_one_after_the_other_and_then_it_is_published() {
    let room = room();
    let proposed = propose(&room, &["notice.toml"], "request").with_status(0);
    assert_holds(
        &proposed.out,
        "motd: version 1 to 2, signed until 2024-04-27",
    );
    assert_holds(&proposed.out, "tls-1.2-required: added\n");
    assert_holds(
        &proposed.out,
        "  + WARNING: TLS 1.2 will be required on 30 June\n",
    );
    assert_eq!(names(&room.path("request")), ["motd.json", "notices.json"]);
    let early = publish(&room, "request").with_status(1);
    assert_holds(&early.err, "2 distinct keys and has 0");

    send(&room, "request", "at-the-first");
    let first = sign(&room, "at-the-first", 3, &[]).with_status(0);
    assert_holds(&first.err, "signed motd; more people have to sign");
    let half = publish(&room, "at-the-first").with_status(1);
    assert_holds(&half.err, "2 distinct keys and has 1");
    // The same person twice is one person.
    sign(&room, "at-the-first", 3, &[]).with_status(0);
    publish(&room, "at-the-first").with_status(1);

    send(&room, "at-the-first", "at-the-second");
    assert_eq!(review(&room, "at-the-second")["signed"], false);
    let second = sign(&room, "at-the-second", 1, &[]).with_status(0);
    assert_holds(&second.err, "enough people have signed");
    let report = review(&room, "at-the-second");
    assert_eq!(report["signed"], true);
    assert_eq!(
        report["roles"][0]["signing"][0]["signed"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let published = publish(&room, "at-the-second").with_status(0);
    assert_begins(&published.out, "published version 2: 1 notice");
    // A replay of the same request is an old version.
    publish(&room, "at-the-second").with_status(1);
    let same = room.motd(&["diff", "index", "notice.toml"]).with_status(0);
    assert_eq!(same.out, "tls-1.2-required: kept\nno notice changes\n");
}

#[test]
fn a_difference_is_what_readers_would_see() {
    let room = room();
    propose(&room, &["notice.toml"], "first").with_status(0);
    sign(&room, "first", 1, &[]).with_status(0);
    sign(&room, "first", 2, &[]).with_status(0);
    publish(&room, "first").with_status(0);
    let edited = NOTICE
        .replace("revision = 1", "revision = 2")
        .replace("on 30 June", "on 31 July");
    room.write("notice.toml", edited);
    let other = NOTICE.replace("tls-1.2-required", "other");
    room.write("other.toml", other);
    let diff = room
        .motd(&["diff", "index", "notice.toml", "other.toml"])
        .with_status(0);
    for line in [
        "tls-1.2-required: changed; who saw it is told again\n",
        "  - revision: 1\n",
        "  + revision: 2\n",
        "  - WARNING: TLS 1.2 will be required on 30 June\n",
        "  + WARNING: TLS 1.2 will be required on 31 July\n",
        "    Older clients will not connect any more.\n",
        "other: added\n",
    ] {
        assert!(diff.out.contains(line), "{line}: {}", diff.out);
    }
    let none = room
        .motd(&["diff", "index", "--json"])
        .with_status(0)
        .json();
    assert_eq!(none["notices"][0]["change"], "withdrawn");
    room.write("bad.toml", "id = 1");
    room.motd(&["diff", "index", "bad.toml"]).with_status(5);
    propose(&room, &["bad.toml"], "nothing").with_status(5);
    assert!(!room.path("nothing").exists());
    propose(&room, &["notice.toml"], "first").with_status(1);
}

#[test]
fn a_request_that_was_tampered_with_is_not_signed() {
    let room = room();
    propose(&room, &["notice.toml"], "request").with_status(0);
    let path = room.path("request/motd.json");
    let text = fs::read_to_string(&path).unwrap();
    // One more target, hidden behind the text.
    let more = text.replace(
        "\"targets\":{",
        "\"targets\":{\"motd/other\":{\"hashes\":{\"sha256\":\"00\"},\"length\":1},",
    );
    assert_ne!(text, more);
    fs::write(&path, &more).unwrap();
    let shown = room.motd(&["review", "index", "request"]).with_status(0);
    assert_holds(&shown.out, "  ! /targets/motd~1other: nothing becomes ");
    let refused = sign(&room, "request", 1, &[]).with_status(1);
    assert_holds(&refused.err, "/targets/motd~1other");
    assert_eq!(fs::read_to_string(&path).unwrap(), more);
    sign(&room, "request", 1, &["--accept", "/targets/motd~1other"]).with_status(0);
    // Another document than the one whose hash is signed.
    fs::write(&path, &text).unwrap();
    let document = room.path("request/notices.json");
    let words = fs::read_to_string(&document).unwrap();
    fs::write(&document, words.replace("30 June", "31 June")).unwrap();
    sign(&room, "request", 1, &[]).with_status(1);
    room.motd(&["review", "index", "nowhere"]).with_status(1);
}

/// One writer proposes a long value that fills the rows of a terminal: it begins no row, and what is above is counted last.
#[test]
fn a_long_value_is_no_second_review() {
    let room = room();
    let forged = "tls-1.2-required: added";
    let note = format!("{}{forged}{}", " ".repeat(71), " ".repeat(8_000));
    let notice = NOTICE.replacen("revision", &format!("note = '{note}'\nrevision"), 1);
    let evil = NOTICE.replacen("tls-1.2-required", "evil", 1);
    room.write("notice.toml", notice);
    room.write("evil.toml", evil);
    propose(&room, &["evil.toml", "notice.toml"], "request").with_status(0);
    let mut program = room.command(MOTD);
    program.args(["review", "index", "request"]);
    let seen = TerminalProgram::start(program, Streams::All).end();
    let rows: Vec<_> = seen.screen.lines().collect();
    assert!(rows.iter().all(|row| row.chars().count() < 80), "{rows:#?}");
    assert!(rows.len() < 80, "{rows:#?}");
    let begin = rows.iter().filter(|row| row.starts_with(forged));
    assert_eq!(begin.count(), 1, "{rows:#?}");
    assert_holds(&seen.screen, "bytes more, which --json shows, SHA-256 ");
    let last = format!(
        "{} lines above this one: evil added, tls-1.2-required added",
        rows.len() - 1
    );
    assert_eq!(rows[rows.len() - 1], last);
    // Of two values that differ behind what is shown, each looks different.
    let short = |request| {
        let shown = room.motd(&["review", "index", request]).with_status(0).out;
        let mut lines = shown.lines().map(str::to_owned);
        lines.find(|line| line.contains("SHA-256")).unwrap()
    };
    let other = fs::read_to_string(room.path("notice.toml")).unwrap();
    room.write(
        "notice.toml",
        other.replacen(" '\nrevision", ".'\nrevision", 1),
    );
    propose(&room, &["evil.toml", "notice.toml"], "other").with_status(0);
    assert_ne!(short("request"), short("other"));
}

#[test]
fn who_signs_is_asked_and_may_say_no() {
    let room = room();
    propose(&room, &["notice.toml"], "request").with_status(0);
    let before = fs::read(room.path("request/motd.json")).unwrap();
    let words = [
        "sign",
        "index",
        "request",
        "--key",
        "people/person-1.pem",
        "--now",
        LATER,
    ];
    // Nobody is there.
    let output = room.motd(&words).with_status(1);
    assert!(output.err.contains("nobody to ask"), "{}", output.err);
    for (answer, status) in [("n\n", 1), ("\n", 1), ("y\n", 0)] {
        let mut command = room.command(crate::common::MOTD);
        command.args(words);
        let mut running = TerminalProgram::start(command, Streams::All);
        running.until("sign this? [y/N] ");
        assert_holds(&running.screen, "TLS 1.2 will be required");
        running.type_in(answer);
        let seen = running.end();
        assert_eq!(seen.code(), status, "{seen:?}");
        let now = fs::read(room.path("request/motd.json")).unwrap();
        assert_eq!(now == before, status != 0, "{answer:?}");
    }
}

#[test]
fn a_notice_is_withdrawn_or_resolved() {
    let room = room();
    let keys = [
        "--key",
        "people/person-1.pem",
        "--key",
        "people/person-2.pem",
        "--now",
        LATER,
    ];
    room.motd(&[&["publish", "index", "notice.toml"][..], &keys].concat())
        .with_status(0);
    let unknown = room
        .motd(&[&["withdraw", "index", "other"][..], &keys].concat())
        .with_status(1);
    assert_holds(&unknown.err, "other is not published");
    let clear = NOTICE
        .replace("tls-1.2-required", "tls-postponed")
        .replace("\"warning\"", "\"info\"");
    room.write("clear.toml", &clear);
    let words = words("withdraw index tls-1.2-required --all-clear clear.toml");
    let wrong = room.motd(&[&words[..], &keys].concat()).with_status(1);
    assert_holds(&wrong.err, "`resolves` does not have tls-1.2-required");
    let (head, tail) = clear.split_once("\n[text.en]").unwrap();
    room.write(
        "clear.toml",
        format!("{head}\nresolves = [\"tls-1.2-required\"]\n[text.en]{tail}"),
    );
    let request = room
        .motd(&[&words[..], &["--out", "request", "--now", LATER]].concat())
        .with_status(0);
    assert_holds(&request.out, "tls-postponed: added\n");
    assert_holds(&request.out, "tls-1.2-required: withdrawn\n");
    room.motd(&[&words[..], &keys].concat()).with_status(0);
    let plain = room
        .motd(&[&["withdraw", "index", "tls-postponed"][..], &keys].concat())
        .with_status(0);
    assert_begins(&plain.out, "published version 4: 0 notices");
    room.motd(&["withdraw", "index", "tls-postponed"])
        .with_status(2);
}

fn new_key(room: &Room, number: u8) -> (String, String) {
    let file = format!("people/person-{number}.pem");
    room.motd(&["key", "new", &file, "--unencrypted"])
        .with_status(0);
    room.key(&file)
}

const EVERYWHERE: [&str; 6] = ["--role", "root", "--role", "targets", "--role", "notices"];
const PLACES: [&str; 6] = [
    "--accept",
    "/keys",
    "--accept",
    "/roles",
    "--accept",
    "/delegations",
];

#[test]
fn one_key_is_lost_and_another_takes_its_place() {
    let room = room();
    let keys = [
        "--key",
        "people/person-1.pem",
        "--key",
        "people/person-2.pem",
        "--now",
        LATER,
    ];
    room.motd(&[&["publish", "index", "notice.toml"][..], &keys].concat())
        .with_status(0);
    let (lost, _) = room.key("people/person-3.pem");
    fs::remove_file(room.path("people/person-3.pem")).unwrap();
    let (_, public) = new_key(&room, 4);
    let words = [
        "repo", "rotate", "index", "--remove", &lost, "--add", &public, "--out", "request",
        "--now", LATER,
    ];
    room.motd(&[&words[..], &EVERYWHERE].concat())
        .with_status(0);
    assert_eq!(
        names(&room.path("request")),
        ["motd.json", "notices.json", "root.json", "targets.json"]
    );
    let refused = sign(&room, "request", 1, &[]).with_status(1);
    assert!(refused.err.contains("root"), "{}", refused.err);
    sign(&room, "request", 1, &PLACES).with_status(0);
    publish(&room, "request").with_status(1);
    sign(&room, "request", 2, &PLACES).with_status(0);
    publish(&room, "request").with_status(0);
    // The new person signs from now on, and the notices are what they were.
    room.line(&format!("publish index notice.toml --key people/person-4.pem --key people/person-1.pem --now {LATER}"))
    .with_status(0);
    let advice = room
        .motd(&["doctor", "index", "--now", LATER, "--json"])
        .with_status(1)
        .json();
    let codes: Vec<_> = advice["advice"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["few-people"; 3]);
}

/// The thief can write notices until the two whose keys are left, and who hold root, appoint others.
#[test]
fn a_threshold_of_the_notices_keys_is_stolen() {
    let room = room();
    let others: Vec<_> = (4..=6).map(|number| new_key(&room, number)).collect();
    let people: Vec<_> = (1..=3)
        .map(|number| room.key(&format!("people/person-{number}.pem")))
        .collect();
    // First the notices get people of their own, so that root is not theirs.
    let mut words = vec![
        "repo", "rotate", "index", "--role", "notices", "--out", "own", "--now", LATER,
    ];
    for ((id, _), (_, public)) in people.iter().zip(&others) {
        words.extend(["--remove", id, "--add", public]);
    }
    room.motd(&words).with_status(0);
    for person in [1, 2, 4, 5] {
        sign(&room, "own", person, &PLACES).with_status(0);
    }
    publish(&room, "own").with_status(0);
    // The keys of 4 and 5 are stolen: somebody publishes with them, and a server with its keys takes it.
    let stolen = [
        "--key",
        "people/person-4.pem",
        "--key",
        "people/person-5.pem",
        "--now",
        LATER,
    ];
    room.write(
        "evil.toml",
        NOTICE.replace("TLS 1.2 will be required", "Install evil"),
    );
    room.motd(&[&["publish", "index", "evil.toml"][..], &stolen].concat())
        .with_status(0);
    // The people of targets appoint others, who sign what is right, and the evil one is gone with it.
    let more: Vec<_> = (7..=8).map(|number| new_key(&room, number)).collect();
    let mut words = vec![
        "repo", "rotate", "index", "--role", "notices", "--out", "rescue", "--now", LATER,
    ];
    for (id, _) in &others {
        words.extend(["--remove", id]);
    }
    for (_, public) in &more {
        words.extend(["--add", public]);
    }
    room.motd(&words).with_status(0);
    // It would sign the evil notice anew: the request of the right notices takes its place.
    let shown = room.motd(&["review", "index", "rescue"]).with_status(0);
    assert!(shown.out.contains("no notice changes"), "{}", shown.out);
    for person in [1, 3, 7, 8] {
        sign(&room, "rescue", person, &PLACES).with_status(0);
    }
    publish(&room, "rescue").with_status(0);
    room.motd(&[&["publish", "index", "evil.toml"][..], &stolen].concat())
        .with_status(1);
    room.line(&format!("withdraw index tls-1.2-required --key people/person-7.pem --key people/person-8.pem --now {LATER}"))
    .with_status(0);
}

#[test]
fn what_is_signed_anew_leaves_nothing_to_accept() {
    let room = Room::new();
    let mut people = ["a.pem", "b.pem"].map(|file| {
        let words = ["key", "new", file, "--unencrypted", "--json"];
        let key = room.motd(&words).with_status(0).json();
        (key["keyid"].as_str().unwrap().to_owned(), file)
    });
    // Keys are in the order in which they were named, which is seldom that of their ids.
    people.sort_unstable();
    let [(_, first), (_, second)] = people;
    let mut words = vec!["repo", "init", "index", "--repository", "example.org"];
    words.extend(["--key", second, "--key", first, "--now", NOW]);
    room.motd(&words).with_status(0);
    let mut words = vec!["repo", "rotate", "index", "--out", "request", "--now", NOW];
    for role in ["root", "targets", "notices", "snapshot", "timestamp"] {
        words.extend(["--role", role]);
    }
    let review = room.motd(&words).with_status(0).out;
    assert!(review.starts_with("root: version 1 to 2"), "{review}");
    assert!(!review.contains("\n  ! "), "{review}");
}

#[test]
fn nobody_is_rotated_out_until_too_few_are_left() {
    let room = room();
    let (first, public) = room.key("people/person-1.pem");
    let (second, _) = room.key("people/person-2.pem");
    let rotate = |more: &[&str]| {
        let words = [
            "repo", "rotate", "index", "--role", "root", "--out", "request", "--now", LATER,
        ];
        room.motd(&[&words[..], more].concat())
    };
    let few = rotate(&["--remove", &first, "--remove", &second]).with_status(1);
    assert_holds(&few.err, "2 have to sign, and 1 keys are left");
    let twice = rotate(&["--add", &public]).with_status(1);
    assert!(twice.err.contains("has the key"), "{}", twice.err);
    rotate(&["--remove", &"0".repeat(64)]).with_status(1);
    rotate(&["--add", "00"]).with_status(2);
    assert!(!room.path("request").exists());
}

#[test]
fn a_doctor_says_what_will_hurt() {
    let desk = ReaderDesk::new();
    let doctor = |now: &str| desk.motd(&["doctor", "index", "--now", now]);
    let soon = doctor("2024-03-28T02:00:00Z").with_status(1);
    assert!(
        soon.out.contains("[few-people]") && soon.out.contains("[keys-together]"),
        "{}",
        soon.out
    );
    assert!(!soon.out.contains("[expires]"), "{}", soon.out);
    let late = doctor("2024-04-20T00:00:00Z").with_status(1);
    for role in ["motd", "snapshot", "timestamp"] {
        assert_holds(&late.out, &format!("{role} expires "));
    }
}

/// Gives the server new keys: they lie in `new`, and those of before in `index/keys`.
fn new_online_keys(room: &Room) {
    fs::create_dir(room.path("new")).unwrap();
    let mut words: Vec<String> = ["repo", "rotate", "index", "--out", "online", "--now", LATER]
        .map(str::to_owned)
        .to_vec();
    for role in ["snapshot", "timestamp"] {
        let new = format!("new/{role}.pem");
        room.motd(&["key", "new", &new, "--unencrypted"])
            .with_status(0);
        let (old, _) = room.key(&format!("index/keys/{role}.pem"));
        let (_, public) = room.key(&new);
        words.extend(["--role".to_owned(), role.to_owned()]);
        words.extend(["--remove".to_owned(), format!("{role}={old}")]);
        words.extend(["--add".to_owned(), format!("{role}={public}")]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    room.motd(&words).with_status(0);
    for person in [1, 2] {
        sign(room, "online", person, &PLACES).with_status(0);
    }
}

#[test]
fn new_online_keys_come_in_two_steps_between_which_everybody_verifies() {
    let room = room();
    new_online_keys(&room);
    let asked = room.motd(&["review", "index", "online", "--json"]);
    let roles = asked.with_status(0).json()["roles"].clone();
    assert_eq!(
        roles.as_array().unwrap().len(),
        1,
        "the root alone: {roles}"
    );
    let publish = [
        "publish",
        "index",
        "--request",
        "online",
        "--online-keys",
        "new",
        "--former-online-keys",
        "index/keys",
        "--now",
        LATER,
    ];
    room.motd(&publish).with_status(0);
    let timestamp = fs::read_to_string(room.path("index/metadata/timestamp.json")).unwrap();
    let timestamp: Value = serde_json::from_str(&timestamp).unwrap();
    // The one that is there holds under the root of before and under the one that came after it.
    assert_eq!(timestamp["signed"]["version"], 2);
    let signers = timestamp["signatures"].as_array().unwrap();
    let signers: Vec<&str> = signers
        .iter()
        .map(|one| one["keyid"].as_str().unwrap())
        .collect();
    for file in ["index/keys/timestamp.pem", "new/timestamp.pem"] {
        assert!(signers.contains(&room.key(file).0.as_str()), "{file}");
    }
    assert!(room.path("index/metadata/2.root.json").exists());
    // From then on the new ones are enough, and the old ones are nobody's.
    let more = [
        "publish",
        "index",
        "notice.toml",
        "--key",
        "people/person-1.pem",
        "--key",
        "people/person-2.pem",
        "--now",
        LATER,
        "--online-keys",
    ];
    let old = room
        .motd(&[&more[..], &["index/keys"]].concat())
        .with_status(1);
    assert!(old.err.contains("snapshot"), "{}", old.err);
    room.motd(&[&more[..], &["new"]].concat()).with_status(0);
}

#[test]
fn former_online_keys_that_are_none_publish_nothing() {
    let room = room();
    new_online_keys(&room);
    let before = crate::common::tree(&room.path("index"));
    let publish = format!(
        "publish index --request online --online-keys new --former-online-keys new --now {LATER}"
    );
    let refused = room.line(&publish).with_status(1);
    assert_holds(&refused.err, "needs valid signatures");
    assert_eq!(crate::common::tree(&room.path("index")), before);
}

/// Edits what is signed in a file of a request, whose signatures then say nothing.
fn edit(room: &Room, file: &str, edit: impl FnOnce(&mut Value)) {
    let path = room.path(file);
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

#[test]
fn nothing_in_a_request_reaches_the_terminal_but_as_letters() {
    let room = room();
    propose(&room, &["notice.toml"], "request").with_status(0);
    let (escape, turned, both) = ("x\u{1b}[2J", "\u{202e}redro", "\u{9b}2J\u{7f}\u{2066}");
    edit(&room, "request/motd.json", |file| {
        file["signed"][escape] = both.into();
        file["signed"][turned] = serde_json::json!({ both: turned });
    });
    let review = room.motd(&["review", "index", "request"]).with_status(0);
    let as_json = room
        .motd(&["review", "index", "request", "--json"])
        .with_status(0);
    let signed = sign(&room, "request", 1, &[]).with_status(1);
    edit(&room, "request/motd.json", |file| {
        file["signed"]["targets"] = turned.into();
    });
    let refused = room.motd(&["review", "index", "request"]);
    for said in [&review, &as_json, &signed, &refused] {
        for text in [&said.out, &said.err] {
            let unseen = |letter: char| {
                (letter.is_control() && letter != '\n')
                    || ('\u{2000}'..'\u{2070}').contains(&letter)
            };
            assert!(!text.contains(unseen), "{text:?}");
        }
    }
    assert_holds(&review.out, "/x\\u001b[2J: nothing becomes \"\\u009b2J");
    let place = &as_json.json()["roles"][0]["differences"];
    assert!(place.to_string().contains("202e") || place.to_string().contains(turned));
}

#[test]
fn what_a_document_says_beside_its_notices_is_read_before_it_is_signed() {
    let room = room();
    propose(&room, &["notice.toml"], "request").with_status(0);
    // By a tool that keeps every rule, with German in the place of English and a member that nobody knows yet.
    let document = fs::read_to_string(room.path("request/notices.json")).unwrap();
    let changed = document
        .replace("\"default_language\":\"en\"", "\"default_language\":\"de\"")
        .replace("\"text\":{\"en\"", "\"text\":{\"de\"");
    let mut changed: Value = serde_json::from_str(&changed).unwrap();
    changed["tomorrow"] = "new".into();
    let bytes = changed.to_string();
    edit(&room, "request/motd.json", |file| {
        let entry = &mut file["signed"]["targets"]["motd/notices.json"];
        *entry = motd_server::publish::metadata::write::target_entry(
            bytes.as_bytes(),
            Some(serde_json::json!({ "motd": changed })),
        );
    });
    room.write("request/notices.json", &bytes);
    let read = room
        .motd(&["review", "index", "request"])
        .with_status(0)
        .out;
    assert!(
        read.contains("document: /default_language: \"en\" becomes \"de\"\n"),
        "{read}"
    );
    assert!(
        read.contains("document: /tomorrow: nothing becomes \"new\"\n"),
        "{read}"
    );
    let places = review(&room, "request")["document"].clone();
    assert_eq!(places[0]["place"], "/default_language");
    assert_eq!(places.as_array().unwrap().len(), 2);
}
