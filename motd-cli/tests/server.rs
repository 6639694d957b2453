//! People at a server: what they are told, and what a server cannot make them do.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use crate::common::{
    MOTD, NOTICE, ProgramOutput, Room, Serving, assert_begins, assert_holds, day, permissions, run,
    tree,
};

/// An operator's machine that serves a repository, and the keys of three people beside it.
struct ServedRepository {
    room: Room,
    serving: Serving,
    url: String,
}

impl ServedRepository {
    fn new(more: &[&str]) -> Self {
        let room = Room::new();
        let init = ["repo", "init", "index", "--repository", "example.org"];
        room.motd(&init).with_status(0);
        fs::copy(
            room.path("index/metadata/1.root.json"),
            room.path("root.json"),
        )
        .unwrap();
        let notice = NOTICE
            .replace("2024-03-01T00:00:00Z", &day(-1))
            .replace("2024-07-01T00:00:00Z", &day(7));
        room.write("notice.toml", notice);
        let words = [&["--drain", "0"][..], more].concat();
        let mut serving = Serving::start(&room, "index", &words, []);
        let url = serving.url();
        let url = url.strip_suffix("metadata/").unwrap().to_owned();
        Self { room, serving, url }
    }

    fn taking() -> Self {
        Self::new(&["--proposals", "waiting"])
    }

    /// A command of a person, who trusts the first root.
    fn person(&self, number: u8, words: &[&str]) -> ProgramOutput {
        let key = format!("index/keys/person-{number}.pem");
        let more = ["--root", "root.json", "--key", &key];
        self.room.motd(&[words, &more].concat())
    }

    fn propose(&self, number: u8) -> String {
        let output = self.person(number, &["propose", &self.url, "notice.toml"]);
        let output = output.with_status(0);
        let last = output.out.lines().last().unwrap();
        last.strip_prefix("proposal ").unwrap().to_owned()
    }
}

#[test]
fn two_people_read_the_same_and_then_it_is_published() {
    let mut index = ServedRepository::taking();
    let id = index.propose(1);
    let listed = index.person(2, &["review", &index.url]).with_status(0);
    assert_begins(&listed.out, &format!("{id} proposed, opened "));
    let review = index.person(2, &["review", &index.url, &id]).with_status(0);
    assert_holds(&review.out, "tls-1.2-required: added\n");
    assert!(review.out.contains("signatures: 1 of 2;"), "{}", review.out);
    let json = index
        .person(2, &["review", &index.url, &id, "--json"])
        .with_status(0)
        .json();
    assert_eq!(json["signed"], false);
    assert_eq!(json["notices"][0]["change"], "added");
    // Nobody is asked, so nothing is signed.
    let asked = index.person(2, &["sign", &index.url, &id]).with_status(1);
    assert!(asked.err.contains("nobody to ask"), "{}", asked.err);
    let signed = index
        .person(2, &["sign", &index.url, &id, "--yes"])
        .with_status(0);
    assert_holds(&signed.out, "tls-1.2-required: added\n");
    assert!(signed.err.contains("it is published"), "{}", signed.err);
    assert_eq!(index.serving.talk(), "serving index; Ctrl-C stops\n");
    assert_eq!(index.serving.talk(), format!("published proposal {id}\n"));
    let diff = ["diff", &index.url, "notice.toml", "--root", "root.json"];
    let diff = index.room.motd(&diff).with_status(0);
    assert!(diff.out.contains("no notice changes"), "{}", diff.out);
    let late = index
        .person(3, &["sign", &index.url, &id, "--yes"])
        .with_status(1);
    assert!(!late.err.is_empty());
}

