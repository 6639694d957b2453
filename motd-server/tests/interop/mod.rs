//! Other TUF libraries read what this crate authors: python-tuf and tuf-js, through a publication in each carrier, a root
//! rotation with a new timestamp key, cold and warm.
//!
//! They are not part of the build. `MOTD_PYTHON` names a Python that has `tuf>=7,<8`, `MOTD_NODE_PATH` a `node_modules` that
//! has `tuf-js`. Without them a test says so and passes; with `MOTD_REQUIRE_INTEROP=1` it fails instead.

use std::io::Write as _;
use std::process::Stdio;

use motd_core::{RepositoryId, Time};
use motd_server::publish::Published as _;
use motd_server::publish::fixture::{Shape, TestRepository};
use motd_server::publish::key::SigningKey;
use motd_server::publish::metadata::canonical::canonical;
use motd_server::serve::{Server, ServerSettings};
use motd_test_support::readers::Reader;
use serde_json::{Value, json};

/// The readers take the time from the machine, so the repository has to be of today.
fn now() -> Time {
    Time::from_unix_seconds(jiff::Timestamp::now().as_second()).unwrap()
}

fn notice(id: &str, paragraph: &str) -> Value {
    json!({ "id": id, "revision": 1, "severity": "warning",
        "begins": "2018-04-12T00:00:00Z", "ends": "2018-06-30T00:00:00Z",
        "text": { "en": { "title": "Odd text: \"quoted\" \\ back / slash", "body": [paragraph] },
                  "ja": { "title": "お知らせ", "body": ["絵文字 \u{1f600} と 漢字 \u{20000}"] } } })
}

/// Publishes, lets the reader look with old and with no state, and compares everything it sees.
async fn walk(reader: &Reader) {
    let id: RepositoryId = "packages.example.org".parse().unwrap();
    let mut test = TestRepository::assert_test_repository(&id, 3, Shape::InBand, now()).unwrap();
    let server = Server::bind(
        "127.0.0.1:0".parse().unwrap(),
        test.repository.files().clone(),
        ServerSettings::default(),
    )
    .await
    .unwrap();
    let base = format!("http://{}", server.address());
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("1.root.json");
    std::fs::write(&root, test.trusted_root()).unwrap();

    let small = vec![notice("small", "A paragraph.")];
    let large: Vec<_> = (0..20)
        .map(|number| notice(&format!("n{number}"), "word ".repeat(190).trim_end()))
        .collect();
    for (step, notices) in [vec![], small.clone(), large, small]
        .into_iter()
        .enumerate()
    {
        match step {
            0 => {}
            3 => {
                let person = SigningKey::assert_test_seed([77; 32]);
                let timestamp = SigningKey::assert_test_seed([78; 32]);
                test.rotate_root(person, timestamp, now()).unwrap();
                test.publish_notices(&notices, now()).unwrap();
            }
            _ => test.publish_notices(&notices, now()).unwrap(),
        }
        server.replace(test.repository.files().clone());
        let document = test.repository.document(&id).unwrap();
        for state in ["warm".to_owned(), format!("cold{step}")] {
            let state = folder.path().join(state);
            let seen = tokio::task::block_in_place(|| reader.read(&base, &root, &state)).unwrap();
            let expected = if document.is_inline() {
                json!({ "motd": document.json() })
            } else {
                Value::Null
            };
            assert_eq!(seen["custom"], expected, "step {step}");
            assert_eq!(seen["length"], document.bytes().len());
            assert_eq!(seen["bytes"], hex::encode(document.bytes()), "step {step}");
            let repository = &test.repository;
            for (name, role) in [
                ("root", repository.root()),
                ("timestamp", repository.timestamp()),
                ("snapshot", repository.snapshot()),
                ("motd", repository.notices()),
            ] {
                assert_eq!(seen[name], role.version(), "step {step}: {name}");
            }
        }
    }
    // The reader does verify: one byte of a text makes it refuse.
    let mut files = test.repository.files().clone();
    let version = test.repository.notices().version();
    let role = files
        .0
        .get_mut(&format!("metadata/{version}.motd.json"))
        .unwrap();
    let at = role
        .windows(10)
        .position(|window| window == b"A paragrap")
        .unwrap();
    role[at] = b'B';
    server.replace(files);
    let refused =
        tokio::task::block_in_place(|| reader.read(&base, &root, &folder.path().join("tampered")));
    assert!(refused.is_err(), "{refused:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_tuf_reads_what_is_authored() {
    if let Some(reader) = Reader::python("read_with_python_tuf.py") {
        walk(&reader).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tuf_js_reads_what_is_authored() {
    if let Some(reader) = Reader::node("read_with_tuf_js.cjs") {
        walk(&reader).await;
    }
}

#[test]
fn the_canonical_form_is_that_of_securesystemslib() {
    let Some(reader) = Reader::python("canonical_with_securesystemslib.py") else {
        return;
    };
    let mut values = vec![
        json!({ "b": 1, "a": [true, false, null, -1, 0, 9_007_199_254_740_991_i64], "B": {}, "": [] }),
        json!(
            "quote \" backslash \\ slash / line\nfeed tab\t nul \u{0} escape \u{1b} del \u{7f} c1 \u{85} bom \u{feff}"
        ),
        json!({ "names\n\"\\": 1, "é": 2, "\u{1f600}": 3, "\u{ffee}": 4, "e\u{301}": 5 }),
        json!("\u{2028}\u{2029}\u{e000}\u{10ffff}\u{fffd}"),
    ];
    // Every ASCII character by itself and between two others, and a walk through the planes.
    values.extend((0..=127).map(|byte| json!(char::from(byte).to_string())));
    values.extend((0..=127).map(
        |byte| json!({ format!("a{}b", char::from(byte)): format!("\\{}\"", char::from(byte)) }),
    ));
    values.extend(
        (0..0x11)
            .filter_map(|plane| char::from_u32(plane * 0x1_0000 + 0x3_42))
            .map(|found| json!([found])),
    );
    let mut child = reader
        .command()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> = values.iter().map(Value::to_string).collect();
    let lines = lines.join("\n") + "\n";
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let theirs: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let ours: Vec<String> = values
        .iter()
        .map(|value| hex::encode(canonical(value).unwrap()))
        .collect();
    assert_eq!(ours.len(), theirs.len());
    for ((value, ours), theirs) in values.iter().zip(&ours).zip(&theirs) {
        assert_eq!(ours, theirs, "{value}");
    }
}
