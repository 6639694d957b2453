//! From `motd repo init` to what a reader sees: the operator's and the reader's commands against one another.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{
    FileSite, MOTD, NOTICE, ProgramOutput, Room, Serving, assert_begins, assert_ends, assert_holds,
    day, permissions, run, tree,
};

const START: &str = "2024-03-28T00:00:00Z";
const PUBLISHED: &str = "2024-03-28T01:00:00Z";
const CHECKED: &str = "2024-03-28T02:00:00Z";
const KEYS: [&str; 2] = ["index/keys/person-1.pem", "index/keys/person-3.pem"];

/// A folder with a repository `index` of which nothing was published yet, and a notice file.
fn room() -> Room {
    let room = Room::new();
    init(&room, "index").with_status(0);
    room.write("notice.toml", NOTICE);
    room
}

fn init(room: &Room, folder: &str) -> ProgramOutput {
    room.line(&format!(
        "repo init {folder} --repository example.org --now {START}"
    ))
}

/// Publishes these notices with these keys.
fn publish(room: &Room, notices: &[&str], keys: &[&str]) -> ProgramOutput {
    let mut words = vec!["publish", "index"];
    words.extend(notices);
    words.extend(keys.iter().flat_map(|key| ["--key", key]));
    words.extend(["--now", PUBLISHED]);
    room.motd(&words)
}

/// A repository that says one notice.
fn speaking() -> Room {
    let room = room();
    publish(&room, &["notice.toml"], &KEYS).with_status(0);
    room
}

/// The words of a check of that repository.
fn check_words(url: &str) -> Vec<&str> {
    vec![
        "check",
        "--root",
        "index/metadata/1.root.json",
        "--repository",
        "example.org",
        "--metadata-url",
        url,
        "--state-dir",
        "state",
        "--source",
        "example",
        "--now",
        CHECKED,
    ]
}

fn check(room: &Room, url: &str, more: &[&str]) -> ProgramOutput {
    let mut words = check_words(url);
    words.extend(more);
    room.motd(&words)
}

/// A check for programs.
fn check_json(room: &Room, url: &str) -> ProgramOutput {
    check(room, url, &["--json"])
}

