//! What a writer of the store, or a server, can make people and servers do without any key: nothing.

use std::fs;
use std::time::{Duration, SystemTime};

use motd_server::publish::fixture::{sign_raw, signed_of};
use motd_server::publish::key::{Signer, SigningKey};
use serde_json::{Value, json};

use crate::common::{FileSite, NOTICE, Room, Serving, assert_holds, copy, day, tree, words};

const FIRST_ROOT: &str = "index/metadata/1.root.json";
const TIMESTAMP: &str = "index/metadata/timestamp.json";
const KEYS: &str = "--key index/keys/person-1.pem --key index/keys/person-2.pem";

/// A repository by the machine's clock, with a notice, and the root that installers have in `root.json`.
fn room() -> Room {
    let room = Room::new();
    room.line("repo init index --repository example.org")
        .with_status(0);
    fs::copy(room.path(FIRST_ROOT), room.path("root.json")).unwrap();
    room.write("notice.toml", NOTICE);
    room.line(&format!("publish index notice.toml {KEYS}"))
        .with_status(0);
    room
}

fn thief() -> SigningKey {
    SigningKey::assert_test_seed([9; 32])
}

/// The first root once more, with the intruder's key for every role, signed by the intruder alone.
fn forged_root(room: &Room) -> Vec<u8> {
    let mut signed = signed_of(&fs::read(room.path("root.json")).unwrap()).unwrap();
    let thief = thief();
    let public = json!({ "keytype": "ed25519", "scheme": "ed25519",
        "keyval": { "public": hex::encode(thief.public().value().unwrap().bytes()) } });
    signed["keys"][thief.public().id()] = public;
    for role in signed["roles"].as_object_mut().unwrap().values_mut() {
        let ids = role["keyids"].as_array_mut().unwrap();
        ids.push(thief.public().id().into());
        role["threshold"] = 1.into();
    }
    sign_raw(&signed, &[&thief]).unwrap()
}

/// The timestamp once more, with the highest version that there can be.
fn forged_timestamp(room: &Room) -> Vec<u8> {
    let mut timestamp = signed_of(&fs::read(room.path(TIMESTAMP)).unwrap()).unwrap();
    timestamp["version"] = 9_007_199_254_740_990_u64.into();
    sign_raw(&timestamp, &[&thief()]).unwrap()
}

#[test]
fn no_command_believes_a_first_root_that_lies_in_the_store() {
    let room = room();
    let commands = [
        "doctor index".to_owned(),
        "diff index notice.toml".to_owned(),
        "propose index notice.toml --out request".to_owned(),
        "withdraw index tls-1.2-required --out request".to_owned(),
        "repo rotate index --role root --out request".to_owned(),
        format!("repo renew index {KEYS}"),
        format!("publish index notice.toml {KEYS}"),
        "serve index --listen 127.0.0.1:0".to_owned(),
    ];
    room.line("propose index notice.toml --out asked")
        .with_status(0);
    let asked = [
        "review index asked".to_owned(),
        "sign index asked --yes --key index/keys/person-1.pem".to_owned(),
        "publish index --request asked".to_owned(),
    ];
    room.write(FIRST_ROOT, forged_root(&room));
    let before = fs::read(room.path(TIMESTAMP)).unwrap();
    let refused = |root: &str, words: &str| {
        for command in commands.iter().chain(&asked) {
            let output = room.line(&format!("{command}{root}")).with_status(1);
            assert_holds(&output.err, words);
        }
    };
    let differs = "metadata/1.root.json does not continue the trusted root";
    refused(" --root root.json", differs);
    refused("", differs);
    // A user who has seen nothing of the repository is not told by the store whom to trust.
    fs::remove_dir_all(room.path(".local")).unwrap();
    refused("", "--root names the trusted root");
    assert_eq!(fs::read(room.path(TIMESTAMP)).unwrap(), before);
    assert!(!room.path("request").exists());

    fs::copy(room.path("root.json"), room.path(FIRST_ROOT)).unwrap();
    room.line(&format!(
        "publish index notice.toml {KEYS} --root root.json"
    ))
    .with_status(0);
    // It was named once, and is remembered.
    room.line(&format!("publish index notice.toml {KEYS}"))
        .with_status(0);
}

