//! Who writes a notice: begins it, looks at it, and asks who would see it.

use std::fs;

use crate::common::{NOTICE, Room, assert_begins, assert_holds, words};
use crate::desk::{ReaderDesk, Streams, TerminalProgram};

const NOW: &str = "2026-12-01T12:00:00Z";

#[test]
fn a_notice_is_begun_from_a_template_and_published_as_it_is() {
    let room = Room::new();
    let new = [
        "new",
        "deprecation",
        "--now",
        NOW,
        "--id",
        "tls-1.2",
        "--title",
        "TLS 1.2 \"only\"",
        "--paragraph",
        "One.",
        "--paragraph",
        "Two.",
        "--link",
        "details=https://example.org/tls",
    ];
    let output = room.motd(&new).with_status(0);
    assert_eq!(output.out, "tls-1.2.toml\n");
    assert_eq!(
        output.err,
        "next: motd lint tls-1.2.toml, motd preview tls-1.2.toml\n"
    );
    let report = room
        .motd(&["lint", "tls-1.2.toml", "--json"])
        .with_status(0)
        .json();
    assert_eq!(report["files"][0]["findings"].as_array().unwrap().len(), 0);
    let preview = room.motd(&["preview", "tls-1.2.toml"]).with_status(0);
    assert_eq!(
        preview.out,
        "notice[preview] WARNING: TLS 1.2 \"only\"\nnotice[preview]   One.\nnotice[preview]\nnotice[preview]   Two.\n\
         notice[preview] details: https://example.org/tls\n"
    );
    room.line(&format!(
        "repo init index --repository example.org --now {NOW}"
    ))
    .with_status(0);
    let keys = words("--key index/keys/person-1.pem --key index/keys/person-2.pem");
    let words = [
        &["publish", "index", "tls-1.2.toml", "--now", NOW][..],
        &keys,
    ]
    .concat();
    room.motd(&words).with_status(0);
}

#[test]
fn a_notice_without_a_title_is_begun_and_not_yet_one() {
    let room = Room::new();
    for template in ["incident", "maintenance", "deprecation", "security"] {
        let output = room.motd(&["new", template, "--now", NOW]).with_status(0);
        let file = format!("{template}-2026-12-01.toml");
        assert_eq!(output.out, format!("{file}\n"));
        assert_holds(&output.err, "[MOTD-TEXT-2 title-malformed]");
        assert_holds(&output.err, "edit it, then motd lint");
        room.motd(&["lint", &file]).with_status(5);
    }
}

#[test]
fn nobodys_notice_is_overwritten() {
    let room = Room::new();
    room.write("mine.toml", "mine");
    let output = room.motd(&["new", "incident", "mine.toml"]).with_status(1);
    assert!(output.err.contains("mine.toml"), "{}", output.err);
    assert_eq!(fs::read_to_string(room.path("mine.toml")).unwrap(), "mine");
    room.motd(&["new", "gossip"]).with_status(2);
    room.motd(&["new", "incident", "--severity", "loud"])
        .with_status(2);
    room.motd(&["new", "incident", "--link", "status"])
        .with_status(2);
}

#[test]
fn on_a_terminal_it_asks_for_the_text() {
    let desk = ReaderDesk::new();
    let command = desk.command(&["new", "incident", "now.toml", "--now", NOW]);
    let mut running = TerminalProgram::start(command, Streams::All);
    running.until("title: ");
    running.type_in("Do not install anything\n");
    running.until("no more): ");
    running.type_in("Registrations are suspended.\n");
    running.until("suspended.\nparagraph (empty: no more): ");
    running.type_in("\n");
    let seen = running.end();
    assert_eq!(seen.code(), 0, "{seen:?}");
    let preview = desk.motd(&["preview", "now.toml"]).with_status(0);
    assert_eq!(
        preview.out,
        "notice[preview] CRITICAL: Do not install anything\nnotice[preview]   Registrations are suspended.\n"
    );
}