#[test]
fn what_is_missing_is_said() {
    let index = ServedRepository::taking();
    let url = index.url.as_str();
    let without = |words: &[&str], what: &str| {
        let output = index.room.motd(words);
        assert_ne!(output.status, 0, "{words:?}");
        assert!(output.err.contains(what), "{words:?}: {}", output.err);
    };
    without(
        &["propose", url, "notice.toml", "--out", "request"],
        "--root",
    );
    without(
        &["propose", url, "notice.toml", "--root", "root.json"],
        "--key",
    );
    without(
        &["propose", "index", "notice.toml", "--root", "root.json"],
        "--out",
    );
    without(&["review", url, "--root", "root.json"], "--key");
    without(
        &["review", "index", "--root", "root.json"],
        "which request?",
    );
    without(&["log", url], "--key");
    without(
        &["discard", "index", "x", "--key", "index/keys/person-1.pem"],
        "only a server",
    );
    without(
        &[
            "sign",
            url,
            "nothing",
            "--root",
            "root.json",
            "--key",
            "index/keys/person-1.pem",
        ],
        "not the name of a proposal",
    );
    without(
        &[
            "diff",
            "https://user:secret@example.org/",
            "--root",
            "root.json",
        ],
        "without user",
    );
    assert!(!index.room.path("request").exists());
    assert!(
        !tree(&index.room.path("waiting"))
            .keys()
            .any(|name| name.starts_with("proposals"))
    );
}

#[test]
fn a_folder_of_proposals_that_exists_keeps_its_mode() {
    let room = Room::new();
    room.motd(&["repo", "init", "index", "--repository", "example.org"])
        .with_status(0);
    fs::create_dir(room.path("waiting")).unwrap();
    std::os::unix::fs::symlink("waiting", room.path("link")).unwrap();
    let change = |mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(room.path("waiting"), mode).unwrap();
    };
    change(0o755);
    let words = ["--drain", "0", "--proposals", "link"];
    let mut serving = Serving::start(&room, "index", &words, []);
    serving.url();
    assert_eq!(
        serving.talk(),
        "warning: other users of this machine can read what waits in link (mode 0755); mode 0700 keeps it private\n"
    );
    assert_eq!(permissions(&room.path("waiting")), 0o755);
    drop(serving);
    change(0o1777);
    let serve = ["serve", "index", "--listen", "127.0.0.1:0"];
    let output = room.motd(&[&serve[..], &words].concat()).with_status(1);
    assert_holds(&output.err, "every user of this machine can write into");
    assert_eq!(permissions(&room.path("waiting")), 0o777);
    let mut serving = Serving::start(&room, "index", &["--proposals", "new/waiting"], []);
    serving.url();
    assert_eq!(permissions(&room.path("new")), 0o700);
    assert_eq!(permissions(&room.path("new/waiting")), 0o700);
}

#[test]
fn a_server_that_takes_no_proposals_says_so() {
    let index = ServedRepository::new(&[]);
    let output = index
        .person(1, &["propose", &index.url, "notice.toml"])
        .with_status(1);
    assert_holds(&output.err, "takes no proposals: it answers 405");
}

#[test]
fn what_does_not_verify_from_the_trusted_root_is_not_signed() {
    let (index, other) = (ServedRepository::taking(), ServedRepository::taking());
    // The other one has keys of its own: with this one's root nothing of it verifies.
    let words = [
        "propose",
        &other.url,
        "notice.toml",
        "--root",
        "root.json",
        "--key",
        "index/keys/person-1.pem",
    ];
    let output = index.room.motd(&words).with_status(1);
    assert_holds(&output.err, "needs valid signatures");
    assert!(!other.room.path("waiting/proposals").exists());
}

#[test]
fn who_may_not_is_refused_with_the_code() {
    let index = ServedRepository::taking();
    let id = index.propose(1);
    let made = ["key", "new", "mine.pem", "--unencrypted"];
    index.room.motd(&made).with_status(0);
    let mine = |words: &[&str]| {
        let more = ["--root", "root.json", "--key", "mine.pem"];
        index.room.motd(&[words, &more].concat()).with_status(1)
    };
    for words in [&["review", &index.url][..], &["review", &index.url, &id]] {
        let output = mine(words);
        assert_holds(&output.err, "[request-signature-key]");
    }
    let output = mine(&["propose", &index.url, "notice.toml"]);
    assert!(output.err.contains("not one of the keys"), "{}", output.err);
    let discard = [
        "discard",
        &index.url,
        &id,
        "--key",
        "index/keys/person-2.pem",
    ];
    let output = index.room.motd(&discard).with_status(1);
    assert_holds(&output.err, "[proposal-not-yours]");
    let discard = [
        "discard",
        &index.url,
        &id,
        "--key",
        "index/keys/person-1.pem",
    ];
    index.room.motd(&discard).with_status(0);
    let listed = index.person(2, &["review", &index.url]).with_status(0);
    assert_eq!(
        (listed.out.as_str(), listed.err.as_str()),
        ("", "no proposal is open\n")
    );
}

