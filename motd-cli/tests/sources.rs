//! The configuration as its user meets it: `source`, `config`, and the commands that take a source by its name.

use std::fs;

use serde_json::json;

use crate::common::{
    MOTD, NOTICE, ProgramOutput, Room, assert_begins, assert_ends, run, tree, words,
};
use crate::desk::{NOW, PIP, PYPI, ReaderDesk};

const CONFIG: &str = ".config/motd/config.toml";

/// A configuration in a folder of somebody else, such as a cloned repository.
#[cfg(unix)]
#[test]
fn nothing_in_the_folder_of_a_configuration_leads_elsewhere() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let desk = ReaderDesk::new();
    let url = desk.site.metadata_url();
    let path = |name: &str| desk.room.path(name);
    fs::create_dir_all(path("clone")).unwrap();
    fs::create_dir_all(path("elsewhere")).unwrap();
    let add = || {
        desk.motd(&[
            "source",
            "add",
            "x",
            "--root",
            "index/metadata/1.root.json",
            "--repository",
            "example.org",
            "--metadata-url",
            &url,
            "--config",
            "clone/motd.toml",
        ])
    };
    let lock = path("clone/.motd-config.lock");
    std::os::unix::fs::symlink(path("made"), &lock).unwrap();
    add().with_status(1);
    assert!(!path("made").exists());
    fs::remove_file(&lock).unwrap();
    mknodat(CWD, &lock, FileType::Fifo, Mode::RWXU, 0).unwrap();
    add().with_status(1);
    fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(path("elsewhere"), path("clone/roots")).unwrap();
    add().with_status(1);
    assert_eq!(fs::read_dir(path("elsewhere")).unwrap().count(), 0);
    fs::remove_file(path("clone/roots")).unwrap();
    add().with_status(0);
}

#[test]
fn a_source_is_added_listed_and_removed() {
    let desk = ReaderDesk::new();
    let url = desk.site.metadata_url();
    let listed = desk
        .motd(&["source", "list", "--json"])
        .with_status(0)
        .json();
    let source = &listed["sources"][0];
    assert_eq!(source["name"], "example");
    assert_eq!(source["repository"], "example.org");
    assert_eq!(source["metadata_url"], url);
    assert_eq!(source["bound_to"], json!([PYPI]));
    // The root is a copy: the file that it came from may vanish.
    let root = source["root"].as_str().unwrap();
    assert_eq!(
        fs::read(root).unwrap(),
        fs::read(desk.room.path("index/metadata/1.root.json")).unwrap()
    );
    let lines = desk.motd(&["source", "list"]).with_status(0).out;
    assert_eq!(
        lines,
        format!("example: example.org\n  metadata {url}\n  root {root}\n  bound to {PYPI}\n")
    );
    desk.motd(&["source", "remove", "example"]).with_status(0);
    let empty = desk.motd(&["source", "list"]).with_status(0);
    assert_eq!(empty.out, "");
    assert_ends(&empty.err, "config.toml: no sources\n");
    assert!(!std::path::Path::new(root).exists());
    desk.motd(&["source", "remove", "example"]).with_status(1);
}

#[test]
fn what_is_no_source_changes_nothing() {
    let desk = ReaderDesk::new();
    let before = tree(&desk.room.path(".config"));
    desk.room.write("page.html", "<html>");
    let snapshot = "index/metadata/1.snapshot.json";
    let root = "index/metadata/1.root.json";
    let url = "https://example.org/metadata/";
    for (name, root, repository, url, status, said) in [
        (
            "example",
            root,
            "example.org",
            url,
            1,
            "there is a source example; remove it first",
        ),
        (
            "other",
            "page.html",
            "example.org",
            url,
            1,
            "page.html: no trusted root: root: ",
        ),
        (
            "other",
            snapshot,
            "example.org",
            url,
            1,
            "no trusted root: root: ",
        ),
        (
            "other",
            root,
            "example.org",
            url,
            1,
            "sources example and other have the same repository, example.org; remove one",
        ),
        ("other", "missing", "example.org", url, 1, "missing"),
        ("ot her", root, "example.org", url, 2, "ot her"),
        ("other", root, "Example", url, 2, "Example"),
        (
            "other",
            root,
            "example.org",
            "file:///tmp/",
            2,
            "file:///tmp/",
        ),
        (
            "other",
            root,
            "example.org",
            "https://me@example.org/",
            2,
            "without a user",
        ),
    ] {
        let words = [
            "source",
            "add",
            name,
            "--root",
            root,
            "--repository",
            repository,
            "--metadata-url",
            url,
        ];
        let output = desk.motd(&words).with_status(status);
        assert!(output.err.contains(said), "{words:?}: {}", output.err);
        assert!(tree(&desk.room.path(".config")) == before, "{words:?}");
    }
}