/// The one notice of a report.
fn only(report: &Value) -> &Value {
    let notices = report["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 1, "{report}");
    &notices[0]
}

/// The command fails and leaves every file as it was.
#[track_caller]
fn changes_nothing(
    room: &Room,
    command: impl FnOnce() -> ProgramOutput,
    status: i32,
) -> ProgramOutput {
    let before = tree(&room.path("index"));
    let output = command().with_status(status);
    assert!(tree(&room.path("index")) == before, "{output:?}");
    assert_eq!(output.out, "");
    output
}

#[test]
fn a_new_repository_has_its_layout_and_private_keys() {
    let room = room();
    let files = tree(&room.path("index"));
    let mut names: Vec<_> = files
        .keys()
        .map(|name| {
            // The document's name begins with its hash.
            match name.strip_prefix("targets/motd/") {
                Some(hashed) => format!("targets/motd/{}", hashed.get(64..).unwrap()),
                None => name.clone(),
            }
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "keys/1.root.json",
            "keys/person-1.pem",
            "keys/person-2.pem",
            "keys/person-3.pem",
            "keys/snapshot.pem",
            "keys/timestamp.pem",
            "metadata/1.motd.json",
            "metadata/1.root.json",
            "metadata/1.snapshot.json",
            "metadata/1.targets.json",
            "metadata/motd-bundle.json",
            "metadata/timestamp.json",
            "motd-repository.toml",
            "targets/motd/.notices.json",
        ]
    );
    for (name, (_, mode)) in &files {
        if name.starts_with("keys/") && name != "keys/1.root.json" {
            assert_eq!(*mode, 0o600, "{name}");
        }
    }
    #[cfg(unix)]
    assert_eq!(permissions(&room.path("index/keys")), 0o700);
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let room = room();
    changes_nothing(&room, || init(&room, "index"), 1);
    std::fs::create_dir(room.path("other")).unwrap();
    room.write("other/mine", "mine");
    let output = init(&room, "other").with_status(1);
    assert!(output.err.contains("not empty"), "{}", output.err);
    assert_eq!(tree(&room.path("other")).len(), 1);
    // An empty one will do.
    std::fs::create_dir(room.path("empty")).unwrap();
    init(&room, "empty").with_status(0);
}

#[test]
fn an_identifier_that_is_none_is_a_usage_error() {
    let room = Room::new();
    room.motd(&["repo", "init", "index", "--repository", "Example Org"])
        .with_status(2);
    assert!(!room.path("index").exists());
}

#[test]
fn two_of_three_people_publish() {
    let room = room();
    let output = publish(&room, &["notice.toml"], &KEYS).with_status(0);
    assert_begins(&output.out, "published version 2: 1 notice, ");
    let files = tree(&room.path("index"));
    assert!(files.contains_key("metadata/2.motd.json"));
    assert!(
        files.contains_key("metadata/1.motd.json"),
        "for who holds the old timestamp"
    );
}

#[test]
fn the_default_language_is_the_repositorys() {
    let room = Room::new();
    room.line(&format!(
        "repo init index --repository example.org --default-language fr --now {START}"
    ))
    .with_status(0);
    room.write("english.toml", NOTICE.replace("[text.fr]", "[text.de]"));
    let output = changes_nothing(&room, || publish(&room, &["english.toml"], &KEYS), 5);
    assert_holds(&output.err, "[MOTD-LANG-3 default-language-missing]");
    room.write("french.toml", NOTICE.replace("[text.en]", "[text.de]"));
    publish(&room, &["french.toml"], &KEYS).with_status(0);
}

#[test]
fn a_check_of_a_sidecar_is_two_requests_at_once() {
    let room = Room::new();
    room.line(&format!(
        "repo init index --repository example.org --now {START}"
    ))
    .with_status(0);
    room.write("notice.toml", NOTICE);
    publish(&room, &["notice.toml"], &KEYS).with_status(0);
    let site = FileSite::serve(&room.path("index"));
    let cost =
        |report: &Value| ["requests", "round_trips"].map(|member| report[member].as_u64().unwrap());
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    assert_eq!(only(&report)["decision"], "show");
    assert_eq!(cost(&report), [2, 1]);
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    assert_eq!(cost(&report), [2, 1]);
}

#[test]
fn how_long_signatures_live_is_the_folders_choice() {
    let room = room();
    let file = "index/motd-repository.toml";
    let settings = std::fs::read_to_string(room.path(file)).unwrap();
    room.write(file, settings.replace("notices = 30", "notices = 14"));
    let output = publish(&room, &["notice.toml"], &KEYS).with_status(0);
    assert_ends(&output.out, "signed until 2024-04-11T01:00:00Z\n");
}

#[test]
fn one_person_alone_changes_nothing() {
    let room = room();
    let publish = || publish(&room, &["notice.toml"], &KEYS[..1]);
    let output = changes_nothing(&room, publish, 1);
    assert_holds(
        &output.err,
        "needs valid signatures of 2 distinct keys and has 1",
    );
}

#[test]
fn one_person_twice_is_one_person() {
    let room = room();
    let publish = || publish(&room, &["notice.toml"], &[KEYS[0], KEYS[0]]);
    changes_nothing(&room, publish, 1);
}

#[test]
fn a_stranger_changes_nothing() {
    let room = room();
    init(&room, "strange").with_status(0);
    let keys = [KEYS[0], KEYS[1], "strange/keys/person-1.pem"];
    let output = changes_nothing(&room, || publish(&room, &["notice.toml"], &keys), 1);
    assert_holds(&output.err, "is not one of the keys of motd");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_signs_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = room();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(room.path(KEYS[0]), open).unwrap();
    changes_nothing(&room, || publish(&room, &["notice.toml"], &KEYS), 1);
}

#[test]
fn a_bad_notice_among_good_ones_changes_nothing() {
    let room = room();
    room.write("bad.toml", NOTICE.replace("revision = 1", "revision = 0"));
    let publish = || publish(&room, &["notice.toml", "bad.toml"], &KEYS);
    let output = changes_nothing(&room, publish, 5);
    assert_holds(&output.err, "bad.toml:2:12: error: ");
}

#[test]
fn two_files_with_one_id_change_nothing() {
    let room = room();
    let publish = || publish(&room, &["notice.toml", "notice.toml"], &KEYS);
    let output = changes_nothing(&room, publish, 5);
    assert_eq!(
        output.err.matches("[MOTD-DOC-9 id-duplicate]").count(),
        2,
        "{}",
        output.err
    );
}

#[test]
fn another_text_needs_another_revision() {
    let room = speaking();
    let changed = NOTICE.replace("30 June", "31 July");
    room.write("notice.toml", &changed);
    let publish = || publish(&room, &["notice.toml"], &KEYS);
    let output = changes_nothing(&room, publish, 5);
    assert!(
        output.err.contains("MOTD-PUB-8") && output.err.contains("tls-1.2-required"),
        "{}",
        output.err
    );
    room.write(
        "notice.toml",
        changed.replace("revision = 1", "revision = 2"),
    );
    publish().with_status(0);
}

#[test]
fn a_publication_for_programs() {
    let room = room();
    let words = [
        "publish",
        "index",
        "notice.toml",
        "--key",
        KEYS[0],
        "--key",
        KEYS[1],
        "--now",
        PUBLISHED,
        "--expires-in",
        "92",
        "--json",
    ];
    let output = room.motd(&words).with_status(0);
    let report = output.json();
    let bytes = report["bytes"].as_u64().unwrap();
    assert_eq!(
        report,
        json!({
            "version": 2,
            "expires": "2024-06-28T01:00:00Z",
            "notices": ["tls-1.2-required"],
            "bytes": bytes,
            "inline": true,
        })
    );
    // It ends in July, after its signatures.
    assert!(output.err.contains("[MOTD-PUB-10]"), "{}", output.err);
}

#[test]
fn the_empty_list_withdraws_everything() {
    let room = speaking();
    let output = publish(&room, &[], &KEYS).with_status(0);
    assert!(output.out.contains(": 0 notices, "), "{}", output.out);
    let site = FileSite::serve(&room.path("index"));
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    assert_eq!(report["state"], "fresh");
    assert_eq!(report["notices"], json!([]));
}

#[test]
fn a_folder_that_is_no_repository_cannot_be_published_to() {
    let room = room();
    std::fs::create_dir(room.path("elsewhere")).unwrap();
    room.motd(&["publish", "elsewhere", "notice.toml", "--key", KEYS[0]])
        .with_status(1);
    room.motd(&["publish", "index", "notice.toml"])
        .with_status(2);
}

#[test]
fn a_check_for_programs_has_the_documented_shape() {
    let room = speaking();
    let site = FileSite::serve(&room.path("index"));
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    let (requests, bytes) = (&report["requests"], &report["bytes"]);
    assert!(
        requests.as_u64().unwrap() > 0 && bytes.as_u64().unwrap() > 0,
        "{report}"
    );
    let mut documented = report.clone();
    // Beyond the documented members.
    let documented_members = documented.as_object_mut().unwrap();
    assert_eq!(documented_members.remove("warnings"), Some(json!([])));
    assert_eq!(documented_members.remove("round_trips"), Some(json!(1)));
    assert_eq!(
        documented_members.remove("last_success"),
        Some(json!(CHECKED))
    );
    assert_eq!(
        documented,
        json!({
            "state": "fresh",
            "failure": null,
            "notices": [{
                "id": "tls-1.2-required",
                "revision": 1,
                "decision": "show",
                "reason": "new",
                "code": null,
                "text": {
                    "severity": "warning",
                    "language": "en",
                    "title": "TLS 1.2 will be required on 30 June",
                    "body": ["Older clients will not connect any more."],
                    "links": [{ "rel": "details", "url": "https://status.example.org/tls" }],
                },
            }],
            "requests": requests,
            "bytes": bytes,
        })
    );
}

#[test]
fn a_check_for_people_speaks_their_language() {
    let room = speaking();
    let site = FileSite::serve(&room.path("index"));
    let output = check(&room, &site.metadata_url(), &["--language", "fr-CA"]).with_status(0);
    assert_eq!(
        output.out,
        "\
notice[example] WARNING: TLS 1.2 sera obligatoire le 30 juin
notice[example]   Les anciens clients ne se connecteront plus.
notice[example] details: https://status.example.org/tls
"
    );
    assert_eq!(output.err, "");
    let output = run(room
        .command(MOTD)
        .args(check_words(&site.metadata_url()))
        .env("LC_ALL", "fr_FR.UTF-8"));
    assert!(output.out.contains("obligatoire"), "{}", output.out);
}

#[test]
fn a_check_for_programs_marks_nothing_as_seen() {
    let room = speaking();
    let site = FileSite::serve(&room.path("index"));
    for _ in 0..2 {
        let report = check_json(&room, &site.metadata_url())
            .with_status(0)
            .json();
        assert_eq!(only(&report)["reason"], "new");
    }
    // Nor does what is written into a pipe.
    for _ in 0..2 {
        let output = check(&room, &site.metadata_url(), &[]).with_status(0);
        assert!(output.out.contains("TLS 1.2"), "{}", output.out);
    }
    // Who was told of it in this way can acknowledge it all the same.
    acknowledge(&room).with_status(0);
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    assert_eq!(only(&report)["reason"], "acknowledged");
}

fn acknowledge(room: &Room) -> ProgramOutput {
    room.line("acknowledge --repository example.org --state-dir state tls-1.2-required")
}

#[test]
fn what_was_never_found_cannot_be_acknowledged() {
    let room = Room::new();
    let output = acknowledge(&room).with_status(1);
    assert!(output.err.contains("tls-1.2-required"), "{}", output.err);
    assert_eq!(output.out, "");
}

/// `script`, which runs a command under a pseudo-terminal, where it is installed. On CI it is.
fn has_script(room: &Room) -> bool {
    let version = room.command("script").arg("--version").output();
    version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("util-linux"))
}