#[test]
fn a_store_cannot_go_back_behind_the_newest_root_that_was_seen() {
    let room = room();
    fs::create_dir(room.path("backup")).unwrap();
    copy(&room.path("index"), &room.path("backup"));
    room.line(&format!("repo renew index {KEYS}"))
        .with_status(0);
    room.line("diff index notice.toml").with_status(0);
    copy(&room.path("backup/index"), &room.path("."));
    let output = room.line("diff index notice.toml").with_status(1);
    assert_holds(&output.err, "metadata/2.root.json does not continue");
}

/// The root that is named says which chain is meant, and not how far it goes.
#[test]
fn a_root_that_is_named_does_not_lead_behind_the_newest_root_that_was_seen() {
    let room = room();
    fs::create_dir(room.path("backup")).unwrap();
    copy(&room.path("index"), &room.path("backup"));
    // Whoever publishes a root has seen it.
    room.line(&format!("repo renew index {KEYS} --root root.json"))
        .with_status(0);
    copy(&room.path("backup/index"), &room.path("."));
    for _ in 0..2 {
        for root in [" --root root.json", ""] {
            for command in ["doctor index", "serve index --listen 127.0.0.1:0"] {
                let output = room.line(&format!("{command}{root}")).with_status(1);
                assert_holds(&output.err, "metadata/2.root.json does not continue");
            }
        }
    }
    // The same at a server's URL, where nobody has been yet: what is proposed follows the root that was seen.
    let other = Room::new();
    copy(&room.path("backup/index"), &other.path("."));
    copy(&room.path("root.json"), &other.path("."));
    let more = ["--proposals", "waiting", "--root", "root.json"];
    let mut server = Serving::start(&other, "index", &more, []);
    let url = server.url().replace("metadata/", "");
    let key = "--key index/keys/person-1.pem";
    let line = format!("repo rotate {url} --role root --root root.json {key}");
    let output = room.line(&line).with_status(1);
    assert_holds(&output.err, "root has version 3 and version 2 comes next");
}

/// A server stops, and what was published before is put back. It would renew that with the genuine keys.
#[test]
fn a_server_that_starts_again_does_not_go_back() {
    let room = room();
    let before = fs::read(room.path(TIMESTAMP)).unwrap();
    room.write("other.toml", NOTICE.replace("revision = 1", "revision = 2"));
    room.line(&format!("publish index other.toml {KEYS}"))
        .with_status(0);
    let newest = fs::read(room.path(TIMESTAMP)).unwrap();
    let says = |words: &[&str], variables: [(String, String); 1]| {
        Serving::start(&room, "index", words, variables).talk()
    };
    let state = |folder: &str| [("XDG_STATE_HOME".to_owned(), folder.to_owned())];
    let own = room.path("own").display().to_string();
    let named = ["--root", "root.json"];
    assert_holds(&says(&named, state(&own)), "serving index");
    room.write(TIMESTAMP, &before);
    for words in [&named[..], &[]] {
        let said = says(words, state(&own));
        assert_holds(&said, "version 3 was taken up before");
    }
    assert_eq!(fs::read(room.path(TIMESTAMP)).unwrap(), before);
    room.write(TIMESTAMP, &newest);
    assert_holds(&says(&[], state(&own)), "serving index");
    // A service without a folder of its own says so.
    let nowhere = state("/dev/null/none");
    let said = says(&named, nowhere);
    assert_holds(&said, "does not know what was published before");
}

#[test]
fn a_running_server_signs_nothing_for_a_writer_of_the_store() {
    let room = room();
    let mut server = Serving::start(&room, "index", &[], []);
    let url = server.url();
    let is_read = || {
        let words = format!(
            "check --root root.json --repository example.org --metadata-url {url} --state-dir state"
        );
        room.line(&words).with_status(0);
    };
    is_read();
    assert_holds(&server.talk(), "serving index");
    room.write(FIRST_ROOT, forged_root(&room));
    room.write(TIMESTAMP, forged_timestamp(&room));
    let said = server.talk();
    assert_holds(&said, "still serving what was published before");
    assert_holds(&said, "metadata/1.root.json does not continue");
    is_read();
    // Nothing in the store has a signature more.
    assert_eq!(
        fs::read(room.path(TIMESTAMP)).unwrap().len(),
        forged_timestamp(&room).len()
    );
}