#[test]
fn the_configuration_can_be_elsewhere() {
    let desk = ReaderDesk::new();
    let text = fs::read_to_string(desk.room.path(CONFIG)).unwrap();
    fs::create_dir(desk.room.path("etc")).unwrap();
    fs::rename(
        desk.room.path(".config/motd/roots"),
        desk.room.path("etc/roots"),
    )
    .unwrap();
    fs::remove_dir_all(desk.room.path(".config")).unwrap();
    desk.room.write("etc/here.toml", text);
    assert_eq!(desk.motd(&["source", "list"]).with_status(0).out, "");
    let named = desk
        .motd(&["source", "list", "--config", "etc/here.toml"])
        .with_status(0);
    assert_begins(&named.out, "example: example.org\n");
    let by_variable = |path: &str| {
        run(desk
            .command(&["check", "--source", "example", "--now", NOW])
            .env("MOTD_CONFIG", path))
    };
    let notice = by_variable("etc/here.toml").with_status(0).out;
    assert!(notice.contains("notice[example] WARNING"), "{notice}");
    // Who names a file means it.
    let missing = by_variable("etc/none.toml").with_status(1).err;
    assert_eq!(
        missing,
        "error: etc/none.toml: no such file, and MOTD_CONFIG names it\n"
    );
}

#[test]
fn a_fault_in_the_configuration_has_its_place() {
    let desk = ReaderDesk::new();
    desk.configure("# first\ndisplay = \"loud\"");
    for words in [
        &["source", "list"][..],
        &["source", "remove", "example"],
        &["config"],
        &["list"],
        &["check", "--source", "example"],
        &["acknowledge", "--source", "example", "a"],
    ] {
        let output = desk.motd(words).with_status(1);
        assert!(
            output
                .err
                .contains("config.toml:2:11: unknown variant `loud`, expected one of"),
            "{words:?}: {}",
            output.err
        );
        assert_eq!((output.out.as_str(), output.err.lines().count()), ("", 1));
    }
}

/// Two sources of one repository would share one state. `source remove` still works: it is the way out.
#[test]
fn two_sources_of_one_repository_are_refused_wherever_they_are_read() {
    let desk = ReaderDesk::new();
    let one = fs::read_to_string(desk.room.path(CONFIG)).unwrap();
    let other = one.replace("[source.example]", "[source.other]");
    assert_ne!(one, other);
    let (_, other) = other.split_at(other.find("[source.other]").unwrap());
    desk.configure(other);
    for words in [
        &["source", "list"][..],
        &["config"],
        &["list"],
        &["check", "--source", "example"],
        &["acknowledge", "--source", "example", "a"],
    ] {
        let refused = desk.motd(words).with_status(1);
        assert_eq!((refused.out.as_str(), refused.err.lines().count()), ("", 1));
        assert_ends(
            &refused.err,
            "config.toml: sources example and other have the same repository, example.org; remove one\n",
        );
    }
    desk.motd(&["source", "remove", "other"]).with_status(0);
    desk.motd(&["source", "list"]).with_status(0);
}

#[test]
fn check_takes_a_source_or_the_whole_of_it() {
    let desk = ReaderDesk::new();
    for words in [
        &["check"][..],
        &["check", "--root", "index/metadata/1.root.json"],
        &[
            "check",
            "--source",
            "example",
            "--repository",
            "example.org",
        ],
        &[
            "check",
            "--source",
            "example",
            "--targets-url",
            "https://example.org/",
        ],
    ] {
        desk.motd(words).with_status(2);
    }
    let none = desk.motd(&["check", "--source", "none"]).with_status(1);
    assert_ends(&none.err, "config.toml: no source none\n");
    assert_eq!(desk.site.connections(), 0);
    // With the whole of it no configuration is read.
    desk.configure("broken");
    let url = desk.site.metadata_url();
    let line = format!(
        "check --root index/metadata/1.root.json --repository example.org --metadata-url {url} --now {NOW}"
    );
    let output = desk.motd(&words(&line)).with_status(0);
    assert_begins(&output.out, "notice[motd] WARNING");
}