#[test]
fn who_says_whether_this_machine_would_see_it_and_why_not() {
    let room = Room::new();
    let audience = "\n[[audience]]\ncomponents = [{ purl = \"pkg:pypi/pip\", versions = \"vers:pypi/<9.0.3\" }]\n\
        [[audience]]\nos = [\"windows\", \"macos\"]\n\
        [[audience]]\ncommands = [\"upload\"]\narch = [\"x86_64\"]\n\
        [[audience]]\nrollout = { percent = 0, salt = \"s\" }\n\
        [[audience]]\nplanets = [\"mars\"]\n";
    room.write("notice.toml", format!("{NOTICE}{audience}"));
    let who = |more: &[&str]| {
        let words = words("who notice.toml --os linux --arch x86_64 --language en");
        room.motd(&[&words[..], more].concat())
    };
    let now = ["--now", "2024-03-28T00:00:00Z"];
    let pip = |version: &str| format!("pkg:pypi/pip@{version}");
    let new = pip("24.0");
    let output = who(&[&now[..], &["--component", &new, "--command", "install"]].concat());
    assert_eq!(
        output.with_status(0).out,
        "tls-1.2-required: not shown: no clause of its audience matches\n\
         \u{20} clause 1: pkg:pypi/pip vers:pypi/<9.0.3, and here is 24.0\n\
         \u{20} clause 2: os windows or macos, and here is linux\n\
         \u{20} clause 3: commands upload, and here is install\n\
         \u{20} clause 4: rollout 0 %, and here is another part\n\
         \u{20} clause 5: something that this version does not know, and here is no match\n"
    );
    let old = pip("9.0.1");
    let output = who(&[&now[..], &["--component", &old]].concat()).with_status(0);
    assert_eq!(output.out, "tls-1.2-required: shown as warning, in en\n");
    let early = who(&["--now", "2018-01-01T00:00:00Z"]).with_status(0);
    assert_begins(&early.out, "tls-1.2-required: not shown yet: it begins ");
    let late = who(&["--now", "2030-01-01T00:00:00Z", "--json"])
        .with_status(0)
        .json();
    assert_eq!(late["notices"][0]["reason"], "ended");
    room.write("bad.toml", "id = 1");
    room.motd(&["who", "bad.toml"]).with_status(5);
}

#[test]
fn a_page_shows_every_language_at_every_width_and_nothing_acts() {
    let room = Room::new();
    let hostile = NOTICE.replace(
        "TLS 1.2 will be",
        "<script>alert('1')</script> & \\\"TLS\\\" will be",
    );
    room.write("notice.toml", hostile);
    let page = room
        .motd(&["preview", "notice.toml", "--html"])
        .with_status(0)
        .out;
    assert!(!page.contains("<script"), "{page}");
    assert!(
        page.contains("&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62; &#38; &#34;TLS&#34;"),
        "{page}"
    );
    assert!(page.contains("default-src 'none'"));
    for language in ["en", "fr"] {
        for width in [40, 80, 120, 200] {
            let figure =
                format!("<pre lang=\"{language}\" tabindex=\"0\" style=\"width: {width}ch\">");
            assert_eq!(page.matches(&figure).count(), 1, "{figure}");
        }
    }
    let one = room.line("preview notice.toml --html --width 60 --language fr");
    assert_eq!(one.with_status(0).out.matches("<pre").count(), 1);
}

#[test]
fn a_log_for_code_hosts_has_every_finding_at_its_line() {
    let room = Room::new();
    fs::create_dir(room.path("a folder")).unwrap();
    room.write(
        "a folder/bad.toml",
        NOTICE.replace("severity = \"warning\"", "severity = 1"),
    );
    room.write(
        "document.json",
        "{\"schema_version\":\"1.0\",\"repository\":\"example.org\"}",
    );
    let output = room.motd(&["lint", "a folder/bad.toml", "document.json", "--sarif"]);
    let log = output.with_status(5).json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let rules: Vec<_> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["id"])
        .collect();
    assert_eq!(results.len(), 2, "{log}");
    for result in results {
        assert!(rules.contains(&&result["ruleId"]), "{result}");
        assert_eq!(result["level"], "error");
    }
    let location = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "a%20folder/bad.toml");
    let text = fs::read_to_string(room.path("a folder/bad.toml")).unwrap();
    let line = text
        .lines()
        .position(|line| line.starts_with("severity"))
        .unwrap()
        + 1;
    assert_eq!(location["region"]["startLine"], line);
    assert_eq!(
        results[1]["locations"][0]["physicalLocation"]["region"],
        serde_json::Value::Null
    );
    room.motd(&["lint", "document.json", "--sarif", "--json"])
        .with_status(2);
}