/// What is signed stays as it is; what nobody signs becomes longer than clients read, or has another form (MOTD-SRV-11).
#[test]
fn a_running_server_serves_nothing_that_clients_do_not_read() {
    let room = room();
    let mut server = Serving::start(&room, "index", &[], []);
    let url = server.url();
    assert_holds(&server.talk(), "serving index");
    let genuine = fs::read(room.path(TIMESTAMP)).unwrap();
    let padded = [&genuine[..], &b" ".repeat(20_000)].concat();
    // In one step: a server that reads half of it would say something else.
    room.write("padded", padded);
    fs::rename(room.path("padded"), room.path(TIMESTAMP)).unwrap();
    let said = server.talk();
    assert_holds(
        &said,
        "still serving what was published before: metadata/timestamp.json: it is longer than clients read; clients refuse the file",
    );
    let words = format!(
        "check --root root.json --repository example.org --metadata-url {url} --state-dir state"
    );
    room.line(&words).with_status(0);
    drop(server);
    // Nor does one start with it.
    let said = Serving::start(&room, "index", &[], []).talk();
    assert_holds(&said, "metadata/timestamp.json: it is longer");
}

/// A server shows Bob one proposal, and hands out another one under its name when he signs.
#[test]
fn what_is_signed_is_what_was_reviewed() {
    let room = room();
    room.write("third.toml", NOTICE.replace("tls-1.2", "tls-1.1"));
    room.write(
        "other.toml",
        NOTICE
            .replace("TLS 1.2 will", "SSL 3 will")
            .replace("revision = 1", "revision = 2"),
    );
    // The same moment, so that it is the same proposal over files and at the server.
    let now = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap();
    let propose = |notice: &str, out: &str| {
        let words = format!("propose index {notice} --out {out} --now {now}");
        room.line(&words).with_status(0);
        let files = ["motd.json", "notices.json"].map(|name| {
            (
                name.to_owned(),
                Value::from(fs::read_to_string(room.path(out).join(name)).unwrap()),
            )
        });
        Value::Object(files.into_iter().collect())
    };
    let (good, evil) = (propose("third.toml", "good"), propose("other.toml", "evil"));
    let mut waiting = Serving::start(&room, "index", &["--proposals", "waiting"], []);
    let url = waiting.url().replace("metadata/", "");
    let opened = room
        .line(&format!(
            "propose {url} third.toml --root root.json --key index/keys/person-1.pem --now {now}"
        ))
        .with_status(0);
    let name = opened
        .out
        .lines()
        .last()
        .unwrap()
        .strip_prefix("proposal ")
        .unwrap();
    // Every file is where the liar's are.
    let body = |files: &Value| {
        json!({ "id": name, "standing": "proposed", "opened": "2026-12-01T00:00:00Z",
            "closes": "2026-12-08T00:00:00Z", "opened_by": [], "files": files })
    };
    let folder = room.path("index/api/v1/proposals");
    fs::create_dir_all(&folder).unwrap();
    let liar = FileSite::serve(&room.path("index"));
    let hands_out = |files: &Value| fs::write(folder.join(name), body(files).to_string()).unwrap();
    let ask = |verb: &str| {
        let liar = liar.url("");
        let mut line = words(verb);
        line.extend([
            &liar,
            name,
            "--root",
            "root.json",
            "--key",
            "index/keys/person-2.pem",
        ]);
        room.motd(&line)
    };
    let mut expired = good.clone();
    hands_out(&good);
    assert_holds(&ask("review").with_status(0).out, "tls-1.1-required: added");
    // Another text, and the same one signed for another time.
    let motd = good["motd.json"].as_str().unwrap();
    expired["motd.json"] = motd.replace("\"version\":3", "\"version\":4").into();
    for files in [&evil, &expired] {
        hands_out(files);
        for verb in ["review", "sign --yes"] {
            let output = ask(verb).with_status(1);
            assert_holds(&output.err, "gives another proposal the name");
        }
    }
}