#[test]
#[expect(clippy::print_stderr, reason = "says that it tests nothing here")]
fn what_was_seen_on_a_terminal_is_not_repeated() {
    let room = speaking();
    if !has_script(&room) {
        assert!(std::env::var_os("CI").is_none(), "CI has script(1)");
        eprintln!("skipped: needs script(1)");
        return;
    }
    let site = FileSite::serve(&room.path("index"));
    let words = check_words(&site.metadata_url()).join(" ");
    let on_terminal = || {
        let command = format!("{} {words}", quoted(Path::new(MOTD)));
        let output =
            run(room.command("script").args(["-qec", &command, "/dev/null"])).with_status(0);
        output.out.replace("\r\n", "\n")
    };
    let first = on_terminal();
    assert!(
        first.starts_with("notice[example] WARNING: TLS 1.2 will be required on 30 June\n"),
        "{first}"
    );
    assert_eq!(on_terminal(), "");
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    assert_eq!(only(&report)["decision"], "skip");
    assert_eq!(only(&report)["reason"], "not-yet-due");

    acknowledge(&room).with_status(0);
    let report = check_json(&room, &site.metadata_url())
        .with_status(0)
        .json();
    assert_eq!(only(&report)["reason"], "acknowledged");
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_str().unwrap().replace('\'', r"'\''"))
}

