//! `motd lint`: what is said about notices and documents, and with which status.

use serde_json::{Value, json};

use crate::common::{NOTICE, Room, assert_begins, assert_holds};

/// The notice in its JSON form.
fn notice(id: &str) -> Value {
    json!({
        "id": id,
        "revision": 1,
        "severity": "warning",
        "begins": "2024-03-01T00:00:00Z",
        "ends": "2024-07-01T00:00:00Z",
        "text": {
            "en": { "title": "TLS 1.2 will be required on 30 June", "body": [] },
            "fr": { "title": "TLS 1.2 sera obligatoire le 30 juin", "body": [] },
        },
    })
}

fn document(notices: &[Value]) -> Value {
    json!({
        "schema_version": "1.0",
        "repository": "example.org",
        "default_language": "en",
        "notices": notices,
    })
}

/// The bytes that a client accepts.
fn bytes(document: &Value) -> Vec<u8> {
    motd_core::json::Value::from_parsed(document)
        .unwrap()
        .document_bytes()
}

/// A verdict on a notice and on its languages.
fn verdict(index: usize, id: &str, notice: &str, languages: &[(&str, &str)]) -> Value {
    let languages = languages.iter();
    let languages = languages.map(|(tag, verdict)| json!({ "tag": tag, "verdict": verdict }));
    let languages: Vec<_> = languages.collect();
    json!({ "index": index, "id": id, "verdict": notice, "languages": languages })
}

const GOOD: &[(&str, &str)] = &[("en", "ok"), ("fr", "ok")];

fn names(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// Others may write the folder that a shell's `*.toml` names.
#[cfg(unix)]
#[test]
fn no_command_waits_for_a_pipe() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let room = Room::new();
    room.line("repo init index --repository example.org")
        .with_status(0);
    std::fs::create_dir(room.path("request")).unwrap();
    for (name, text) in [
        ("pipe.toml", NOTICE),
        ("request/motd.json", "{}"),
        ("root.json", "{}"),
    ] {
        let path = room.path(name);
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        // Who would read it would read this. It ends with the tests.
        std::thread::spawn(move || while std::fs::write(&path, text).is_ok() {});
    }
    for line in [
        "lint pipe.toml",
        "preview pipe.toml",
        "review index request --root index/keys/1.root.json",
        "attach host --root root.json --request request --key a.pem",
    ] {
        let refused = room.line(line);
        assert_ne!(refused.status, 0, "{line}");
        assert_holds(&refused.err, ": not a regular file");
    }
}

#[test]
fn two_files_with_one_id_are_warned_of() {
    let room = Room::new();
    room.write("a.toml", NOTICE);
    room.write("b.toml", NOTICE);
    room.write("c.toml", NOTICE.replace("id = \"", "id = \"other-"));
    let output = room
        .motd(&["lint", "a.toml", "b.toml", "c.toml"])
        .with_status(0);
    let fault = |file, other| {
        format!(
            "{file}:1:6: warning: another notice has the same id ({other}) [MOTD-DOC-9 id-duplicate]\n"
        )
    };
    assert_eq!(
        output.out,
        fault("a.toml", "b.toml") + &fault("b.toml", "a.toml")
    );
    assert_eq!(output.err, "a.toml: ok\nb.toml: ok\nc.toml: ok\n");
    let output = room.motd(&["lint", "a.toml", "c.toml"]).with_status(0);
    assert_eq!(output.out, "");
}

#[test]
fn what_is_not_utf_8_is_no_notice() {
    let room = Room::new();
    room.write("bad.toml", b"id = \"a\"\ntopic = \"caf\xE9\"\n");
    let output = room.motd(&["lint", "bad.toml"]).with_status(5);
    assert_begins(
        &output.out,
        "bad.toml:2:13: error: the file is not a TOML notice (not UTF-8) [MOTD-PUB-1 not-toml]\n",
    );
    room.motd(&["preview", "bad.toml"]).with_status(5);
}