#[test]
fn who_keeps_an_entry_sees_that_the_log_is_another_one() {
    let index = ServedRepository::taking();
    index.propose(1);
    let log = |place: &str, more: &[&str]| {
        let words = ["log", place, "--key", "index/keys/person-3.pem"];
        index.room.motd(&[&words[..], more].concat())
    };
    let read = log(&index.url, &[]).with_status(0);
    assert_eq!(read.out.lines().count(), 2, "{}", read.out);
    let kept = read.err.trim_end().rsplit(' ').next().unwrap().to_owned();
    log(&index.url, &["--expect", &kept]).with_status(0);
    let stored = log("waiting", &["--expect", &kept, "--json"]).with_status(0);
    for line in stored.out.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(entry["entry"].is_u64());
    }
    // Written anew from the first entry on: the chain holds, and it is another one.
    let path = index.room.path("waiting/log/000000000001.json");
    let first = fs::read_to_string(&path).unwrap();
    fs::write(&path, first.replace("\"event\":", "\"event\" :")).unwrap();
    let broken = log("waiting", &[]).with_status(1);
    assert!(broken.err.contains("does not follow"), "{}", broken.err);
    fs::write(&path, first.replace("observed", "opened")).unwrap();
    fs::remove_file(index.room.path("waiting/log/000000000002.json")).unwrap();
    let cut = log("waiting", &["--expect", &kept]).with_status(1);
    assert!(cut.err.contains("ends before entry 2"), "{}", cut.err);
    let other = format!("1:{}", "0".repeat(64));
    let changed = log("waiting", &["--expect", &other]).with_status(1);
    assert_holds(&changed.err, "another one than you kept");
}

#[test]
fn a_server_that_answers_nonsense_writes_nothing_to_the_terminal() {
    let index = ServedRepository::taking();
    let liar = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", liar.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let (stream, _) = liar.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let body = "\u{1b}[2J{\"code\":\"all-is-well\"}";
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 500 All is well\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
    });
    let words = ["log", &url, "--key", "index/keys/person-1.pem"];
    let output = run(index.room.command(MOTD).args(words)).with_status(1);
    answering.join().unwrap();
    assert_eq!(output.err, "error: the server answers 500\n");
}

/// The status, one header and the body of an answer.
fn get(url: &str, header: &str) -> (u16, String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(url).send().await.unwrap();
        let value = answer.headers().get(header);
        let value = value.map(|value| value.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        (
            status,
            value.unwrap_or_default(),
            answer.text().await.unwrap(),
        )
    })
}

#[test]
fn everybody_reads_the_pages_and_only_operators_what_waits() {
    let operations = ["--operations", "127.0.0.1:0", "--proposals", "waiting"];
    let mut index = ServedRepository::new(&operations);
    let ready = index.serving.url();
    let operators = ready.strip_suffix("readyz").unwrap().to_owned();
    let (status, policy, page) = get(&index.url, "content-security-policy");
    assert_eq!(status, 200);
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(page.contains("Notices of example.org"), "{page}");
    let (_, kind, feed) = get(&format!("{}feed.atom", index.url), "content-type");
    assert!(kind.starts_with("application/atom+xml"), "{kind}");
    assert!(feed.contains("<feed"), "{feed}");
    let (_, kind, list) = get(&format!("{}notices.json", index.url), "content-type");
    assert!(kind.starts_with("application/json"), "{kind}");
    assert!(list.contains("example.org"), "{list}");
    assert_eq!(get(&format!("{}operators", index.url), "x").0, 404);
    assert_eq!(get(&format!("{}metrics", index.url), "x").0, 404);

    let id = index.propose(1);
    index
        .person(2, &["sign", &index.url, &id, "--yes"])
        .with_status(0);
    let (status, policy, page) = get(&format!("{operators}operators"), "content-security-policy");
    assert_eq!(status, 200);
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(page.contains("Operators of example.org"), "{page}");
    // What was published with the last signature is on it.
    assert!(page.contains("tls-1.2-required"), "{page}");
    assert_eq!(get(&format!("{operators}readyz"), "x").0, 200);
    let (_, _, metrics) = get(&format!("{operators}metrics"), "x");
    assert!(
        metrics.contains("motd_requests_total{kind=\"api\",class=\"2xx\"}"),
        "{metrics}"
    );
}