/// MOTD-PUB-14: a clock that is far off signs no timestamp, whoever asks. A time that somebody names is theirs.
#[test]
fn publishing_looks_at_the_clock() {
    let commands = [
        format!("publish index notice.toml {KEYS}"),
        format!("repo renew index {KEYS}"),
        format!("withdraw index tls-1.2-required {KEYS}"),
        "publish index --request asked".to_owned(),
    ];
    let room_of = |then: &str| {
        let room = Room::new();
        let init = format!("repo init index --repository example.org --now {then}");
        room.line(&init).with_status(0);
        room.write("notice.toml", NOTICE);
        let publish = format!("{} --now {then}", commands[0]);
        room.line(&publish).with_status(0);
        let propose = format!("propose index notice.toml --out asked --now {then}");
        room.line(&propose).with_status(0);
        for person in [1, 2] {
            let key = format!("--key index/keys/person-{person}.pem");
            room.line(&format!("sign index asked --yes {key} --now {then}"))
                .with_status(0);
        }
        room
    };
    let refused = |room: &Room, words: &str| {
        let before = tree(&room.path("index"));
        for command in &commands {
            let output = room.line(command).with_status(1);
            assert_holds(&output.err, words);
            assert_holds(&output.err, "set it, or where it is right, publish");
        }
        assert_eq!(tree(&room.path("index")), before);
    };
    let named = |room: &Room| {
        for command in &commands[..3] {
            room.line(&format!("{command} --now {}", day(0)))
                .with_status(0);
        }
    };
    // By this machine's clock the last signer's is behind, or this one ahead.
    let room = room_of(&day(-20));
    refused(
        &room,
        "the timestamp expired longer ago than a snapshot lives",
    );
    named(&room);
    room.line(&commands[0]).with_status(0);
    // The other way round.
    let room = room_of(&day(75));
    refused(&room, "people have signed in the future");
    // Not by so much: then the store tells whose clock was wrong.
    let room = room_of(&day(3));
    let written = |days: u64| {
        let timestamp = fs::File::options().write(true).open(room.path(TIMESTAMP));
        let then = SystemTime::now() + Duration::from_hours(24 * days);
        timestamp.unwrap().set_modified(then).unwrap();
    };
    written(1500);
    refused(&room, "the store wrote the timestamp in the future");
    named(&room);
    let room = room_of(&day(3));
    room.line(&commands[0]).with_status(0);
}

/// MOTD-PUB-15: a store in which the timestamp does not verify stops nobody who publishes; each says why and from what it goes
/// on, once.
#[test]
fn publishing_goes_on_after_a_timestamp_that_does_not_verify() {
    let room = Room::new();
    room.line("repo init index --repository example.org")
        .with_status(0);
    room.write("notice.toml", NOTICE);
    room.line("propose index notice.toml --out asked")
        .with_status(0);
    for person in [1, 2] {
        let key = format!("--key index/keys/person-{person}.pem");
        room.line(&format!("sign index asked --yes {key}"))
            .with_status(0);
    }
    let commands = [
        ("publish index --request asked".to_owned(), "motd 1"),
        (format!("publish index notice.toml {KEYS}"), "motd 2"),
        (
            format!("repo renew index {KEYS}"),
            "root 1, targets 1, motd 3",
        ),
        (
            format!("withdraw index tls-1.2-required {KEYS}"),
            "root 2, targets 2, motd 3",
        ),
        (format!("publish index {KEYS}"), "motd 4"),
    ];
    for (command, versions) in commands {
        fs::write(room.path(TIMESTAMP), "{").unwrap();
        let output = room.line("doctor index").with_status(1);
        assert_holds(&output.out, "[damaged]");
        let output = room.line(&command).with_status(0);
        let warnings: Vec<_> = output
            .err
            .lines()
            .filter(|line| line.contains("does not verify"))
            .collect();
        assert_eq!(warnings.len(), 1, "{command}: {}", output.err);
        assert_holds(&output.err, versions);
        let output = room.line("doctor index");
        assert!(!output.out.contains("damaged"), "{command}: {}", output.out);
        let mut serving = Serving::start(&room, "index", &[], None);
        assert_holds(&serving.url(), "http://");
    }
}

/// The settings are signed by nobody: with another repository in them nothing is signed, published or served.
#[test]
fn settings_of_another_repository_are_refused() {
    let room = room();
    let settings = fs::read_to_string(room.path("index/motd-repository.toml")).unwrap();
    let other = settings.replace("example.org", "evil.example");
    room.write("index/motd-repository.toml", other);
    let words = "motd-repository.toml is of evil.example, and what is published is of example.org";
    let before = tree(&room.path("index"));
    for command in [
        format!("publish index notice.toml {KEYS}"),
        format!("repo renew index {KEYS}"),
        "repo rotate index --role snapshot --out rotation".to_owned(),
        "doctor index".to_owned(),
    ] {
        let output = room.line(&command).with_status(1);
        assert_holds(&output.err, words);
    }
    assert_eq!(tree(&room.path("index")), before);
    assert_holds(&Serving::start(&room, "index", &[], []).talk(), words);
    room.write("index/motd-repository.toml", settings);
    room.line("repo rotate index --role snapshot --out rotation")
        .with_status(0);
}