#[test]
fn acknowledge_takes_a_source() {
    let desk = ReaderDesk::new();
    let words = ["acknowledge", "--source", "example", "tls-1.2-required"];
    desk.motd(&words).with_status(1);
    assert_eq!(desk.run(&["pip", "install", "a"]).code(), 0);
    let output = desk.motd(&words).with_status(0);
    assert_eq!(
        output.err,
        "tls-1.2-required of example.org is acknowledged\n"
    );
    assert_eq!(desk.reasons(), ["acknowledged"]);
    desk.motd(&["acknowledge", "tls-1.2-required"])
        .with_status(2);
}

fn config(desk: &ReaderDesk, variables: &[(&str, &str)], words: &[&str]) -> ProgramOutput {
    let mut command = desk.command(&[&["config"], words].concat());
    run(command.envs(variables.iter().copied())).with_status(0)
}

#[test]
fn config_says_what_holds_and_who_says_so() {
    let desk = ReaderDesk::new();
    let report = config(&desk, &[], &["--json"]).json();
    assert_eq!(
        report["config"]["path"],
        desk.room.path(CONFIG).to_str().unwrap()
    );
    assert_eq!(report["config"]["origin"], "platform");
    assert_eq!(report["config"]["exists"], true);
    assert_eq!(
        report["state"]["path"],
        desk.room.path(".local/state/motd").to_str().unwrap()
    );
    assert_eq!(
        report["display"],
        json!({ "value": "default", "origin": "default" })
    );
    assert_eq!(
        report["interval_hours"],
        json!({ "value": 6, "origin": "default" })
    );
    assert_eq!(report["sources"], json!(["example"]));
    assert_eq!(
        report["here"],
        "nothing is asked or shown, because standard error is no terminal"
    );

    desk.configure(
        "display = \"plain\"\ninterval-hours = 12\n[components]\n\"pkg:pypi/pip\" = [\"24.0\"]\n",
    );
    let output = config(&desk, &[("MOTD", "critical")], &["--state-dir", "here"]);
    let lines: Vec<_> = output.out.lines().collect();
    assert_eq!(
        lines[1..],
        [
            "state: here (--state-dir)",
            "display: critical (MOTD)",
            "interval: 12 h (configuration)",
            "component: pkg:pypi/pip 24.0 (configuration)",
            "source: example every 12 h (configuration)",
            "here: critical notices are shown, one line each",
        ]
    );
    let report = config(&desk, &[], &["--json"]).json();
    assert_eq!(
        report["display"],
        json!({ "value": "plain", "origin": "configuration" })
    );
    // Nothing is made by asking.
    assert!(!desk.room.path("here").exists() && !desk.room.path(".local").exists());
}

#[test]
fn config_on_a_terminal_says_what_run_would_do() {
    let desk = ReaderDesk::new();
    let shown = |line: &str| {
        let screen = desk.on_terminal(&["config"]).screen;
        assert!(screen.ends_with(&format!("here: {line}\n")), "{screen}");
    };
    shown("notices are shown");
    desk.configure("display = \"off\"");
    shown("switched off, nothing is asked or shown");
}

#[test]
fn without_a_home_a_file_can_be_named() {
    let room = Room::new();
    room.write("config.toml", "");
    let mut command = room.command(MOTD);
    command.env("HOME", "").env("MOTD_CONFIG", "config.toml");
    run(command.args(["source", "list"])).with_status(0);
}

#[test]
fn a_list_says_how_each_source_stands() {
    let desk = ReaderDesk::new();
    let list = |now: &str| desk.motd(&["list", "--now", now]).with_status(0);
    // Nobody was asked yet, and nobody is now.
    assert_eq!(
        list(NOW).err,
        "example: nothing is stored, no check has completed yet\n"
    );
    assert!(!desk.room.path(".local").exists());
    desk.prime();
    let asked = desk.site.connections();
    let output = list(NOW);
    assert_begins(&output.out, "notice[example] WARNING: TLS");
    assert_eq!(
        output.err,
        format!("example: verified, last success {NOW}\n")
    );
    assert_eq!(desk.site.connections(), asked);
    // What was seen, acknowledged or has used its budget is there all the same.
    desk.run(&["pip", "install", "a"]);
    desk.motd(&["acknowledge", "--source", "example", "tls-1.2-required"])
        .with_status(0);
    assert_eq!(list(NOW).out, output.out);
}

