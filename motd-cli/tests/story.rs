//! The whole of it: three people on machines of their own, two servers over one bucket, and three clients that read all the
//! way with their memory of before: this one, python-tuf and tuf-js.

use std::cell::Cell;
use std::fs;
use std::sync::atomic::Ordering;

use motd_test_support::readers::Reader;
use motd_test_support::s3::S3Server;
use serde_json::Value;

use crate::common::{MOTD, NOTICE, ProgramOutput, Room, Serving, assert_holds, run};

const PLACE: &str = "s3://notices/index";
const WAITING: &str = "s3://notices/waiting";
const ACCEPT: [&str; 6] = [
    "--accept",
    "/keys",
    "--accept",
    "/roles",
    "--accept",
    "/delegations",
];

/// Somebody, with a machine of their own and a key on it.
struct KeyHolder {
    room: Room,
    id: String,
    public: String,
}

impl KeyHolder {
    fn new() -> Self {
        let room = Room::new();
        // Encrypted, as people's keys are.
        let words = [
            "key",
            "new",
            "my.pem",
            "--passphrase-command",
            "echo secret",
            "--json",
        ];
        let key = room.motd(&words).with_status(0).json();
        let member = |name: &str| key[name].as_str().unwrap().to_owned();
        Self {
            id: member("keyid"),
            public: member("public"),
            room,
        }
    }

    fn key(&self) -> String {
        self.room.path("my.pem").to_str().unwrap().to_owned()
    }

    /// A command with this person's key, at a server.
    fn at(&self, words: &[&str]) -> ProgramOutput {
        let mine = [
            "--root",
            "root.json",
            "--key",
            "my.pem",
            "--passphrase-command",
            "echo secret",
        ];
        self.room.motd(&[words, &mine].concat())
    }

    /// Proposes, and says the proposal's name.
    fn proposes(&self, words: &[&str]) -> String {
        let output = self.at(words).with_status(0);
        let line = output.out.lines().last().unwrap();
        line.strip_prefix("proposal ").unwrap().to_owned()
    }

    fn signs(&self, server: &str, proposal: &str) -> ProgramOutput {
        self.at(&[&["sign", server, proposal, "--yes"][..], &ACCEPT].concat())
    }
}

/// A server, on a machine of its own with the online keys.
struct ServingMachine {
    room: Room,
    serving: Serving,
    /// Where people reach it.
    url: String,
}

impl ServingMachine {
    fn start(room: Room, s3: &S3Server) -> Self {
        let words = [
            "--online-keys",
            "keys",
            "--proposals",
            WAITING,
            "--drain",
            "0",
        ];
        let mut serving = Serving::start(&room, PLACE, &words, s3.variables());
        let url = serving.url();
        Self {
            room,
            serving,
            url: url.strip_suffix("metadata/").unwrap().to_owned(),
        }
    }

    /// Waits until it says something with these words.
    fn says(&mut self, words: &str) {
        loop {
            let line = self.serving.talk();
            assert!(!line.is_empty(), "it ended without: {words}");
            if line.contains(words) {
                return;
            }
        }
    }
}

/// Three clients that trusted the first root, and have read ever since.
struct Clients {
    room: Room,
    others: Vec<(&'static str, Reader)>,
    looked: Cell<u32>,
}

impl Clients {
    fn new(root: &[u8]) -> Self {
        let reading = Room::new();
        reading.write("root.json", root);
        let python = Reader::python("read_with_python_tuf.py").map(|reader| ("python-tuf", reader));
        let node = Reader::node("read_with_tuf_js.cjs").map(|reader| ("tuf-js", reader));
        Self {
            room: reading,
            others: python.into_iter().chain(node).collect(),
            looked: Cell::new(0),
        }
    }

