//! `motd preview`: a notice as terminals of several widths show it.

use crate::common::{NOTICE, Room, assert_holds};

const LONG: &str = r#"id = "long"
revision = 1
severity = "critical"
begins = 2024-03-01T00:00:00Z
ends = 2024-07-01T00:00:00Z

[text.en]
title = "A title that is long enough to be wrapped on terminals of forty columns and of eighty columns too"
body = [
    "A paragraph that goes on and on, word after word after word, until not even the widest terminal that a notice is written for can hold it on one line.",
    "https://example.org/a-word-without-a-space-that-is-longer-than-every-terminal-a-notice-is-written-for-can-hold-on-one-line",
]

[text.ja]
title = "六月三十日からはTLS 1.2が必要になります。古いクライアントは接続できなくなりますのでご注意ください"
body = ["古いクライアントは六月三十日以降まったく接続できなくなります。今のうちに新しい版へ更新してください。よろしくお願いいたします。"]

[[links]]
rel = "details"
url = "https://status.example.org/a-long-path/that-needs-more-than-one-line/on-a-narrow-terminal/and-on-a-wide-one-too"
"#;

/// Columns that a terminal needs for the texts of these tests.
fn columns(line: &str) -> usize {
    let wide =
        |character: char| matches!(character, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    line.chars()
        .map(|character| if wide(character) { 2 } else { 1 })
        .sum()
}

#[test]
fn every_line_is_framed_and_fits() {
    let room = Room::new();
    room.write("long.toml", LONG);
    for (width, most) in [("40", 38), ("80", 78), ("200", 98)] {
        let output = room
            .motd(&["preview", "long.toml", "--width", width])
            .with_status(0);
        for line in output.out.lines() {
            assert!(line.starts_with("notice[preview]"), "{width}: {line}");
            assert!(columns(line) <= most, "{width}: {line}");
        }
        // The hard wrap uses what there is: a word that is longer than every line fills one.
        let widest = output.out.lines().map(columns).max();
        assert_eq!(widest, Some(most), "{width}: {}", output.out);
    }
}

#[test]
fn each_language_is_shown_and_one_can_be_chosen() {
    let room = Room::new();
    room.write("notice.toml", NOTICE);
    let output = room.motd(&["preview", "notice.toml"]).with_status(0);
    assert_eq!(
        output.out,
        "\
notice[preview] WARNING: TLS 1.2 will be required on 30 June
notice[preview]   Older clients will not connect any more.
notice[preview] details: https://status.example.org/tls
notice[preview] WARNING: TLS 1.2 sera obligatoire le 30 juin
notice[preview]   Les anciens clients ne se connecteront plus.
notice[preview] details: https://status.example.org/tls
"
    );
    assert_eq!(output.err, "-- en, 80 columns\n-- fr, 80 columns\n");

    let output = room
        .motd(&["preview", "notice.toml", "--language", "fr"])
        .with_status(0);
    assert_eq!(output.err, "-- fr, 80 columns\n");
    assert_eq!(output.out.lines().count(), 3);
    room.motd(&["preview", "notice.toml", "--language", "de"])
        .with_status(1);
}

#[test]
fn the_frame_is_the_readers_choice() {
    let room = Room::new();
    room.write("notice.toml", NOTICE);
    let output = room
        .line("preview notice.toml --source pypi --language en")
        .with_status(0);
    assert!(
        output
            .out
            .lines()
            .all(|line| line.starts_with("notice[pypi] ")),
        "{}",
        output.out
    );
    let output = room
        .motd(&["preview", "notice.toml", "--plain", "--language", "en"])
        .with_status(0);
    assert!(!output.out.contains("notice["), "{}", output.out);
    assert_holds(&output.out, "TLS 1.2 will be required on 30 June");
}

#[test]
fn neither_audience_nor_time_hides_a_notice_from_its_author() {
    let room = Room::new();
    let text = format!("{NOTICE}\n[[audience]]\nos = [\"plan9\"]\n").replace("2024", "2099");
    room.write("notice.toml", text);
    let output = room.motd(&["preview", "notice.toml"]).with_status(0);
    assert!(output.out.contains("30 June"), "{}", output.out);
}

#[test]
fn a_refused_notice_is_said_and_not_shown() {
    let room = Room::new();
    room.write("bad.toml", NOTICE.replace("30 June", "30 June\\u001b[2J"));
    let output = room.motd(&["preview", "bad.toml"]).with_status(5);
    assert_eq!(output.out, "");
    assert!(output.err.contains("MOTD-TEXT-1"), "{}", output.err);
    assert!(!output.err.contains('\u{1b}'), "{:?}", output.err);

    room.write("broken.toml", "id = = 1");
    let output = room.motd(&["preview", "broken.toml"]).with_status(5);
    assert!(output.err.contains("broken.toml:1:6: "), "{}", output.err);
}

#[test]
fn a_refused_language_is_said_and_the_others_are_shown() {
    let room = Room::new();
    room.write("bad.toml", NOTICE.replace("30 juin", "30\\u0007 juin"));
    let output = room.motd(&["preview", "bad.toml"]).with_status(5);
    assert_eq!(output.out.lines().count(), 3, "{}", output.out);
    assert!(output.out.contains("30 June"), "{}", output.out);
    assert!(
        output.err.contains("bad.toml:13:9: error: ") && output.err.contains("MOTD-TEXT-1"),
        "{}",
        output.err
    );
}

#[test]
fn a_document_is_shown_in_its_own_languages() {
    let room = Room::new();
    let notice = |id: &str, title: &str| {
        serde_json::json!({
            "id": id,
            "revision": 1,
            "severity": "info",
            "begins": "2024-03-01T00:00:00Z",
            "ends": "2024-07-01T00:00:00Z",
            "text": { "de": { "title": title, "body": [] } },
        })
    };
    let document = serde_json::json!({
        "schema_version": "1.0",
        "repository": "example.org",
        "default_language": "de",
        "notices": [notice("erstens", "Guten Tag"), notice("NEIN", "nicht"), notice("zweitens", "Gute Nacht")],
    });
    room.write("notices.json", document.to_string());
    let output = room.motd(&["preview", "notices.json"]).with_status(5);
    assert_eq!(
        output.out,
        "notice[preview] INFO: Guten Tag\nnotice[preview] INFO: Gute Nacht\n"
    );
    assert!(output.err.contains("/notices/1/id"), "{}", output.err);
    assert!(output.err.contains("MOTD-DOC-11"), "{}", output.err);
}

#[test]
fn what_is_no_document_is_refused() {
    let room = Room::new();
    for (content, requirement) in [
        ("[]", "MOTD-DOC-1"),
        ("7", "MOTD-DOC-1"),
        ("{}", "MOTD-DOC-2"),
        ("{", "MOTD-BYTES-3"),
        ("[[[[[[[[[]]]]]]]]]", "MOTD-BYTES-4"),
    ] {
        room.write("no.json", content);
        let output = room.motd(&["preview", "no.json"]).with_status(5);
        assert_eq!(output.out, "");
        assert!(
            output.err.contains(requirement),
            "{content}: {}",
            output.err
        );
        assert!(
            output.err.starts_with("no.json: "),
            "{content}: {}",
            output.err
        );
    }
}