#[test]
fn three_mistakes_have_line_column_and_requirement() {
    let room = Room::new();
    let text = NOTICE
        .replace("revision = 1", "revision = 0")
        .replace("not connect any more.\"", "not \\u202e connect.\"")
        .replace("https://status", "http://status");
    room.write("bad.toml", text);
    let output = room.motd(&["lint", "bad.toml"]).with_status(5);
    let faults: Vec<_> = output
        .out
        .lines()
        .filter(|line| !line.starts_with("  hint: "))
        .collect();
    assert_eq!(
        faults,
        [
            "bad.toml:2:12: error: revision is missing or not an integer from 1 to 2^53 - 1 [MOTD-DOC-12 revision-malformed]",
            "bad.toml:10:9: error: a code point is not permitted [MOTD-TEXT-1 text-code-point]",
            "bad.toml:18:7: error: url is missing or not a plain https URL [MOTD-LINK-3 link-url-malformed]",
        ]
    );
    assert_eq!(output.err, "");
}

#[test]
fn a_good_notice_is_ok() {
    let room = Room::new();
    room.write("good.toml", NOTICE);
    let output = room.motd(&["lint", "good.toml"]).with_status(0);
    assert_eq!(output.out, "");
    assert_eq!(output.err, "good.toml: ok\n");
}

#[test]
fn json_of_a_document_has_the_documented_shape_and_nothing_else() {
    let room = Room::new();
    let mut bad = notice("second");
    bad["revision"] = 0.into();
    let document = document(&[notice("first"), bad, notice("third")]);
    room.write("notices.json", bytes(&document));
    let output = room
        .motd(&["lint", "--json", "notices.json"])
        .with_status(5);
    assert_eq!(
        output.json(),
        json!({ "files": [{
            "path": "notices.json",
            "document": "ok",
            "notices": [
                verdict(0, "first", "ok", GOOD),
                // Refused before its texts were reached.
                verdict(1, "second", "revision-malformed", &[]),
                verdict(2, "third", "ok", GOOD),
            ],
        }] })
    );
    assert_eq!(output.err, "");
}

#[test]
fn json_of_a_notice_has_the_documented_shape_and_its_findings() {
    let room = Room::new();
    let text = NOTICE.replace("title = \"TLS 1.2 sera", "title = \"\\u0007TLS 1.2 sera");
    room.write("bad.toml", text);
    room.write("good.toml", NOTICE.replace("id = \"", "id = \"other-"));
    let output = room
        .motd(&["lint", "--json", "bad.toml", "good.toml"])
        .with_status(5);
    let report = output.json();
    assert_eq!(names(&report), ["files"]);
    let files = report["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(names(file), ["document", "findings", "notices", "path"]);
    }
    assert_eq!(files[0]["path"], "bad.toml");
    assert_eq!(files[0]["document"], "ok");
    let languages = &[("en", "ok"), ("fr", "text-code-point")];
    assert_eq!(
        files[0]["notices"],
        json!([verdict(0, "tls-1.2-required", "ok", languages)])
    );
    assert_eq!(files[0]["findings"][0]["line"], 13);
    assert_eq!(files[0]["findings"][0]["column"], 9);
    assert_eq!(files[0]["findings"][0]["requirement"], "MOTD-TEXT-1");
    assert_eq!(
        files[1]["notices"],
        json!([verdict(0, "other-tls-1.2-required", "ok", GOOD)])
    );
    assert_eq!(files[1]["findings"], json!([]));
}