    /// All of them read at each of these servers, as they have before and as somebody new, and see these notices.
    #[track_caller]
    fn see(&self, servers: &[&str], ids: &[&str], root: u64) {
        self.looked.set(self.looked.get() + 1);
        let fresh = format!("new-{}", self.looked.get());
        for server in servers {
            for state in ["ours", &format!("ours-{fresh}")] {
                let metadata = format!("{server}metadata/");
                let check = format!(
                    "check --root root.json --repository example.org --metadata-url {metadata} --state-dir {state} --json"
                );
                let report = self.room.line(&check).with_status(0).json();
                assert_eq!(report["state"], "fresh", "{report}");
                assert_eq!(notice_ids(&report), ids, "{server}");
            }
            for (name, reader) in &self.others {
                for state in [(*name).to_owned(), format!("{name}-{fresh}")] {
                    let base = server.trim_end_matches('/');
                    let (trusted, folder) = (self.room.path("root.json"), self.room.path(&state));
                    let seen = reader.read(base, &trusted, &folder).unwrap();
                    let bytes = hex::decode(seen["bytes"].as_str().unwrap()).unwrap();
                    let document: Value = serde_json::from_slice(&bytes).unwrap();
                    assert_eq!(notice_ids(&document), ids, "{name} {server}");
                    assert_eq!(seen["root"], root, "{name} {server}");
                }
            }
        }
    }
}

fn notice_ids(document: &Value) -> Vec<&str> {
    let notices = document["notices"].as_array().unwrap();
    notices
        .iter()
        .map(|notice| notice["id"].as_str().unwrap())
        .collect()
}

fn day(days: i64) -> String {
    let today = jiff::Timestamp::now().as_second() / 86_400;
    jiff::Timestamp::from_second((today + days) * 86_400)
        .unwrap()
        .to_string()
}

fn notice(id: &str) -> String {
    NOTICE
        .replace("tls-1.2-required", id)
        .replace("2024-03-01T00:00:00Z", &day(-1))
        .replace("2024-07-01T00:00:00Z", &day(7))
}

/// A machine for a server: the online keys are on it, and nothing else.
fn machine(keys: &Room) -> Room {
    let room = Room::new();
    fs::create_dir(room.path("keys")).unwrap();
    for name in ["snapshot.pem", "timestamp.pem", "1.root.json"] {
        fs::copy(
            keys.path(&format!("keys/{name}")),
            room.path(&format!("keys/{name}")),
        )
        .unwrap();
    }
    room
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one story, from its beginning to its end"
)]
fn three_people_two_servers_and_three_clients() {
    let s3 = S3Server::start();
    let [alice, bob, carol] = [KeyHolder::new(), KeyHolder::new(), KeyHolder::new()];

    // A new repository, which the three of them hold.
    let ceremony = Room::new();
    let keys = [alice.key(), bob.key(), carol.key()];
    let mut words = vec![
        "repo",
        "init",
        PLACE,
        "--repository",
        "example.org",
        "--online-keys",
        "keys",
        "--passphrase-command",
        "echo secret",
    ];
    for key in &keys {
        words.extend(["--key", key]);
    }
    let motd =
        |room: &Room, words: &[&str]| run(room.command(MOTD).args(words).envs(s3.variables()));
    motd(&ceremony, &words).with_status(0);
    let root = fs::read(ceremony.path("keys/1.root.json")).unwrap();
    let everybody = [&alice, &bob, &carol];
    for person in everybody {
        person.room.write("root.json", &root);
        person.room.write("first.toml", notice("first"));
        person.room.write("second.toml", notice("second"));
        person.room.write("third.toml", notice("third"));
    }
    let mut a = ServingMachine::start(machine(&ceremony), &s3);
    let mut b = ServingMachine::start(machine(&ceremony), &s3);
    let clients = Clients::new(&root);
    clients.see(&[&a.url, &b.url], &[], 1);

    // Two notices, each proposed by one person at one server and signed by another at the other.
    let first = alice.proposes(&["propose", &a.url, "first.toml"]);
    let signed = bob.signs(&b.url, &first).with_status(0);
    assert!(signed.err.contains("it is published"), "{}", signed.err);
    a.says("serving a new publication");
    clients.see(&[&a.url, &b.url], &["first"], 1);
    let second = bob.proposes(&["propose", &b.url, "first.toml", "second.toml"]);
    carol.signs(&a.url, &second).with_status(0);
    b.says("serving a new publication");
    clients.see(&[&a.url, &b.url], &["first", "second"], 1);

    // One is withdrawn.
    let withdrawal = carol.proposes(&["withdraw", &a.url, "first"]);
    alice.signs(&b.url, &withdrawal).with_status(0);
    a.says("serving a new publication");
    clients.see(&[&a.url, &b.url], &["second"], 1);

    // Carol has lost her key. Dora comes for her, everywhere.
    let dora = KeyHolder::new();
    dora.room.write("root.json", &root);
    let rotate = [
        "repo",
        "rotate",
        &a.url,
        "--role",
        "root",
        "--role",
        "targets",
        "--role",
        "notices",
        "--remove",
        &carol.id,
        "--add",
        &dora.public,
    ];
    let rotation = alice.proposes(&rotate);
    let early = dora.signs(&b.url, &rotation).with_status(0);
    assert_holds(&early.err, "more people have to sign");
    bob.signs(&b.url, &rotation).with_status(0);
    a.says("serving a new publication");
    clients.see(&[&a.url, &b.url], &["second"], 2);
    let refused = carol.at(&["propose", &a.url, "third.toml"]).with_status(1);
    assert_holds(&refused.err, "not one of the keys");

    // A server is killed while it publishes: the role is there, the snapshot is not.
    let third = alice.proposes(&["propose", &a.url, "second.toml", "third.toml"]);
    *s3.habits.stuck_at.lock().unwrap() = Some(".snapshot.json");
    std::thread::scope(|scope| {
        let signing = scope.spawn(|| dora.signs(&a.url, &third));
        while !s3.habits.stuck.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        // What clients see of it is what was there before.
        clients.see(&[&a.url, &b.url], &["second"], 2);
        a.serving.kill();
        signing.join().unwrap().with_status(1);
    });
    *s3.habits.stuck_at.lock().unwrap() = None;
    clients.see(&[&b.url], &["second"], 2);
    // Nobody answered her, so she tries the other one, where her signature is already.
    let again = dora.signs(&b.url, &third).with_status(0);
    assert!(again.err.contains("it is published"), "{}", again.err);
    let a = ServingMachine::start(a.room, &s3);
    clients.see(&[&a.url, &b.url], &["second", "third"], 2);

    // Both machines are gone, with the online keys. What is left is the bucket, and the keys of people.
    let (mut a, mut b) = (a, b);
    a.serving.kill();
    b.serving.kill();
    let (old_snapshot, _) = ceremony.key("keys/snapshot.pem");
    let (old_timestamp, _) = ceremony.key("keys/timestamp.pem");
    let new = Room::new();
    fs::create_dir(new.path("keys")).unwrap();
    for name in ["keys/snapshot.pem", "keys/timestamp.pem"] {
        new.motd(&["key", "new", name, "--unencrypted"])
            .with_status(0);
    }
    new.write("root.json", &root);
    let (_, snapshot) = new.key("keys/snapshot.pem");
    let (_, timestamp) = new.key("keys/timestamp.pem");
    let of = |role: &str, key: &str| format!("{role}={key}");
    let words = [
        "repo",
        "rotate",
        PLACE,
        "--root",
        "root.json",
        "--role",
        "snapshot",
        "--role",
        "timestamp",
        "--out",
        "request",
        "--add",
        &of("snapshot", &snapshot),
        "--remove",
        &of("snapshot", &old_snapshot),
        "--add",
        &of("timestamp", &timestamp),
        "--remove",
        &of("timestamp", &old_timestamp),
    ];
    motd(&new, &words).with_status(0);
    for person in [&alice, &dora] {
        let key = person.key();
        let words = [
            "sign",
            PLACE,
            "request",
            "--key",
            &key,
            "--yes",
            "--passphrase-command",
            "echo secret",
        ];
        motd(&new, &[&words[..], &ACCEPT].concat()).with_status(0);
    }
    let publish = [
        "publish",
        PLACE,
        "--request",
        "request",
        "--online-keys",
        "keys",
    ];
    motd(&new, &publish).with_status(0);
    let a = ServingMachine::start(new, &s3);
    clients.see(&[&a.url], &["second", "third"], 3);
    let last = bob.proposes(&["propose", &a.url]);
    alice.signs(&a.url, &last).with_status(0);
    clients.see(&[&a.url], &[], 3);

    // Whoever may sign reads how it came to this, and nobody has changed a word of it.
    let log = bob.room.motd(&[
        "log",
        &a.url,
        "--key",
        "my.pem",
        "--passphrase-command",
        "echo secret",
    ]);
    let log = log.with_status(0);
    let events: Vec<&str> = log
        .out
        .lines()
        .map(|line| line.split(' ').nth(2).unwrap())
        .collect();
    let count = |event: &str| {
        events
            .iter()
            .filter(|name| name.trim_end_matches(':') == event)
            .count()
    };
    assert_eq!(count("opened"), 6, "{}", log.out);
    assert_eq!(count("released"), 6, "{}", log.out);
    // The first of all, and the restoration, are no server's.
    assert_eq!(count("observed"), 2, "{}", log.out);
}