#[test]
fn a_served_file_that_was_changed_is_status_3_and_shows_nothing() {
    let room = speaking();
    let path = room.path("index/metadata/motd-bundle.json");
    let honest = std::fs::read_to_string(&path).unwrap();
    let tampered = honest.replace("30 June", "30 July");
    assert_ne!(tampered, honest);
    std::fs::write(&path, tampered).unwrap();
    let site = FileSite::serve(&room.path("index"));
    let report = check_json(&room, &site.metadata_url())
        .with_status(3)
        .json();
    assert_eq!(report["state"], "none");
    assert_eq!(
        report["failure"],
        json!({ "stage": "delegation", "code": "hash-mismatch" })
    );
    assert_eq!(report["notices"], json!([]));
    let output = check(&room, &site.metadata_url(), &[]).with_status(3);
    assert_eq!(output.out, "");
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);
    assert!(!output.err.contains("July"), "{}", output.err);
}

#[test]
fn a_verification_failure_allows_not_even_what_is_cached() {
    let room = speaking();
    let site = FileSite::serve(&room.path("index"));
    check_json(&room, &site.metadata_url()).with_status(0);
    let path = room.path("index/metadata/motd-bundle.json");
    let bundle = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        bundle.replace(r#"\"expires\":\"2024"#, r#"\"expires\":\"2034"#),
    )
    .unwrap();
    let report = check_json(&room, &site.metadata_url())
        .with_status(3)
        .json();
    assert_eq!(report["state"], "none");
    assert_eq!(
        report["failure"],
        json!({ "stage": "timestamp", "code": "signature-threshold" })
    );
    assert_eq!(report["notices"], json!([]));
}

#[test]
fn nothing_listens_is_status_4_and_with_a_cache_status_0() {
    let room = speaking();
    let url = FileSite::serve(&room.path("index")).close();
    let report = check_json(&room, &url).with_status(4).json();
    assert_eq!(report["state"], "none");
    assert_eq!(report["failure"]["code"], "connect");
    assert_eq!(report["notices"], json!([]));
    let output = check(&room, &url, &[]).with_status(4);
    assert_eq!(output.out, "");
    assert_eq!(output.err.lines().count(), 1, "{}", output.err);

    let site = FileSite::serve(&room.path("index"));
    check_json(&room, &site.metadata_url()).with_status(0);
    let report = check_json(&room, &site.close()).with_status(0).json();
    assert_eq!(report["state"], "cached");
    assert_eq!(report["failure"]["code"], "connect");
    assert_eq!(only(&report)["decision"], "show");
}