/// A freeze: the repository goes on answering with what it said long ago.
#[test]
fn a_freeze_is_not_invisible_to_who_asks() {
    let desk = ReaderDesk::new();
    desk.prime();
    let later = "2024-06-01T00:00:00Z";
    let words = ["check", "--source", "example", "--now", later, "--json"];
    desk.motd(&words).with_status(3);
    let output = desk.motd(&["list", "--now", later]).with_status(0);
    assert_eq!(output.out, "");
    let lines: Vec<_> = output.err.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "example: what is stored has expired or does not verify any more, last success {NOW}"
        )
    );
    assert!(
        lines[1].starts_with("example: since then: timestamp: ")
            && lines[1].ends_with(" [expired]"),
        "{lines:?}"
    );
    let report = desk
        .motd(&["list", "--now", later, "--json"])
        .with_status(0)
        .json();
    let source = &report["sources"][0];
    assert_eq!(source["state"], "none");
    assert_eq!(source["last_success"], NOW);
    assert_eq!(
        source["last_failure"],
        json!({ "stage": "timestamp", "code": "expired" })
    );
    assert_eq!(source["notices"], json!([]));
}

#[test]
fn a_repository_that_is_gone_is_listed_from_the_store_with_the_reason() {
    let desk = ReaderDesk::new();
    desk.prime();
    fs::remove_dir_all(desk.room.path("index")).unwrap();
    desk.motd(&["check", "--source", "example", "--now", NOW, "--json"])
        .with_status(0);
    let output = desk
        .motd(&["list", "--source", "example", "--now", NOW])
        .with_status(0);
    assert!(output.out.contains("TLS 1.2 will be required"));
    assert!(
        output.err.contains("since then: ") && output.err.contains("[status]"),
        "{}",
        output.err
    );
}

#[test]
fn a_list_in_json_has_every_source_and_reason() {
    let desk = ReaderDesk::saying(&[
        NOTICE.to_owned(),
        NOTICE
            .replace("tls-1.2-required", "old")
            .replace("2024-07-01", "2024-03-02"),
    ]);
    desk.add_source_of(
        "quiet.example",
        "quiet",
        "https://example.org/metadata/",
        Some(PYPI),
    );
    desk.prime();
    desk.installer("pip", PIP);
    let report = desk
        .motd(&["list", "--now", NOW, "--json"])
        .with_status(0)
        .json();
    let sources = report["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 2);
    let notices = sources[0]["notices"].as_array().unwrap();
    assert_eq!(notices[0]["reason"], "asked");
    assert_eq!(notices[1]["reason"], "ended");
    desk.motd(&["list", "--source", "none"]).with_status(1);
}

/// MOTD-STATE-4, MOTD-CHECK-1: everything was verified and shown; it is shown again, and that is all.
#[test]
fn a_seen_state_that_another_process_holds_fails_no_check() {
    let desk = ReaderDesk::new();
    desk.prime();
    let state = desk.room.path(".local/state/motd");
    let names = tree(&state);
    let lock = names.keys().find(|name| name.ends_with("seen.lock"));
    let lock = fs::File::open(state.join(lock.unwrap())).unwrap();
    lock.lock().unwrap();
    for command in ["check", "check", "list"] {
        let seen = desk.on_terminal(&[command, "--source", "example", "--now", NOW]);
        assert_eq!(seen.code(), 0, "{seen:?}");
        assert!(seen.screen.contains("TLS 1.2"), "{seen:?}");
        assert!(seen.screen.contains("could not be recorded"), "{seen:?}");
    }
}

/// MOTD-STATE-7: what was verified is shown, and one line says that nothing is kept.
#[test]
fn a_check_on_a_full_disk_says_so_in_one_line() {
    let desk = ReaderDesk::new();
    let seen = desk.on_full_disk(&["check", "--source", "example", "--now", NOW]);
    assert_eq!(seen.code(), 0, "{seen:?}");
    assert!(seen.screen.contains("TLS 1.2"), "{seen:?}");
    let ours = |line: &&str| !line.starts_with("notice[example]");
    let said: Vec<_> = seen.screen.lines().filter(ours).collect();
    let writing = "warning: writing to the state folder failed; nothing more was kept";
    assert_eq!(said, [writing]);
}

/// A cloned repository would bring its own configuration and state.
#[test]
fn a_home_that_is_not_absolute_is_not_the_working_folder() {
    let desk = ReaderDesk::new();
    desk.prime();
    for home in [".", "bin/.."] {
        let at = |words: &[&str]| run(desk.command(words).env("HOME", home));
        let output = at(&["source", "list"]);
        assert!(!output.out.contains("example"), "{home}: {}", output.out);
        let config = desk.room.path(CONFIG);
        let listed = at(&["list", "--now", NOW, "--config", config.to_str().unwrap()]);
        assert!(!listed.out.contains("notice["), "{home}: {}", listed.out);
    }
}