#[test]
fn a_document_is_judged_as_a_client_judges_it() {
    let room = Room::new();
    let document = document(&[notice("first")]);
    room.write("notices.json", bytes(&document));
    let output = room.motd(&["lint", "notices.json"]).with_status(0);
    assert_eq!(output.out, "");
    assert_eq!(output.err, "notices.json: ok\n");

    for (form, content) in [
        ("final newline", [bytes(&document), b"\n".to_vec()].concat()),
        ("indented", serde_json::to_vec_pretty(&document).unwrap()),
    ] {
        room.write("notices.json", &content);
        let output = room.motd(&["lint", "notices.json"]).with_status(5);
        assert!(
            output.out.contains("[MOTD-BYTES-7"),
            "{form}: {}",
            output.out
        );
        let output = room
            .motd(&["lint", "--json", "notices.json"])
            .with_status(5);
        assert_eq!(
            output.json(),
            json!({ "files": [{ "path": "notices.json", "document": "not-document-bytes", "notices": [] }] }),
            "{form}"
        );
        room.motd(&["lint", "--any-form", "notices.json"])
            .with_status(0);
    }
}

#[test]
fn any_form_forgives_the_form_and_nothing_else() {
    let room = Room::new();
    room.write(
        "twice.json",
        r#"{ "schema_version": "1.0", "schema_version": "1.0" }"#,
    );
    let output = room
        .motd(&["lint", "--any-form", "--json", "twice.json"])
        .with_status(5);
    assert_eq!(output.json()["files"][0]["document"], "duplicate-name");
}

#[test]
fn a_document_of_another_repository_is_refused() {
    let room = Room::new();
    room.write("notices.json", bytes(&document(&[notice("first")])));
    let lint =
        |repository| room.motd(&["lint", "--json", "--repository", repository, "notices.json"]);
    let output = lint("example.net").with_status(5);
    assert_eq!(output.json()["files"][0]["document"], "repository-mismatch");
    assert_eq!(output.json()["files"][0]["notices"], json!([]));
    let output = lint("example.org").with_status(0);
    assert_eq!(output.json()["files"][0]["document"], "ok");
}

#[test]
fn a_bad_language_tag_drops_that_language_only_and_is_status_5() {
    let room = Room::new();
    let mut first = notice("first");
    let french = first["text"].as_object_mut().unwrap().remove("fr").unwrap();
    first["text"]["FR_fr"] = french;
    room.write("notices.json", bytes(&document(&[first])));
    let output = room
        .motd(&["lint", "--json", "notices.json"])
        .with_status(5);
    let languages = &[("FR_fr", "language-tag-malformed"), ("en", "ok")];
    assert_eq!(
        output.json()["files"][0]["notices"],
        json!([verdict(0, "first", "ok", languages)])
    );

    room.write("bad.toml", NOTICE.replace("text.fr", "text.FR_fr"));
    let output = room.motd(&["lint", "--json", "bad.toml"]).with_status(5);
    assert_eq!(
        output.json()["files"][0]["notices"],
        json!([verdict(0, "tls-1.2-required", "ok", languages)])
    );
    let output = room.motd(&["lint", "bad.toml"]).with_status(5);
    assert_begins(&output.out, "bad.toml:12:7: error: ");
}

#[test]
fn without_its_default_language_a_notice_is_refused() {
    let room = Room::new();
    room.write("french.toml", NOTICE.replace("text.en", "text.de"));
    let output = room.motd(&["lint", "--json", "french.toml"]).with_status(5);
    let verdict = &output.json()["files"][0]["notices"][0]["verdict"];
    assert_eq!(verdict, "default-language-missing");
    room.motd(&["lint", "--default-language", "de", "french.toml"])
        .with_status(0);
}

#[test]
fn two_notices_with_one_id_both_go() {
    let room = Room::new();
    let document = document(&[notice("same"), notice("other"), notice("same")]);
    room.write("notices.json", bytes(&document));
    let output = room
        .motd(&["lint", "--json", "notices.json"])
        .with_status(5);
    let verdicts: Vec<_> = output.json()["files"][0]["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| notice["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["id-duplicate", "ok", "id-duplicate"]);
}