/// A key for which everybody makes signatures is no key of a person.
#[test]
fn a_key_of_small_order_joins_no_role() {
    let room = room();
    for (number, key) in [
        format!("01{}00", "00".repeat(30)),
        format!("01{}80", "00".repeat(30)),
        format!("ec{}7f", "ff".repeat(30)),
        format!("ee{}ff", "ff".repeat(30)),
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let rotate = format!("repo rotate index --role root --add {key} --out weak-{number}");
        let output = room.line(&rotate).with_status(2);
        assert_holds(&output.err, "not an Ed25519 public key");
    }
}

#[cfg(unix)]
#[test]
fn keys_roots_and_proposals_are_not_used_where_others_can_write() {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
    let room = room();
    let set = |name: &str, mode| {
        fs::set_permissions(room.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    fs::create_dir_all(room.path("way/to")).unwrap();
    fs::rename(room.path("index/keys"), room.path("way/to/keys")).unwrap();
    fs::rename(room.path("root.json"), room.path("way/to/root.json")).unwrap();
    symlink("way/to/keys", room.path("keys")).unwrap();
    symlink("way/to/root.json", room.path("link.json")).unwrap();
    fs::copy(room.path("way/to/root.json"), room.path("root.json")).unwrap();
    fs::create_dir(room.path("own")).unwrap();
    for name in ["person-1.pem", "person-2.pem"] {
        let from = room.path("way/to/keys").join(name);
        fs::copy(from, room.path("own").join(name)).unwrap();
    }
    let own = "--key own/person-1.pem --key own/person-2.pem --root root.json";
    let serve = "serve index --listen 127.0.0.1:0 --root root.json";
    let commands = [
        format!("publish index notice.toml {own} --online-keys way/to/keys"),
        format!("publish index notice.toml {own} --online-keys keys"),
        format!("{serve} --online-keys way/to/keys"),
        format!("{serve} --proposals way/to/waiting"),
        "key show way/to/keys/person-1.pem".to_owned(),
        "diff index notice.toml --root way/to/root.json".to_owned(),
        "diff index notice.toml --root link.json".to_owned(),
        "attach --check index/metadata --root way/to/root.json".to_owned(),
    ];
    let before = tree(&room.path("index"));
    for (at, fine) in [("way", 0o755), ("way/to", 0o700)] {
        set(at, 0o777);
        for line in &commands {
            let refused = room.line(line).with_status(1);
            let expected = format!("{at}: other users can write to it");
            assert!(refused.err.contains(&expected), "{line}: {}", refused.err);
            assert_holds(&refused.err, "chmod go-w ");
        }
        set(at, fine);
    }
    assert_eq!(tree(&room.path("index")), before);
    assert!(!room.path("way/to/waiting").exists());
    let diff = "diff index notice.toml --root way/to/root.json";
    set("way/to/root.json", 0o666);
    let refused = room.line(diff).with_status(1);
    assert_holds(&refused.err, "root.json: other users can write to it");
    set("way/to/root.json", 0o644);
    // A sticky one, such as `/tmp`, and one of the user's own group.
    for mode in [0o1777, 0o775] {
        set("way", mode);
        room.line(diff).with_status(0);
        room.line(&commands[1]).with_status(0);
    }
    // What this user has seen, and what a server has taken up.
    let mut serving = Serving::start(&room, "index", &["--root", "root.json"], []);
    serving.url();
    drop(serving);
    let kept = ".local/state/motd/trusted-roots";
    set(kept, 0o777);
    for line in ["diff index notice.toml", serve] {
        let refused = room.line(line).with_status(1);
        assert_holds(&refused.err, "trusted-roots: other users can write to it");
    }
    set(kept, 0o700);
    // Only root can give a folder away, and root works in those of others.
    if chown(room.path("way"), Some(12_345), Some(12_345)).is_ok() {
        room.line(diff).with_status(0);
    }
}