#[test]
fn a_document_of_another_repository_is_status_5() {
    let room = speaking();
    let site = FileSite::serve(&room.path("index"));
    let url = site.metadata_url();
    let words = check_words(&url);
    let words: Vec<_> = words
        .iter()
        .map(|word| {
            if *word == "example.org" {
                "example.net"
            } else {
                word
            }
        })
        .chain(["--json"])
        .collect();
    let report = room.motd(&words).with_status(5).json();
    assert_eq!(report["state"], "fresh");
    assert_eq!(
        report["failure"],
        json!({ "stage": "document", "code": "repository-mismatch" })
    );
    assert_eq!(report["notices"], json!([]));
}

#[test]
fn a_root_that_is_none_is_the_callers_fault_and_not_the_servers() {
    let room = speaking();
    for root in ["", "{}", "{\"signed\":{},\"signatures\":[]}"] {
        room.write("index/metadata/1.root.json", root);
        let output = check(&room, "http://127.0.0.1:1/metadata/", &["--json"]).with_status(1);
        assert_eq!(output.out, "");
        assert!(output.err.contains("configured root"), "{}", output.err);
    }
}

#[test]
fn wrong_arguments_are_status_2() {
    let room = Room::new();
    for more in [
        ["--component", "pip"],
        ["--component", "pkg:pypi/pip"],
        ["--component", "pkg:npm/@a/b@1.0.0"],
        ["--targets-url", "ftp://example.org/"],
        ["--targets-url", "file:///tmp/"],
        ["--os", ""],
        ["--command", "Install!"],
    ] {
        let output = check(&room, "http://127.0.0.1:1/metadata/", &more).with_status(2);
        assert!(output.err.contains(more[0]), "{}", output.err);
    }
}

#[test]
fn a_root_that_is_not_there_is_status_1() {
    let room = Room::new();
    let output = check(&room, "http://127.0.0.1:1/metadata/", &[]).with_status(1);
    assert!(output.err.contains("1.root.json"), "{}", output.err);
}

#[test]
fn switched_off_sends_nothing_and_touches_nothing() {
    let room = speaking();
    let site = FileSite::serve(&room.path("index"));
    let url = site.metadata_url();
    let before = tree(&room.path("."));
    for more in [None, Some("--json")] {
        let output = run(room
            .command(MOTD)
            .args(check_words(&url))
            .args(more)
            .env("MOTD", "off"));
        let output = output.with_status(0);
        assert_eq!(output.out, "");
        assert_eq!(output.err, "notices are switched off (MOTD=off)\n");
    }
    assert_eq!(site.connections(), 0);
    assert!(tree(&room.path(".")) == before);
    // Any other value is as if it were unset.
    let output = run(room.command(MOTD).args(check_words(&url)).env("MOTD", "on")).with_status(0);
    assert!(output.out.contains("TLS 1.2"), "{}", output.out);
    assert!(site.connections() > 0);
}

#[test]
fn a_server_serves_what_is_published_while_it_runs() {
    // By the machine's clock: a server renews its timestamp by it.
    let room = Room::new();
    room.motd(&["repo", "init", "index", "--repository", "example.org"])
        .with_status(0);
    let text = NOTICE
        .replace("2024-03-01T00:00:00Z", &day(-1))
        .replace("2024-07-01T00:00:00Z", &day(7));
    room.write("notice.toml", text);
    let mut server = Serving::start(&room, "index", &[], []);
    let url = server.url();
    assert!(
        url.starts_with("http://127.0.0.1:") && url.ends_with("/metadata/"),
        "{url}"
    );
    assert_eq!(server.talk(), "serving index; Ctrl-C stops\n");
    let check = || {
        let words = check_words(&url);
        let words: Vec<_> = words
            .iter()
            .take(words.len() - 2)
            .copied()
            .chain(["--json"])
            .collect();
        room.motd(&words).with_status(0).json()
    };
    assert_eq!(check()["notices"], json!([]));

    let words = [
        "publish",
        "index",
        "notice.toml",
        "--key",
        KEYS[0],
        "--key",
        KEYS[1],
    ];
    room.motd(&words).with_status(0);
    assert_eq!(server.talk(), "serving a new publication\n");
    let report = check();
    assert_eq!(report["state"], "fresh");
    assert_eq!(only(&report)["id"], "tls-1.2-required");
    assert_eq!(only(&report)["decision"], "show");
}