#[test]
fn text_that_is_not_toml_is_refused_where_the_parser_stopped() {
    let room = Room::new();
    room.write("broken.toml", "id = \"a\"\nrevision = = 1\n");
    let output = room.motd(&["lint", "broken.toml"]).with_status(5);
    assert_begins(&output.out, "broken.toml:2:12: error: ");
    assert!(output.out.contains(" not-toml]\n"), "{}", output.out);
    let output = room.motd(&["lint", "--json", "broken.toml"]).with_status(5);
    assert_eq!(output.json()["files"][0]["document"], "not-toml");
    assert_eq!(output.json()["files"][0]["notices"], json!([]));
}

#[test]
fn warnings_do_not_change_the_status() {
    let room = Room::new();
    let text = NOTICE.replace("topic = \"deprecation\"", "topic = \"depreciation\"");
    room.write("slip.toml", text);
    let output = room.motd(&["lint", "slip.toml"]).with_status(0);
    assert_begins(&output.out, "slip.toml:4:9: warning: ");
    assert_holds(&output.out, "did you mean deprecation?");
    let output = room.motd(&["lint", "--json", "slip.toml"]).with_status(0);
    assert_eq!(output.json()["files"][0]["notices"][0]["verdict"], "ok");
    assert_eq!(output.json()["files"][0]["findings"][0]["level"], "warning");
}

#[test]
fn one_bad_file_among_good_ones_is_enough() {
    let room = Room::new();
    let named = |id: &str| NOTICE.replace("tls-1.2-required", id);
    room.write("first.toml", named("first"));
    room.write(
        "bad.toml",
        named("bad").replace("revision = 1", "revision = 0"),
    );
    room.write("last.toml", named("last"));
    let output = room
        .motd(&["lint", "first.toml", "bad.toml", "last.toml"])
        .with_status(5);
    assert_eq!(output.err, "first.toml: ok\nlast.toml: ok\n");
    assert!(output.out.starts_with("bad.toml:2:12: "), "{}", output.out);
}

#[test]
fn what_cannot_be_judged_is_another_status_than_what_is_refused() {
    let room = Room::new();
    room.write("good.toml", NOTICE);
    let output = room
        .motd(&["lint", "missing.toml", "good.toml"])
        .with_status(1);
    // One that cannot be read hides no verdict on another.
    assert!(output.err.contains("good.toml: ok"), "{}", output.err);
    assert!(output.err.contains("missing.toml"), "{}", output.err);
    room.write("notice.yaml", "id: a");
    let output = room.motd(&["lint", "notice.yaml"]).with_status(2);
    assert!(output.err.contains("notice.yaml"), "{}", output.err);
    room.motd(&["lint"]).with_status(2);
}

/// A glob gives file names of anybody, and usage errors quote arguments: none is a control character, a line of its own or a
/// command to a CI system.
#[test]
fn what_others_name_stays_in_its_line() {
    let room = Room::new();
    let hostile = "a\u{1b}[2J\nnotice[pypi] CRITICAL: b\u{202e}##[c]";
    let colons = "::add-mask::a.toml";
    room.write(colons, "id = 1");
    room.write(
        "key.toml",
        "id = \"a\"\n\"x\\nnotice[pypi] CRITICAL: y\" = 1\n",
    );
    for words in [
        &["check", hostile][..],
        &[hostile],
        &[&format!("--{hostile}")],
        &["list", "--source", hostile],
        &["list", "--now", hostile],
        &["list", "--config", hostile],
        &["check", "--component", hostile],
        &["lint", hostile],
        &["lint", colons],
        &["lint", "key.toml"],
        &["run", "--", hostile],
    ] {
        let said = room.motd(words);
        for line in [&said.out, &said.err]
            .into_iter()
            .flat_map(|text| text.lines())
        {
            let starts = ["notice[", "::"];
            assert!(
                !starts.iter().any(|start| line.starts_with(start)),
                "{words:?}: {line:?}"
            );
            assert!(!line.contains("##"), "{words:?}: {line:?}");
            let odd = |letter: char| letter.is_control() || letter == '\u{202e}';
            assert!(!line.contains(odd), "{words:?}: {line:?}");
        }
        assert!(!said.err.is_empty() || !said.out.is_empty(), "{words:?}");
    }
}
